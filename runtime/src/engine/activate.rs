//! One activation from its input to its commit, run again when another was faster.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;
use tokio::sync::oneshot;

use super::guard::{Trouble, guard};
use super::{Engine, Prepared};
use crate::activation::Effects;
use crate::clock::Backoff;
use crate::core::command::{Command, Keep, Lease, Outcome, Routed, Unit};
use crate::core::micros;
use crate::record::{Birth, Envelope, Kept};
use crate::store::keys::{Key, Space};
use crate::{Activation, Body, Delivery, Failure, Reply};

/// How often an activation runs again because another was faster.
const CONFLICTS: u32 = 20;

/// An input with all that is known about it.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) handler: usize,
    pub(crate) body: Body,
    pub(crate) delivery: Delivery,
    /// Its place in a queue; `None` for a request.
    pub(crate) lease: Option<Lease>,
}

/// How an activation ended.
#[derive(Debug)]
pub(crate) enum Ended {
    /// Everything is on disk.
    Committed(Reply),
    /// The request was answered before, like this.
    Answered(Vec<u8>),
    /// An input with the same declared key was handled before, with this reply.
    Handled(Reply),
    /// Nothing was written.
    Trouble(Trouble),
    /// Nothing was written, or nobody knows.
    Refused(Refused),
}

/// Why the core gave no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    /// It has too much to do.
    #[error("the program has too much to do; try again in a moment")]
    Full,
    /// It is stopping.
    #[error("the program is stopping; try again once it runs")]
    Stopped,
    /// The commit was begun, and nobody knows how it ended.
    #[error(
        "the outcome is unknown: the store failed during the commit; send the same request again with its key"
    )]
    Unknown,
}

impl Engine {
    /// Runs a handler and commits what it did together with `answer`, made from its reply.
    pub(crate) async fn activate(
        &self,
        job: &Job,
        answer: impl Fn(&Reply) -> Result<Option<Keep>, Failure> + Send + Sync,
    ) -> Ended {
        let Some(prepared) = self.handlers.get(job.handler) else {
            return Ended::Refused(Refused::Stopped);
        };
        let inbox = match self.inbox(prepared, &job.body) {
            Ok(key) => key,
            Err(failure) => return Ended::Trouble(Trouble::Failed(failure)),
        };
        if let Some((key, _)) = &inbox {
            match self.kept(key) {
                Ok(Some(reply)) => return self.handled(job, reply).await,
                Ok(None) => {}
                Err(error) => return Ended::Trouble(Trouble::Failed(error.into())),
            }
        }
        let mut backoff: Option<Backoff> = None;
        for conflict in 1..=CONFLICTS {
            let mut activation = Activation::new(
                job.delivery.clone(),
                Arc::clone(&self.storage),
                Arc::clone(&self.ids),
                Arc::clone(&self.clock),
                self.declared.clone(),
            );
            let run = prepared.code.call(job.body.clone(), &mut activation);
            let reply = match guard(prepared.spec.timeout, run).await {
                Ok(reply) => reply,
                Err(trouble) => return Ended::Trouble(trouble),
            };
            let (unit, outcome) =
                match self.unit(job, activation.into_effects(), &reply, inbox.as_ref(), &answer) {
                    Ok(unit) => unit,
                    Err(failure) => return Ended::Trouble(Trouble::Failed(failure)),
                };
            match self.commit(unit, outcome).await {
                Ok(Outcome::Committed) => return Ended::Committed(reply),
                Ok(Outcome::Answered(stored)) => return Ended::Answered(stored),
                Ok(Outcome::Handled(reply)) => return Ended::Handled(kept_reply(&reply)),
                Ok(Outcome::Conflict) => {}
                Err(refused) => return Ended::Refused(refused),
            }
            let backoff = backoff.get_or_insert_with(|| self.conflict_backoff());
            tokio::time::sleep(backoff.delay(conflict)).await;
        }
        Ended::Trouble(Trouble::Overtaken(CONFLICTS))
    }

    /// Waits until fewer requests than allowed run this handler.
    pub(crate) async fn gate(&self, handler: usize) -> Option<tokio::sync::SemaphorePermit<'_>> {
        self.handlers.get(handler)?.gate.acquire().await.ok()
    }

    /// Commits a unit; a request is refused when the committer cannot keep up, a delivery waits.
    pub(crate) async fn commit(
        &self,
        unit: Unit,
        outcome: oneshot::Receiver<Outcome>,
    ) -> Result<Outcome, Refused> {
        let request = unit.lease.is_none();
        let command = Command::Finish(Box::new(unit));
        if request {
            self.commands.try_send(command).map_err(|error| match error {
                tokio::sync::mpsc::error::TrySendError::Full(_) => Refused::Full,
                tokio::sync::mpsc::error::TrySendError::Closed(_) => Refused::Stopped,
            })?;
        } else {
            self.send(command).await?;
        }
        outcome.await.map_err(|_| Refused::Unknown)
    }

    /// Gives a message its envelope and finds out where it goes; `body` is its body, parsed.
    pub(crate) fn route(&self, birth: Birth<'_>, body: &Value) -> Result<Routed, Failure> {
        let fan = self
            .routing
            .fan(birth.channel, body)
            .ok_or_else(|| Failure::new(format!("there is no channel {}", birth.channel)))?;
        Ok(Routed {
            envelope: Arc::new(Envelope::new(birth)),
            queues: fan.queues,
            filtered: fan.filtered,
        })
    }

    fn unit(
        &self,
        job: &Job,
        effects: Effects,
        reply: &Reply,
        inbox: Option<&(Vec<u8>, u64)>,
        answer: impl Fn(&Reply) -> Result<Option<Keep>, Failure>,
    ) -> Result<(Unit, oneshot::Receiver<Outcome>), Failure> {
        let (mut unit, outcome) = Unit::new(job.lease);
        for outgoing in &effects.outgoing {
            let birth = Birth {
                id: outgoing.id.to_string(),
                kind: outgoing.kind,
                time: outgoing.time,
                channel: &outgoing.channel,
                correlation: &job.delivery.correlation_id,
                causation: Some(&job.delivery.message_id),
                body: &outgoing.body,
            };
            unit.messages.push(self.route(birth, &outgoing.parsed)?);
        }
        unit.reads = effects.reads;
        unit.writes = effects.writes;
        unit.inbox = inbox.map(|(key, until)| Keep {
            key: key.clone(),
            until: *until,
            value: reply.body().cloned().unwrap_or_default(),
        });
        unit.answer = answer(reply)?;
        Ok((unit, outcome))
    }

    /// The declared key of an input, and until when it is remembered.
    fn inbox(&self, prepared: &Prepared, body: &Body) -> Result<Option<(Vec<u8>, u64)>, Failure> {
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
        let key = Key::new(Space::Inbox)
            .name(&prepared.spec.name)
            .rest(&serde_json::to_vec(&parts)?)
            .bytes();
        let until = idempotent.window.map_or(u64::MAX, |window| self.until(window));
        Ok(Some((key, until)))
    }

    /// An instant from now, in microseconds since 1970.
    pub(crate) fn until(&self, window: Duration) -> u64 {
        micros(self.clock.now()).saturating_add(u64::try_from(window.as_micros()).unwrap_or(u64::MAX))
    }

    /// What is kept under a key, if it still holds.
    pub(crate) fn kept(&self, key: &[u8]) -> Result<Option<Vec<u8>>, crate::store::Error> {
        let stored = self.storage.snapshot()?.get(key)?;
        let kept = stored.as_deref().map(Kept::read).transpose()?;
        Ok(kept
            .filter(|kept| kept.holds(micros(self.clock.now())))
            .map(|kept| kept.value.to_vec()))
    }

    async fn handled(&self, job: &Job, reply: Vec<u8>) -> Ended {
        let told = match job.lease {
            Some(lease) => self.send(Command::Handled { lease }).await,
            None => Ok(()),
        };
        if let Err(refused) = told {
            return Ended::Refused(refused);
        }
        Ended::Handled(kept_reply(&reply))
    }

    fn conflict_backoff(&self) -> Backoff {
        let seed = u64::from_be_bytes(self.ids.new_id().into_bytes()[8..].try_into().unwrap_or_default());
        Backoff::new(Duration::from_millis(1), Duration::from_millis(50), seed)
    }
}

fn kept_reply(json: &[u8]) -> Reply {
    if json.is_empty() {
        Reply::none()
    } else {
        Reply::from_json(Bytes::copy_from_slice(json))
    }
}
