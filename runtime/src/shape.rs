//! What a valid body looks like, as data: built by generated code, checked in `shape/check.rs`.

mod check;
mod conform;
mod limits;
mod named;
mod scalar;

use std::ops::{Bound, RangeBounds};
use std::sync::Arc;

use rust_decimal::Decimal;
use serde_json::Value;

pub use check::{FieldError, Unknown};
pub(crate) use check::{Minting, check_with};
use limits::{Limits, Pattern};
use named::Named;
#[cfg(feature = "simulate")]
pub use named::Shapes;

use crate::Message;

/// A type with its limits. Cheap to clone.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    kind: Kind,
    limits: Limits,
}

#[derive(Debug, Clone, PartialEq)]
enum Kind {
    Bool,
    Int,
    Float,
    Decimal,
    Text,
    Uuid,
    Instant,
    Duration,
    Bytes,
    Any,
    List(Arc<Shape>),
    Map(Arc<Shape>),
    Record { name: String, fields: Arc<[Field]> },
    Choice { name: String, values: Arc<[String]> },
    OneOf(Arc<[Shape]>),
    Named(Named),
}

/// A field of a record.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    name: String,
    shape: Shape,
    required: bool,
    minted: bool,
    default: Option<Value>,
}

impl Field {
    /// A field that must be there, unless it has a default or is minted.
    pub fn required(name: &str, shape: Shape) -> Self {
        Self {
            name: name.to_owned(),
            shape,
            required: true,
            minted: false,
            default: None,
        }
    }

    /// A field that may be absent or `null`.
    pub fn optional(name: &str, shape: Shape) -> Self {
        Self {
            required: false,
            ..Self::required(name, shape)
        }
    }

    /// When absent it is made: a fresh id for a uuid, the present instant for an instant.
    pub fn minted(self) -> Self {
        Self { minted: true, ..self }
    }

    /// When absent it has this value.
    pub fn default(self, value: Value) -> Self {
        Self {
            default: Some(value),
            ..self
        }
    }
}

impl Shape {
    /// `true` or `false`.
    pub fn bool() -> Self {
        Kind::Bool.into()
    }

    /// A whole number within ±2^53, which every JSON reader keeps exact.
    pub fn int() -> Self {
        Kind::Int.into()
    }

    /// A binary floating-point number; never an infinity.
    pub fn float() -> Self {
        Kind::Float.into()
    }

    /// An exact number of at most 28 digits.
    pub fn decimal() -> Self {
        Kind::Decimal.into()
    }

    /// A text.
    pub fn string() -> Self {
        Kind::Text.into()
    }

    /// An id.
    pub fn uuid() -> Self {
        Kind::Uuid.into()
    }

    /// An instant: RFC 3339 with zone.
    pub fn instant() -> Self {
        Kind::Instant.into()
    }

    /// A duration: ISO 8601, like `PT30S`.
    pub fn duration() -> Self {
        Kind::Duration.into()
    }

    /// Bytes: base64 text with padding.
    pub fn bytes() -> Self {
        Kind::Bytes.into()
    }

    /// Any JSON.
    pub fn any() -> Self {
        Kind::Any.into()
    }

    /// A list of elements of one shape.
    pub fn list(element: Shape) -> Self {
        Kind::List(Arc::new(element)).into()
    }

    /// An object with any names and values of one shape.
    pub fn map(value: Shape) -> Self {
        Kind::Map(Arc::new(value)).into()
    }

    /// An object with exactly these fields.
    pub fn record(name: &str, fields: impl IntoIterator<Item = Field>) -> Self {
        Kind::Record {
            name: name.to_owned(),
            fields: fields.into_iter().collect(),
        }
        .into()
    }

    /// One of these texts.
    pub fn choice<S: Into<String>>(name: &str, values: impl IntoIterator<Item = S>) -> Self {
        Kind::Choice {
            name: name.to_owned(),
            values: values.into_iter().map(Into::into).collect(),
        }
        .into()
    }

    /// The first of these shapes that fits.
    pub fn one_of(shapes: impl IntoIterator<Item = Shape>) -> Self {
        Kind::OneOf(shapes.into_iter().collect()).into()
    }

    /// The shape of a message type, by reference: it may contain itself.
    pub fn of<M: Message>() -> Self {
        Kind::Named(Named::of::<M>()).into()
    }

    /// How many characters a text, elements a list or entries a map, or bytes `bytes` may have.
    pub fn length(mut self, range: impl RangeBounds<u64>) -> Self {
        let least = match range.start_bound() {
            Bound::Included(least) => *least,
            Bound::Excluded(below) => below + 1,
            Bound::Unbounded => 0,
        };
        let most = match range.end_bound() {
            Bound::Included(most) => Some(*most),
            Bound::Excluded(above) => Some(above.saturating_sub(1)),
            Bound::Unbounded => None,
        };
        self.limits.length = Some((least, most));
        self
    }

    /// The smallest number allowed, as exact text.
    ///
    /// # Panics
    /// When the text is no decimal; generated text always is.
    pub fn at_least(mut self, number: &str) -> Self {
        self.limits.at_least = Some(decimal(number));
        self
    }

    /// The largest number allowed, as exact text.
    ///
    /// # Panics
    /// When the text is no decimal; generated text always is.
    pub fn at_most(mut self, number: &str) -> Self {
        self.limits.at_most = Some(decimal(number));
        self
    }

    /// How many digits may follow the decimal point; trailing zeros do not count.
    pub fn places(mut self, most: u32) -> Self {
        self.limits.places = Some(most);
        self
    }

    /// A regular expression that some part of a text must match; anchor it with `^` and `$`.
    ///
    /// # Panics
    /// When the expression is none; the compiler has checked it.
    pub fn pattern(mut self, expression: &str) -> Self {
        self.limits.pattern = Some(Pattern::new(expression));
        self
    }

    /// The fields of a record, its own or by reference; none for other shapes.
    pub(crate) fn fields(&self) -> &[Field] {
        match &self.kind {
            Kind::Record { fields, .. } => fields,
            Kind::Named(named) => named.shape().fields(),
            _ => &[],
        }
    }

    /// A text from a path or query, as the JSON that this shape would want it to be.
    pub(crate) fn reading(&self, text: &str) -> Value {
        match &self.kind {
            Kind::Named(named) => named.shape().reading(text),
            Kind::Int | Kind::Float | Kind::Decimal | Kind::Bool => match serde_json::from_str(text) {
                Ok(value @ (Value::Number(_) | Value::Bool(_))) => value,
                _ => Value::String(text.to_owned()),
            },
            _ => Value::String(text.to_owned()),
        }
    }
}

impl Field {
    /// The name in JSON.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The shape of its value.
    pub(crate) fn shape(&self) -> &Shape {
        &self.shape
    }
}

impl From<Kind> for Shape {
    fn from(kind: Kind) -> Self {
        Self {
            kind,
            limits: Limits::default(),
        }
    }
}

fn decimal(digits: &str) -> Decimal {
    Decimal::from_str_exact(digits).expect("a limit is written as decimal digits")
}
