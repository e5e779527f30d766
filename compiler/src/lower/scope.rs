//! What a mapping may speak of at one place, and why not of the rest.

use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use crate::model::{Id, Mapping, TypeDecl};

/// Names with what they hold, the newest last.
#[derive(Debug, Clone, Default)]
pub(in crate::lower) struct Scope {
    known: Vec<Known>,
    /// Steps that are declared somewhere, known here or not.
    declared: Vec<(SmolStr, SpanId)>,
}

/// One name.
#[derive(Debug, Clone)]
pub(in crate::lower) struct Known {
    pub(in crate::lower) name: SmolStr,
    /// Where it is declared.
    pub(in crate::lower) span: SpanId,
    pub(in crate::lower) holds: Holds,
}

/// What a name stands for.
#[derive(Debug, Clone)]
pub(in crate::lower) enum Holds {
    /// A message, a row or a reply.
    Record(Id<TypeDecl>),
    /// A field of the message that `it` is.
    Field(Id<TypeDecl>),
    /// The failure: a `name` and a `message`.
    Failure,
    /// A value that is written elsewhere.
    Sample(Id<TypeDecl>, Mapping),
    /// Something that was done and gives nothing.
    Nothing,
    /// Something of which it isn't certain that it was done, and why.
    Unsure(String),
    /// Something that has an error of its own.
    Broken,
}

impl Scope {
    /// The newest of that name.
    pub(in crate::lower) fn get(&self, name: &str) -> Option<&Known> {
        self.known.iter().rev().find(|known| known.name == name)
    }

    pub(in crate::lower) fn add(&mut self, name: &SmolStr, span: SpanId, holds: Holds) {
        self.known.push(Known {
            name: name.clone(),
            span,
            holds,
        });
    }

    /// Announces what becomes known later.
    pub(in crate::lower) fn announce(&mut self, name: &SmolStr, span: SpanId) {
        self.declared.push((name.clone(), span));
    }

    /// Where something is declared that isn't known yet.
    pub(in crate::lower) fn later(&self, name: &str) -> Option<SpanId> {
        let found = self.declared.iter().find(|(known, _)| known == name)?;
        Some(found.1)
    }

    /// Everything that can be spoken of, in the order in which it became known.
    pub(in crate::lower) fn usable(&self) -> impl Iterator<Item = &Known> {
        self.known.iter().filter(|known| {
            matches!(
                known.holds,
                Holds::Record(_) | Holds::Field(_) | Holds::Failure | Holds::Sample(..)
            )
        })
    }

    /// What became known after a point in time is no longer certain.
    pub(in crate::lower) fn doubt(&mut self, since: usize, because: &str) {
        for known in self.known.iter_mut().skip(since) {
            if !matches!(known.holds, Holds::Broken | Holds::Unsure(_)) {
                known.holds = Holds::Unsure(because.to_owned());
            }
        }
    }

    /// How much is known now.
    pub(in crate::lower) fn now(&self) -> usize {
        self.known.len()
    }

    /// What another way from the same point has learned since.
    pub(in crate::lower) fn since(&self, then: usize) -> &[Known] {
        self.known.get(then..).unwrap_or_default()
    }

    /// Takes over what another way has learned.
    pub(in crate::lower) fn learn(&mut self, more: &[Known]) {
        self.known.extend_from_slice(more);
    }
}
