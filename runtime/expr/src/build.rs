//! Words to build expressions with, as generated programs do.

use rust_decimal::Decimal;

use crate::{Comparison, Expr, Function};

/// The field at a dotted path, like `fare` or `address.city`.
pub fn field(path: &str) -> Expr {
    Expr::Field(path.split('.').map(str::to_owned).collect())
}

/// An exact number, written as in `.flow`: `50`, `0.10`, `-3`.
///
/// # Panics
/// When the text is no decimal of at most 28 digits; generated text always is.
pub fn number(digits: &str) -> Expr {
    Expr::Number(Decimal::from_str_exact(digits).expect("the text of a number is decimal digits"))
}

/// A text.
pub fn text(value: &str) -> Expr {
    Expr::Text(value.to_owned())
}

/// `true` or `false`.
pub fn boolean(value: bool) -> Expr {
    Expr::Bool(value)
}

/// The absent value.
pub fn none() -> Expr {
    Expr::None
}

/// A list of values.
pub fn list(values: impl IntoIterator<Item = Expr>) -> Expr {
    Expr::List(values.into_iter().collect())
}

/// Every part holds.
pub fn all(parts: impl IntoIterator<Item = Expr>) -> Expr {
    Expr::And(parts.into_iter().collect())
}

/// At least one part holds.
pub fn any(parts: impl IntoIterator<Item = Expr>) -> Expr {
    Expr::Or(parts.into_iter().collect())
}

/// A call of a built-in function.
pub fn call(function: Function, arguments: impl IntoIterator<Item = Expr>) -> Expr {
    Expr::Call(function, arguments.into_iter().collect())
}

impl Expr {
    /// `self == other`
    pub fn eq(self, other: Expr) -> Self {
        self.compare(Comparison::Equal, other)
    }

    /// `self != other`
    pub fn ne(self, other: Expr) -> Self {
        self.compare(Comparison::NotEqual, other)
    }

    /// `self >= other`
    pub fn ge(self, other: Expr) -> Self {
        self.compare(Comparison::AtLeast, other)
    }

    /// `self > other`
    pub fn gt(self, other: Expr) -> Self {
        self.compare(Comparison::Greater, other)
    }

    /// `self <= other`
    pub fn le(self, other: Expr) -> Self {
        self.compare(Comparison::AtMost, other)
    }

    /// `self < other`
    pub fn lt(self, other: Expr) -> Self {
        self.compare(Comparison::Less, other)
    }

    /// Both hold; a chain of `and` is one flat [`Expr::And`].
    pub fn and(self, other: Expr) -> Self {
        match self {
            Self::And(mut parts) => {
                parts.push(other);
                Self::And(parts)
            }
            first => Self::And(vec![first, other]),
        }
    }

    /// At least one holds; a chain of `or` is one flat [`Expr::Or`].
    pub fn or(self, other: Expr) -> Self {
        match self {
            Self::Or(mut parts) => {
                parts.push(other);
                Self::Or(parts)
            }
            first => Self::Or(vec![first, other]),
        }
    }

    /// The opposite.
    pub fn negate(self) -> Self {
        Self::Not(Box::new(self))
    }

    /// `self in [a, b]`; takes [`list`] or a field that holds a list.
    pub fn is_in(self, list: Expr) -> Self {
        Self::In(Box::new(self), Box::new(list))
    }

    fn compare(self, comparison: Comparison, other: Expr) -> Self {
        Self::Compare(comparison, Box::new(self), Box::new(other))
    }
}
