//! Domains, and what is said about a system as a whole: outcomes, assumptions, allowances, settings of targets.

use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::{Control, Date, Id, Label, Reason, Setting, Target, TypeDecl};

/// A part of a system with an owner of its own, and a namespace.
#[derive(Debug, Clone, PartialEq)]
pub struct Domain {
    /// Its name.
    pub label: Label,
    /// Who answers for it.
    pub owner: Option<SmolStr>,
    /// Who decides about its changes.
    pub control: Option<Control>,
    /// What is kept and measured.
    pub policy: Governance,
}

/// What a system or a domain is held to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Governance {
    /// How long personal data may be kept, in milliseconds.
    pub pii_retain: Option<Setting<u64>>,
    /// What the compiler measures against: a measure and its limit.
    pub budgets: Vec<(SmolStr, Setting<u32>)>,
}

/// `outcome RideCompleted to FareCollected | FareRejected within 10m for 99%`
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// When one of these has happened, never empty,
    pub start: Vec<Id<TypeDecl>>,
    /// one of these follows, never empty,
    pub end: Vec<Id<TypeDecl>>,
    /// in so many milliseconds,
    pub within: u64,
    /// in so many hundredths of a percent of all cases; 10,000 when nothing is said.
    pub share: u32,
    /// The clause.
    pub span: SpanId,
}

/// `assume order_id determines customer_id because "…"`
#[derive(Debug, Clone, PartialEq)]
pub struct Assumption {
    /// The type that it speaks of; every one with both fields when it stands outside of types.
    pub of: Option<Id<TypeDecl>>,
    /// Who knows this
    pub known: Vec<SmolStr>,
    /// knows that.
    pub settled: Vec<SmolStr>,
    /// The author's reason, and the clause.
    pub because: Reason,
}

/// `allow DEL004 because "…" until 2027-01-01`
#[derive(Debug, Clone, PartialEq)]
pub struct Allowance {
    /// The code of the findings that it accepts.
    pub code: SmolStr,
    /// Where it holds: the entry that it stands in; everywhere when it stands in the file or in `system`.
    pub scope: Option<SpanId>,
    /// The author's reason, and the clause.
    pub because: Reason,
    /// The last day on which it holds.
    pub until: Option<(Date, SpanId)>,
}

/// `target aws { region "eu-central-1", FareCollection { kind standard } }`
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// For which target.
    pub target: Target,
    /// In the order of the text.
    pub entries: Vec<TargetSetting>,
    /// The clause.
    pub span: SpanId,
}

/// One setting of a target.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetSetting {
    /// What it is for, such as an entry of the system; nothing for the target as a whole.
    pub of: Option<(SmolStr, SpanId)>,
    /// Its word.
    pub word: SmolStr,
    /// As written.
    pub values: Vec<SmolStr>,
    /// Where.
    pub span: SpanId,
}
