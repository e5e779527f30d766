//! Sagas of a system, and what the embedded engine adds for each: a queue of its tasks and two handlers.

use std::sync::Arc;

use aqueduct_saga::definition::Saga;

use super::{HandlerSpec, Queue, Topology};

/// A saga with its limits.
#[derive(Debug, Clone, PartialEq)]
pub struct SagaSpec {
    /// What it is.
    pub definition: Arc<Saga>,
    /// How many steps of all its runs may be at work at once.
    pub concurrency: u32,
}

impl SagaSpec {
    /// A saga: 256 steps at once.
    pub fn new(definition: Saga) -> Self {
        Self {
            definition: Arc::new(definition),
            concurrency: 256,
        }
    }

    /// A saga from its JSON, as generated projects carry it.
    ///
    /// # Panics
    /// When the text is no saga; generated text always is.
    pub fn of_json(text: &str) -> Self {
        Self::new(serde_json::from_str(text).expect("a generated saga can be read"))
    }

    /// How many steps of all its runs may be at work at once.
    pub fn concurrency(mut self, most: u32) -> Self {
        self.concurrency = most;
        self
    }
}

/// What a handler does that the engine brings itself.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Part {
    /// Begins a run for each message of the saga's queue.
    Start(Arc<Saga>),
    /// Does what is next.
    Step(Arc<Saga>),
}

/// What the rows and the queue of a saga are called: no declared name has a space.
pub(crate) fn own_name(saga: &str) -> String {
    format!("{OWN}{saga}")
}

/// How names begin that are the engine's own.
pub(crate) const OWN: &str = "saga ";

impl Topology {
    /// Adds what sagas need to run in the embedded engine.
    pub(crate) fn with_engines_of_sagas(mut self) -> Self {
        for saga in &self.sagas {
            let name = &saga.definition.name;
            let tasks = own_name(name);
            let step = HandlerSpec::new(&format!("{name}.step")).on(&tasks);
            self.queues.push(Queue::of_tasks(&tasks));
            self.handlers.push(HandlerSpec {
                part: Some(Part::Step(Arc::clone(&saga.definition))),
                ..step.concurrency(saga.concurrency)
            });
            if let Some(queue) = &saga.definition.queue {
                let start = HandlerSpec::new(&format!("{name}.start")).on(queue);
                self.handlers.push(HandlerSpec {
                    part: Some(Part::Start(Arc::clone(&saga.definition))),
                    ..start.concurrency(saga.concurrency)
                });
            }
        }
        self
    }
}
