//! What became of scenarios, as data.

use serde::{Deserialize, Serialize};

use crate::trace::Event;

/// What became of all scenarios.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Report {
    /// In the order of the script.
    pub scenarios: Vec<Played>,
}

/// What became of a scenario.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Played {
    /// Its title.
    pub title: String,
    /// Where it stands in the file.
    pub line: usize,
    /// How long it took there, in milliseconds of virtual time.
    pub time: u64,
    /// The first line that isn't true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub miss: Option<Miss>,
    /// What happened.
    pub trace: Vec<Event>,
}

/// A line that isn't true.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Miss {
    /// Where it stands in the file.
    pub line: usize,
    /// As written.
    pub text: String,
    /// What should have been seen.
    pub expected: String,
    /// What was seen.
    pub seen: String,
}

impl Report {
    /// How many scenarios are not true.
    pub fn misses(&self) -> usize {
        self.scenarios
            .iter()
            .filter(|played| played.miss.is_some())
            .count()
    }
}
