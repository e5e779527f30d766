//! Why a handler did not succeed: a name that programs tell apart and a message that people read.

use std::fmt;

/// The error of a handler. Any `std::error::Error` becomes one with `?`, its sources in the message.
///
/// A *named* failure is part of a system's contract: an HTTP client sees its name and message.
/// An unnamed one is internal: it is recorded with the attempt and logged, and a client sees neither.
#[derive(Clone, PartialEq, Eq)]
pub struct Failure {
    name: Option<String>,
    message: String,
    /// No other attempt can end differently.
    hopeless: bool,
}

impl Failure {
    /// The name of the failure that `insert` gives when the row is there already.
    pub const ALREADY_EXISTS: &'static str = "AlreadyExists";

    /// The name of the failure that an input gives whose body cannot be read, and `emit` a message that is not what
    /// its channel carries.
    pub const INVALID_MESSAGE: &'static str = "InvalidMessage";

    /// The name of the failure that `put` and `insert` give for a row that is not what its table keeps.
    pub const INVALID_ROW: &'static str = "InvalidRow";

    /// An internal failure.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            name: None,
            message: message.into(),
            hopeless: false,
        }
    }

    /// A failure that is declared: `Failure::named("CardDeclined", "the bank said no")`.
    pub fn named(name: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            name: Some(name.into()),
            message: message.into(),
            hopeless: false,
        }
    }

    /// An input that nobody can read, now or later.
    pub(crate) fn unreadable(message: impl Into<String>) -> Self {
        Self {
            hopeless: true,
            ..Self::named(Self::INVALID_MESSAGE, message)
        }
    }

    /// Whether no other attempt can end differently.
    pub(crate) fn is_hopeless(&self) -> bool {
        self.hopeless
    }

    /// The declared name, if it has one.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
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
