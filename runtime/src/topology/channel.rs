//! Topics, queues and the routes between them.

use std::time::Duration;

use aqueduct_expr::Expr;
use serde_json::Value;

use crate::{Message, Shape};

/// A channel that copies each message to every route whose filter matches.
#[derive(Debug, Clone, PartialEq)]
pub struct Topic {
    /// The name in the model.
    pub name: String,
    /// What it carries: the message's name and shape.
    pub carries: Option<(String, Shape)>,
    /// The fields whose values make the order: it hands on in the order of publication in any case.
    pub fifo_by: Vec<Vec<String>>,
}

impl Topic {
    /// A topic of this name.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            carries: None,
            fifo_by: Vec::new(),
        }
    }

    /// Keeps the order among messages with the same values of these fields, each a path with dots.
    pub fn fifo_by<'a>(mut self, fields: impl IntoIterator<Item = &'a str>) -> Self {
        self.fifo_by = paths(fields);
        self
    }

    /// Says what it carries.
    pub fn carries<M: Message>(mut self) -> Self {
        self.carries = Some((M::TYPE.to_owned(), Shape::of::<M>()));
        self
    }
}

/// A channel that keeps each message until a handler has finished with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Queue {
    /// The name in the model.
    pub name: String,
    /// What it carries: the message's name and shape.
    pub carries: Option<(String, Shape)>,
    /// How often a handler is started for a message before it becomes a dead letter; at least 1.
    pub attempts: u32,
    /// The queue that receives dead letters; `None` keeps them for the administration to see and redrive.
    pub dead_letter_to: Option<String>,
    /// The fields whose values make a group: one message of a group at a time, in the order of publication. No order
    /// when there are none.
    pub fifo_by: Vec<Vec<String>>,
    /// How long a message waits before it is removed; for ever when not said.
    pub retain: Option<Duration>,
    /// Whether it is the engine's own: its messages are no events of the system.
    pub(crate) own: bool,
}

impl Queue {
    /// A queue of this name with 5 attempts.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            carries: None,
            attempts: 5,
            dead_letter_to: None,
            fifo_by: Vec::new(),
            retain: None,
            own: false,
        }
    }

    /// A queue of a saga's tasks. They never die: how they end is in the saga's log.
    pub(crate) fn of_tasks(name: &str) -> Self {
        Self {
            attempts: u32::MAX,
            own: true,
            ..Self::new(name)
        }
    }

    /// Keeps the order among messages with the same values of these fields, each a path with dots.
    pub fn fifo_by<'a>(mut self, fields: impl IntoIterator<Item = &'a str>) -> Self {
        self.fifo_by = paths(fields);
        self
    }

    /// Removes a message that no handler has finished with after this long.
    pub fn retain(mut self, limit: Duration) -> Self {
        self.retain = Some(limit);
        self
    }

    /// Says what it carries.
    pub fn carries<M: Message>(mut self) -> Self {
        self.carries = Some((M::TYPE.to_owned(), Shape::of::<M>()));
        self
    }

    /// After how many starts of a handler a message becomes a dead letter.
    pub fn dead_letter_after(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// Which queue receives the dead letters.
    pub fn dead_letter_to(mut self, queue: &str) -> Self {
        self.dead_letter_to = Some(queue.to_owned());
        self
    }
}

/// The values of the fields that make a group, as JSON; `None` when there are no such fields.
pub(crate) fn group(by: &[Vec<String>], body: &Value) -> Option<String> {
    if by.is_empty() {
        return None;
    }
    let values = by.iter().map(|path| {
        let value = path.iter().try_fold(body, |value, name| value.get(name));
        value.cloned().unwrap_or_default()
    });
    Some(Value::Array(values.collect()).to_string())
}

fn paths<'a>(fields: impl IntoIterator<Item = &'a str>) -> Vec<Vec<String>> {
    fields
        .into_iter()
        .map(|field| field.split('.').map(str::to_owned).collect())
        .collect()
}

/// An arrow from a topic to a queue or to another topic.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// A topic.
    pub from: String,
    /// A queue or a topic.
    pub to: String,
    /// Which messages pass; all, when there is none.
    pub filter: Option<Expr>,
}

impl Route {
    /// Every message of `from` to `to`.
    pub fn new(from: &str, to: &str) -> Self {
        Self {
            from: from.to_owned(),
            to: to.to_owned(),
            filter: None,
        }
    }

    /// Lets only messages pass for which the predicate holds.
    pub fn filter(mut self, filter: Expr) -> Self {
        self.filter = Some(filter);
        self
    }
}
