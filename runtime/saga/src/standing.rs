//! What can be said of a run without knowing its saga: for lists and counts.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::log::{Error, Event, Kind, Log, Outcome};

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It goes on, or back.
    Running,
    /// Somebody has to look.
    Stuck,
    /// Every step is done.
    Done,
    /// Everything is taken back.
    Failed,
}

impl Log {
    /// Where it stands.
    pub fn standing(&self) -> Standing {
        match self.ended.as_ref().map(|ended| &ended.outcome) {
            Some(Outcome::Done) => Standing::Done,
            Some(Outcome::Failed { .. }) => Standing::Failed,
            None if self.stuck().is_empty() => Standing::Running,
            None => Standing::Stuck,
        }
    }

    /// What is stuck, and how its last try failed.
    pub fn stuck(&self) -> Vec<(Kind, &str, &Error)> {
        let mut stuck: Vec<(Kind, &str, &Error)> = Vec::new();
        for entry in &self.entries {
            stuck.retain(|(kind, step, _)| (*kind, *step) != (entry.kind, entry.step.as_str()));
            if let Event::Stuck { error } = &entry.event {
                stuck.push((entry.kind, &entry.step, error));
            }
        }
        stuck
    }

    /// What has begun and not ended, in the order in which it began.
    pub fn under_way(&self) -> Vec<(Kind, &str)> {
        let mut open: Vec<(Kind, &str)> = Vec::new();
        for entry in &self.entries {
            let this = (entry.kind, entry.step.as_str());
            match entry.event {
                Event::Begun | Event::Resumed => open.push(this),
                Event::Tried { .. } | Event::Chosen { .. } => {}
                Event::Succeeded { .. } | Event::Failed { .. } | Event::Stuck { .. } => {
                    open.retain(|other| *other != this);
                }
            }
        }
        open
    }

    /// Why it went back, goes back, or can't go on.
    pub fn error(&self) -> Option<&Error> {
        if let Some(Outcome::Failed { error }) = self.ended.as_ref().map(|ended| &ended.outcome) {
            return Some(error);
        }
        self.stuck().first().map(|(_, _, error)| *error)
    }

    /// Gives everything that is stuck its tries again; says whether there was something.
    pub fn resume(&mut self, now: Timestamp) -> bool {
        let stuck = self.stuck().into_iter();
        let stuck: Vec<_> = stuck.map(|(kind, step, _)| (kind, step.to_owned())).collect();
        for (kind, step) in &stuck {
            self.note(now, *kind, step, Event::Resumed);
        }
        !stuck.is_empty()
    }
}
