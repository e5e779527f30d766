//! Conditions over a message.

use std::fmt;

use aqueduct_dsl::source::SpanId;
use rust_decimal::Decimal;
use smol_str::SmolStr;

use super::Value;

/// A condition; the places are kept, since a rule speaks of its parts.
#[derive(Debug, Clone, PartialEq)]
pub struct Predicate {
    /// What it says.
    pub kind: PredicateKind,
    /// Where.
    pub span: SpanId,
}

impl Predicate {
    /// Whether a part of it has to be computed before it can be compared.
    pub fn is_computed(&self) -> bool {
        match &self.kind {
            PredicateKind::All(parts) | PredicateKind::Any(parts) => parts.iter().any(Self::is_computed),
            PredicateKind::Not(inner) => inner.is_computed(),
            PredicateKind::Computed(..) => true,
            PredicateKind::Compare(..)
            | PredicateKind::In(..)
            | PredicateKind::Text(..)
            | PredicateKind::Holds(_) => false,
        }
    }
}

/// What a condition says.
#[derive(Debug, Clone, PartialEq)]
pub enum PredicateKind {
    /// All of them.
    All(Vec<Predicate>),
    /// At least one of them.
    Any(Vec<Predicate>),
    /// Not this.
    Not(Box<Predicate>),
    /// `fare >= 50`
    Compare(Comparison, Operand, Operand),
    /// `sum(legs.price) > 50`: what is computed first, and of which no table of limits knows anything.
    Computed(Comparison, Value, Value),
    /// `status in [pending, failed]`
    In(Operand, Vec<Operand>),
    /// `starts_with(name, "A")` and its like: the function and its two operands.
    Text(TextTest, Operand, Operand),
    /// A boolean field or constant.
    Holds(Operand),
}

/// A test of a text, or of a list, by name.
pub type TextTest = SmolStr;

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

impl Comparison {
    /// As written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
        }
    }

    /// What holds when this doesn't, of values that can be compared.
    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Self::Equal => Self::NotEqual,
            Self::NotEqual => Self::Equal,
            Self::Less => Self::AtLeast,
            Self::AtMost => Self::Greater,
            Self::Greater => Self::AtMost,
            Self::AtLeast => Self::Less,
        }
    }

    /// The same with the sides exchanged.
    #[must_use]
    pub fn flipped(self) -> Self {
        match self {
            Self::Equal => Self::Equal,
            Self::NotEqual => Self::NotEqual,
            Self::Less => Self::Greater,
            Self::AtMost => Self::AtLeast,
            Self::Greater => Self::Less,
            Self::AtLeast => Self::AtMost,
        }
    }
}

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Operand {
    /// A field, a value, or a word that is one or the other by the type on the other side.
    pub value: Result<FieldPath, Constant>,
    /// Whether `size(…)` is asked for instead of the value itself.
    pub size: bool,
    /// Where.
    pub span: SpanId,
}

/// `fare`, `address.zip`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldPath {
    /// Never empty.
    pub segments: Vec<SmolStr>,
    /// Written with a leading `it.`, so never an enum value.
    pub explicit: bool,
}

impl FieldPath {
    /// With its dots.
    pub fn text(&self) -> String {
        self.segments.join(".")
    }
}

/// A value that stands for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Constant {
    /// Exact.
    Number(Decimal),
    /// Text.
    Text(SmolStr),
    /// `true`, `false`
    Bool(bool),
    /// A value of an enum.
    Word(SmolStr),
    /// Milliseconds.
    Duration(u64),
    /// `none`
    None,
    /// `[]` and its like, as a default.
    List(Vec<Constant>),
}

impl fmt::Display for Predicate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            PredicateKind::All(parts) => joined(out, parts, " and "),
            PredicateKind::Any(parts) => joined(out, parts, " or "),
            PredicateKind::Not(inner) => write!(out, "not ({inner})"),
            PredicateKind::Compare(how, left, right) => write!(out, "{left} {} {right}", how.symbol()),
            PredicateKind::Computed(how, left, right) => write!(out, "{left} {} {right}", how.symbol()),
            PredicateKind::In(left, values) => {
                let values: Vec<String> = values.iter().map(Operand::to_string).collect();
                write!(out, "{left} in [{}]", values.join(", "))
            }
            PredicateKind::Text(test, left, right) => write!(out, "{test}({left}, {right})"),
            PredicateKind::Holds(operand) => operand.fmt(out),
        }
    }
}

/// An `or` inside an `and` needs its parentheses.
fn joined(out: &mut fmt::Formatter<'_>, parts: &[Predicate], word: &str) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            out.write_str(word)?;
        }
        match part.kind {
            PredicateKind::Any(_) | PredicateKind::All(_) => write!(out, "({part})")?,
            PredicateKind::Not(_)
            | PredicateKind::Compare(..)
            | PredicateKind::Computed(..)
            | PredicateKind::In(..)
            | PredicateKind::Text(..)
            | PredicateKind::Holds(_) => write!(out, "{part}")?,
        }
    }
    Ok(())
}

impl fmt::Display for Operand {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match &self.value {
            Ok(path) if path.explicit => format!("it.{}", path.text()),
            Ok(path) => path.text(),
            Err(constant) => constant.to_string(),
        };
        if self.size {
            write!(out, "size({text})")
        } else {
            out.write_str(&text)
        }
    }
}

impl fmt::Display for Constant {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(out, "{number}"),
            Self::Text(text) => write!(out, "{text:?}"),
            Self::Bool(value) => write!(out, "{value}"),
            Self::Word(word) => out.write_str(word),
            Self::Duration(milliseconds) => out.write_str(&duration_text(*milliseconds)),
            Self::None => out.write_str("none"),
            Self::List(items) => {
                let items: Vec<String> = items.iter().map(Self::to_string).collect();
                write!(out, "[{}]", items.join(", "))
            }
        }
    }
}

/// A duration as the language writes it, in the largest unit that keeps it whole: `90s`, `2h`, `30d`.
pub fn duration_text(milliseconds: u64) -> String {
    const UNITS: [(u64, &str); 4] = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s")];
    UNITS
        .iter()
        .find(|(size, _)| milliseconds > 0 && milliseconds.is_multiple_of(*size))
        .map_or_else(
            || format!("{milliseconds}ms"),
            |(size, unit)| format!("{}{unit}", milliseconds / size),
        )
}
