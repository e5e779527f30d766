//! Expressions, arguments and types.

use super::literal::literal;
use crate::ast::{Arg, Call, Expr, ExprKind, Field, Limit, SimpleType, Tag, Type, UnaryOp};

pub(super) fn expr(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Literal(value) => literal(value),
        ExprKind::Path(path) => path.to_string(),
        ExprKind::Call(inner) => call(inner),
        ExprKind::List(items) => format!("[{}]", joined(items, ", ", self::expr)),
        ExprKind::Group(inner) => args(inner),
        ExprKind::Unary(UnaryOp::Not, operand) => format!("not {}", self::expr(operand)),
        ExprKind::Unary(UnaryOp::Minus, operand) => format!("-{}", self::expr(operand)),
        ExprKind::Binary(operator, left, right) => {
            format!("{} {} {}", self::expr(left), operator.sign(), self::expr(right))
        }
    }
}

/// Without a blank before the parenthesis: with one it would be two things.
pub(super) fn call(call: &Call) -> String {
    format!("{}{}", call.callee.text, args(&call.args))
}

fn args(all: &[Arg]) -> String {
    format!("({})", joined(all, ", ", arg))
}

fn arg(arg: &Arg) -> String {
    match arg {
        Arg::Spread(name) => format!("...{}", name.text),
        Arg::Named(name, value) => format!("{}: {}", name.text, expr(value)),
        Arg::Plain(value) => expr(value),
    }
}

pub(super) fn field(field: &Field) -> String {
    let tags: String = field.tags.iter().map(tag).collect();
    let default = field.default.as_ref().map(|value| format!(" = {}", expr(value)));
    format!(
        "{}: {}{tags}{}",
        field.name.text,
        r#type(&field.ty),
        default.unwrap_or_default()
    )
}

fn tag(tag: &Tag) -> String {
    let args = if tag.args.is_empty() {
        String::new()
    } else {
        args(&tag.args)
    };
    format!(" @{}{args}", tag.name.text)
}

pub(super) fn r#type(ty: &Type) -> String {
    joined(&ty.alternatives, " | ", simple_type)
}

fn simple_type(ty: &SimpleType) -> String {
    let mut text = ty.name.text.to_string();
    if !ty.generics.is_empty() {
        text.push_str(&format!("<{}>", joined(&ty.generics, ", ", r#type)));
    }
    if !ty.limits.is_empty() {
        text.push_str(&format!("({})", joined(&ty.limits, ", ", limit)));
    }
    if ty.optional {
        text.push('?');
    }
    text
}

fn limit(limit: &Limit) -> String {
    joined(&limit.words, " ", expr)
}

/// The texts of some things with a separator between them.
pub(super) fn joined<T>(all: &[T], separator: &str, text: fn(&T) -> String) -> String {
    all.iter().map(text).collect::<Vec<_>>().join(separator)
}
