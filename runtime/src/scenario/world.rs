//! A running program in a scenario, and all that can be seen of it.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;

use bytes::Bytes;
use http::Response;
use serde_json::Value as Json;

use super::fault::{self, Faults};
use super::log::Log;
use super::outside::Outside;
use super::{Given, Scenario, Script, Sent, What, Witness};
use crate::Program;
use crate::core::command::Unit;
use crate::core::micros;
use crate::engine::Engine;
use crate::record::{Birth, Envelope};
use crate::simulate::{Plan, Simulation};
use crate::store::keys::{Key, Space};
use crate::topology::Topology;
use crate::trace::Event;

pub(super) struct World<'a> {
    simulation: &'a Simulation,
    pub(super) engine: &'a Engine,
    /// Queues whose messages nobody takes.
    idle: BTreeSet<String>,
    pub(super) tools: &'a Tools,
}

/// What a scenario acts and looks with.
#[derive(Debug, Default)]
pub(super) struct Tools {
    pub(super) faults: Arc<Faults>,
    pub(super) witness: Arc<Witness>,
    pub(super) log: Log,
}

impl Tools {
    /// A program under these faults; handlers that stop have stopped.
    pub(super) fn under(&self, program: Program, scenario: &Scenario) -> Program {
        let mut program = fault::under(&self.faults, program);
        for line in &scenario.lines {
            if let What::Given(Given::Stops { handler }) = &line.what {
                let mut handlers = program.topology.handlers.iter_mut();
                match handlers.find(|spec| spec.name == *handler && spec.queue.is_some()) {
                    Some(spec) => spec.queue = None,
                    None => self.faults.arm(handler, fault::Fault::Silent, None),
                }
            }
        }
        program
    }

    pub(super) fn plan(&self, script: &Script) -> Plan {
        Plan {
            seed: script.seed,
            way: Some(Arc::new(Outside::new(&self.faults, script.externs.clone()))),
            witness: Some(Arc::clone(&self.witness)),
        }
    }
}

impl<'a> World<'a> {
    /// What can be seen of a simulation, as long as it runs.
    pub(super) fn of(simulation: &'a Simulation, tools: &'a Tools) -> Option<Self> {
        let engine = simulation.engine()?.as_ref();
        Some(Self {
            simulation,
            idle: idle(&engine.site.topology),
            engine,
            tools,
        })
    }

    /// In microseconds since 1970.
    pub(super) fn now(&self) -> u64 {
        micros(self.simulation.now())
    }

    pub(super) fn events(&self) -> Vec<Event> {
        self.simulation.events()
    }

    pub(super) fn sent(&self) -> Vec<Sent> {
        self.tools.witness.sent()
    }

    pub(super) async fn ask(
        &self,
        method: &str,
        path: &str,
        key: Option<&str>,
        body: Option<&Json>,
    ) -> Result<Response<Bytes>, String> {
        let mut request = http::Request::builder().method(method).uri(path);
        if body.is_some() {
            request = request.header(http::header::CONTENT_TYPE, "application/json");
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let body = body.map(|body| Bytes::from(body.to_string())).unwrap_or_default();
        let request = request.body(body).map_err(|error| error.to_string())?;
        let answer = self.simulation.request(request).await;
        answer.ok_or_else(|| "the program has stopped".to_owned())
    }

    /// Sends a message to a channel as somebody outside would.
    pub(super) async fn publish(&self, channel: &str, message: &Json) -> Result<(), String> {
        let site = &self.engine.site;
        let topics = site
            .topology
            .topics
            .iter()
            .map(|topic| (&topic.name, &topic.carries));
        let queues = site
            .topology
            .queues
            .iter()
            .map(|queue| (&queue.name, &queue.carries));
        let carries = topics.chain(queues).find(|(name, _)| *name == channel);
        let kind = carries
            .and_then(|(_, carries)| carries.as_ref())
            .map(|(kind, _)| kind.as_str());
        let id = site.ids.new_id().to_string();
        let text = message.to_string();
        let envelope = Envelope::new(Birth {
            id: id.clone(),
            kind: kind.unwrap_or_default(),
            time: site.clock.now(),
            channel,
            correlation: &id,
            causation: None,
            body: text.as_bytes(),
        });
        let routed = self
            .engine
            .route(envelope, message)
            .map_err(|failure| failure.to_string())?;
        let (mut unit, outcome) = Unit::new(None);
        unit.messages.push(routed);
        let finished = self.engine.finish(unit, outcome).await;
        finished.map(|_| ()).map_err(|refused| refused.to_string())
    }

    /// The rows of a table.
    pub(super) fn rows(&self, table: &str) -> Vec<Json> {
        self.simulation.rows(table).unwrap_or_default()
    }

    /// Whether something that is kept has this text in it.
    pub(super) fn keeps(&self, text: &str) -> bool {
        let mut found = false;
        for space in [Space::Row, Space::Entry, Space::Dead, Space::Inbox, Space::Answer] {
            self.scan(Key::new(space), |key, value| {
                let has = |bytes: &[u8]| String::from_utf8_lossy(bytes).contains(text);
                found |= has(key) || has(value);
            });
        }
        found
    }

    /// Whether something is still to happen by itself.
    pub(super) fn is_busy(&self) -> bool {
        let mut busy = false;
        self.scan(Key::new(Space::Entry), |key, _| {
            let rest = key.get(2..).unwrap_or_default();
            let name = rest.split(|byte| *byte == 0).next().unwrap_or_default();
            busy |= !self.idle.contains(String::from_utf8_lossy(name).as_ref());
        });
        busy
    }

    fn scan(&self, prefix: Key, mut see: impl FnMut(&[u8], &[u8])) {
        let (from, to) = prefix.range();
        // Memory can always be read.
        if let Ok(snapshot) = self.engine.storage.snapshot() {
            let _ = snapshot.scan(&from, &to, &mut |key, value| {
                see(key, value);
                ControlFlow::Continue(())
            });
        }
    }
}

/// Queues without a handler or a saga.
fn idle(topology: &Topology) -> BTreeSet<String> {
    let handlers = topology.handlers.iter();
    let taken: BTreeSet<&String> = handlers.filter_map(|handler| handler.queue.as_ref()).collect();
    let queues = topology.queues.iter().map(|queue| &queue.name);
    queues.filter(|queue| !taken.contains(queue)).cloned().collect()
}
