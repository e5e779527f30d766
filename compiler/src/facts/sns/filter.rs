//! A condition of the language as questions of SNS, with exactly its meaning, or the reasons why that can't be.
//!
//! Negations are pushed inwards until none is left: what an absent field makes unknown stays so, and neither the
//! language nor SNS lets the unknown pass.

use aqueduct_dsl::source::SpanId;
use rust_decimal::Decimal;
use smol_str::SmolStr;

use super::Obstacle;
use super::condition::{Condition, End, Interval, Known};
use super::policy::{Conjunction, either};
use crate::facts::fields::choice;
use crate::limits;
use crate::model::{
    Comparison, Constant, Field, Filter, Id, Model, Operand, Predicate, PredicateKind, Scalar, Shape, Type,
    TypeDecl,
};

/// More alternatives than any policy may have combinations.
const MOST_ALTERNATIVES: usize = 200;

/// A field whose numbers SNS compares less exactly than the language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coarse {
    /// Where it is compared.
    pub compared: SpanId,
    /// The field.
    pub path: Vec<SmolStr>,
    /// Whose it is.
    pub of: Id<TypeDecl>,
}

/// The filters of one subscription as they are read.
pub(super) struct Reading<'a> {
    model: &'a Model,
    of: Id<TypeDecl>,
    pub(super) obstacles: Vec<Obstacle>,
    pub(super) coarse: Vec<Coarse>,
}

/// What an operand turns out to be.
enum Side<'a> {
    Field(&'a [SmolStr], &'a Field, bool),
    Number(Decimal),
    Known(Known),
    Nothing,
    Size,
    /// Ill-typed, or of a type that has no value to compare; ROU003 says so.
    Other,
}

impl<'a> Reading<'a> {
    pub(super) fn new(model: &'a Model, of: Id<TypeDecl>) -> Self {
        Self {
            model,
            of,
            obstacles: Vec::new(),
            coarse: Vec::new(),
        }
    }

    /// What passes all filters of one way.
    pub(super) fn all(&mut self, filters: &[Filter<'a>]) -> Vec<Conjunction> {
        let mut passing = vec![Conjunction::default()];
        for filter in filters {
            let more = self.predicate(filter.predicate, false);
            passing = self.and(&passing, &more, filter.span);
        }
        passing
    }

    fn predicate(&mut self, predicate: &'a Predicate, negated: bool) -> Vec<Conjunction> {
        match &predicate.kind {
            PredicateKind::Not(inner) => self.predicate(inner, !negated),
            PredicateKind::All(parts) if !negated => self.conjunction(parts, negated, predicate.span),
            PredicateKind::Any(parts) if negated => self.conjunction(parts, negated, predicate.span),
            PredicateKind::All(parts) | PredicateKind::Any(parts) => {
                let parts = parts.iter().map(|part| self.predicate(part, negated));
                parts.reduce(either).unwrap_or_default()
            }
            PredicateKind::Compare(how, left, right) => {
                let how = if negated { how.negated() } else { *how };
                self.compare(how, left, right, predicate.span)
            }
            PredicateKind::Computed(..) => {
                self.obstacle(
                    predicate.span,
                    "SNS compares what is there, and computes nothing".to_owned(),
                    "let the sender compute it, or ask for it in the handler",
                );
                vec![Conjunction::default()]
            }
            PredicateKind::In(left, values) => self.membership(left, values, negated, predicate.span),
            PredicateKind::Text(test, left, right) => self.text(test, left, right, negated, predicate.span),
            PredicateKind::Holds(operand) => match self.side(operand) {
                Side::Field(path, ..) => one(path, Condition::Is(Known::Bool(!negated))),
                Side::Known(Known::Bool(value)) if value != negated => vec![Conjunction::default()],
                Side::Known(_) | Side::Number(_) | Side::Nothing | Side::Size | Side::Other => Vec::new(),
            },
        }
    }

    fn conjunction(&mut self, parts: &'a [Predicate], negated: bool, span: SpanId) -> Vec<Conjunction> {
        let mut passing = vec![Conjunction::default()];
        for part in parts {
            let more = self.predicate(part, negated);
            passing = self.and(&passing, &more, span);
        }
        passing
    }

    fn and(&mut self, some: &[Conjunction], others: &[Conjunction], span: SpanId) -> Vec<Conjunction> {
        if some.len() * others.len() > MOST_ALTERNATIVES {
            self.obstacle(
                span,
                "this has too many combinations for a filter policy of SNS".to_owned(),
                "ask less here, and the rest in the handler",
            );
            return Vec::new();
        }
        let mut together = Vec::new();
        for (one, other) in some
            .iter()
            .flat_map(|one| others.iter().map(move |other| (one, other)))
        {
            match one.and(other) {
                Ok(Some(both)) => together = either(together, vec![both]),
                Ok(None) => {}
                Err(path) => self.obstacle(
                    span,
                    format!("SNS can't ask two such things of `{}` at once", path.join(".")),
                    "ask for one of them, and the other in the handler",
                ),
            }
        }
        together
    }

    fn compare(
        &mut self,
        how: Comparison,
        left: &'a Operand,
        right: &'a Operand,
        span: SpanId,
    ) -> Vec<Conjunction> {
        let (path, field, hidden, how, value, operand) = match (self.side(left), self.side(right)) {
            (Side::Size, Side::Number(_) | Side::Field(..) | Side::Size)
            | (Side::Number(_) | Side::Field(..), Side::Size) => {
                self.obstacle(
                    span,
                    "SNS can't count".to_owned(),
                    "publish the count as a field of its own, or ask in the handler",
                );
                return Vec::new();
            }
            (Side::Field(..), Side::Field(..)) => {
                self.obstacle(
                    span,
                    "SNS can't compare one field with another".to_owned(),
                    "publish the outcome as a field of its own, or ask in the handler",
                );
                return Vec::new();
            }
            (Side::Field(path, field, hidden), value) => (path, field, hidden, how, value, right),
            (value, Side::Field(path, field, hidden)) => (path, field, hidden, how.flipped(), value, left),
            _ => return Vec::new(),
        };
        match (value, how) {
            (Side::Nothing, Comparison::Equal) if self.can_exist(field, hidden, span) => {
                one(path, Condition::Absent)
            }
            (Side::Nothing, Comparison::NotEqual) if self.can_exist(field, hidden, span) => {
                self.emptiness(field, span);
                one(path, Condition::Present)
            }
            (Side::Number(number), how) => {
                self.number(number, operand.span);
                self.precision(path, field, span);
                let ranges = ranges(how, number).map(Condition::Within);
                vec![Conjunction::of(path, ranges.collect())]
            }
            (Side::Known(Known::Bool(value)), Comparison::Equal | Comparison::NotEqual) => {
                let wanted = value == (how == Comparison::Equal);
                one(path, Condition::Is(Known::Bool(wanted)))
            }
            (Side::Known(known), Comparison::Equal) => one(path, Condition::Is(known)),
            (Side::Known(Known::Text(text)), Comparison::NotEqual) => one(path, Condition::Not(vec![text])),
            _ => Vec::new(),
        }
    }

    /// `none` in a list is never met, and spoils its negation: what is unknown doesn't pass.
    fn membership(
        &mut self,
        left: &'a Operand,
        values: &'a [Operand],
        negated: bool,
        span: SpanId,
    ) -> Vec<Conjunction> {
        let how = if negated {
            Comparison::NotEqual
        } else {
            Comparison::Equal
        };
        let mut passing = if negated {
            vec![Conjunction::default()]
        } else {
            Vec::new()
        };
        for value in values {
            let met = match self.side(value) {
                Side::Nothing => Vec::new(),
                Side::Field(..) | Side::Number(_) | Side::Known(_) | Side::Size | Side::Other => {
                    self.compare(how, left, value, span)
                }
            };
            passing = if negated {
                self.and(&passing, &met, span)
            } else {
                either(passing, met)
            };
        }
        passing
    }

    fn text(
        &mut self,
        test: &str,
        left: &'a Operand,
        right: &'a Operand,
        negated: bool,
        span: SpanId,
    ) -> Vec<Conjunction> {
        let (Side::Field(path, field, _), part) = (self.side(left), self.side(right)) else {
            return Vec::new();
        };
        let is_list = matches!(&self.model.resolve(&field.ty).shape, Shape::List { .. });
        match (test, part) {
            ("starts_with", Side::Known(Known::Text(part))) if negated => {
                one(path, Condition::StartsOtherwise(part))
            }
            ("starts_with", Side::Known(Known::Text(part))) => one(path, Condition::StartsWith(part)),
            ("ends_with", Side::Known(Known::Text(part))) if negated => {
                one(path, Condition::EndsOtherwise(part))
            }
            ("ends_with", Side::Known(Known::Text(part))) => one(path, Condition::EndsWith(part)),
            ("contains", Side::Known(part)) if is_list && !negated => one(path, Condition::Has(part)),
            _ => {
                let what = if is_list {
                    "SNS can ask whether a list has a text in it, and nothing else about lists"
                } else {
                    "SNS can't look inside a text"
                };
                self.obstacle(
                    span,
                    what.to_owned(),
                    "use `starts_with`, `ends_with` or `==`, or ask in the handler",
                );
                Vec::new()
            }
        }
    }

    fn side(&self, operand: &'a Operand) -> Side<'a> {
        if operand.size {
            return Side::Size;
        }
        match &operand.value {
            Ok(path) => match self.model.at_path(self.of, &path.segments) {
                Some((field, _)) => Side::Field(&path.segments, field, self.may_hide(&path.segments)),
                // A word that is no field is a value of an enum.
                None => Side::Known(Known::Text(path.text().into())),
            },
            Err(Constant::Number(number)) => Side::Number(*number),
            Err(Constant::Text(text) | Constant::Word(text)) => Side::Known(Known::Text(text.clone())),
            Err(Constant::Bool(value)) => Side::Known(Known::Bool(*value)),
            Err(Constant::None) => Side::Nothing,
            Err(Constant::Duration(_) | Constant::List(_)) => Side::Other,
        }
    }

    /// Whether a record around a field may be absent.
    fn may_hide(&self, path: &[SmolStr]) -> bool {
        let Some((_, outer)) = path.split_last() else {
            return false;
        };
        self.model
            .at_path(self.of, outer)
            .is_some_and(|(_, optional)| optional)
    }

    /// Whether SNS can tell that a field is there: of records, lists and what may be `null` it can't.
    fn can_exist(&mut self, field: &Field, hidden: bool, span: SpanId) -> bool {
        let plain = match &self.model.resolve(&field.ty).shape {
            Shape::Scalar(scalar) => *scalar != Scalar::Json,
            Shape::Named(_) => choice(self.model, &field.ty).is_some(),
            Shape::List { .. } | Shape::Map { .. } => false,
            Shape::Unresolved => return true,
        };
        if !plain || hidden {
            let what = if plain {
                "SNS can't ask for a field whose record may be absent itself"
            } else {
                "SNS can only ask whether a plain value is there, not a record, list, map or json"
            };
            self.obstacle(
                span,
                what.to_owned(),
                "ask for a plain field that is always there, or ask in the handler",
            );
        }
        plain && !hidden
    }

    /// A text without a letter is there, and SNS says that it isn't.
    fn emptiness(&mut self, field: &Field, span: SpanId) {
        let (length, word) = match &self.model.resolve(&field.ty).shape {
            Shape::Scalar(Scalar::String { length, .. }) => (length, "string"),
            Shape::Scalar(Scalar::Bytes { length }) => (length, "bytes"),
            Shape::Scalar(_)
            | Shape::List { .. }
            | Shape::Map { .. }
            | Shape::Named(_)
            | Shape::Unresolved => return,
        };
        if length.min.is_none_or(|min| min < 1) {
            self.obstacle(
                span,
                "SNS takes an empty text for one that isn't there".to_owned(),
                &format!("let the field have no empty text, as in `{word}(1..)`, or ask in the handler"),
            );
        }
    }

    fn number(&mut self, number: Decimal, span: SpanId) {
        let largest = Decimal::from(limits::SNS_FILTER_NUMBER.value);
        let places = limits::SNS_FILTER_PLACES.value;
        if number.abs() > largest || u64::from(number.normalize().scale()) > places {
            self.obstacle(
                span,
                format!("SNS compares numbers up to {largest} with at most {places} digits after the point"),
                "use a rounder number, or ask in the handler",
            );
        }
    }

    /// Remembers a field whose type has values that SNS can't tell apart.
    fn precision(&mut self, path: &[SmolStr], field: &Field, span: SpanId) {
        if !is_exact(self.model.resolve(&field.ty)) {
            self.coarse.push(Coarse {
                compared: span,
                path: path.to_vec(),
                of: self.of,
            });
        }
    }

    fn obstacle(&mut self, span: SpanId, what: String, help: &str) {
        self.obstacles.push(Obstacle {
            span,
            what,
            help: help.to_owned(),
        });
    }
}

fn one(path: &[SmolStr], condition: Condition) -> Vec<Conjunction> {
    vec![Conjunction::of(path, vec![condition])]
}

/// The numbers that compare so with another.
fn ranges(how: Comparison, number: Decimal) -> impl Iterator<Item = Interval> {
    let end = |included| Some(End { at: number, included });
    let above = |included| Interval {
        low: end(included),
        high: None,
    };
    let below = |included| Interval {
        low: None,
        high: end(included),
    };
    let ranges = match how {
        Comparison::Equal => [Some(Interval::point(number)), None],
        Comparison::NotEqual => [Some(below(false)), Some(above(false))],
        Comparison::Less => [Some(below(false)), None],
        Comparison::AtMost => [Some(below(true)), None],
        Comparison::Greater => [Some(above(false)), None],
        Comparison::AtLeast => [Some(above(true)), None],
    };
    ranges.into_iter().flatten()
}

/// Whether SNS compares every value of a type of numbers exactly.
fn is_exact(ty: &Type) -> bool {
    let largest = Decimal::from(limits::SNS_FILTER_NUMBER.value);
    let within = |min: Option<Decimal>, max: Option<Decimal>| {
        min.is_some_and(|min| min >= -largest) && max.is_some_and(|max| max <= largest)
    };
    match &ty.shape {
        Shape::Scalar(Scalar::Int(bounds)) => {
            within(bounds.min.map(Decimal::from), bounds.max.map(Decimal::from))
        }
        Shape::Scalar(Scalar::Decimal { bounds, places }) => {
            let fine = places.is_some_and(|places| u64::from(places) <= limits::SNS_FILTER_PLACES.value);
            fine && within(bounds.min, bounds.max)
        }
        Shape::Scalar(Scalar::Float(_)) => false,
        Shape::Scalar(_) | Shape::List { .. } | Shape::Map { .. } | Shape::Named(_) | Shape::Unresolved => {
            true
        }
    }
}
