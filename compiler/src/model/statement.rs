//! The lines of a saga: steps, and the ways between them.

use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::{Action, Id, Label, Mapping, Predicate, Setting, Step, Type, TypeDecl, Value};

/// One line of a saga.
#[derive(Debug, Clone, PartialEq)]
pub enum Statement {
    /// `step x = …` and its like.
    Step(Box<Step>),
    /// `if a { } else { }`: the first arm whose condition holds.
    If {
        /// Conditions over what is known at this point, with what they guard; never empty.
        arms: Vec<(Predicate, Vec<Statement>)>,
        /// The last `else`.
        otherwise: Vec<Statement>,
        /// The whole.
        span: SpanId,
    },
    /// `parallel all { branch a { } }`
    Parallel {
        /// When it goes on.
        until: Join,
        /// Never fewer than two.
        branches: Vec<Branch>,
        /// The word.
        span: SpanId,
    },
    /// `map legs = trip.legs as leg { }`
    Map(Box<Map>),
    /// `wait 10m`
    Wait {
        /// Until when.
        until: Until,
        /// What it fails with when the deadline comes first; nothing is how every deadline ends.
        otherwise: Option<Id<TypeDecl>>,
        /// The whole.
        span: SpanId,
    },
    /// `start Insurance(…)`, `emit Noted(…) to notes`: what has no name, and what nothing takes back. Always an
    /// [`ActionKind::Start`](super::ActionKind::Start) or an [`ActionKind::Emit`](super::ActionKind::Emit).
    Alone(Action),
    /// `fail NotApproved(by: …)`
    Fail(Fail),
}

impl Statement {
    /// The blocks inside it.
    pub fn blocks(&self) -> Vec<&[Statement]> {
        match self {
            Self::Step(step) => step.on.iter().map(|on| on.body.as_slice()).collect(),
            Self::If { arms, otherwise, .. } => arms
                .iter()
                .map(|(_, body)| body.as_slice())
                .chain([otherwise.as_slice()])
                .collect(),
            Self::Parallel { branches, .. } => branches.iter().map(|branch| branch.body.as_slice()).collect(),
            Self::Map(map) => vec![map.body.as_slice()],
            Self::Wait { .. } | Self::Alone(_) | Self::Fail(_) => Vec::new(),
        }
    }
}

/// When several that run at once have ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Join {
    /// `all`: every branch runs to its end, then it goes on or back.
    All,
    /// `first`: one is done; what the others have done is taken back. It goes back when none could be done.
    First,
}

impl Join {
    /// The word of the language.
    pub fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::First => "first",
        }
    }
}

/// How long is waited.
#[derive(Debug, Clone, PartialEq)]
pub enum Until {
    /// For so long, in milliseconds.
    Passed(u64),
    /// Until that time.
    At(Value),
}

/// `map legs = trip.legs as leg { }`: once for each item of a list.
///
/// Its result is a list of what the last of its steps gives, in the order of the items.
#[derive(Debug, Clone, PartialEq)]
pub struct Map {
    /// Its name.
    pub label: Label,
    /// The list.
    pub of: Value,
    /// What one of its items is called.
    pub item: SmolStr,
    /// What that is.
    pub item_type: Type,
    /// How many items there are at most, where the list's type says so.
    pub most: Option<u64>,
    /// How many are under way at once.
    pub concurrency: Option<Setting<u32>>,
    /// What is done for each.
    pub body: Vec<Statement>,
    /// The whole.
    pub span: SpanId,
}

impl Map {
    /// How many are under way at once when nothing is said.
    pub const CONCURRENCY: u32 = 16;

    /// The step whose result the list is made of.
    pub fn telling(&self) -> Option<&Step> {
        let Some(Statement::Step(step)) = self.body.last() else {
            return None;
        };
        Some(step)
    }
}

/// One of several that run at once. A step that stands in `parallel` alone is a branch of its own name.
#[derive(Debug, Clone, PartialEq)]
pub struct Branch {
    /// Its name.
    pub name: SmolStr,
    /// What it does.
    pub body: Vec<Statement>,
    /// Where it stands.
    pub span: SpanId,
}

/// `fail F(…)`: ends the saga as if a step had failed so.
#[derive(Debug, Clone, PartialEq)]
pub struct Fail {
    /// The fault.
    pub fault: Id<TypeDecl>,
    /// Its fields.
    pub fields: Mapping,
    /// The whole.
    pub span: SpanId,
}
