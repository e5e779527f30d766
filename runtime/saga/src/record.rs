//! What a log says about one step: read once, before the saga is walked.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::Value as Json;

use crate::log::{Error, Event, Kind, Log};

/// What is known of a step, of its undo, of a wait, of a choice or of an action at the end.
#[derive(Debug, Default)]
pub(crate) struct Record<'a> {
    /// When it was first to be done.
    pub(crate) begun: Option<Timestamp>,
    /// How often it was tried in vain, and will be tried again.
    pub(crate) tries: u32,
    /// The same since somebody looked.
    pub(crate) recent: u32,
    /// When it was last tried, or somebody looked, and how that try failed.
    pub(crate) last: Option<(Timestamp, Option<&'a Error>)>,
    /// Whether a try of it may have done something.
    pub(crate) is_open: bool,
    /// How it ended.
    pub(crate) end: Option<End<'a>>,
    /// Which arm was taken, of a choice.
    pub(crate) arm: Option<usize>,
}

/// How a step ended.
#[derive(Debug, Clone, Copy)]
pub(crate) enum End<'a> {
    Succeeded(&'a Json),
    Failed(&'a Error),
    Stuck(&'a Error),
}

/// All that a log says.
#[derive(Debug)]
pub(crate) struct Records<'a>(HashMap<&'a str, Vec<(Kind, Record<'a>)>>);

impl<'a> Records<'a> {
    pub(crate) fn of(log: &'a Log) -> Self {
        let mut records = HashMap::<_, Vec<(Kind, Record<'a>)>>::new();
        for entry in &log.entries {
            let ways = records.entry(entry.step.as_str()).or_default();
            let way = ways.iter().position(|(kind, _)| *kind == entry.kind);
            let way = way.unwrap_or_else(|| {
                ways.push((entry.kind, Record::default()));
                ways.len() - 1
            });
            let Some((_, record)) = ways.get_mut(way) else {
                continue;
            };
            match &entry.event {
                Event::Begun => record.begun = Some(entry.at),
                Event::Tried { error } => record.tried(entry.at, error),
                Event::Succeeded { output } => record.end = Some(End::Succeeded(output)),
                Event::Failed { error } => {
                    record.tried(entry.at, error);
                    record.end = Some(End::Failed(error));
                }
                Event::Stuck { error } => {
                    record.tried(entry.at, error);
                    record.end = Some(End::Stuck(error));
                }
                Event::Chosen { arm } => record.arm = Some(*arm),
                Event::Resumed => {
                    record.recent = 0;
                    record.last = Some((entry.at, record.last.and_then(|(_, error)| error)));
                    record.end = None;
                }
            }
        }
        Self(records)
    }

    pub(crate) fn get(&self, kind: Kind, step: &str) -> Option<&Record<'a>> {
        let mut ways = self.0.get(step)?.iter();
        ways.find(|(known, _)| *known == kind).map(|(_, record)| record)
    }

    /// How something ended, if it has.
    pub(crate) fn end(&self, kind: Kind, step: &str) -> Option<End<'a>> {
        self.get(kind, step)?.end
    }
}

impl<'a> Record<'a> {
    fn tried(&mut self, at: Timestamp, error: &'a Error) {
        self.tries += 1;
        self.recent += 1;
        self.is_open |= !error.known;
        self.last = Some((at, Some(error)));
    }
}
