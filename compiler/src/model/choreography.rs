//! Choreographies: the whole of a conversation, told from outside; its parts are the handlers' own.

use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::{Handler, Id, Label, Saga, Setting, TypeDecl};

/// `choreography Fulfilment by order_id { }`: a claim that is held against what the handlers say.
#[derive(Debug, Clone, PartialEq)]
pub struct Choreography {
    /// Its name.
    pub label: Label,
    /// What all of its messages have in common, each a path; never empty.
    pub by: Vec<Vec<SmolStr>>,
    /// Where that is said.
    pub by_span: SpanId,
    /// When it must have ended, in milliseconds.
    pub deadline: Option<Setting<u64>>,
    /// Who does what when, in the order of the text.
    pub turns: Vec<Turn>,
    /// The messages of a good end.
    pub done: Vec<(Id<TypeDecl>, SpanId)>,
    /// The messages of a bad one.
    pub failed: Vec<(Id<TypeDecl>, SpanId)>,
}

/// `OrderPlaced -> Stock.pick -> ItemsPicked | ItemsOutOfStock`
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// What it begins with: one of these.
    pub after: Vec<(Id<TypeDecl>, SpanId)>,
    /// Who acts.
    pub party: Party,
    /// Where that one is named.
    pub party_span: SpanId,
    /// What follows: one of these, or nothing.
    pub then: Vec<(Id<TypeDecl>, SpanId)>,
}

/// Who acts in a choreography.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Party {
    /// A handler that listens.
    Handler(Id<Handler>),
    /// A saga that listens.
    Saga(Id<Saga>),
}

impl Choreography {
    /// Every message that it speaks of, with each place.
    pub fn messages(&self) -> impl Iterator<Item = (Id<TypeDecl>, SpanId)> {
        let turns = self
            .turns
            .iter()
            .flat_map(|turn| turn.after.iter().chain(&turn.then));
        turns.chain(&self.done).chain(&self.failed).copied()
    }
}
