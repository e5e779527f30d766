//! Lowers the conditions of a saga: over what it knows at a point, or over a row.

use aqueduct_dsl::ast::{self, Arg, BinaryOp, ExprKind, UnaryOp};
use aqueduct_dsl::diagnostic::Diagnostic;
use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::Around;
use crate::codes;
use crate::facts::values::below;
use crate::lower::Lowering;
use crate::lower::mapping::compute::{is_function, operation};
use crate::lower::predicate::{comparison, flat};
use crate::lower::scope::Scope;
use crate::model::{
    Comparison, Constant, FieldPath, Id, Operand, Predicate, PredicateKind, Scalar, Shape, Type, TypeDecl,
    TypeKind, Value, ValueKind,
};

/// Where the fields of a condition come from.
enum Ground<'s> {
    /// What the saga knows.
    Scope(&'s Scope),
    /// One row.
    Row(Id<TypeDecl>),
}

impl Lowering {
    /// `if approval.approved`, `where order_id == trip.trip_id`, `if sum(legs.price) > 5_000`
    pub(in crate::lower) fn condition(&mut self, expr: &ast::Expr, scope: &Scope) -> Option<Predicate> {
        let span = expr.span;
        let kind = match &expr.kind {
            ExprKind::Group(args) if matches!(args.as_slice(), [Arg::Plain(_)]) => {
                let [Arg::Plain(inner)] = args.as_slice() else {
                    return None;
                };
                return self.condition(inner, scope);
            }
            ExprKind::Unary(UnaryOp::Not, inner) => {
                PredicateKind::Not(Box::new(self.condition(inner, scope)?))
            }
            ExprKind::Binary(BinaryOp::And, left, right) => {
                let parts = [self.condition(left, scope), self.condition(right, scope)];
                let [Some(left), Some(right)] = parts else { return None };
                PredicateKind::All(flat([left, right], |kind| match kind {
                    PredicateKind::All(parts) => Ok(parts),
                    other => Err(other),
                }))
            }
            ExprKind::Binary(BinaryOp::Or, left, right) => {
                let parts = [self.condition(left, scope), self.condition(right, scope)];
                let [Some(left), Some(right)] = parts else { return None };
                PredicateKind::Any(flat([left, right], |kind| match kind {
                    PredicateKind::Any(parts) => Ok(parts),
                    other => Err(other),
                }))
            }
            ExprKind::Binary(op, left, right)
                if self.is_computed(left, scope) || self.is_computed(right, scope) =>
            {
                let Some(how) = comparison(*op) else {
                    self.wrong_value(
                        span,
                        "this is neither true nor false".to_owned(),
                        "compare it with a value, as in `sum(legs.price) > 5`",
                    );
                    return None;
                };
                self.compared(how, left, right, span, scope)?
            }
            ExprKind::Binary(..)
            | ExprKind::Unary(UnaryOp::Minus, _)
            | ExprKind::Literal(_)
            | ExprKind::Path(_)
            | ExprKind::Call(_)
            | ExprKind::List(_)
            | ExprKind::Group(_) => {
                let predicate = self.predicate(expr)?;
                return self.settle(predicate, &Ground::Scope(scope));
            }
        };
        Some(Predicate { kind, span })
    }

    /// Whether a side of a comparison is more than a field, its size, or what stands for itself.
    fn is_computed(&self, expr: &ast::Expr, scope: &Scope) -> bool {
        match &expr.kind {
            ExprKind::Binary(op, ..) => operation(*op).is_some(),
            ExprKind::Path(path) => path.starts_with("meta."),
            ExprKind::Group(args) => match args.as_slice() {
                [Arg::Plain(inner)] => self.is_computed(inner, scope),
                _ => false,
            },
            ExprKind::Call(call) if matches!(call.callee.text.as_str(), "size" | "count") => {
                match call.args.as_slice() {
                    [Arg::Plain(of)] => self.leads_through(of, scope) || self.is_computed(of, scope),
                    _ => false,
                }
            }
            ExprKind::Call(call) => {
                let name = call.callee.text.as_str();
                is_function(name) || matches!(name, "new" | "now")
            }
            ExprKind::Unary(_, inner) => self.is_computed(inner, scope),
            ExprKind::Literal(_) | ExprKind::List(_) => false,
        }
    }

    /// Whether a path leads through a list, or begins at one: no field of anything.
    fn leads_through(&self, expr: &ast::Expr, scope: &Scope) -> bool {
        let Some(path) = expr.as_path() else { return false };
        let segments: Vec<SmolStr> = path.split('.').map(SmolStr::from).collect();
        let Some((known, whole)) = scope.find(&self.model, &segments) else {
            return false;
        };
        let (Some(from), Some(rest)) = (known.ty(), whole.get(1..)) else {
            return false;
        };
        rest.is_empty() || below(&self.model, &from, rest).is_some_and(|(_, each)| each)
    }

    fn compared(
        &mut self,
        how: Comparison,
        left: &ast::Expr,
        right: &ast::Expr,
        span: SpanId,
        scope: &Scope,
    ) -> Option<PredicateKind> {
        let (left, right) = (self.computed(left, scope), self.computed(right, scope));
        let (left, right) = (left?, right?);
        if let (Some(one), Some(other)) = (self.type_in(&left, scope), self.type_in(&right, scope)) {
            let (one, other) = (self.kind_of(&one), self.kind_of(&other));
            if one != other {
                self.wrong_value(
                    span,
                    format!("{one} can't be compared with {other}"),
                    "compare values of one kind",
                );
                return None;
            }
        }
        for side in [&left, &right] {
            self.note_computed(side);
        }
        Some(PredicateKind::Computed(how, left, right))
    }

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
    fn settle(&mut self, predicate: Predicate, ground: &Ground<'_>) -> Option<Predicate> {
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
                    return self.as_operand(value, operand);
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
    fn as_operand(&mut self, value: Value, operand: Operand) -> Option<Operand> {
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
        Some(Operand { value, ..operand })
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

    fn wrong_value(&mut self, span: SpanId, why: String, help: &str) {
        self.out.push(
            Diagnostic::error(codes::VALUE_DOES_NOT_FIT, span, why)
                .label("in this condition")
                .help(help),
        );
    }

    pub(super) fn is_choice(&self, ty: &Type) -> bool {
        match self.model.resolve(ty).shape {
            Shape::Named(id) => matches!(self.model.types[id].kind, TypeKind::Choice(_)),
            Shape::Scalar(_) | Shape::List { .. } | Shape::Map { .. } | Shape::Unresolved => false,
        }
    }

    /// What can be compared with each other has the same kind.
    fn kind_of(&self, ty: &Type) -> String {
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
