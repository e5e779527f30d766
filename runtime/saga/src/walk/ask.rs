//! How a walk asks for something to be done, and notes that it begins.

use jiff::Timestamp;

use super::Walk;
use crate::definition::{Action, Retry};
use crate::log::{Entry, Event, Kind};
use crate::record::Record;
use crate::task::{Task, deed, due};

/// How long an action at the end may take, in milliseconds: it calls nobody.
pub(super) const FINISH: u64 = 5_000;

/// What is asked for.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) kind: Kind,
    pub(super) name: &'a str,
    pub(super) action: &'a Action,
    pub(super) timeout: u64,
    pub(super) retry: &'a Retry,
    pub(super) begun: Timestamp,
    pub(super) until: Option<Timestamp>,
}

impl Walk<'_> {
    /// When something was first to be done; now, if it wasn't yet.
    pub(super) fn begin(&mut self, kind: Kind, name: &str) -> Timestamp {
        let begun = self.records.get(kind, name).and_then(|record| record.begun);
        begun.unwrap_or_else(|| {
            self.note(kind, name, Event::Begun);
            self.now
        })
    }

    pub(super) fn note(&mut self, kind: Kind, name: &str, event: Event) {
        self.next.entries.push(Entry {
            at: self.now,
            kind,
            step: name.to_owned(),
            event,
        });
    }

    pub(super) fn ask(&mut self, asked: Asked<'_>) {
        let fresh = Record::default();
        let record = self.records.get(asked.kind, asked.name).unwrap_or(&fresh);
        let due = due(record, asked.retry, asked.begun);
        self.next.tasks.push(Task {
            kind: asked.kind,
            step: asked.name.to_owned(),
            attempt: record.tries + 1,
            deed: Some(deed(
                asked.action,
                &self.data,
                self.log,
                (asked.kind, asked.name),
                asked.begun,
            )),
            timeout: asked.timeout,
            due: asked.until.map_or(due, |until| due.min(until)),
            until: asked.until,
            begun: asked.begun,
            alarm: asked.retry.alarm,
        });
    }
}
