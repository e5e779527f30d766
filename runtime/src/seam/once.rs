//! One run of a handler with all that has to be known before and kept after: declared keys, and what was taken back.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::guard::guard;
use super::site::Prepared;
use super::{Keep, KeepKey, KeepSpace, Mark, Origin, Rows, Seam, Site, Trouble, Unit};
use crate::activation::Outside;
use crate::external::Caller;
use crate::{Activation, Body, Delivery, Failure, Reply};

/// The work for a key is done, and may be taken back.
const DONE: &[u8] = b"done";

/// The work for a key was taken back, or is never to be done.
const UNDONE: &[u8] = b"undone";

/// What came of it.
pub(super) enum Once {
    /// An input with the same declared key was handled before, with this reply.
    Handled(Reply),
    /// This is to be committed.
    Ran(Reply, Box<Unit>),
}

/// What is asked of a handler.
pub(super) struct Ask<'a> {
    pub(super) handler: &'a Prepared,
    pub(super) body: &'a Body,
    pub(super) delivery: &'a Delivery,
    pub(super) rows: Arc<dyn Rows>,
    /// How long it may take.
    pub(super) left: Duration,
}

/// What a handler's work has to do with work that is taken back.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Undoing {
    /// Whose work it is.
    pub(super) of: String,
    /// Paths in the input that make the key.
    by: Vec<String>,
    /// How long it is remembered; `None` for ever.
    window: Option<Duration>,
    side: Side,
    /// Whether the same key is that of the inputs which it has handled.
    keeps: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    /// It does the work.
    Does,
    /// It takes it back; does nothing where nothing was done.
    Undoes,
    /// It takes it back even if nothing is known to be done: others outside may have done something.
    UndoesAnyway,
}

impl Site {
    /// Runs a handler once.
    pub(super) async fn once<S: Seam>(&self, seam: &S, ask: &Ask<'_>) -> Result<Once, Trouble> {
        let spec = &ask.handler.spec;
        let inbox = match &spec.idempotent {
            Some(declared) => key(KeepSpace::Inbox, &spec.name, &declared.by, ask.body)?,
            None => None,
        };
        if let Some(inbox) = &inbox
            && let Some(reply) = seam.kept(inbox).await?
        {
            return Ok(Once::Handled(kept_reply(reply)));
        }
        let mut marks = Vec::new();
        let mut undone = None;
        let mut runs = true;
        for undoing in &ask.handler.undoing {
            let Some(key) = key(KeepSpace::Undoing, &undoing.of, &undoing.by, ask.body)? else {
                continue;
            };
            let was = seam.kept(&key).await?;
            let was_done = was.is_some() || undoing.was_handled(seam, &key).await?;
            let is_undone = was.as_deref() == Some(UNDONE);
            let becomes = match undoing.side {
                Side::Does if is_undone => return Err(Failure::fenced(&undoing.of).into()),
                Side::Undoes | Side::UndoesAnyway if is_undone => return Ok(Once::Handled(Reply::none())),
                Side::Does => DONE,
                Side::Undoes | Side::UndoesAnyway => UNDONE,
            };
            runs &= was_done || undoing.side != Side::Undoes;
            if undoing.side != Side::Does {
                undone = Some(key.clone());
            }
            marks.push(Mark {
                keep: Keep {
                    key,
                    until: self.until_or_ever(undoing.window),
                    value: Bytes::from_static(becomes),
                },
                was,
            });
        }
        let (reply, unit) = if runs {
            let known_by = inbox.as_ref().or(undone.as_ref());
            self.run(ask, known_by).await?
        } else {
            (Reply::none(), Unit::default())
        };
        let window = spec.idempotent.as_ref().and_then(|declared| declared.window);
        let inbox = inbox.map(|key| Keep {
            key,
            until: self.until_or_ever(window),
            value: reply.body().cloned().unwrap_or_default(),
        });
        let origin = Origin {
            correlation: ask.delivery.correlation_id.clone(),
            causation: ask.delivery.message_id.clone(),
        };
        let unit = Unit {
            origin,
            inbox,
            marks,
            ..unit
        };
        Ok(Once::Ran(reply, Box::new(unit)))
    }

    /// Runs its code; what it is known by is the same in every try, whatever message brings it.
    async fn run(&self, ask: &Ask<'_>, known_by: Option<&KeepKey>) -> Result<(Reply, Unit), Trouble> {
        let Some(code) = &ask.handler.code else {
            return Err(Failure::new("this handler is not called").into());
        };
        let declared = known_by.map(KeepKey::name_of_input);
        let caller = Caller {
            handler: ask.handler.spec.name.clone(),
            input: declared.unwrap_or_else(|| ask.delivery.message_id.clone()),
            made: 0,
        };
        let mut activation = self.activation(ask.delivery, &ask.rows, caller);
        let run = code.call(ask.body.clone(), &mut activation);
        let reply = guard(ask.left, run).await?;
        Ok((reply, activation.into_unit()))
    }

    /// A unit of work that does nothing yet.
    pub(super) fn activation(&self, delivery: &Delivery, rows: &Arc<dyn Rows>, caller: Caller) -> Activation {
        Activation::new(
            delivery.clone(),
            Arc::clone(rows),
            Arc::clone(&self.ids),
            Arc::clone(&self.clock),
            self.declared.clone(),
            Outside {
                calls: Arc::clone(&self.calls),
                caller,
            },
        )
    }

    fn until_or_ever(&self, window: Option<Duration>) -> u64 {
        window.map_or(u64::MAX, |window| self.until(window))
    }
}

impl Undoing {
    /// What a handler has to do with work that is taken back, by all handlers of its system.
    pub(super) fn of(spec: &crate::HandlerSpec, all: &[crate::HandlerSpec]) -> Vec<Self> {
        let window = |spec: &crate::HandlerSpec| spec.idempotent.as_ref().and_then(|key| key.window);
        let mut found = Vec::new();
        if let Some(undoes) = &spec.undoes
            && let Some(of) = all.iter().find(|other| other.name == undoes.handler)
        {
            found.push(Self {
                of: undoes.handler.clone(),
                by: undoes.by.clone(),
                window: window(of),
                keeps: of.idempotent.as_ref().is_some_and(|key| key.by == undoes.by),
                side: if of.calls_out {
                    Side::UndoesAnyway
                } else {
                    Side::Undoes
                },
            });
        }
        let undone_by = |other: &&crate::HandlerSpec| {
            let undoes = other.undoes.as_ref();
            undoes.is_some_and(|undoes| undoes.handler == spec.name)
        };
        if let Some(undoes) = all.iter().find(undone_by).and_then(|other| other.undoes.as_ref()) {
            found.push(Self {
                of: spec.name.clone(),
                by: if spec.fence.is_empty() {
                    undoes.by.clone()
                } else {
                    spec.fence.clone()
                },
                window: window(spec),
                side: Side::Does,
                keeps: false,
            });
        }
        found
    }

    /// Whether an input with this key was handled, perhaps before there was anybody to take it back.
    async fn was_handled<S: Seam>(&self, seam: &S, key: &KeepKey) -> Result<bool, Failure> {
        if !self.keeps {
            return Ok(false);
        }
        let inbox = KeepKey {
            space: KeepSpace::Inbox,
            ..key.clone()
        };
        Ok(seam.kept(&inbox).await?.is_some())
    }
}

impl KeepKey {
    /// What calls of services outside are keyed by: with whose work is taken back, for an undo.
    fn name_of_input(&self) -> String {
        let key = String::from_utf8_lossy(&self.key);
        match self.space {
            KeepSpace::Undoing => format!("{} {key}", self.scope),
            KeepSpace::Inbox | KeepSpace::Answer => key.into_owned(),
        }
    }
}

/// The values of a key in an input. An input without them can't be recognized, so it is handled like any other.
fn key(space: KeepSpace, scope: &str, by: &[String], body: &Body) -> Result<Option<KeepKey>, Failure> {
    let value = body.value()?;
    let mut parts = Vec::with_capacity(by.len());
    for path in by {
        let found = path
            .split('.')
            .try_fold(value.as_ref(), |value, name| value.get(name));
        match found {
            Some(part) if !part.is_null() => parts.push(part),
            _ => return Ok(None),
        }
    }
    Ok(Some(KeepKey {
        space,
        scope: scope.to_owned(),
        key: Bytes::from(serde_json::to_vec(&parts)?),
    }))
}

pub(super) fn kept_reply(json: Bytes) -> Reply {
    if json.is_empty() {
        Reply::none()
    } else {
        Reply::from_json(json)
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}
