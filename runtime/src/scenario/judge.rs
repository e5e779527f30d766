//! Whether a line is true of what can be seen.

use aqueduct_saga::definition::Value;
use serde_json::Value as Json;

use super::Then;
use super::value::{Names, alike};
use super::world::World;
use crate::core::micros;
use crate::trace::{Event, Kind};

/// What should have been seen, and what was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) expected: String,
    pub(super) seen: String,
}

pub(super) struct Judge<'a> {
    pub(super) world: &'a World<'a>,
    pub(super) names: &'a Names,
    /// When something last happened from outside, in microseconds since 1970.
    pub(super) since: u64,
}

impl Judge<'_> {
    pub(super) fn judge(&self, then: &Then) -> Result<(), Difference> {
        match then {
            Then::Receives { channel, count } => counted(channel, "message", *count, self.received(channel)),
            Then::NeverReceives { channel } => counted(channel, "message", 0, self.received(channel)),
            Then::Applied { handler, count } => counted(handler, "run", *count, self.applied(handler)),
            Then::Done { saga, within } => self.ended(saga, *within, "done", |run| run.outcome == "done"),
            Then::Failed {
                saga,
                with,
                undone,
                within,
            } => {
                let what = match with {
                    Some(fault) => format!("failed with {fault}"),
                    None => "failed".to_owned(),
                };
                let what = match undone {
                    Some(steps) => format!("{what}, undone [{}]", steps.join(", ")),
                    None => what,
                };
                self.ended(saga, *within, &what, |run| {
                    run.outcome != "done"
                        && with.as_ref().is_none_or(|with| *with == run.outcome)
                        && undone.as_ref().is_none_or(|undone| *undone == run.undone)
                })
            }
            Then::Has { table, fields } => self.rows(table, fields, true),
            Then::Lacks { table, fields } => self.rows(table, fields, false),
            Then::NeverCarries { channel, text } => self.carries(channel.as_deref(), text),
        }
    }

    fn received(&self, channel: &str) -> usize {
        let of_queue = |queues: &[String]| queues.iter().any(|queue| queue == channel);
        let sent = self.world.sent();
        let sent = sent
            .iter()
            .filter(|sent| sent.envelope.channel == channel || of_queue(&sent.queues))
            .count();
        let queues = &self.world.engine.site.topology.queues;
        let gives = |event: &&Event| {
            let dead_end = queues
                .iter()
                .find(|queue| Some(&queue.name) == event.channel.as_ref());
            event.kind == Kind::DeadLettered
                && dead_end.is_some_and(|queue| queue.dead_letter_to.as_deref() == Some(channel))
        };
        sent + self.world.events().iter().filter(gives).count()
    }

    fn applied(&self, handler: &str) -> usize {
        let events = self.world.events();
        let done =
            |event: &&Event| event.kind == Kind::Succeeded && event.handler.as_deref() == Some(handler);
        events.iter().filter(done).count() + self.world.tools.faults.applied(handler)
    }

    fn ended(
        &self,
        saga: &str,
        within: Option<u64>,
        expected: &str,
        holds: impl Fn(&Run) -> bool,
    ) -> Result<(), Difference> {
        let until = within.map_or(u64::MAX, |within| self.since.saturating_add(within * 1_000));
        let runs = runs(&self.world.events(), saga);
        let in_time = |run: &Run| run.at.is_some_and(|at| at <= until);
        if !runs.is_empty() && runs.iter().all(|run| in_time(run) && holds(run)) {
            return Ok(());
        }
        let seen: Vec<String> = runs.iter().map(|run| run.text(self.since)).collect();
        let limit = within.map(|within| format!(" within {}", time(within * 1_000)));
        Err(Difference {
            expected: format!("{saga} {expected}{}", limit.unwrap_or_default()),
            seen: if seen.is_empty() {
                "it never began".to_owned()
            } else {
                seen.join("; ")
            },
        })
    }

    fn rows(&self, table: &str, fields: &Value, wanted: bool) -> Result<(), Difference> {
        let site = &self.world.engine.site;
        let fields = self.names.value(fields, site.ids.as_ref(), site.clock.as_ref());
        let fields = fields.unwrap_or_default();
        let rows = self.world.rows(table);
        if rows.iter().any(|row| alike(&fields, row)) == wanted {
            return Ok(());
        }
        let word = if wanted { "a" } else { "no" };
        Err(Difference {
            expected: format!("{word} row of {table} like {fields}"),
            seen: listed(&rows),
        })
    }

    fn carries(&self, channel: Option<&str>, text: &str) -> Result<(), Difference> {
        let found = |place: &str| {
            Err(Difference {
                expected: format!(
                    "{text:?} nowhere in {}",
                    channel.unwrap_or("what is logged, kept or sent")
                ),
                seen: format!("it is in {place}"),
            })
        };
        let sent = self.world.sent();
        let carrying = sent.iter().find(|sent| {
            let body = String::from_utf8_lossy(sent.envelope.body());
            let here = |channel: &str| {
                sent.envelope.channel == channel || sent.queues.iter().any(|queue| queue == channel)
            };
            channel.is_none_or(here) && body.contains(text)
        });
        match carrying {
            Some(sent) => found(&format!("a message of {}", sent.envelope.channel)),
            None if channel.is_some() => Ok(()),
            None if self.world.tools.log.contains(text) => found("the log"),
            None if self.world.keeps(text) => found("what is kept"),
            None => Ok(()),
        }
    }
}

fn counted(of: &str, what: &str, expected: usize, seen: usize) -> Result<(), Difference> {
    if expected == seen {
        return Ok(());
    }
    let text = |count: usize| match count {
        0 => format!("no {what}"),
        1 => format!("1 {what}"),
        more => format!("{more} {what}s"),
    };
    Err(Difference {
        expected: format!("{} of {of}", text(expected)),
        seen: text(seen),
    })
}

/// The first few rows, for people.
fn listed(rows: &[Json]) -> String {
    let shown: Vec<String> = rows.iter().take(5).map(Json::to_string).collect();
    match rows.len() {
        0 => "no row at all".to_owned(),
        more if more > shown.len() => format!("{} and {} more", shown.join(", "), more - shown.len()),
        _ => shown.join(", "),
    }
}

/// One run of a saga, as its events tell it.
struct Run {
    id: String,
    /// Until it has ended: empty.
    outcome: String,
    undone: Vec<String>,
    /// When it ended.
    at: Option<u64>,
}

impl Run {
    fn text(&self, since: u64) -> String {
        let how = match self.outcome.as_str() {
            "" => "has not ended".to_owned(),
            "done" => "done".to_owned(),
            fault => format!("failed with {fault}"),
        };
        let undone = match self.undone.as_slice() {
            [] => String::new(),
            steps => format!(", undone [{}]", steps.join(", ")),
        };
        let after = self.at.map(|at| match at.saturating_sub(since) {
            0 => " at once".to_owned(),
            micros => format!(" after {}", time(micros)),
        });
        format!("{how}{undone}{}", after.unwrap_or_default())
    }
}

/// Microseconds for people: `5m`, `61.02s`.
fn time(micros: u64) -> String {
    if micros.is_multiple_of(60_000_000) {
        return format!("{}m", micros / 60_000_000);
    }
    let hundredths = micros / 10_000;
    let text = format!("{}.{:02}", hundredths / 100, hundredths % 100);
    format!("{}s", text.trim_end_matches('0').trim_end_matches('.'))
}

fn runs(events: &[Event], saga: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for event in events.iter().filter(|event| event.saga.as_deref() == Some(saga)) {
        let known = runs.iter().position(|run| run.id == event.message_id);
        let index = known.unwrap_or_else(|| {
            runs.push(Run {
                id: event.message_id.clone(),
                outcome: String::new(),
                undone: Vec::new(),
                at: None,
            });
            runs.len() - 1
        });
        let Some(run) = runs.get_mut(index) else { continue };
        if event.kind == Kind::StepUndone {
            run.undone.extend(event.step.clone());
        }
        if event.kind == Kind::SagaEnded {
            run.outcome = event.outcome.clone().unwrap_or_default();
            run.at = Some(micros(event.time));
        }
    }
    runs
}
