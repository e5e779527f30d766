//! Doing a task: a handler of the system runs, a row is read or written, a message goes out, or time has passed.

use std::sync::Arc;
use std::time::Duration;

use aqueduct_saga::{CRASHED, Data, Deed, Error, Kind, Log, Place, TIMEOUT, Task};
use serde_json::{Map, Value};

use super::step::{End, Tried};
use crate::external::Caller;
use crate::seam::once::{Ask, Once};
use crate::seam::{Keep, Mark, Refused, RowKey, Rows, Seam, Site, Trouble, Uncommitted, Unit};
use crate::{Activation, Body, Delivery, Failure, Reply};

/// How long it takes until somebody who has too much to do is asked again.
const BUSY: Duration = Duration::from_millis(5);

/// One try of a task.
pub(super) struct Attempt<'a> {
    pub(super) rows: &'a Arc<dyn Rows>,
    pub(super) log: &'a Log,
    pub(super) task: &'a Task,
    /// How often it was started: more than once when the program stopped in the middle.
    pub(super) starts: u32,
    /// Whether it was done already, and only its commit came too late.
    pub(super) again: bool,
}

/// The code-free ones fail so when nothing was done.
const KNOWN: [&str; 5] = [
    Failure::ALREADY_EXISTS,
    Failure::INVALID_MESSAGE,
    Failure::INVALID_ROW,
    MISSING,
    REFUSED,
];

/// A row that must be there isn't.
const MISSING: &str = "MissingRow";

/// What must hold of a row doesn't.
const REFUSED: &str = "ConditionFailed";

impl Site {
    pub(super) async fn try_task<S: Seam>(
        &self,
        seam: &S,
        attempt: &Attempt<'_>,
    ) -> Result<Tried, Uncommitted> {
        let task = attempt.task;
        let is_late = task.until.is_some_and(|until| self.clock.now() >= until);
        let Some(deed) = &task.deed else {
            let end = if is_late {
                End::Late
            } else {
                End::Done(Value::Null)
            };
            return Ok(end.into());
        };
        // First: what was begun before the deadline may be done, however late it is now.
        if attempt.starts > 1 {
            let error = Error {
                known: !self.reaches_out(deed),
                ..Error::unknown(CRASHED, "the program stopped before it was done")
            };
            return Ok(End::Failed(Box::new(error)).into());
        }
        if is_late && !attempt.again {
            return Ok(End::Late.into());
        }
        match deed {
            Deed::Call {
                handler,
                fails,
                input,
            } => self.call(seam, attempt, handler, fails, input).await,
            other => {
                let mut activation = self.activation(&attempt.delivery(), attempt.rows, Caller::default());
                Ok(match act(&mut activation, task.kind, other).await {
                    Ok(output) => Tried {
                        end: End::Done(output),
                        unit: activation.into_unit(),
                    },
                    Err(failure) => End::Failed(Box::new(error(&failure, &KNOWN))).into(),
                })
            }
        }
    }

    /// Whether a deed may leave something behind that isn't committed with its task.
    fn reaches_out(&self, deed: &Deed) -> bool {
        let Deed::Call { handler, .. } = deed else {
            return false;
        };
        let index = self.handler(handler);
        index.is_none_or(|index| self.topology.handlers[index].calls_out)
    }

    /// A handler runs as part of the task; what it does is committed with it, or thrown away.
    async fn call<S: Seam>(
        &self,
        seam: &S,
        attempt: &Attempt<'_>,
        handler: &str,
        fails: &[String],
        input: &Value,
    ) -> Result<Tried, Uncommitted> {
        let missing = || Failure::new(format!("there is no handler {handler}"));
        let index = self.handler(handler).ok_or_else(missing)?;
        let prepared = self.prepared(index)?;
        let _permit = loop {
            match seam.admit(index).await {
                Ok(permit) => break permit,
                Err(Refused::Full) => tokio::time::sleep(BUSY).await,
                Err(refused) => return Err(refused.into()),
            }
        };
        let body = Body::from_value(input.clone());
        let ask = Ask {
            handler: prepared,
            body: &body,
            delivery: &attempt.delivery(),
            rows: Arc::clone(attempt.rows),
            left: prepared
                .spec
                .timeout
                .min(Duration::from_millis(attempt.task.timeout)),
        };
        Ok(match self.once(seam, &ask).await {
            Ok(Once::Ran(reply, unit)) => Tried {
                end: End::Done(output(&reply)?),
                unit: with_inbox_among_marks(*unit),
            },
            Ok(Once::Handled(reply)) => End::Done(output(&reply)?).into(),
            Err(trouble) => {
                let error = of_trouble(trouble, fails);
                End::Failed(Box::new(Error {
                    // What it wrote was thrown away.
                    known: error.known || !prepared.spec.calls_out,
                    ..error
                }))
                .into()
            }
        })
    }
}

impl Attempt<'_> {
    /// What a handler is told of its input: the same in every try, but for the number of the try.
    fn delivery(&self) -> Delivery {
        let Self { log, task, .. } = self;
        Delivery {
            correlation_id: log.correlation.clone(),
            attempt: task.attempt,
            ..Delivery::first(log.id_of(task.kind, &task.step, "task").to_string(), task.begun)
        }
    }
}

/// The task is what is acknowledged; that its handler has handled a key is kept besides.
fn with_inbox_among_marks(mut unit: Unit) -> Unit {
    let inbox = unit.inbox.take();
    unit.marks
        .extend(inbox.map(|keep: Keep| Mark { keep, was: None }));
    unit
}

fn output(reply: &Reply) -> Result<Value, Failure> {
    Ok(match reply.body() {
        Some(json) => serde_json::from_slice(json)?,
        None => Value::Null,
    })
}

fn of_trouble(trouble: Trouble, fails: &[String]) -> Error {
    match trouble {
        Trouble::Failed(failure) => {
            let mut known = vec![Failure::FENCED];
            known.extend(fails.iter().map(String::as_str));
            error(&failure, &known)
        }
        Trouble::TimedOut(_) => Error::unknown(TIMEOUT, trouble.to_string()),
        Trouble::Panicked(_) => Error::unknown("Panicked", trouble.to_string()),
        Trouble::Overtaken(_) => Error::unknown("Overtaken", trouble.to_string()),
    }
}

/// A failure as a saga sees it; those of these names have done nothing.
fn error(failure: &Failure, known: &[&str]) -> Error {
    let name = failure.name().unwrap_or("Failed");
    Error {
        name: name.to_owned(),
        message: failure.message().to_owned(),
        fields: failure.fields().clone(),
        known: known.contains(&name),
    }
}

/// Does what needs no handler.
async fn act(activation: &mut Activation, kind: Kind, deed: &Deed) -> Result<Value, Failure> {
    match deed {
        Deed::Insert { at, row } => {
            if activation.read_row::<Value>(key(at)).await?.is_some() {
                let message = format!("{} has a row {} already", at.table, at.key);
                return Err(Failure::named(Failure::ALREADY_EXISTS, message));
            }
            activation.put_named(key(at), row)?;
        }
        Deed::Put { at, row } => activation.put_named(key(at), row)?,
        Deed::Update { at, set, only_if } => {
            let Some(mut row) = activation.read_row::<Map<String, Value>>(key(at)).await? else {
                if kind == Kind::Undo {
                    // What was never there need not be taken back.
                    return Ok(Value::Null);
                }
                let message = format!("{} has no row {}", at.table, at.key);
                return Err(Failure::named(MISSING, message));
            };
            let before = Value::Object(row.clone());
            if only_if
                .as_ref()
                .is_some_and(|condition| !Data::of_row(&before).holds(condition))
            {
                if kind == Kind::Undo {
                    // Somebody has made something else of it since: there is nothing left to take back.
                    return Ok(Value::Null);
                }
                let message = format!("row {} of {} is not as it has to be", at.key, at.table);
                return Err(Failure::named(REFUSED, message));
            }
            row.extend(set.clone());
            activation.put_named(key(at), &Value::Object(row))?;
        }
        Deed::Get { at } => {
            let missing = || Failure::named(MISSING, format!("{} has no row {}", at.table, at.key));
            return activation.read_row(key(at)).await?.ok_or_else(missing);
        }
        Deed::Delete { at } => activation.write_row(key(at), None)?,
        Deed::Emit {
            channel,
            kind,
            message,
        } => activation.emit_named(channel, kind, message)?,
        Deed::Call { handler, .. } => {
            return Err(Failure::new(format!(
                "{handler} is a handler, and runs elsewhere"
            )));
        }
    }
    Ok(Value::Null)
}

fn key(at: &Place) -> RowKey {
    RowKey {
        table: at.table.clone().into(),
        key: at.key.clone(),
    }
}
