//! Lowers conditions over what is known at a place: fields, what is made of them, and how they compare.

use aqueduct_dsl::ast::{self, Arg, BinaryOp, ExprKind, UnaryOp};
use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::compute::{is_function, operation};
use crate::facts::values::below;
use crate::lower::Lowering;
use crate::lower::predicate::{comparison, flat};
use crate::lower::saga::condition::Ground;
use crate::lower::scope::Scope;
use crate::model::{Comparison, Predicate, PredicateKind};

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
                let [Some(left), Some(right)] = parts else {
                    return None;
                };
                PredicateKind::All(flat([left, right], |kind| {
                    if let PredicateKind::All(parts) = kind {
                        Ok(parts)
                    } else {
                        Err(kind)
                    }
                }))
            }
            ExprKind::Binary(BinaryOp::Or, left, right) => {
                let parts = [self.condition(left, scope), self.condition(right, scope)];
                let [Some(left), Some(right)] = parts else {
                    return None;
                };
                PredicateKind::Any(flat([left, right], |kind| {
                    if let PredicateKind::Any(parts) = kind {
                        Ok(parts)
                    } else {
                        Err(kind)
                    }
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
}
