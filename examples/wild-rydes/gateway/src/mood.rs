//! What the gateway does wrong on purpose, and how often.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::Value;

/// How late a late answer is: later than the two seconds that callers wait.
pub(crate) const LATE: Duration = Duration::from_secs(4);

/// One way to misbehave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    /// Does nothing and answers 500.
    Fail,
    /// Does nothing and answers 429.
    Busy,
    /// Does nothing and never answers.
    Hang,
    /// Does it, and answers too late.
    Late,
    /// Says no, as the operation may.
    Refuse,
    /// The program ends before it does anything.
    Die,
    /// The program does it and ends before it answers.
    DieAfter,
}

/// What comes next for each operation.
#[derive(Debug, Default)]
pub(crate) struct Moods(HashMap<String, (Mood, u64)>);

impl Moods {
    pub(crate) fn wish(&mut self, wish: &Value) -> Result<(), String> {
        let Some(operation) = wish["operation"].as_str() else {
            self.0.clear();
            return Ok(());
        };
        let mood = match wish["mood"].as_str() {
            Some("fail") => Mood::Fail,
            Some("busy") => Mood::Busy,
            Some("hang") => Mood::Hang,
            Some("late") => Mood::Late,
            Some("refuse") => Mood::Refuse,
            Some("die") => Mood::Die,
            Some("die-after") => Mood::DieAfter,
            _ => {
                return Err(
                    "moods are fail, busy, hang, late, refuse, die and die-after".to_owned(),
                );
            }
        };
        let times = wish["times"].as_u64().unwrap_or(1);
        let _ = self.0.insert(operation.to_owned(), (mood, times));
        Ok(())
    }

    pub(crate) fn next(&mut self, operation: &str) -> Option<Mood> {
        let (mood, left) = self.0.get_mut(operation)?;
        let mood = *mood;
        *left = left.saturating_sub(1);
        if *left == 0 {
            let _ = self.0.remove(operation);
        }
        Some(mood)
    }
}
