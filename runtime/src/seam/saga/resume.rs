//! Somebody has looked at a run that was stuck: what is stuck has all its tries again.

use aqueduct_saga::definition::Saga;

use super::{Kept, read, tasks, tell};
use crate::Failure;
use crate::seam::activate::CONFLICTS;
use crate::seam::{Origin, Outcome, Seam, Site, Uncommitted, Unit};

impl Site {
    /// Lets a run go on that is stuck. The name may come without its service.
    ///
    /// # Errors
    /// When there is no such run, when it isn't stuck, or when the engine doesn't take it.
    pub async fn resume_saga<S: Seam>(&self, seam: &S, name: &str, key: &str) -> Result<(), Uncommitted> {
        let saga = self.saga(name)?;
        for _ in 0..CONFLICTS {
            let Some(Kept { mut log, revision }) = read(seam.rows().as_ref(), saga, key).await? else {
                let message = format!(
                    "saga {} has no run {key}; `aqueduct sagas` lists which there are",
                    saga.name
                );
                return Err(Failure::new(message).into());
            };
            let (before, noted, now) = (tasks(saga, &log), log.entries.len(), self.clock.now());
            if !log.resume(now) {
                let message = format!("run {key} of saga {} isn't stuck", saga.name);
                return Err(Failure::new(message).into());
            }
            let state = log.settle(saga, now);
            let mut unit = Unit {
                origin: Origin {
                    correlation: log.correlation.clone(),
                    causation: log.id.to_string(),
                },
                ..Unit::default()
            };
            self.write_log(&mut unit, &log, revision, &before, &state)?;
            if seam.commit(&S::Lease::default(), unit).await? == Outcome::Committed {
                tell::progress(seam, &log, noted, &state);
                return Ok(());
            }
        }
        Err(Failure::new(format!(
            "run {key} of saga {} changes all the time; try again",
            saga.name
        ))
        .into())
    }

    fn saga(&self, name: &str) -> Result<&Saga, Failure> {
        let all = || self.topology.sagas.iter().map(|saga| saga.definition.as_ref());
        let short = |saga: &&Saga| saga.name.rsplit_once('.').is_some_and(|(_, short)| short == name);
        let mut meant = all().filter(|saga| saga.name == name || short(saga));
        match (meant.next(), meant.next()) {
            (Some(saga), None) => Ok(saga),
            (Some(_), Some(_)) => Err(Failure::new(format!(
                "several services have a saga {name}; say which: Service.{name}"
            ))),
            (None, _) => {
                let known: Vec<&str> = all().map(|saga| saga.name.as_str()).collect();
                Err(Failure::new(format!(
                    "there is no saga {name}; there are {}",
                    known.join(", ")
                )))
            }
        }
    }
}
