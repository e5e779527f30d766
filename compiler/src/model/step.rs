//! Steps of a saga: what they do, how often and for how long, and where their failures lead.

use aqueduct_dsl::source::SpanId;

use super::{Action, ActionKind, Id, Label, Manner, Setting, Statement, TypeDecl};

/// A step.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Its name.
    pub label: Label,
    /// What a failure of it leads to.
    pub class: StepClass,
    /// What it does.
    pub action: Action,
    /// How long to wait for one try, in milliseconds; written, or what the called handler may take.
    pub timeout: Setting<u64>,
    /// How often it is tried.
    pub retry: Retry,
    /// How long the other side may be silent, in milliseconds.
    pub heartbeat: Option<Setting<u64>>,
    /// What leads elsewhere than back.
    pub on: Vec<OnFault>,
    /// Failures with a number of tries of their own.
    pub again: Vec<Again>,
    /// What takes it back.
    pub undo: Option<Action>,
    /// Nobody can take it back, says the author.
    pub irreversible: Option<SpanId>,
}

/// What kind of step it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepClass {
    /// `step`: taken back when something after it fails.
    Compensatable,
    /// `pivot`: once it is done, the saga only goes forward.
    Pivot,
    /// `retriable`: tried until it is done.
    Retriable,
    /// `readonly`: leaves nothing to take back.
    ReadOnly,
}

impl StepClass {
    /// The word of the language.
    pub fn word(self) -> &'static str {
        match self {
            Self::Compensatable => "step",
            Self::Pivot => "pivot",
            Self::Retriable => "retriable",
            Self::ReadOnly => "readonly",
        }
    }
}

/// How often something is tried, and when again.
#[derive(Debug, Clone, PartialEq)]
pub struct Retry {
    /// Tries after the first; `None` is as often as it takes.
    pub count: Option<u32>,
    /// Before the second try, in milliseconds.
    pub backoff: u64,
    /// What each wait is longer than the one before, as an exact decimal: 1 or more.
    pub factor: rust_decimal::Decimal,
    /// The longest wait, in milliseconds.
    pub cap: u64,
    /// Only these faults are tried again; empty is all that is no declared fault.
    pub on: Vec<Id<TypeDecl>>,
    /// After which time a person is called, in milliseconds.
    pub alarm: Option<u64>,
    /// Where it is written; nowhere for the default.
    pub span: SpanId,
}

impl Retry {
    /// Once: a handler that is called, when nothing is said.
    pub fn never() -> Self {
        Self::default_of(Some(0), 30_000)
    }

    /// What the engine does itself, when nothing is said: rows, messages, and the actions of an ending.
    pub fn without_code() -> Self {
        Self::default_of(Some(5), 30_000)
    }

    /// What takes a step back; when all of these were in vain the saga is stuck, and a person sees it.
    pub fn of_undo() -> Self {
        Self::default_of(Some(10), 60_000)
    }

    /// As often as it takes: a `retriable`, when nothing is said.
    pub fn until_settled() -> Self {
        Self::default_of(None, 60_000)
    }

    fn default_of(count: Option<u32>, cap: u64) -> Self {
        Self {
            count,
            backoff: 1_000,
            factor: rust_decimal::Decimal::TWO,
            cap,
            on: Vec::new(),
            alarm: None,
            span: SpanId::NOWHERE,
        }
    }
}

impl Step {
    /// Whether somebody completes it from outside: `await Managers.ask(…)`.
    pub fn awaits_somebody(&self) -> bool {
        matches!(
            self.action.kind,
            ActionKind::Call {
                manner: Manner::Callback,
                ..
            }
        )
    }

    /// How long one try of what needs no code may take, when nothing is said, in milliseconds.
    pub const TIMEOUT: u64 = 5_000;
}

/// `on F { }`
#[derive(Debug, Clone, PartialEq)]
pub struct OnFault {
    /// The fault, or `None` for `on timeout`.
    pub fault: Option<Id<TypeDecl>>,
    /// What is done in the step's place.
    pub body: Vec<Statement>,
    /// Where.
    pub span: SpanId,
}

/// `on F retry 3`
#[derive(Debug, Clone, PartialEq)]
pub struct Again {
    /// The fault.
    pub fault: Id<TypeDecl>,
    /// Tries after the first.
    pub count: u32,
    /// Where.
    pub span: SpanId,
}
