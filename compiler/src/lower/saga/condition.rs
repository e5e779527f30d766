//! Tells fields and words of a condition apart: over what is known at a place, or over a row.

use aqueduct_dsl::ast;
use aqueduct_dsl::diagnostic::Diagnostic;
use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::Around;
use crate::codes;
use crate::lower::Lowering;
use crate::lower::scope::Scope;
use crate::model::{
    Comparison, Constant, FieldPath, Id, Operand, Predicate, PredicateKind, Scalar, Shape, Type, TypeDecl,
    TypeKind, Value, ValueKind,
};

/// Where the fields of a condition come from.
pub(in crate::lower) enum Ground<'s> {
    /// What the saga knows.
    Scope(&'s Scope),
    /// One row.
    Row(Id<TypeDecl>),
}

impl Lowering {
    /// `update fares(…) where status == pending`
    pub(super) fn row_condition(
        &mut self,
        around: &Around<'_>,
        row: &ast::Call,
        expr: &ast::Expr,
    ) -> Option<Predicate> {
        let store = self.find_store(around.service, &row.callee)?;
        let predicate = self.predicate(expr)?;
        self.settle(predicate, &Ground::Row(self.model.stores[store].row))
    }

    /// Tells fields and words apart, and holds each against what it is compared with.
    pub(in crate::lower) fn settle(
        &mut self,
        predicate: Predicate,
        ground: &Ground<'_>,
    ) -> Option<Predicate> {
        let span = predicate.span;
        let kind = match predicate.kind {
            PredicateKind::All(parts) => PredicateKind::All(self.settle_all(parts, ground)?),
            PredicateKind::Any(parts) => PredicateKind::Any(self.settle_all(parts, ground)?),
            PredicateKind::Not(inner) => PredicateKind::Not(Box::new(self.settle(*inner, ground)?)),
            PredicateKind::Compare(how, left, right) => {
                let (left, right) = self.settle_pair(left, right, ground)?;
                self.comparable(how, &left, &right, ground, span)?;
                PredicateKind::Compare(how, left, right)
            }
            // It was settled where it was read.
            PredicateKind::Computed(how, left, right) => PredicateKind::Computed(how, left, right),
            PredicateKind::In(left, values) => {
                let mut settled = Vec::new();
                let mut first = left;
                for value in values {
                    let (left, value) = self.settle_pair(first, value, ground)?;
                    self.comparable(Comparison::Equal, &left, &value, ground, span)?;
                    first = left;
                    settled.push(value);
                }
                PredicateKind::In(first, settled)
            }
            PredicateKind::Text(test, text, part) => {
                let (text, part) = self.settle_pair(text, part, ground)?;
                PredicateKind::Text(test, text, part)
            }
            PredicateKind::Holds(operand) => {
                let operand = self.settle_operand(operand, None, ground)?;
                self.is_bool(&operand, ground)?;
                PredicateKind::Holds(operand)
            }
        };
        Some(Predicate { kind, span })
    }

    fn settle_all(&mut self, parts: Vec<Predicate>, ground: &Ground<'_>) -> Option<Vec<Predicate>> {
        let settled: Vec<Option<Predicate>> =
            parts.into_iter().map(|part| self.settle(part, ground)).collect();
        settled.into_iter().collect()
    }

    fn settle_pair(
        &mut self,
        left: Operand,
        right: Operand,
        ground: &Ground<'_>,
    ) -> Option<(Operand, Operand)> {
        let (of_left, of_right) = (self.type_at(&left, ground), self.type_at(&right, ground));
        let left = self.settle_operand(left, of_right.as_ref(), ground)?;
        let right = self.settle_operand(right, of_left.as_ref(), ground)?;
        Some((left, right))
    }

    /// A path stays one if it leads somewhere; a word alone is a value of the enum on the other side.
    fn settle_operand(
        &mut self,
        operand: Operand,
        beside: Option<&Type>,
        ground: &Ground<'_>,
    ) -> Option<Operand> {
        let Ok(path) = &operand.value else {
            return Some(operand);
        };
        match ground {
            Ground::Row(of) if self.model.at_path(*of, &path.segments).is_some() => return Some(operand),
            Ground::Scope(scope) => {
                if let Some((known, segments)) = scope.find(&self.model, &as_written(path)) {
                    let value = self.path_value(&known, &segments, operand.span)?;
                    return self.as_operand(value, &operand);
                }
            }
            Ground::Row(_) => {}
        }
        if let (Some(beside), [word]) = (beside, path.segments.as_slice())
            && self.is_choice(beside)
        {
            let constant = Constant::Word(word.clone());
            if let Err((why, help)) = self.fits(&constant, beside) {
                self.wrong_value(operand.span, why, &help);
                return None;
            }
            return Some(Operand {
                value: Err(constant),
                ..operand
            });
        }
        let name = ast::Name {
            text: path.text().into(),
            span: operand.span,
        };
        match ground {
            Ground::Scope(scope) => self.unknown(&name, scope),
            Ground::Row(of) => {
                let _ = self.key_field(*of, &name);
            }
        }
        None
    }

    /// What was found at the path that an operand speaks of.
    fn as_operand(&mut self, value: Value, operand: &Operand) -> Option<Operand> {
        let value = match value.kind {
            ValueKind::Path(segments) => Ok(FieldPath {
                segments,
                explicit: false,
            }),
            // What is written down elsewhere.
            ValueKind::Constant(constant) => Err(constant),
            ValueKind::Each(_)
            | ValueKind::New
            | ValueKind::Now
            | ValueKind::List(_)
            | ValueKind::Record(_)
            | ValueKind::Arithmetic(..)
            | ValueKind::Function(..)
            | ValueKind::Test(_) => {
                self.wrong_value(
                    operand.span,
                    "this is a list, and no single value".to_owned(),
                    "ask for its `count` or its `sum`",
                );
                return None;
            }
        };
        Some(Operand {
            value,
            ..operand.clone()
        })
    }

    fn comparable(
        &mut self,
        how: Comparison,
        left: &Operand,
        right: &Operand,
        ground: &Ground<'_>,
        span: SpanId,
    ) -> Option<()> {
        let (of_left, of_right) = (self.type_at(left, ground), self.type_at(right, ground));
        let problem = match (&left.value, &right.value, of_left, of_right) {
            (Ok(_), Ok(_), Some(one), Some(other)) => {
                let (one, other) = (self.kind_of(&one), self.kind_of(&other));
                (one != other).then(|| format!("{one} can't be compared with {other}"))
            }
            (Ok(_), Err(constant), Some(ty), _) | (Err(constant), Ok(_), _, Some(ty)) => {
                let optional = Type {
                    optional: ty.optional || *constant == Constant::None,
                    ..ty
                };
                match self.fits(constant, &optional) {
                    Ok(()) => None,
                    Err((why, _)) => Some(why),
                }
            }
            (Err(_), Err(_), _, _) => Some("no field of anything stands in it".to_owned()),
            (Ok(_), Ok(_) | Err(_), _, _) | (Err(_), Ok(_), _, None) => None,
        };
        let _ = how;
        match problem {
            Some(why) => {
                self.wrong_value(span, why, "compare a field with a value of its own type");
                None
            }
            None => Some(()),
        }
    }

    fn is_bool(&mut self, operand: &Operand, ground: &Ground<'_>) -> Option<()> {
        let Some(ty) = self.type_at(operand, ground) else {
            return Some(());
        };
        let shape = &self.model.resolve(&ty).shape;
        if matches!(
            shape,
            Shape::Scalar(Scalar::Bool | Scalar::Json) | Shape::Unresolved
        ) {
            return Some(());
        }
        self.wrong_value(
            operand.span,
            "this is neither true nor false".to_owned(),
            "compare it with a value, as in `status == open`",
        );
        None
    }

    pub(in crate::lower) fn wrong_value(&mut self, span: SpanId, why: String, help: &str) {
        self.out.push(
            Diagnostic::error(codes::VALUE_DOES_NOT_FIT, span, why)
                .label("in this condition")
                .help(help),
        );
    }

    pub(in crate::lower) fn is_choice(&self, ty: &Type) -> bool {
        match self.model.resolve(ty).shape {
            Shape::Named(id) => matches!(self.model.types[id].kind, TypeKind::Choice(_)),
            Shape::Scalar(_) | Shape::List { .. } | Shape::Map { .. } | Shape::Unresolved => false,
        }
    }

    /// What can be compared with each other has the same kind.
    pub(in crate::lower) fn kind_of(&self, ty: &Type) -> String {
        match &self.model.resolve(ty).shape {
            Shape::Scalar(scalar) if scalar.is_number() => "a number".to_owned(),
            Shape::Scalar(scalar) => format!("a `{}`", scalar.word()),
            Shape::List { .. } => "a list".to_owned(),
            Shape::Map { .. } => "a map".to_owned(),
            Shape::Named(id) => format!("a `{}`", self.model.types[*id].label.name),
            Shape::Unresolved => "something".to_owned(),
        }
    }

    fn type_at(&self, operand: &Operand, ground: &Ground<'_>) -> Option<Type> {
        let Ok(path) = &operand.value else {
            return None;
        };
        let found = match ground {
            Ground::Row(of) => {
                let (field, optional) = self.model.at_path(*of, &path.segments)?;
                Type {
                    optional,
                    ..field.ty.clone()
                }
            }
            Ground::Scope(scope) => {
                let (_, segments) = scope.find(&self.model, &as_written(path))?;
                scope.type_at(&self.model, &segments)?
            }
        };
        if operand.size {
            return Some(Type {
                shape: Shape::Scalar(Scalar::Int(crate::model::Bounds::default())),
                ..found
            });
        }
        Some(found)
    }
}

/// A path with the `it.` that it may have been written with.
fn as_written(path: &FieldPath) -> Vec<SmolStr> {
    let it = path.explicit.then(|| SmolStr::from("it"));
    it.into_iter().chain(path.segments.iter().cloned()).collect()
}
