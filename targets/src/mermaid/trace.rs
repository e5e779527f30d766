//! A recorded trace (`aqueduct.trace.v1`) as a sequence diagram: who sent what, who had it, what became of it.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use super::sequence::{Sequence, Tone};
use crate::{Origin, rendered};

/// A line of a trace that is none.
#[derive(Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: String,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "line {} is no event of a trace: {}", self.line, self.problem)
    }
}

impl std::error::Error for Unreadable {}

/// Draws what `aqueduct tail --json` has printed.
///
/// # Errors
/// When a line is no event.
pub fn trace(lines: &str, title: &str, origin: &Origin) -> Result<String, Unreadable> {
    let mut story = Story {
        sequence: Sequence::new(origin.header(), title.to_owned()),
        messages: BTreeMap::new(),
        sagas: BTreeMap::new(),
    };
    for (index, line) in lines
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
    {
        let unreadable = |problem: String| Unreadable {
            line: index + 1,
            problem,
        };
        let event: Value = serde_json::from_str(line).map_err(|error| unreadable(error.to_string()))?;
        // The head of a recorded file says its version and nothing else.
        if event.get("kind").is_none() && event.get("trace").is_some() {
            continue;
        }
        let event = Event(&event);
        let (Some(kind), Some(message)) = (event.text("kind"), event.text("message_id")) else {
            return Err(unreadable("it has no `kind` or no `message_id`".to_owned()));
        };
        // A saga's own queue has a space in its name; what is in it is told by the saga.
        if !event.text("channel").is_some_and(|channel| channel.contains(' ')) {
            story.tell(kind, message, &event);
        }
    }
    Ok(rendered(&story.sequence))
}

/// One line; a later version may know more kinds and fields.
struct Event<'a>(&'a Value);

impl Event<'_> {
    fn text(&self, field: &str) -> Option<&str> {
        self.0.get(field).and_then(Value::as_str)
    }

    /// ` (try 2)` from the second on.
    fn again(&self) -> String {
        match self.0.get("attempt").and_then(Value::as_u64) {
            Some(attempt) if attempt > 1 => format!(" (try {attempt})"),
            Some(_) | None => String::new(),
        }
    }

    fn outcome(&self) -> &str {
        self.text("outcome").unwrap_or("failed")
    }
}

struct Story {
    sequence: Sequence,
    /// By their ids.
    messages: BTreeMap<String, Message>,
    /// Which saga was last heard of, by what all that follows from one request has in common.
    sagas: BTreeMap<String, String>,
}

/// A message, a request or a run of a saga.
struct Message {
    name: String,
    /// Where it was published.
    channel: Option<String>,
    /// Queues that have been seen to have it.
    reached: Vec<String>,
    /// Who has it in hand, the last first.
    hands: Vec<String>,
    /// Who had it last.
    had: Option<String>,
}

/// Whoever is not of the system.
const OUTSIDE: &str = "client";

impl Story {
    fn tell(&mut self, kind: &str, id: &str, event: &Event<'_>) {
        if let Some(saga) = event.text("saga") {
            return self.of_saga(kind, id, saga, event);
        }
        match (event.text("channel"), event.text("handler")) {
            (Some(channel), None) if kind == "published" => self.published(id, channel, event),
            (Some(queue), Some(handler)) => {
                let (queue, handler) = (queue.to_owned(), saga_of(handler).to_owned());
                self.reached(id, &queue);
                self.handled(kind, id, &queue, &handler, event);
            }
            (None, Some(handler)) => {
                let (client, handler) = (OUTSIDE.to_owned(), handler.to_owned());
                let _ = self.message(id, "request");
                self.handled(kind, id, &client, &handler, event);
            }
            (Some(queue), None) => {
                let name = self.message(id, "message").name.clone();
                let who = self.sequence.who(queue);
                self.sequence.note(who, format!("{name} {}", words(kind, event)));
            }
            (None, None) => {
                let name = self.message(id, "message").name.clone();
                let who = self.sequence.who(OUTSIDE);
                self.sequence.note(who, format!("{name} {}", words(kind, event)));
            }
        }
    }

    fn published(&mut self, id: &str, channel: &str, event: &Event<'_>) {
        let cause = event
            .text("causation_id")
            .and_then(|cause| self.messages.get(cause));
        let from = cause.and_then(|cause| cause.hands.last().or(cause.had.as_ref()));
        // What a saga does has ids of its own.
        let caused = event.text("causation_id").is_some();
        let saga = event.text("correlation_id").and_then(|id| self.sagas.get(id));
        let from = from.or(saga.filter(|_| caused)).cloned();
        let from = self.sequence.who(from.as_deref().unwrap_or(OUTSIDE));
        let to = self.sequence.who(channel);
        let message = self.message(id, "message");
        message.channel = Some(channel.to_owned());
        let name = message.name.clone();
        self.sequence.say(from, Tone::Send, to, name);
    }

    /// The way of a message from the topic that it was sent to, to a queue.
    fn reached(&mut self, id: &str, queue: &str) {
        let message = self.message(id, "message");
        if message.reached.iter().any(|known| known == queue) {
            return;
        }
        message.reached.push(queue.to_owned());
        let name = message.name.clone();
        let Some(channel) = message.channel.clone().filter(|channel| channel != queue) else {
            return;
        };
        let (from, to) = (self.sequence.who(&channel), self.sequence.who(queue));
        self.sequence.say(from, Tone::Send, to, name);
    }

    fn handled(&mut self, kind: &str, id: &str, queue: &str, handler: &str, event: &Event<'_>) {
        let message = self.message(id, "message");
        let name = message.name.clone();
        message.hands.retain(|other| other != handler);
        message.had = Some(handler.to_owned());
        if kind == "delivered" {
            message.hands.push(handler.to_owned());
        }
        let (from, to) = (self.sequence.who(queue), self.sequence.who(handler));
        match kind {
            "delivered" => self
                .sequence
                .say(from, Tone::Call, to, format!("{name}{}", event.again())),
            "succeeded" => self.sequence.say(to, Tone::Answer, from, "done"),
            "failed" => self.sequence.say(to, Tone::Refusal, from, event.outcome()),
            other => self
                .sequence
                .note_across(from, to, format!("{name} {}", words(other, event))),
        }
    }

    fn of_saga(&mut self, kind: &str, id: &str, saga: &str, event: &Event<'_>) {
        let message = self.message(id, "saga");
        message.had = Some(saga.to_owned());
        if let Some(correlation) = event.text("correlation_id") {
            let _ = self.sagas.insert(correlation.to_owned(), saga.to_owned());
        }
        let who = self.sequence.who(saga);
        let step = event.text("step").unwrap_or_default();
        let text = match kind {
            "saga-started" => format!("begins for {}", event.text("key").unwrap_or_default()),
            "step-started" => format!("{step}…"),
            "step-succeeded" => format!("{step} is done"),
            "step-failed" => format!("{step} fails{}: {}", event.again(), event.outcome()),
            "step-undone" => format!("{step} is taken back"),
            "undo-failed" => format!("{step} can't be taken back{}: {}", event.again(), event.outcome()),
            "saga-ended" if event.outcome() == "done" => "done".to_owned(),
            "saga-ended" => format!("failed with {}", event.outcome()),
            other => words(other, event),
        };
        // What is done at once needs no beginning.
        if !self.sequence.reword(&format!("{step}…"), &text) {
            self.sequence.note(who, text);
        }
    }

    fn message(&mut self, id: &str, word: &str) -> &mut Message {
        let same = |message: &&Message| message.name.starts_with(word);
        let number = self.messages.values().filter(same).count() + 1;
        self.messages.entry(id.to_owned()).or_insert_with(|| Message {
            name: format!("{word} {number}"),
            channel: None,
            reached: Vec::new(),
            hands: Vec::new(),
            had: None,
        })
    }
}

/// `Service.Saga` for `Service.Saga.start`, which takes the messages of its queue.
fn saga_of(handler: &str) -> &str {
    let own = handler.strip_suffix(".start").filter(|name| name.contains('.'));
    own.unwrap_or(handler)
}

/// What became of a message, in words.
fn words(kind: &str, event: &Event<'_>) -> String {
    match kind {
        "dead-lettered" => format!("is dead: {}", event.outcome()),
        "duplicate" => "was handled before".to_owned(),
        "expired" => "has expired".to_owned(),
        "redriven" => "is sent again".to_owned(),
        other => other.replace('-', " "),
    }
}
