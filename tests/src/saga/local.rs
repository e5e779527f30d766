//! A saga by the function that all engines of ours ask what comes next.

use std::collections::BTreeMap;

use aqueduct::Timestamp;
use aqueduct_saga::{CRASHED, Data, Deed, Error, Kind, Log, Outcome, Place, State, TIMEOUT, Task};
use serde_json::{Map, Value, json};

use super::{Answer, Script, Seen, Subject, Vector, undoing};

/// Longer than any saga of a test may go on.
const LONGEST: usize = 2_000;

/// What becomes of it; time passes to whatever is due first.
///
/// # Panics
/// When it never ends.
pub fn run(subject: &Subject, vector: &Vector) -> Seen {
    let now = Timestamp::UNIX_EPOCH;
    let mut world = World {
        subject,
        script: Script::new(vector),
        undoing: undoing(&subject.saga),
        rows: BTreeMap::new(),
        seen: Seen::new(),
    };
    let mut log = Log::new(&subject.saga.name, "key", subject.input.clone(), "c", now);
    for _ in 0..LONGEST {
        match log.settle(&subject.saga, now) {
            State::Running(tasks) => {
                let task = tasks
                    .iter()
                    .min_by_key(|task| task.due)
                    .expect("something is to be done");
                match world.does(task) {
                    Ok(output) => log.succeeded(task, output, now),
                    Err(error) => log.failed(&subject.saga, task, *error, now),
                }
            }
            State::Stuck { .. } => return world.ends("stuck".to_owned()),
            State::Ended(Outcome::Done) => return world.ends("done".to_owned()),
            State::Ended(Outcome::Failed { error }) => {
                return world.ends(format!("failed: {}", error.name));
            }
        }
    }
    panic!("{} never ends", vector.name)
}

struct World<'a> {
    subject: &'a Subject,
    script: Script<'a>,
    undoing: Vec<String>,
    rows: BTreeMap<(String, String), Map<String, Value>>,
    seen: Seen,
}

impl World<'_> {
    fn does(&mut self, task: &Task) -> Result<Value, Box<Error>> {
        let known = |name: &str| Box::new(Error::known(name, ""));
        match task.deed.as_ref() {
            None => {}
            Some(Deed::Call { handler, input, .. }) => return self.call(handler, input),
            Some(Deed::Insert { at, row }) => {
                if self.rows.contains_key(&place(at)) {
                    return Err(known("AlreadyExists"));
                }
                let _ = self.rows.insert(place(at), fields(row));
            }
            Some(Deed::Put { at, row }) => {
                let _ = self.rows.insert(place(at), fields(row));
            }
            Some(Deed::Update { at, set, only_if }) => match self.rows.get_mut(&place(at)) {
                None if task.kind == Kind::Undo => {}
                None => return Err(known("MissingRow")),
                Some(row) => {
                    let before = Value::Object(row.clone());
                    if only_if
                        .as_ref()
                        .is_some_and(|condition| !Data::of_row(&before).holds(condition))
                    {
                        return Err(known("ConditionFailed"));
                    }
                    row.extend(set.clone());
                }
            },
            Some(Deed::Get { at }) => {
                let row = self.rows.get(&place(at)).ok_or_else(|| known("MissingRow"))?;
                return Ok(Value::Object(row.clone()));
            }
            Some(Deed::Delete { at }) => drop(self.rows.remove(&place(at))),
            Some(Deed::Emit { channel, message, .. }) => {
                let sent = self.seen.sent.entry(channel.clone()).or_default();
                sent.push(message.clone());
            }
        }
        Ok(Value::Null)
    }

    fn call(&mut self, handler: &str, input: &Value) -> Result<Value, Box<Error>> {
        // Who is not let in waits; that is no try.
        let mut answer = self.script.next(handler);
        while answer == Answer::Throttled {
            answer = self.script.next(handler);
        }
        let undo = self.undoing.iter().any(|name| name == handler);
        self.seen.call(handler, input.clone(), &answer, undo);
        Err(Box::new(match answer {
            Answer::Ok | Answer::Throttled => {
                let replies = &self.subject.replies;
                return Ok(replies.get(handler).cloned().unwrap_or(Value::Null));
            }
            Answer::Refused(fault) => Error::known(&fault, ""),
            Answer::TimedOut { .. } => Error::unknown(TIMEOUT, ""),
            Answer::Crashed => Error::unknown(CRASHED, ""),
        }))
    }

    fn ends(mut self, end: String) -> Seen {
        self.seen.end = end;
        for ((table, _), row) in self.rows {
            let rows = self.seen.rows.entry(table).or_default();
            rows.push(json!(row));
        }
        self.seen.settled(&self.subject.saga)
    }
}

fn place(at: &Place) -> (String, String) {
    (at.table.clone(), at.key.clone())
}

fn fields(row: &Value) -> Map<String, Value> {
    row.as_object().cloned().unwrap_or_default()
}
