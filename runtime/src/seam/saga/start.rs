//! A run begins: once for each key, however often it is asked for.

use std::sync::Arc;

use aqueduct_saga::definition::Saga;
use aqueduct_saga::{Log, text};
use serde_json::Value;

use super::{read, tell};
use crate::seam::activate::CONFLICTS;
use crate::seam::{Ended, Job, Origin, Outcome, Seam, Site, Trouble, Uncommitted, Unit};
use crate::{Failure, Reply};

impl Site {
    pub(in crate::seam) async fn start_saga<S: Seam>(
        &self,
        seam: &S,
        saga: &Arc<Saga>,
        job: &Job<S::Lease>,
    ) -> Result<Ended, Uncommitted> {
        let input = job.body.value()?;
        let key = key(saga, &input)?;
        let mut backoff = self.conflict_backoff();
        for conflict in 1..=CONFLICTS {
            if read(seam.rows().as_ref(), saga, &key).await?.is_some() {
                seam.handled(&job.lease).await?;
                return Ok(Ended::Handled(Reply::none()));
            }
            let now = self.clock.now();
            let correlation = &job.delivery.correlation_id;
            let mut log = Log::new(&saga.name, &key, input.as_ref().clone(), correlation, now);
            let state = log.settle(saga, now);
            let mut unit = Unit {
                origin: Origin {
                    correlation: correlation.clone(),
                    causation: job.delivery.message_id.clone(),
                },
                ..Unit::default()
            };
            self.write_log(&mut unit, &log, 0, &[], &state)?;
            match seam.commit(&job.lease, unit).await? {
                Outcome::Committed => {
                    tell::started(seam, &log);
                    tell::progress(seam, &log, 0, &state);
                    return Ok(Ended::Committed(Reply::none()));
                }
                Outcome::Answered(_) | Outcome::Handled(_) => return Ok(Ended::Handled(Reply::none())),
                Outcome::Conflict => tokio::time::sleep(backoff.delay(conflict)).await,
            }
        }
        Ok(Ended::Trouble(Trouble::Overtaken(CONFLICTS)))
    }
}

/// What tells runs apart: one value as it is, several as a list.
fn key(saga: &Saga, input: &Value) -> Result<String, Failure> {
    let mut parts = Vec::with_capacity(saga.by.len());
    for path in &saga.by {
        match path.iter().try_fold(input, |value, name| value.get(name)) {
            Some(part) if !part.is_null() => parts.push(part),
            _ => {
                let path = path.join(".");
                let name = &saga.name;
                return Err(Failure::unreadable(format!(
                    "the message has no {path}, and saga {name} knows its runs by it"
                )));
            }
        }
    }
    match parts.as_slice() {
        [one] => Ok(text(one)),
        several => Ok(serde_json::to_string(several)?),
    }
}
