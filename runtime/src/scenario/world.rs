//! A running program in a scenario, and all that can be seen of it.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::Response;
use serde_json::Value as Json;
use tokio::sync::broadcast::error::RecvError;

use super::chance::{SeededIds, VirtualClock};
use super::fault::{self, Faults};
use super::log::Log;
use super::outside::Outside;
use super::{Given, Scenario, Script, Sent, What, Witness};
use crate::Program;
use crate::clock::Backoff;
use crate::committer::Seat;
use crate::core::command::Unit;
use crate::core::micros;
use crate::edge::Edge;
use crate::engine::{Engine, Parts, Running};
use crate::record::{Birth, Envelope, split_row};
use crate::store::keys::{Key, Space};
use crate::store::memory::Memory;
use crate::trace::Event;

pub(super) struct World {
    running: Running,
    edge: Edge,
    events: Arc<Mutex<Vec<Event>>>,
    /// Queues whose messages nobody takes.
    idle: BTreeSet<String>,
    pub(super) witness: Arc<Witness>,
    pub(super) faults: Arc<Faults>,
    pub(super) log: Log,
}

impl World {
    pub(super) fn start(program: Program, script: &Script, scenario: &Scenario) -> Result<Self, String> {
        let (faults, witness) = (Arc::<Faults>::default(), Arc::<Witness>::default());
        let mut program = fault::under(&faults, program);
        for line in &scenario.lines {
            if let What::Given(Given::Stops { handler }) = &line.what {
                let mut handlers = program.topology.handlers.iter_mut();
                match handlers.find(|spec| spec.name == *handler && spec.queue.is_some()) {
                    Some(spec) => spec.concurrency = 0,
                    None => faults.arm(handler, fault::Fault::Silent, None),
                }
            }
        }
        let idle = idle(&program);
        let parts = Parts {
            storage: Arc::new(Memory::default()),
            clock: Arc::new(VirtualClock::start()),
            ids: Arc::new(SeededIds::new(script.seed)),
            backoff: Backoff::new(Duration::from_secs(1), Duration::from_secs(30), script.seed),
            group: 256,
            seat: Seat::Task,
            way: Some(Arc::new(Outside::new(&faults, script.externs.clone()))),
            #[cfg(feature = "fault")]
            acknowledge_early: false,
            witness: Some(Arc::clone(&witness)),
        };
        let running = Engine::start(program, parts).map_err(|error| error.to_string())?;
        let events = Arc::default();
        drop(tokio::spawn(listen(
            Arc::clone(&running.engine),
            Arc::clone(&events),
        )));
        Ok(Self {
            edge: Edge::new(&running.engine.site),
            running,
            events,
            idle,
            witness,
            faults,
            log: Log::default(),
        })
    }

    pub(super) fn engine(&self) -> &Arc<Engine> {
        &self.running.engine
    }

    /// In microseconds since 1970.
    pub(super) fn now(&self) -> u64 {
        micros(self.engine().site.clock.now())
    }

    pub(super) fn events(&self) -> Vec<Event> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn sent(&self) -> Vec<Sent> {
        self.witness.sent()
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
        let (head, ()) = request.body(()).map_err(|error| error.to_string())?.into_parts();
        let body = body.map(|body| Bytes::from(body.to_string())).unwrap_or_default();
        let (site, engine) = (&self.engine().site, self.engine().as_ref());
        let caller = Some("scenario".to_owned());
        Ok(self.edge.answer(site, engine, caller, &head, body).await)
    }

    /// Sends a message to a channel as somebody outside would.
    pub(super) async fn publish(&self, channel: &str, message: &Json) -> Result<(), String> {
        let site = &self.engine().site;
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
            .engine()
            .route(envelope, message)
            .map_err(|failure| failure.to_string())?;
        let (mut unit, outcome) = Unit::new(None);
        unit.messages.push(routed);
        let finished = self.engine().finish(unit, outcome).await;
        finished.map(|_| ()).map_err(|refused| refused.to_string())
    }

    /// The rows of a table.
    pub(super) fn rows(&self, table: &str) -> Vec<Json> {
        let mut rows = Vec::new();
        self.scan(Key::new(Space::Row).name(table), |_, stored| {
            let row = split_row(stored)
                .ok()
                .and_then(|(_, json)| serde_json::from_slice(json).ok());
            rows.extend(row);
        });
        rows
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
        if let Ok(snapshot) = self.engine().storage.snapshot() {
            let _ = snapshot.scan(&from, &to, &mut |key, value| {
                see(key, value);
                ControlFlow::Continue(())
            });
        }
    }
}

/// Queues without a handler that may run, or a saga.
fn idle(program: &Program) -> BTreeSet<String> {
    let topology = &program.topology;
    let handlers = topology.handlers.iter().filter(|handler| handler.concurrency > 0);
    let sagas = topology
        .sagas
        .iter()
        .filter_map(|saga| saga.definition.queue.as_ref());
    let taken: BTreeSet<&String> = handlers
        .filter_map(|handler| handler.queue.as_ref())
        .chain(sagas)
        .collect();
    let queues = topology.queues.iter().map(|queue| &queue.name);
    queues.filter(|queue| !taken.contains(queue)).cloned().collect()
}

async fn listen(engine: Arc<Engine>, events: Arc<Mutex<Vec<Event>>>) {
    let mut heard = engine.tracer.listen();
    drop(engine);
    loop {
        match heard.recv().await {
            Ok(event) => events
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(event.as_ref().clone()),
            Err(RecvError::Lagged(missed)) => tracing::warn!(missed, "more happens than can be listened to"),
            Err(RecvError::Closed) => return,
        }
    }
}
