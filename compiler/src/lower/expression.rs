//! Values that stand for themselves, and whether they fit a type.

use aqueduct_dsl::ast::{self, Arg, ExprKind, Literal, UnaryOp};
use aqueduct_dsl::diagnostic::{Diagnostic, nearest};
use rust_decimal::Decimal;

use super::Lowering;
use crate::codes;
use crate::model::{Bounds, Constant, Scalar, Shape, Type, TypeKind};

/// An exact decimal; `None` when it has more than 28 digits.
pub(super) fn decimal(text: &str) -> Option<Decimal> {
    Decimal::from_str_exact(text).ok()
}

impl Lowering {
    /// A constant, or a diagnostic saying that this isn't one.
    pub(super) fn constant(&mut self, expr: &ast::Expr) -> Option<Constant> {
        let found = constant(expr);
        if found.is_none() {
            self.out.push(
                Diagnostic::error(codes::VALUE_DOES_NOT_FIT, expr.span, "this is not a constant")
                    .label("computed")
                    .help("write a number, a text, a value of an enum, `true`, `false`, a list, `new()` or `now()`"),
            );
        }
        found
    }

    /// Whether a constant is a value of a type; if not, what is wrong and what to do.
    pub(super) fn fits(&self, constant: &Constant, ty: &Type) -> Result<(), (String, String)> {
        let ty = self.model.resolve(ty);
        if ty.shape == Shape::Unresolved {
            return Ok(());
        }
        if *constant == Constant::None {
            return if ty.optional {
                Ok(())
            } else {
                Err((
                    "`none` is for optional fields".to_owned(),
                    "put `?` after the type, or another default".to_owned(),
                ))
            };
        }
        match (&ty.shape, constant) {
            (Shape::Scalar(scalar), _) => fits_scalar(constant, scalar),
            (Shape::List { length, .. }, Constant::List(items))
                if !(Bounds {
                    min: Some(items.len() as u64),
                    max: Some(items.len() as u64),
                })
                .within(length) =>
            {
                Err((
                    format!("the list has {} items", items.len()),
                    "keep to the limits of the type".to_owned(),
                ))
            }
            (Shape::List { item, .. }, Constant::List(items)) => {
                items.iter().try_for_each(|constant| self.fits(constant, item))
            }
            (Shape::Named(id), Constant::Word(word)) => match &self.model.types[*id].kind {
                TypeKind::Choice(values) if values.iter().any(|value| value.name == *word) => Ok(()),
                TypeKind::Choice(values) => {
                    let names: Vec<&str> = values.iter().map(|value| value.name.as_str()).collect();
                    let help = match nearest(word, names.iter().copied()) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => format!("use one of {}", names.join(", ")),
                    };
                    Err((
                        format!("`{}` has no value `{word}`", self.model.types[*id].label.name),
                        help,
                    ))
                }
                TypeKind::Message { .. }
                | TypeKind::Record { .. }
                | TypeKind::Alias(_)
                | TypeKind::Union(_) => Err(mismatch(constant, "a record")),
            },
            (Shape::List { .. }, _) => Err(mismatch(constant, "a list")),
            (Shape::Map { .. }, _) => Err(mismatch(constant, "a map")),
            (Shape::Named(id), _) => Err(mismatch(
                constant,
                &format!("a `{}`", self.model.types[*id].label.name),
            )),
            (Shape::Unresolved, _) => Ok(()),
        }
    }
}

fn fits_scalar(constant: &Constant, scalar: &Scalar) -> Result<(), (String, String)> {
    match (scalar, constant) {
        (Scalar::Json, _) | (Scalar::Bool, Constant::Bool(_)) | (Scalar::Duration, Constant::Duration(_)) => {
            Ok(())
        }
        (Scalar::Int(bounds), Constant::Number(number)) => {
            if !number.fract().is_zero() {
                return Err((
                    format!("{number} is not a whole number"),
                    "use a whole number".to_owned(),
                ));
            }
            let bounds = Bounds {
                min: bounds.min.map(Decimal::from),
                max: bounds.max.map(Decimal::from),
            };
            in_range(*number, &bounds)
        }
        (Scalar::Decimal { bounds, places }, Constant::Number(number)) => {
            if places.is_some_and(|places| number.normalize().scale() > places) {
                return Err((
                    format!("{number} has more digits after the point than the type keeps"),
                    "round it, or allow more `places`".to_owned(),
                ));
            }
            in_range(*number, bounds)
        }
        (Scalar::Float(bounds), Constant::Number(number)) => in_range(*number, bounds),
        (Scalar::String { length, .. }, Constant::Text(text)) => {
            let count = text.chars().count() as u64;
            let short = length.min.is_some_and(|min| count < min);
            let long = length.max.is_some_and(|max| count > max);
            if short || long {
                return Err((
                    format!("{text:?} has {count} characters"),
                    "keep to the limits of the type".to_owned(),
                ));
            }
            Ok(())
        }
        _ => Err(mismatch(constant, &format!("a `{}`", scalar.word()))),
    }
}

fn in_range(number: Decimal, bounds: &Bounds<Decimal>) -> Result<(), (String, String)> {
    let point = Bounds {
        min: Some(number),
        max: Some(number),
    };
    if point.within(bounds) {
        return Ok(());
    }
    Err((
        format!("{number} is outside the limits of the type"),
        "use a value within them".to_owned(),
    ))
}

fn mismatch(constant: &Constant, wanted: &str) -> (String, String) {
    let is = match constant {
        Constant::Number(_) => "a number",
        Constant::Text(_) => "a text",
        Constant::Bool(_) => "a bool",
        Constant::Word(_) => "a word",
        Constant::Duration(_) => "a duration",
        Constant::None => "nothing",
        Constant::List(_) => "a list",
    };
    (
        format!("`{constant}` is {is}, and this is {wanted}"),
        format!("write {wanted}"),
    )
}

/// The constant that an expression is; `None` when it is something else.
pub(super) fn constant(expr: &ast::Expr) -> Option<Constant> {
    match &expr.kind {
        ExprKind::Literal(literal) => literal_constant(literal),
        ExprKind::Path(path) if !path.contains('.') => Some(Constant::Word(path.clone())),
        ExprKind::List(items) => items
            .iter()
            .map(constant)
            .collect::<Option<_>>()
            .map(Constant::List),
        ExprKind::Unary(UnaryOp::Minus, inner) => match constant(inner)? {
            Constant::Number(number) => Some(Constant::Number(-number)),
            Constant::Text(_)
            | Constant::Bool(_)
            | Constant::Word(_)
            | Constant::Duration(_)
            | Constant::None
            | Constant::List(_) => None,
        },
        ExprKind::Group(args) => match args.as_slice() {
            [Arg::Plain(inner)] => constant(inner),
            _ => None,
        },
        ExprKind::Path(_) | ExprKind::Call(_) | ExprKind::Unary(UnaryOp::Not, _) | ExprKind::Binary(..) => {
            None
        }
    }
}

pub(super) fn literal_constant(literal: &Literal) -> Option<Constant> {
    match literal {
        Literal::Number(text) => decimal(text).map(Constant::Number),
        Literal::Duration(milliseconds) => Some(Constant::Duration(*milliseconds)),
        Literal::Text(text) => Some(Constant::Text(text.clone())),
        Literal::Bool(value) => Some(Constant::Bool(*value)),
        Literal::None => Some(Constant::None),
        Literal::Size(_) | Literal::Rate(..) | Literal::Share(_) | Literal::Range(..) | Literal::Date(_) => {
            None
        }
    }
}
