//! What is to be done next, with everything filled in.

use std::cell::Cell;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value as Json};

use crate::definition::{Action, Condition, Retry, TableKey, Value};
use crate::log::{Kind, Log};
use crate::record::Record;
use crate::value::{Data, Maker};

/// One try of something.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// What for.
    pub kind: Kind,
    /// Of which step, wait or action at the end.
    pub step: String,
    /// Which try, from 1; each is another task.
    pub attempt: u32,
    /// What to do; nothing when only time passes.
    pub deed: Option<Deed>,
    /// How long it may take, in milliseconds.
    pub timeout: u64,
    /// Not before.
    pub due: Timestamp,
    /// Not begun at this time or later: it has failed then, by the deadline.
    pub until: Option<Timestamp>,
    /// When it was first to be done.
    pub begun: Timestamp,
    /// How long after that a person is called, in milliseconds.
    pub alarm: Option<u64>,
}

/// What a task does: an [`Action`] with its values.
#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    /// Runs a handler.
    Call {
        /// `Service.handler`.
        handler: String,
        /// What it declares as a no.
        fails: Vec<String>,
        /// Its input.
        input: Json,
    },
    /// Adds a row that must not be there.
    Insert {
        /// Which.
        at: Place,
        /// The row.
        row: Json,
    },
    /// Writes a row.
    Put {
        /// Which.
        at: Place,
        /// The row.
        row: Json,
    },
    /// Changes a row that must be there.
    Update {
        /// Which.
        at: Place,
        /// The fields that change; a field without a value stays as it is.
        set: Map<String, Json>,
        /// What must hold of the row.
        only_if: Option<Condition>,
    },
    /// Reads a row.
    Get {
        /// Which.
        at: Place,
    },
    /// Takes a row away.
    Delete {
        /// Which.
        at: Place,
    },
    /// Sends a message.
    Emit {
        /// The topic or queue.
        channel: String,
        /// The name of its type.
        kind: String,
        /// Its body.
        message: Json,
    },
}

/// A row's place.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// `Service.table`.
    pub table: String,
    /// The text of its key.
    pub key: String,
}

impl Task {
    /// Whether two are the same try of the same thing.
    pub fn is(&self, kind: Kind, step: &str, attempt: u32) -> bool {
        self.kind == kind && self.step == step && self.attempt == attempt
    }
}

/// When a next try may begin: each wait is longer than the one before, up to the cap.
pub(crate) fn due(record: &Record<'_>, retry: &Retry, begun: Timestamp) -> Timestamp {
    let Some((last, _)) = record.last else {
        return begun;
    };
    // Somebody has looked and wants it done: at once.
    let Some(waits) = record.recent.checked_sub(1) else {
        return last;
    };
    let mut wait = retry.backoff.min(retry.cap);
    for _ in 0..waits {
        wait = wait.saturating_mul(u64::from(retry.factor_percent)) / 100;
        if wait >= retry.cap || retry.factor_percent <= 100 {
            break;
        }
    }
    later(last, wait.min(retry.cap))
}

/// So many milliseconds later.
pub(crate) fn later(from: Timestamp, milliseconds: u64) -> Timestamp {
    let by = SignedDuration::from_millis(i64::try_from(milliseconds).unwrap_or(i64::MAX));
    from.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// Fills the values of an action in.
pub(crate) fn deed(action: &Action, data: &Data<'_>, log: &Log, who: (Kind, &str), begun: Timestamp) -> Deed {
    let maker = Maker {
        log,
        kind: who.0,
        step: who.1,
        begun,
        made: Cell::new(0),
    };
    let value = |value: &Value| data.value(value, &maker).unwrap_or_default();
    let place = |table: &TableKey| Place {
        table: table.name.clone(),
        key: text(&value(&table.key)),
    };
    match action {
        Action::Call {
            handler,
            fails,
            input,
        } => Deed::Call {
            handler: handler.clone(),
            fails: fails.clone(),
            input: value(input),
        },
        Action::Insert { table, row } => Deed::Insert {
            at: place(table),
            row: value(row),
        },
        Action::Put { table, row } => Deed::Put {
            at: place(table),
            row: value(row),
        },
        Action::Update { table, set, only_if } => Deed::Update {
            at: place(table),
            set: data.fields(set, &maker),
            only_if: only_if.clone(),
        },
        Action::Get { table } => Deed::Get { at: place(table) },
        Action::Delete { table } => Deed::Delete { at: place(table) },
        Action::Emit {
            channel,
            kind,
            message,
        } => Deed::Emit {
            channel: channel.clone(),
            kind: kind.clone(),
            message: value(message),
        },
    }
}

/// A key as it is written: a text without its quotes.
pub fn text(key: &Json) -> String {
    match key {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}
