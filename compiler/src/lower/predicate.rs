//! Lowers conditions; whether their fields exist and fit is rule ROU003's to say.

use aqueduct_dsl::ast::{self, Arg, BinaryOp, ExprKind, UnaryOp};
use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::Lowering;
use super::expression::literal_constant;
use crate::codes;
use crate::constructs;
use crate::model::{Comparison, Constant, FieldPath, Operand, Predicate, PredicateKind};
use aqueduct_dsl::diagnostic::Diagnostic;

const TEXT_TESTS: [&str; 3] = ["starts_with", "ends_with", "contains"];

impl Lowering {
    pub(super) fn predicate(&mut self, expr: &ast::Expr) -> Option<Predicate> {
        let kind = match &expr.kind {
            ExprKind::Binary(BinaryOp::And, left, right) => {
                let parts = [self.predicate(left)?, self.predicate(right)?];
                PredicateKind::All(flat(parts, |kind| {
                    if let PredicateKind::All(parts) = kind {
                        Ok(parts)
                    } else {
                        Err(kind)
                    }
                }))
            }
            ExprKind::Binary(BinaryOp::Or, left, right) => {
                let parts = [self.predicate(left)?, self.predicate(right)?];
                PredicateKind::Any(flat(parts, |kind| {
                    if let PredicateKind::Any(parts) = kind {
                        Ok(parts)
                    } else {
                        Err(kind)
                    }
                }))
            }
            ExprKind::Binary(BinaryOp::In, left, right) => self.membership(left, right)?,
            ExprKind::Binary(op, left, right) => match comparison(*op) {
                Some(how) => PredicateKind::Compare(how, self.operand(left)?, self.operand(right)?),
                None => return self.no_condition(expr.span, "arithmetic has no place in a filter"),
            },
            ExprKind::Unary(UnaryOp::Not, inner) => PredicateKind::Not(Box::new(self.predicate(inner)?)),
            ExprKind::Group(args) => match args.as_slice() {
                [Arg::Plain(inner)] => return self.predicate(inner),
                _ => return self.no_condition(expr.span, "a tuple is neither true nor false"),
            },
            ExprKind::Call(call) if TEXT_TESTS.contains(&call.callee.text.as_str()) => {
                let [Arg::Plain(text), Arg::Plain(part)] = call.args.as_slice() else {
                    return self.no_condition(expr.span, "it takes two arguments: the text and the part");
                };
                PredicateKind::Text(call.callee.text.clone(), self.operand(text)?, self.operand(part)?)
            }
            ExprKind::Path(_) | ExprKind::Literal(ast::Literal::Bool(_)) => {
                PredicateKind::Holds(self.operand(expr)?)
            }
            ExprKind::Call(_)
            | ExprKind::List(_)
            | ExprKind::Literal(_)
            | ExprKind::Unary(UnaryOp::Minus, _) => {
                return self.no_condition(expr.span, "neither true nor false");
            }
        };
        Some(Predicate {
            kind,
            span: expr.span,
        })
    }

    fn membership(&mut self, left: &ast::Expr, right: &ast::Expr) -> Option<PredicateKind> {
        let left = self.operand(left)?;
        let ExprKind::List(items) = &right.kind else {
            self.no_condition::<()>(right.span, "`in` wants a list, as in `status in [paid, open]`");
            return None;
        };
        let items = items
            .iter()
            .map(|item| self.operand(item))
            .collect::<Option<Vec<_>>>()?;
        Some(PredicateKind::In(left, items))
    }

    fn operand(&mut self, expr: &ast::Expr) -> Option<Operand> {
        let value = match &expr.kind {
            ExprKind::Path(path) => {
                let (explicit, rest) = match path.strip_prefix("it.") {
                    Some(rest) => (true, rest),
                    None => (false, path.as_str()),
                };
                if rest.starts_with("meta.") {
                    self.note(&constructs::META, expr.span);
                    return None;
                }
                Ok(FieldPath {
                    segments: rest.split('.').map(SmolStr::from).collect(),
                    explicit,
                })
            }
            ExprKind::Literal(literal) => match literal_constant(literal) {
                Some(constant) => Err(constant),
                None => return self.no_condition(expr.span, "no value that a field could have"),
            },
            ExprKind::Unary(UnaryOp::Minus, inner) => match self.operand(inner)? {
                Operand {
                    value: Err(Constant::Number(number)),
                    ..
                } => Err(Constant::Number(-number)),
                Operand { .. } => return self.no_condition(expr.span, "only a number has a minus"),
            },
            ExprKind::Group(args) => match args.as_slice() {
                [Arg::Plain(inner)] => return self.operand(inner),
                _ => return self.no_condition(expr.span, "a tuple can't be compared"),
            },
            ExprKind::Call(call) if matches!(call.callee.text.as_str(), "size" | "count") => {
                let [Arg::Plain(inner)] = call.args.as_slice() else {
                    return self.no_condition(expr.span, "it takes one argument");
                };
                let inner = self.operand(inner)?;
                return Some(Operand {
                    size: true,
                    span: expr.span,
                    ..inner
                });
            }
            ExprKind::Call(_)
            | ExprKind::List(_)
            | ExprKind::Unary(UnaryOp::Not, _)
            | ExprKind::Binary(..) => {
                return self.no_condition(expr.span, "a filter compares fields with values");
            }
        };
        Some(Operand {
            value,
            size: false,
            span: expr.span,
        })
    }

    fn no_condition<T>(&mut self, span: SpanId, why: &str) -> Option<T> {
        self.out.push(
            Diagnostic::error(codes::OUT_OF_PLACE, span, "this can't stand in a condition").label(why).help(
                "compare a field with a value (`fare >= 50`), join with `and` and `or`, or use `starts_with`, \
                 `ends_with`, `contains`, `size`",
            ),
        );
        None
    }
}

/// `a and b and c` is one list.
pub(super) fn flat(
    parts: [Predicate; 2],
    open: impl Fn(PredicateKind) -> Result<Vec<Predicate>, PredicateKind>,
) -> Vec<Predicate> {
    let mut all = Vec::new();
    for part in parts {
        match open(part.kind) {
            Ok(inner) => all.extend(inner),
            Err(kind) => all.push(Predicate {
                kind,
                span: part.span,
            }),
        }
    }
    all
}

pub(super) fn comparison(op: BinaryOp) -> Option<Comparison> {
    Some(match op {
        BinaryOp::Equal => Comparison::Equal,
        BinaryOp::NotEqual => Comparison::NotEqual,
        BinaryOp::Less => Comparison::Less,
        BinaryOp::AtMost => Comparison::AtMost,
        BinaryOp::Greater => Comparison::Greater,
        BinaryOp::AtLeast => Comparison::AtLeast,
        BinaryOp::Either
        | BinaryOp::Or
        | BinaryOp::And
        | BinaryOp::In
        | BinaryOp::Plus
        | BinaryOp::Minus
        | BinaryOp::Times
        | BinaryOp::Divide => return None,
    })
}
