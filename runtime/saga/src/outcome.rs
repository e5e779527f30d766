//! What became of a task, noted: again, elsewhere, back, or nobody's power.

use jiff::Timestamp;
use serde_json::Value as Json;

use crate::definition::{Action, Class, Retry, Saga, Statement, Step};
use crate::log::{CRASHED, DEADLINE, Error, Event, FENCED, Kind, Log};
use crate::record::{End, Records};
use crate::task::Task;
use crate::visit;

impl Log {
    /// A task is done.
    pub fn succeeded(&mut self, task: &Task, output: Json, now: Timestamp) {
        self.note(now, task.kind, &task.step, Event::Succeeded { output });
    }

    /// A task comes too late to be begun: nothing was done, unless a try before it may have done something.
    pub fn expired(&mut self, task: &Task, now: Timestamp) {
        let known = !Records::of(self)
            .get(task.kind, &task.step)
            .is_some_and(|record| record.is_open);
        let error = Error {
            known,
            ..Error::known(DEADLINE, "the deadline was over before it could begin")
        };
        self.note(now, task.kind, &task.step, Event::Failed { error });
    }

    /// A task failed. Decides whether it is tried again.
    pub fn failed(&mut self, saga: &Saga, task: &Task, error: Error, now: Timestamp) {
        let event = self.verdict(saga, task, error);
        self.note(now, task.kind, &task.step, event);
    }

    fn verdict(&self, saga: &Saga, task: &Task, error: Error) -> Event {
        let records = Records::of(self);
        let tries = records
            .get(task.kind, &task.step)
            .map_or(0, |record| record.recent);
        let left = |retry: &Retry| retry.count.is_none_or(|count| tries < count);
        let step = find(&saga.body, &task.step);
        match task.kind {
            Kind::Forward => {
                let Some(step) = step else {
                    return Event::Failed { error };
                };
                if again(step, &error) && left(&step.retry) {
                    Event::Tried { error }
                } else if step.on.iter().any(|on| on.fault == error.name)
                    || may_go_back(saga, step, &error, &records)
                {
                    Event::Failed { error }
                } else {
                    Event::Stuck { error }
                }
            }
            Kind::Undo => match step.and_then(|step| step.undo.as_ref()) {
                Some(undo) if left(&undo.retry) => Event::Tried { error },
                _ => Event::Stuck { error },
            },
            Kind::Finish => {
                let mut all = saga.done.iter().chain(&saga.failed);
                match all.find(|finish| finish.name == task.step) {
                    Some(finish) if left(&finish.retry) => Event::Tried { error },
                    _ => Event::Stuck { error },
                }
            }
            Kind::Timer => Event::Tried { error },
        }
    }
}

/// Whether a failure is of the kind that is tried again.
fn again(step: &Step, error: &Error) -> bool {
    step.class == Class::Retriable
        || match step.retry.on.as_slice() {
            [] => !is_refusal(step, error),
            on => on.contains(&error.name),
        }
}

/// Whether a failure is an answer: who says no will say so again. That nothing was done may also be known of a try
/// that nobody answered, if what it had written was thrown away.
fn is_refusal(step: &Step, error: &Error) -> bool {
    error.known
        && match &step.action {
            Action::Call { fails, .. } => error.name == FENCED || fails.contains(&error.name),
            _ => error.name != CRASHED,
        }
}

/// Whether the saga can take back what it did, after a step failed so: no pivot is done, and none may be.
fn may_go_back(saga: &Saga, step: &Step, error: &Error, records: &Records<'_>) -> bool {
    let open = step.class == Class::Pivot && !error.known && step.undo.is_none();
    !open && !pivoted(&saga.body, records)
}

fn pivoted(body: &[Statement], records: &Records<'_>) -> bool {
    let mut found = false;
    visit::steps(body, &mut |step| {
        found |= step.class == Class::Pivot
            && matches!(records.end(Kind::Forward, &step.name), Some(End::Succeeded(_)));
    });
    found
}

/// The step of a name.
pub(crate) fn find<'a>(body: &'a [Statement], name: &str) -> Option<&'a Step> {
    let mut found = None;
    visit::steps(body, &mut |step| {
        if step.name == name {
            found = Some(step);
        }
    });
    found
}
