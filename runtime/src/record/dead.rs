//! The head of a dead letter: why it is one and what was tried.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Attempt;

/// Why a message died and what was tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Dead {
    /// The queue that it died in.
    pub(crate) queue: String,
    /// The reason, for people.
    pub(crate) reason: String,
    /// When it died.
    pub(crate) time: Timestamp,
    /// How often a handler was started for it.
    pub(crate) attempts: u32,
    /// Each start that did not succeed.
    pub(crate) history: Vec<Attempt>,
}
