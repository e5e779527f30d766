//! What a mapping may speak of at one place, and why not of the rest.

use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use crate::facts::values::{self, below, made};
use crate::model::{Id, Mapping, Model, Shape, Type, TypeDecl};

/// What the language itself gives names to; a field that is called so is reached by `it.`.
pub(in crate::lower) const GIVEN: [&str; 3] = ["it", "error", "meta"];

/// Names with what they hold, the newest last.
#[derive(Debug, Clone, Default)]
pub(in crate::lower) struct Scope {
    known: Vec<Known>,
    /// Steps that are declared somewhere, known here or not.
    declared: Vec<(SmolStr, SpanId)>,
    /// The message whose fields can be spoken of without its name, which is `it`.
    ground: Option<Id<TypeDecl>>,
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
    /// Any other value: an item of a list, or a list of what was given for each.
    Value(Type),
    /// The failure: a `name` and a `message`.
    Failure,
    /// The same while the saga goes on from it.
    Caught,
    /// The envelope.
    Meta,
    /// A value that is written elsewhere.
    Sample(Id<TypeDecl>, Mapping),
    /// Something that was done and gives nothing.
    Nothing,
    /// Something of which it isn't certain that it was done, and why.
    Unsure(String),
    /// Something that has an error of its own.
    Broken,
}

impl Known {
    /// What its value is, where it has one.
    pub(in crate::lower) fn ty(&self) -> Option<Type> {
        match &self.holds {
            Holds::Record(of) | Holds::Sample(of, _) => Some(made(Shape::Named(*of))),
            Holds::Value(ty) => Some(ty.clone()),
            Holds::Failure
            | Holds::Caught
            | Holds::Meta
            | Holds::Nothing
            | Holds::Unsure(_)
            | Holds::Broken => None,
        }
    }
}

impl Scope {
    /// The same where a message is in hand: its fields by their names alone, the whole as `it`, its envelope as `meta`.
    /// What is called like one of its fields is hidden. On an empty scope the message is all there is.
    #[must_use]
    pub(in crate::lower) fn on_ground(mut self, of: Id<TypeDecl>, span: SpanId) -> Self {
        self.add(&"it".into(), span, Holds::Record(of));
        self.add(&"meta".into(), span, Holds::Meta);
        self.ground = Some(of);
        self
    }

    /// What a path begins with, and the path in full: a field of the message that is meant without its name gets it.
    pub(in crate::lower) fn find(&self, model: &Model, path: &[SmolStr]) -> Option<(Known, Vec<SmolStr>)> {
        let first = path.first()?;
        let given = GIVEN.contains(&first.as_str());
        if let Some(ground) = self.ground.filter(|_| !given)
            && model.field(ground, first).is_some()
        {
            let mut whole = vec![SmolStr::from("it")];
            whole.extend_from_slice(path);
            return Some((self.get("it")?.clone(), whole));
        }
        Some((self.get(first)?.clone(), path.to_vec()))
    }

    /// The type of what stands at a path in full.
    pub(in crate::lower) fn type_at(&self, model: &Model, path: &[SmolStr]) -> Option<Type> {
        let (first, rest) = path.split_first()?;
        let known = self.get(first)?;
        match &known.holds {
            Holds::Failure | Holds::Caught => Some(made(Shape::Scalar(values::text()))),
            Holds::Meta => values::meta(rest.first()?),
            Holds::Record(_)
            | Holds::Value(_)
            | Holds::Sample(..)
            | Holds::Nothing
            | Holds::Unsure(_)
            | Holds::Broken => below(model, &known.ty()?, rest).map(|(found, _)| found),
        }
    }

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
        self.known.iter().filter(|known| match known.holds {
            Holds::Record(_) | Holds::Value(_) | Holds::Failure | Holds::Caught | Holds::Sample(..) => true,
            // The envelope is there everywhere, and seldom what is meant.
            Holds::Meta | Holds::Nothing | Holds::Unsure(_) | Holds::Broken => false,
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
