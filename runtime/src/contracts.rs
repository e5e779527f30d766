//! What is declared about channels and tables, looked up by name while handlers run.

use std::collections::HashMap;

use serde_json::Value;

use crate::topology::Topology;
use crate::{Failure, FieldError, Message, Shape, Unknown};

/// The shapes of a topology, worked out once at start and shared by all activations.
#[derive(Debug, Default)]
pub(crate) struct Contracts {
    channels: HashMap<String, Shape>,
    tables: HashMap<String, Shape>,
}

impl Contracts {
    pub(crate) fn new(topology: &Topology) -> Self {
        let topics = topology.topics.iter().map(|topic| (&topic.name, &topic.carries));
        let queues = topology.queues.iter().map(|queue| (&queue.name, &queue.carries));
        let channels = topics
            .chain(queues)
            .filter_map(|(name, carries)| Some((name, carries.as_ref()?)));
        let tables = topology
            .tables
            .iter()
            .map(|table| (table.name.clone(), table.row.clone()));
        Self {
            channels: channels
                .map(|(name, (_, shape))| (name.clone(), shape.clone()))
                .collect(),
            tables: tables.collect(),
        }
    }
}

/// What an activation holds its messages and rows against.
#[derive(Debug, Clone)]
pub(crate) enum Declared {
    /// What the topology says. A channel that carries anything has no shape.
    ByName(std::sync::Arc<Contracts>),
    /// What the types say, in unit tests of handlers, where there is no topology.
    ByType,
}

impl Declared {
    /// Refuses a message that is not what its channel carries.
    pub(crate) fn message<M: Message>(&self, channel: &str, body: &Value) -> Result<(), Failure> {
        let faults = match self {
            Self::ByName(contracts) => contracts
                .channels
                .get(channel)
                .and_then(|shape| shape.faults(body)),
            Self::ByType => M::shape().faults(body),
        };
        faults.map_or(Ok(()), |faults| Err(no_message(M::TYPE, channel, &faults)))
    }

    /// A message whose type is only known by its name, its fields in order and no others.
    pub(crate) fn named_message(&self, channel: &str, kind: &str, body: &Value) -> Result<Value, Failure> {
        let shape = match self {
            Self::ByName(contracts) => contracts.channels.get(channel),
            Self::ByType => None,
        };
        let Some(shape) = shape else {
            return Ok(body.clone());
        };
        let kept = shape.check(body, Unknown::Drop);
        kept.map_err(|faults| no_message(kind, channel, &listed(&faults)))
    }

    /// A row as its table keeps it, its fields in order and no others.
    pub(crate) fn named_row(&self, table: &str, row: &Value) -> Result<Value, Failure> {
        let shape = match self {
            Self::ByName(contracts) => contracts.tables.get(table),
            Self::ByType => None,
        };
        let Some(shape) = shape else {
            return Ok(row.clone());
        };
        let kept = shape.check(row, Unknown::Drop);
        kept.map_err(|faults| {
            let message = format!("this row can't be kept in {table}: {}", listed(&faults));
            Failure::named(Failure::INVALID_ROW, message)
        })
    }

    /// Refuses a row that is not what its table keeps.
    pub(crate) fn row<R: Message>(&self, table: &str, row: &Value) -> Result<(), Failure> {
        let faults = match self {
            Self::ByName(contracts) => contracts.tables.get(table).and_then(|shape| shape.faults(row)),
            Self::ByType => R::shape().faults(row),
        };
        let Some(faults) = faults else { return Ok(()) };
        let message = format!("this {} can't be kept in {table}: {faults}", R::TYPE);
        Err(Failure::named(Failure::INVALID_ROW, message))
    }
}

fn no_message(kind: &str, channel: &str, faults: &str) -> Failure {
    let message = format!("this {kind} can't go to {channel}: {faults}");
    Failure::named(Failure::INVALID_MESSAGE, message)
}

fn listed(faults: &[FieldError]) -> String {
    let each = faults
        .iter()
        .map(|fault| format!("{}: {}", fault.pointer, fault.detail()));
    each.collect::<Vec<_>>().join("; ")
}
