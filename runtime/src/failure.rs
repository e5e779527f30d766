//! Why a handler did not succeed: a name that programs tell apart and a message that people read.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

/// The error of a handler. Any `std::error::Error` becomes one with `?`, its sources in the message.
///
/// A *named* failure is part of a system's contract: an HTTP client sees its name and message.
/// An unnamed one is internal: it is recorded with the attempt and logged, and a client sees neither.
#[derive(Clone, PartialEq, Eq)]
pub struct Failure {
    name: Option<String>,
    message: String,
    /// The fields of a declared fault.
    fields: Option<Box<Value>>,
    nature: Nature,
}

/// What a failure is besides its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Nature {
    /// Another attempt may end differently.
    Usual,
    /// No other attempt can end differently.
    Hopeless,
    /// A service outside gave no answer of use: nobody's no.
    Outside,
}

impl Failure {
    /// The name of the failure that `insert` gives when the row is there already.
    pub const ALREADY_EXISTS: &'static str = "AlreadyExists";

    /// The name of the failure that an input gives whose body cannot be read, and `emit` a message that is not what
    /// its channel carries.
    pub const INVALID_MESSAGE: &'static str = "InvalidMessage";

    /// The name of the failure that `put` and `insert` give for a row that is not what its table keeps.
    pub const INVALID_ROW: &'static str = "InvalidRow";

    /// The name of the failure of an input whose work was taken back before.
    pub const FENCED: &'static str = aqueduct_saga::FENCED;

    /// An internal failure.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            name: None,
            message: message.into(),
            fields: None,
            nature: Nature::Usual,
        }
    }

    /// A failure that is declared: `Failure::named("CardDeclined", "the bank said no")`.
    pub fn named(name: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            name: Some(name.into()),
            message: message.into(),
            fields: None,
            nature: Nature::Usual,
        }
    }

    /// A declared fault with its fields: `Failure::fault("CardDeclined", &CardDeclined { limit })`.
    pub fn fault<T: Serialize + ?Sized>(name: impl Into<String>, fields: &T) -> Self {
        let fields = serde_json::to_value(fields).unwrap_or_default();
        let message = match &fields {
            Value::Object(fields) if !fields.is_empty() => Value::Object(fields.clone()).to_string(),
            _ => String::new(),
        };
        Self {
            fields: Some(Box::new(fields)),
            ..Self::named(name, message)
        }
    }

    /// The same failure in other words.
    pub(crate) fn saying(self, message: &str) -> Self {
        Self {
            message: message.to_owned(),
            ..self
        }
    }

    /// An input whose work was taken back already.
    pub(crate) fn fenced(handler: &str) -> Self {
        Self {
            nature: Nature::Hopeless,
            ..Self::named(
                Self::FENCED,
                format!("what {handler} does was taken back for this key"),
            )
        }
    }

    /// An input that nobody can read, now or later.
    pub(crate) fn unreadable(message: impl Into<String>) -> Self {
        Self {
            nature: Nature::Hopeless,
            ..Self::named(Self::INVALID_MESSAGE, message)
        }
    }

    /// A service outside gave no answer of use.
    pub(crate) fn outside(name: &str, message: impl Into<String>) -> Self {
        Self {
            nature: Nature::Outside,
            ..Self::named(name, message)
        }
    }

    /// Whether it is about a service outside, and not what the author of a handler says.
    pub(crate) fn is_outside(&self) -> bool {
        self.nature == Nature::Outside
    }

    /// The fields of a declared fault, if it is one.
    pub(crate) fn declared(&self) -> Option<&Value> {
        self.fields.as_deref()
    }

    /// Whether no other attempt can end differently.
    pub(crate) fn is_hopeless(&self) -> bool {
        self.nature == Nature::Hopeless
    }

    /// The declared name, if it has one.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The fields of a declared fault; `null` when there are none.
    pub fn fields(&self) -> &Value {
        self.fields.as_deref().unwrap_or(&Value::Null)
    }

    /// What happened, for people.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) if self.message.is_empty() => out.write_str(name),
            Some(name) => write!(out, "{name}: {}", self.message),
            None => out.write_str(&self.message),
        }
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Failure({self})")
    }
}

impl<E: std::error::Error + Send + Sync + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        let mut message = error.to_string();
        let mut source = error.source();
        while let Some(inner) = source {
            message.push_str(": ");
            message.push_str(&inner.to_string());
            source = inner.source();
        }
        Self::new(message)
    }
}
