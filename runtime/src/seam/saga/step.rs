//! One task of a run: done, noted, and followed by what is next, in one unit of work.

use std::sync::Arc;

use aqueduct_saga::Error;
use aqueduct_saga::definition::Saga;
use serde_json::Value;

use super::deed::Attempt;
use super::{Kept, Ticket, read, tasks, tell};
use crate::Reply;
use crate::seam::activate::CONFLICTS;
use crate::seam::{Ended, Job, Origin, Outcome, Seam, Site, Trouble, Uncommitted, Unit};

/// A task that was tried, with what is to be committed for it.
pub(super) struct Tried {
    pub(super) end: End,
    pub(super) unit: Unit,
}

/// How a task ended.
pub(super) enum End {
    /// It is done, with this output.
    Done(Value),
    /// It failed.
    Failed(Box<Error>),
    /// It would have begun too late.
    Late,
}

impl From<End> for Tried {
    fn from(end: End) -> Self {
        let unit = Unit::default();
        Self { end, unit }
    }
}

impl Site {
    pub(in crate::seam) async fn step_saga<S: Seam>(
        &self,
        seam: &S,
        saga: &Arc<Saga>,
        job: &Job<S::Lease>,
    ) -> Result<Ended, Uncommitted> {
        let ticket: Ticket = job.body.decode()?;
        let mut tried: Option<(Tried, u64)> = None;
        let mut begun = false;
        let mut backoff = self.conflict_backoff();
        for conflict in 1..=CONFLICTS {
            let rows = seam.rows();
            let found = read(rows.as_ref(), saga, &ticket.key).await?;
            let known = found.and_then(|kept| {
                let before = tasks(saga, &kept.log);
                let this = before
                    .iter()
                    .find(|task| task.is(ticket.kind, &ticket.step, ticket.attempt));
                Some((this?.clone(), kept, before))
            });
            // Done before, or nobody's business any more.
            let Some((task, kept, before)) = known else {
                seam.handled(&job.lease).await?;
                return Ok(Ended::Handled(Reply::none()));
            };
            // What was tried stands if only another branch was faster; otherwise its rows have changed.
            let this = match tried.take() {
                Some((this, revision)) if revision != kept.revision => this,
                _ => {
                    let attempt = Attempt {
                        rows: &rows,
                        log: &kept.log,
                        task: &task,
                        starts: job.delivery.attempt,
                        again: begun,
                    };
                    self.try_task(seam, &attempt).await?
                }
            };
            let Tried { end, unit: done } = this;
            begun |= !matches!(end, End::Late);
            let Kept { mut log, revision } = kept;
            let noted = log.entries.len();
            let now = self.clock.now();
            match &end {
                End::Done(output) => log.succeeded(&task, output.clone(), now),
                End::Failed(error) => log.failed(saga, &task, error.as_ref().clone(), now),
                End::Late => log.expired(&task, now),
            }
            let state = log.settle(saga, now);
            // Kept for another try only where another branch may be faster.
            let (mut unit, spare) = match before.len() {
                1 => (done, None),
                _ => (done.clone(), Some(done)),
            };
            unit.origin = Origin {
                correlation: log.correlation.clone(),
                causation: log.id_of(task.kind, &task.step, "task").to_string(),
            };
            self.write_log(&mut unit, &log, revision, &before, &state)?;
            match seam.commit(&job.lease, unit).await? {
                Outcome::Committed => {
                    tell::alarm(&log, &task, &end, now);
                    tell::progress(seam, &log, noted, &state);
                    return Ok(Ended::Committed(Reply::none()));
                }
                Outcome::Answered(_) | Outcome::Handled(_) => return Ok(Ended::Handled(Reply::none())),
                Outcome::Conflict => {}
            }
            tried = spare.map(|unit| (Tried { end, unit }, revision));
            tokio::time::sleep(backoff.delay(conflict)).await;
        }
        Ok(Ended::Trouble(Trouble::Overtaken(CONFLICTS)))
    }
}
