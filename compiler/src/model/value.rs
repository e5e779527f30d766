//! Values that are made from what is known at a place: in a saga, in a route, in a scenario.

use std::fmt;

use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::{Constant, Predicate};

/// What a record is made of: spreads are filled in, every required field is there, defaults that aren't written are
/// not.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapping {
    /// Name, value and place, in the order of the target's fields.
    pub fields: Vec<(SmolStr, Value)>,
    /// The parentheses.
    pub span: SpanId,
}

/// A value made from what is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// What it is.
    pub kind: ValueKind,
    /// Where.
    pub span: SpanId,
}

/// The kinds of value.
#[derive(Debug, Clone, PartialEq)]
pub enum ValueKind {
    /// `ride.ride_id`: first the input, a step, `it`, `meta` or `error` (whose fields are `name` and `message`), then
    /// fields.
    Path(Vec<SmolStr>),
    /// `lines.sku`: the same where the way leads through lists; a list of what stands at its end, in order.
    Each(Vec<SmolStr>),
    /// What stands for itself; an enum's value is a text.
    Constant(Constant),
    /// `new()`: an id, the same each time that the step is tried.
    New,
    /// `now()`: the time at which the step is begun.
    Now,
    /// `[a, b]`
    List(Vec<Value>),
    /// `(a: 1, b: 2)` and what a spread of a whole record makes.
    Record(Mapping),
    /// `a + b`, of numbers, or of times and spans of time. Decimals stay exact, and are rounded half to even where the
    /// field that they are for has fewer places.
    Arithmetic(Operation, Box<[Value; 2]>),
    /// `sum(legs.price)`
    Function(Function, Box<Value>),
    /// `fare >= 50 and distance >= 20`: true or false.
    Test(Box<Predicate>),
}

/// What is done with two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Times,
    /// `/`
    Divide,
}

impl Operation {
    /// As it is written.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Times => "*",
            Self::Divide => "/",
        }
    }
}

/// What is made from one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// All numbers of a list together.
    Sum,
    /// How many items a list has.
    Count,
    /// How long a text, a list or a map is.
    Size,
    /// A text that is the same for the same value, and doesn't give it away.
    Hash,
    /// A text of which only the end can be read.
    Mask,
}

impl Function {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Sum, Self::Count, Self::Size, Self::Hash, Self::Mask];

    /// As it is written.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Count => "count",
            Self::Size => "size",
            Self::Hash => "hash",
            Self::Mask => "mask",
        }
    }
}

impl Mapping {
    /// Every value in it, those inside others as well.
    pub fn values(&self) -> Vec<&Value> {
        self.fields.iter().flat_map(|(_, value)| value.parts()).collect()
    }
}

impl Value {
    /// Itself and what it is made of.
    pub fn parts(&self) -> Vec<&Value> {
        let inner: Vec<&Value> = match &self.kind {
            ValueKind::List(items) => items.iter().flat_map(Self::parts).collect(),
            ValueKind::Record(mapping) => mapping.values(),
            ValueKind::Arithmetic(_, sides) => sides.iter().flat_map(Self::parts).collect(),
            ValueKind::Function(_, of) => of.parts(),
            ValueKind::Path(_)
            | ValueKind::Each(_)
            | ValueKind::Constant(_)
            | ValueKind::New
            | ValueKind::Now
            | ValueKind::Test(_) => Vec::new(),
        };
        std::iter::once(self).chain(inner).collect()
    }
}

impl fmt::Display for Mapping {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields: Vec<String> = self
            .fields
            .iter()
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        write!(out, "({})", fields.join(", "))
    }
}

impl fmt::Display for Value {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ValueKind::Path(path) | ValueKind::Each(path) => out.write_str(&path.join(".")),
            ValueKind::Constant(constant) => constant.fmt(out),
            ValueKind::New => out.write_str("new()"),
            ValueKind::Now => out.write_str("now()"),
            ValueKind::List(items) => {
                let items: Vec<String> = items.iter().map(Self::to_string).collect();
                write!(out, "[{}]", items.join(", "))
            }
            ValueKind::Record(mapping) => mapping.fmt(out),
            ValueKind::Arithmetic(operation, sides) => {
                let [left, right] = sides.as_ref();
                write!(out, "{} {} {}", inner(left), operation.sign(), inner(right))
            }
            ValueKind::Function(function, of) => write!(out, "{}({of})", function.word()),
            ValueKind::Test(condition) => condition.fmt(out),
        }
    }
}

/// Arithmetic inside arithmetic has parentheses.
fn inner(value: &Value) -> String {
    if matches!(value.kind, ValueKind::Arithmetic(..)) {
        format!("({value})")
    } else {
        value.to_string()
    }
}
