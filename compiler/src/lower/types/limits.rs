//! What stands in parentheses after a type: `string(1..64)`, `decimal(0.., places 2)`.

use aqueduct_dsl::ast::{self, ExprKind, Literal};
use rust_decimal::Decimal;

use super::super::Lowering;
use crate::lower::expression::decimal;
use crate::model::{Bounds, Scalar};

impl Lowering {
    /// The scalar with its limits, those it doesn't have refused.
    pub(super) fn limited(&mut self, mut scalar: Scalar, simple: &ast::SimpleType) -> Scalar {
        for limit in &simple.limits {
            if !self.apply(&mut scalar, limit) {
                let (has, example) = known_limits(&scalar);
                self.ill_formed(
                    limit.span,
                    format!("`{}` has no such limit", scalar.word()),
                    has,
                    example,
                );
            }
        }
        scalar
    }

    /// The length of a list or map.
    pub(super) fn length(&mut self, simple: &ast::SimpleType) -> Bounds<u64> {
        let mut length = Bounds::default();
        for limit in &simple.limits {
            match whole(limit).and_then(bounds_of) {
                Some(bounds) => length = self.ordered(bounds, limit),
                None => self.ill_formed(
                    limit.span,
                    format!("`{}` has no such limit", simple.name.text),
                    "its only limit is how many there are",
                    "write a number or a range, as in `list<Address>(0..5)`",
                ),
            }
        }
        length
    }

    fn apply(&mut self, scalar: &mut Scalar, limit: &ast::Limit) -> bool {
        if let [word, value] = limit.words.as_slice() {
            return match (scalar, path(word), &value.kind) {
                (
                    Scalar::Decimal { places, .. },
                    Some("places"),
                    ExprKind::Literal(Literal::Number(number)),
                ) => {
                    *places = number.parse().ok().filter(|places| *places <= 28);
                    places.is_some()
                }
                (Scalar::String { pattern, .. }, Some("pattern"), ExprKind::Literal(Literal::Text(text))) => {
                    if let Err(error) = regex_lite::Regex::new(text) {
                        self.ill_formed(
                            value.span,
                            format!("the pattern is not a regular expression: {error}"),
                            "can't be matched with anything",
                            "mend it; brackets are closed and special characters escaped, as in `\"^[0-9]+\\\\.$\"`",
                        );
                    } else {
                        *pattern = Some(text.clone());
                    }
                    true
                }
                _ => false,
            };
        }
        let Some(literal) = whole(limit) else { return false };
        match scalar {
            Scalar::Int(bounds) => match bounds_of(literal) {
                Some(found) => *bounds = self.ordered(found, limit),
                None => return false,
            },
            Scalar::Decimal { bounds, .. } | Scalar::Float(bounds) => match bounds_of(literal) {
                Some(found) => *bounds = self.ordered(found, limit),
                None => return false,
            },
            Scalar::String { length, .. } | Scalar::Bytes { length } => match bounds_of(literal) {
                Some(found) => *length = self.ordered(found, limit),
                None => return false,
            },
            Scalar::Bool | Scalar::Uuid | Scalar::Instant | Scalar::Duration | Scalar::Json => return false,
        }
        true
    }

    /// `5..1` holds nothing.
    fn ordered<T: PartialOrd + Copy>(&mut self, bounds: Bounds<T>, limit: &ast::Limit) -> Bounds<T> {
        if matches!((bounds.min, bounds.max), (Some(min), Some(max)) if min > max) {
            self.ill_formed(
                limit.span,
                "this range is empty".to_owned(),
                "it ends before it begins",
                "write the smaller number first",
            );
            return Bounds::default();
        }
        bounds
    }
}

/// A limit of one literal.
fn whole(limit: &ast::Limit) -> Option<&Literal> {
    match limit.words.as_slice() {
        [
            ast::Expr {
                kind: ExprKind::Literal(literal),
                ..
            },
        ] => Some(literal),
        _ => None,
    }
}

fn path(expr: &ast::Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Path(path) => Some(path),
        ExprKind::Literal(_)
        | ExprKind::Call(_)
        | ExprKind::List(_)
        | ExprKind::Group(_)
        | ExprKind::Unary(..)
        | ExprKind::Binary(..) => None,
    }
}

/// Something that a limit can be counted in.
trait Bound: Copy {
    fn parse(text: &str) -> Option<Self>;
}

impl Bound for i64 {
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Bound for u64 {
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Bound for Decimal {
    fn parse(text: &str) -> Option<Self> {
        decimal(text)
    }
}

/// A range, or one number for both ends.
fn bounds_of<T: Bound>(literal: &Literal) -> Option<Bounds<T>> {
    let end = |literal: &Literal| match literal {
        Literal::Number(text) => T::parse(text),
        Literal::Duration(_)
        | Literal::Size(_)
        | Literal::Rate(..)
        | Literal::Share(_)
        | Literal::Range(..)
        | Literal::Text(_)
        | Literal::Date(_)
        | Literal::Bool(_)
        | Literal::None => None,
    };
    if let Literal::Range(min, max) = literal {
        let end_of =
            |side: &Option<Box<Literal>>| side.as_deref().map(|literal| end(literal).ok_or(())).transpose();
        return Some(Bounds {
            min: end_of(min).ok()?,
            max: end_of(max).ok()?,
        });
    }
    let exact = end(literal)?;
    Some(Bounds {
        min: Some(exact),
        max: Some(exact),
    })
}

fn known_limits(scalar: &Scalar) -> (&'static str, &'static str) {
    match scalar {
        Scalar::Int(_) => (
            "an int has a range of whole numbers",
            "write a range, as in `int(0..100)`",
        ),
        Scalar::Decimal { .. } => (
            "a decimal has a range and `places` up to 28",
            "write `decimal(0.., places 2)`",
        ),
        Scalar::Float(_) => ("a float has a range", "write a range, as in `float(0..1)`"),
        Scalar::String { .. } => (
            "a string has a length and a `pattern`",
            "write `string(1..64, pattern \"^[a-z]+$\")`",
        ),
        Scalar::Bytes { .. } => (
            "bytes have a length",
            "write a range of octets, as in `bytes(0..1024)`",
        ),
        Scalar::Bool | Scalar::Uuid | Scalar::Instant | Scalar::Duration | Scalar::Json => {
            ("it has no limits at all", "delete the parentheses")
        }
    }
}
