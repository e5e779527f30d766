//! Rows, holes and arguments in words, for messages and for the reference.

use super::pattern::{Element, Hole, Kind, Pattern};
use crate::ast::{Arg, Clause, Expr, ExprKind, Head, Literal, UnaryOp};
use crate::write;

impl Pattern {
    /// What must be written, filled with plausible names; the clause's word is the caller's.
    pub(super) fn example(&self, word: &str) -> String {
        let mut example = word.to_owned();
        for element in self.shortest() {
            example.push(' ');
            example.push_str(&sample(word, element));
        }
        example
    }
}

/// A pattern for readers: `emits <message> to <channel> [via outbox]`.
pub(super) fn usage(pattern: &str) -> String {
    let mut usage = String::new();
    let mut rest = pattern;
    while let Some((before, hole)) = rest.split_once('<') {
        let (hole, after) = hole.split_once('>').unwrap_or((hole, ""));
        let (name, kind) = hole.split_once(':').unwrap_or((hole, ""));
        usage.push_str(before);
        match kind.split_once('(') {
            Some((_, choices)) => usage.push_str(choices.trim_end_matches(')')),
            None => usage.extend(["<", name, ">"]),
        }
        rest = after;
    }
    usage + rest
}

/// An element as what an author has to write.
pub(super) fn element(element: &Element) -> String {
    match element {
        Element::Word(word) => format!("`{word}`"),
        Element::Hole(hole) => self::hole(hole),
    }
}

fn hole(hole: &Hole) -> String {
    if !hole.choices.is_empty() {
        return either(hole.choices.iter().map(|choice| format!("`{choice}`")));
    }
    match hole.kind {
        Kind::Key => "a field, or several in parentheses".to_owned(),
        Kind::Expr if hole.name == "predicate" => "a condition".to_owned(),
        Kind::Word | Kind::Path | Kind::Number | Kind::Numbers | Kind::Expr => with_article(hole.name),
        Kind::Call => format!("{} with its values in parentheses", with_article(hole.name)),
        Kind::List => "a list in brackets".to_owned(),
        Kind::Text => format!("{} in quotes", with_article(hole.name)),
        Kind::Duration => "a duration".to_owned(),
        Kind::Size => "a size".to_owned(),
        Kind::Rate => "a rate".to_owned(),
        Kind::Share => "a share".to_owned(),
        Kind::Date => "a date".to_owned(),
        Kind::Amount => "an amount or a range".to_owned(),
        Kind::Factor => "a factor such as `x2`".to_owned(),
    }
}

fn with_article(noun: &str) -> String {
    let article = if noun.starts_with(['a', 'e', 'i', 'o']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {noun}")
}

/// `a, b or c`
pub(super) fn either(items: impl IntoIterator<Item = String>) -> String {
    joined(items, " or ")
}

/// `a, b and c`
pub(super) fn both(items: impl IntoIterator<Item = String>) -> String {
    joined(items, " and ")
}

fn joined(items: impl IntoIterator<Item = String>, last: &str) -> String {
    let mut items: Vec<String> = items.into_iter().collect();
    match items.pop() {
        Some(end) if items.is_empty() => end,
        Some(end) => format!("{}{last}{end}", items.join(", ")),
        None => String::new(),
    }
}

/// What could stand in a hole.
fn sample(word: &str, element: &Element) -> String {
    let hole = match element {
        Element::Word(word) => return (*word).to_owned(),
        Element::Hole(hole) => hole,
    };
    if let Some(choice) = hole.choices.first() {
        return (*choice).to_owned();
    }
    let sample = match hole.kind {
        Kind::Word | Kind::Path => match hole.name {
            "message" | "start" => "RideCompleted",
            "end" => "FareCollected",
            "channel" => "ride_completed",
            "queue" => "repairs",
            "store" => "rides",
            "handler" => "capture",
            "saga" => "FareCollection",
            "fault" => "CardDeclined",
            "scheme" => "jwt",
            "code" => "TAR004",
            "measure" => "coupling",
            "target" => "notifications",
            "field" | "items" | "known" => "lines",
            other => other,
        },
        Kind::Key => "ride_id",
        Kind::Expr => match hole.name {
            "predicate" => "fare >= 50",
            "choice" => "offices in [berlin, rome]",
            "count" | "limit" => "10",
            "fault" => "TooLate()",
            "time" => "leaves_at",
            _ => "(status: done)",
        },
        Kind::Call => match hole.name {
            "message" => "RideCompleted(ride_id: ride_id)",
            "row" => "rides(ride_id: ride_id)",
            _ => "Payments.capture(key: ride_id)",
        },
        Kind::List => "[fare, distance]",
        Kind::Text => match hole.name {
            "path" => "\"/rides\"",
            "file" => "\"shared.flow\"",
            "name" => "\"team-rides\"",
            "times" => "\"0 6 * * *\"",
            "content" => "\"4242\"",
            _ => match word {
                "auth" => "\"everyone may see it\"",
                "dead_letter" | "discard" | "drop" => "\"nobody misses it\"",
                "natural" => "\"a second message does no harm\"",
                _ => "\"we have agreed on it\"",
            },
        },
        Kind::Number if hole.name == "status" => "422",
        Kind::Number => "5",
        Kind::Numbers => "200",
        Kind::Duration => "30s",
        Kind::Size => "256KB",
        Kind::Rate => "50/s",
        Kind::Share => "99%",
        Kind::Date => "2027-01-31",
        Kind::Amount => "200ms",
        Kind::Factor => "x2",
    };
    sample.to_owned()
}

/// What kind of thing an argument is.
pub(super) fn kind_of(expr: &Expr) -> &'static str {
    match &expr.kind {
        ExprKind::Literal(literal) => match literal {
            Literal::Number(_) => "a number",
            Literal::Duration(_) => "a duration",
            Literal::Size(_) => "a size",
            Literal::Rate(..) => "a rate",
            Literal::Share(_) => "a share",
            Literal::Range(..) => "a range",
            Literal::Text(_) => "a text",
            Literal::Date(_) => "a date",
            Literal::Bool(_) => "true or false",
            Literal::None => "no value",
        },
        ExprKind::Path(_) => "a name",
        ExprKind::Call(_) => "a call",
        ExprKind::List(_) => "a list",
        ExprKind::Group(_) => "in parentheses",
        ExprKind::Unary(..) | ExprKind::Binary(..) => "an expression",
    }
}

/// The first arguments of a clause with its word, as they would be written.
pub(super) fn beginning(clause: &Clause, args: usize) -> String {
    let mut text = match &clause.head {
        Head::Word(word) => word.text.to_string(),
        Head::Words(words) => words
            .iter()
            .map(|word| word.text.as_str())
            .collect::<Vec<_>>()
            .join(" | "),
        Head::Call(call) => format!("{}(…)", call.callee.text),
    };
    for arg in clause.args.iter().take(args) {
        text.push(' ');
        text.push_str(&expr(arg));
    }
    text
}

/// An expression in short.
pub(super) fn expr(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Literal(literal) => self::literal(literal),
        ExprKind::Path(path) => path.to_string(),
        ExprKind::Call(call) => format!("{}(…)", call.callee.text),
        ExprKind::List(_) => "[…]".to_owned(),
        ExprKind::Group(args) => match args.as_slice() {
            [Arg::Plain(only)] => format!("({})", self::expr(only)),
            _ => "(…)".to_owned(),
        },
        ExprKind::Unary(UnaryOp::Not, operand) => format!("not {}", self::expr(operand)),
        ExprKind::Unary(UnaryOp::Minus, operand) => format!("-{}", self::expr(operand)),
        ExprKind::Binary(operator, left, right) => {
            format!("{} {} {}", self::expr(left), operator.sign(), self::expr(right))
        }
    }
}

/// A value in its one spelling; long texts would hide what is said about them.
fn literal(value: &Literal) -> String {
    if let Literal::Text(text) = value
        && text.chars().count() > 24
    {
        return "\"…\"".to_owned();
    }
    write::literal(value)
}
