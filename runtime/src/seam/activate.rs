//! One activation from its input to its commit, run again when another was faster.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use super::guard::guard;
use super::site::Prepared;
use super::{
    Ended, Job, Keep, KeepKey, KeepSpace, Origin, Outcome, Refused, Seam, Site, Trouble, Uncommitted, Unit,
};
use crate::clock::Backoff;
use crate::{Activation, Body, Failure, Reply};

/// How often an activation runs again because another was faster.
const CONFLICTS: u32 = 20;

impl Site {
    /// Runs a handler and commits what it did together with `answer`, made from its reply.
    pub async fn activate<S: Seam>(
        &self,
        seam: &S,
        job: &Job<S::Lease>,
        answer: impl Fn(&Reply) -> Result<Option<Keep>, Failure> + Send + Sync,
    ) -> Ended {
        self.attempt(seam, job, answer).await.unwrap_or_else(Ended::from)
    }

    async fn attempt<S: Seam>(
        &self,
        seam: &S,
        job: &Job<S::Lease>,
        answer: impl Fn(&Reply) -> Result<Option<Keep>, Failure> + Send + Sync,
    ) -> Result<Ended, Uncommitted> {
        let prepared = self.prepared(job.handler)?;
        let inbox = self.inbox(prepared, &job.body)?;
        if let Some((key, _)) = &inbox
            && let Some(reply) = seam.kept(key).await?
        {
            seam.handled(&job.lease).await?;
            return Ok(Ended::Handled(kept_reply(reply)));
        }
        let mut backoff: Option<Backoff> = None;
        // All runs together have the time of one: whoever waits for the answer doesn't see how many there were.
        let started = Instant::now();
        for conflict in 1..=CONFLICTS {
            let mut activation = Activation::new(
                job.delivery.clone(),
                seam.rows(),
                Arc::clone(&self.ids),
                Arc::clone(&self.clock),
                self.declared.clone(),
            );
            let run = prepared.code.call(job.body.clone(), &mut activation);
            let left = prepared.spec.timeout.saturating_sub(started.elapsed());
            let reply = match guard(left, run).await {
                Ok(reply) => reply,
                Err(Trouble::TimedOut(_)) if conflict > 1 => {
                    return Ok(Ended::Trouble(Trouble::Overtaken(conflict - 1)));
                }
                Err(Trouble::TimedOut(_)) => {
                    return Ok(Ended::Trouble(Trouble::TimedOut(prepared.spec.timeout)));
                }
                Err(trouble) => return Ok(Ended::Trouble(trouble)),
            };
            let unit = Unit {
                origin: Origin {
                    correlation: job.delivery.correlation_id.clone(),
                    causation: job.delivery.message_id.clone(),
                },
                inbox: inbox.as_ref().map(|(key, until)| Keep {
                    key: key.clone(),
                    until: *until,
                    value: reply.body().cloned().unwrap_or_default(),
                }),
                answer: answer(&reply)?,
                ..activation.into_unit()
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

    /// The declared key of an input, and until when it is remembered.
    fn inbox(&self, prepared: &Prepared, body: &Body) -> Result<Option<(KeepKey, u64)>, Failure> {
        let Some(idempotent) = &prepared.spec.idempotent else {
            return Ok(None);
        };
        let value = body.value()?;
        let mut parts = Vec::with_capacity(idempotent.by.len());
        for path in &idempotent.by {
            match path
                .split('.')
                .try_fold(value.as_ref(), |value, name| value.get(name))
            {
                Some(part) if !part.is_null() => parts.push(part),
                // An input without the key cannot be recognised, so it is handled like any other.
                _ => return Ok(None),
            }
        }
        let key = KeepKey {
            space: KeepSpace::Inbox,
            scope: prepared.spec.name.clone(),
            key: Bytes::from(serde_json::to_vec(&parts)?),
        };
        let until = idempotent.window.map_or(u64::MAX, |window| self.until(window));
        Ok(Some((key, until)))
    }

    fn conflict_backoff(&self) -> Backoff {
        let seed = self.ids.new_id().as_u64_pair().1;
        Backoff::new(Duration::from_millis(1), Duration::from_millis(50), seed)
    }
}

fn kept_reply(json: Bytes) -> Reply {
    if json.is_empty() {
        Reply::none()
    } else {
        Reply::from_json(json)
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
