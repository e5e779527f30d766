//! What has happened in one run of a saga: only ever added to, and by the names of steps.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use uuid::Uuid;

/// All runs of all sagas get their ids from here.
const SAGAS: Uuid = Uuid::from_u128(0x6b0c_1f0e_53a4_4d0f_9a51_61a7_75ed_0c7e);

/// One run of a saga.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Log {
    /// `Service.Saga`.
    pub saga: String,
    /// What tells it from other runs.
    pub key: String,
    /// Made from saga and key.
    pub id: Uuid,
    /// What it and all that follows from it have in common.
    pub correlation: String,
    /// What it was started with.
    pub input: Json,
    /// When.
    pub started: Timestamp,
    /// What has happened since, in order.
    pub entries: Vec<Entry>,
    /// How it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
}

/// Something that happened to a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// In which direction.
    #[serde(default, skip_serializing_if = "Kind::is_forward")]
    pub kind: Kind,
    /// Which.
    pub step: String,
    /// What.
    #[serde(flatten)]
    pub event: Event,
}

/// What something is done for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// To get on.
    #[default]
    Forward,
    /// To take a step back.
    Undo,
    /// To tell how it ended.
    Finish,
    /// To let time pass.
    Timer,
}

impl Kind {
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
    fn is_forward(&self) -> bool {
        *self == Self::Forward
    }
}

/// What can happen to a step, its undo, a wait or an action at the end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// It is to be done; the intent is on disk before anything is.
    Begun,
    /// A try of it failed, and it will be tried again.
    Tried {
        /// How.
        error: Error,
    },
    /// It is done.
    Succeeded {
        /// What it gave.
        #[serde(default, skip_serializing_if = "Json::is_null")]
        output: Json,
    },
    /// It failed for good: the saga goes on elsewhere, or back.
    Failed {
        /// How.
        error: Error,
    },
    /// It can't be done and can't be left: somebody has to look.
    Stuck {
        /// How its last try failed.
        error: Error,
    },
    /// Somebody has looked: all its tries are before it again.
    Resumed,
    /// Which arm of a choice was taken, counted from 0; the last is `else`.
    Chosen {
        /// Its number.
        arm: usize,
    },
}

/// Why something failed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Error {
    /// A declared fault, `Timeout`, `Crashed`, `Deadline`, or the failure's own name.
    pub name: String,
    /// For people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// The fields of a declared fault.
    #[serde(default, skip_serializing_if = "Json::is_null")]
    pub fields: Json,
    /// Whether it is known that nothing was done.
    pub known: bool,
}

/// A try took too long.
pub const TIMEOUT: &str = "Timeout";

/// The program stopped in the middle of a try.
pub const CRASHED: &str = "Crashed";

/// Work that was taken back before is not begun.
pub const FENCED: &str = "Fenced";

/// A step would have begun too late.
pub const DEADLINE: &str = "Deadline";

impl Error {
    /// A failure after which nobody knows what was done.
    pub fn unknown(name: &str, message: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            message: message.into(),
            fields: Json::Null,
            known: false,
        }
    }

    /// A failure that says that nothing was done.
    pub fn known(name: &str, message: impl Into<String>) -> Self {
        Self {
            known: true,
            ..Self::unknown(name, message)
        }
    }
}

/// The end of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ended {
    /// When.
    pub at: Timestamp,
    /// How.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// How a run can end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// Every step is done.
    Done,
    /// Everything is taken back.
    Failed {
        /// What it went back for.
        error: Error,
    },
}

impl Log {
    /// A run that begins now.
    pub fn new(saga: &str, key: &str, input: Json, correlation: &str, now: Timestamp) -> Self {
        Self {
            saga: saga.to_owned(),
            key: key.to_owned(),
            id: Uuid::new_v5(&SAGAS, format!("{saga}\0{key}").as_bytes()),
            correlation: correlation.to_owned(),
            input,
            started: now,
            entries: Vec::new(),
            ended: None,
        }
    }

    /// When something was last noted.
    pub fn touched(&self) -> Timestamp {
        let last = self.entries.last().map_or(self.started, |entry| entry.at);
        self.ended.as_ref().map_or(last, |ended| ended.at)
    }

    /// An id for something that a step does, the same each time it is asked for.
    pub fn id_of(&self, kind: Kind, step: &str, what: &str) -> Uuid {
        Uuid::new_v5(&self.id, format!("{kind:?}\0{step}\0{what}").as_bytes())
    }

    pub(crate) fn note(&mut self, at: Timestamp, kind: Kind, step: &str, event: Event) {
        self.entries.push(Entry {
            at,
            kind,
            step: step.to_owned(),
            event,
        });
    }
}
