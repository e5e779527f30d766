//! The one evaluator of predicates: an expression and a JSON body in, `true`, `false` or *unknown* out.
//!
//! Pure: no clock, no IO, and no knowledge of queues or topologies. The compiler lowers the predicates of `.flow`
//! to [`Expr`]; generated programs build the same tree with [`field`], [`number`], [`text`] and the methods on
//! [`Expr`]. Start reading at [`Expr::eval`].
//!
//! A field that is absent, `null`, or of another type than the operator needs makes a comparison *unknown*;
//! unknown spreads through `and`, `or` and `not` by Kleene's tables, and at the end it does not match.

mod build;
mod eval;

pub use build::{all, any, boolean, call, field, list, none, number, text};
pub use eval::exact;
pub use rust_decimal::Decimal;

/// A predicate or an operand of one.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// The value at a path of names from the top of the body, like `fare` or `address.city`.
    Field(Vec<String>),
    /// An exact number.
    Number(Decimal),
    /// A text; also how an enum's value, an id or an instant is written.
    Text(String),
    /// `true` or `false`.
    Bool(bool),
    /// The absent value, `none`: `note == none` asks whether `note` is absent.
    None,
    /// A list of values, the right side of [`Expr::In`].
    List(Vec<Expr>),
    /// Two operands compared.
    Compare(Comparison, Box<Expr>, Box<Expr>),
    /// True when every part is true.
    And(Vec<Expr>),
    /// True when some part is true.
    Or(Vec<Expr>),
    /// The opposite; unknown stays unknown.
    Not(Box<Expr>),
    /// True when the left value equals one of the list on the right.
    In(Box<Expr>, Box<Expr>),
    /// A built-in function.
    Call(Function, Vec<Expr>),
}

/// How [`Expr::Compare`] compares.
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

/// The pure functions that a predicate may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// `starts_with(text, prefix)`
    StartsWith,
    /// `ends_with(text, suffix)`
    EndsWith,
    /// `contains(text, part)` or `contains(list, value)`
    Contains,
    /// `size(x)`: characters of a text, elements of a list or map.
    Size,
    /// `count(list)`: elements that are not absent.
    Count,
    /// `sum(list)`: the exact sum of a list of numbers.
    Sum,
}

/// The outcome of a predicate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value3 {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// It cannot be said: a field is absent or of another type.
    Unknown,
}

impl Function {
    /// The function of a name as `.flow` writes it; `None` for a name that is none of them.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "starts_with" => Self::StartsWith,
            "ends_with" => Self::EndsWith,
            "contains" => Self::Contains,
            "size" => Self::Size,
            "count" => Self::Count,
            "sum" => Self::Sum,
            _ => return None,
        })
    }
}
