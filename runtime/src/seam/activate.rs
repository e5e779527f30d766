//! One activation from its input to its commit, run again when another was faster.

use std::time::Duration;

use tokio::time::Instant;

use super::once::{Ask, Once, kept_reply};
use super::{Ended, Job, Keep, Outcome, Refused, Seam, Site, Trouble, Uncommitted, Unit};
use crate::clock::Backoff;
use crate::topology::Part;
use crate::{Failure, Reply};

/// How often an activation runs again because another was faster.
pub(super) const CONFLICTS: u32 = 20;

impl Site {
    /// Runs a handler and commits what it did together with `answer`, made from its reply.
    pub async fn activate<S: Seam>(
        &self,
        seam: &S,
        job: &Job<S::Lease>,
        answer: impl Fn(&Reply) -> Result<Option<Keep>, Failure> + Send + Sync,
    ) -> Ended {
        let part = self.topology.handlers.get(job.handler).map(|spec| &spec.part);
        let ended = match part {
            Some(Some(Part::Start(saga))) => self.start_saga(seam, saga, job).await,
            Some(Some(Part::Step(saga))) => self.step_saga(seam, saga, job).await,
            Some(None) | None => self.attempt(seam, job, answer).await,
        };
        ended.unwrap_or_else(Ended::from)
    }

    async fn attempt<S: Seam>(
        &self,
        seam: &S,
        job: &Job<S::Lease>,
        answer: impl Fn(&Reply) -> Result<Option<Keep>, Failure> + Send + Sync,
    ) -> Result<Ended, Uncommitted> {
        let prepared = self.prepared(job.handler)?;
        let mut backoff: Option<Backoff> = None;
        // All runs together have the time of one: whoever waits for the answer doesn't see how many there were.
        let started = Instant::now();
        for conflict in 1..=CONFLICTS {
            let ask = Ask {
                handler: prepared,
                body: &job.body,
                delivery: &job.delivery,
                rows: seam.rows(),
                left: prepared.spec.timeout.saturating_sub(started.elapsed()),
            };
            let (reply, unit) = match self.once(seam, &ask).await {
                Ok(Once::Ran(reply, unit)) => (reply, *unit),
                Ok(Once::Handled(reply)) => {
                    seam.handled(&job.lease).await?;
                    return Ok(Ended::Handled(reply));
                }
                Err(Trouble::TimedOut(_)) if conflict > 1 => {
                    return Ok(Ended::Trouble(Trouble::Overtaken(conflict - 1)));
                }
                Err(Trouble::TimedOut(_)) => {
                    return Ok(Ended::Trouble(Trouble::TimedOut(prepared.spec.timeout)));
                }
                Err(trouble) => return Ok(Ended::Trouble(trouble)),
            };
            let unit = Unit {
                answer: answer(&reply)?,
                ..unit
            };
            match seam.commit(&job.lease, unit).await? {
                Outcome::Committed => return Ok(Ended::Committed(reply)),
                Outcome::Answered(stored) => return Ok(Ended::Answered(stored)),
                Outcome::Handled(reply) => return Ok(Ended::Handled(kept_reply(reply))),
                Outcome::Conflict => {}
            }
            let backoff = backoff.get_or_insert_with(|| self.conflict_backoff());
            tokio::time::sleep(backoff.delay(conflict)).await;
        }
        Ok(Ended::Trouble(Trouble::Overtaken(CONFLICTS)))
    }

    pub(super) fn conflict_backoff(&self) -> Backoff {
        let seed = self.ids.new_id().as_u64_pair().1;
        Backoff::new(Duration::from_millis(1), Duration::from_millis(50), seed)
    }
}

impl From<Uncommitted> for Ended {
    fn from(uncommitted: Uncommitted) -> Self {
        match uncommitted {
            Uncommitted::Refused(refused) => Self::Refused(refused),
            Uncommitted::Failed(failure) => Self::Trouble(Trouble::Failed(failure)),
        }
    }
}

impl From<Failure> for Uncommitted {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<Refused> for Uncommitted {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}
