//! A program in one thread, in virtual time, with rows in memory: for the same seed the same in every run.
//!
//! It is the engine that runs outside as well, with what decides nothing exchanged: the clock stands still until
//! everybody waits, ids count, the committer is a task among the others. Handlers, services outside and faults are
//! what the program and the plan bring.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{Request as HttpRequest, Response as HttpResponse};
use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::admin::{Request, Response, server};
use crate::clock::{Backoff, Clock, CountingIds, Ids};
use crate::edge::Edge;
use crate::engine::{Engine, Parts, Running};
use crate::external::Transport;
use crate::record::split_row;
use crate::stats::Stats;
use crate::store::keys::{Key, Space};
use crate::store::memory::Memory;
use crate::store::{self, Storage};
use crate::trace::Event;
use crate::{Program, topology};

/// How long the first look takes whether everything has come to rest, and the longest.
const LOOKS: (Duration, Duration) = (Duration::from_millis(1), Duration::from_secs(5));

/// What a simulation is made of besides the program.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// Decides the jitter of waits.
    pub seed: u64,
    /// The way to services outside.
    pub way: Option<Arc<dyn Transport>>,
    /// Who sees all that is sent.
    #[cfg(feature = "simulate")]
    pub(crate) witness: Option<Arc<crate::scenario::Witness>>,
}

impl Plan {
    /// A seed, and a way to services outside.
    pub fn new(seed: u64, way: Option<Arc<dyn Transport>>) -> Self {
        Self {
            seed,
            way,
            #[cfg(feature = "simulate")]
            witness: None,
        }
    }
}

/// Why a program can't be simulated.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Its parts do not fit.
    #[error(transparent)]
    Topology(#[from] topology::Error),
    /// The rows can't be used.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// There is no thread for it.
    #[error("a simulation can't be started: {0}")]
    Runtime(#[from] std::io::Error),
}

/// A program under way.
pub struct Simulation {
    program: Program,
    plan: Plan,
    storage: Arc<dyn Storage>,
    clock: Arc<VirtualClock>,
    ids: Arc<dyn Ids>,
    running: Option<(Running, Edge)>,
    events: Arc<Mutex<Vec<Event>>>,
    listener: Option<JoinHandle<()>>,
}

/// Tells a story of a program, in virtual time from 2026-01-01T00:00:00Z on.
///
/// # Errors
/// When the program's parts do not fit.
pub fn simulate<T>(
    program: Program,
    plan: Plan,
    story: impl AsyncFnOnce(&mut Simulation) -> T,
) -> Result<T, Error> {
    simulate_over(Arc::new(Memory::default()), program, plan, story)
}

/// The same over any store.
pub(crate) fn simulate_over<T>(
    storage: Arc<dyn Storage>,
    program: Program,
    plan: Plan,
    story: impl AsyncFnOnce(&mut Simulation) -> T,
) -> Result<T, Error> {
    program.check()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()?;
    runtime.block_on(async {
        let mut simulation = Simulation {
            program,
            plan,
            storage,
            clock: Arc::new(VirtualClock(Instant::now())),
            ids: Arc::new(CountingIds::default()),
            running: None,
            events: Arc::default(),
            listener: None,
        };
        simulation.start()?;
        let told = story(&mut simulation).await;
        simulation.crash();
        Ok(told)
    })
}

impl Simulation {
    /// Starts the program where it isn't running: after a crash, or over another store.
    ///
    /// # Errors
    /// When the rows can't be read.
    pub fn start(&mut self) -> Result<(), Error> {
        self.crash();
        let parts = Parts {
            storage: Arc::clone(&self.storage),
            clock: Arc::clone(&self.clock) as _,
            ids: Arc::clone(&self.ids),
            backoff: Backoff::new(Duration::from_secs(1), Duration::from_secs(30), self.plan.seed),
            group: 256,
            way: self.plan.way.clone(),
            among_tasks: true,
            #[cfg(feature = "fault")]
            acknowledge_early: false,
            #[cfg(feature = "simulate")]
            witness: self.plan.witness.clone(),
        };
        let running = Engine::start(self.program.clone(), parts)?;
        let edge = Edge::new(&running.engine.site);
        let mut told = running.engine.tracer.listen();
        let events = Arc::clone(&self.events);
        self.listener = Some(tokio::spawn(async move {
            loop {
                match told.recv().await {
                    Ok(event) => {
                        let mut events = events.lock().unwrap_or_else(PoisonError::into_inner);
                        events.push(event.as_ref().clone());
                    }
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return,
                }
            }
        }));
        self.running = Some((running, edge));
        Ok(())
    }

    /// The program is gone, in the middle of whatever it does; what is committed stays.
    pub fn crash(&mut self) {
        if let Some((running, _)) = self.running.take() {
            running.kill();
        }
        if let Some(listener) = self.listener.take() {
            listener.abort();
        }
    }

    /// Exchanges the store, as after a reboot.
    #[cfg(test)]
    pub(crate) fn over(&mut self, storage: Arc<dyn Storage>) {
        self.crash();
        self.storage = storage;
    }

    /// Whether it runs, and can commit.
    pub fn is_running(&self) -> bool {
        let running = self.running.as_ref();
        running.is_some_and(|(running, _)| !running.engine.stopping.is_cancelled())
    }

    /// Asks as administration does; nothing when nothing runs.
    pub async fn ask(&self, request: Request) -> Option<Response> {
        let (running, _) = self.running.as_ref()?;
        Some(server::answer(&running.engine, request).await)
    }

    /// Asks as a client over HTTP does; nothing when nothing runs.
    pub async fn request(&self, request: HttpRequest<Bytes>) -> Option<HttpResponse<Bytes>> {
        let (running, edge) = self.running.as_ref()?;
        let (head, body) = request.into_parts();
        let engine = running.engine.as_ref();
        Some(edge.answer(&engine.site, engine, None, &head, body).await)
    }

    /// Time passes.
    pub async fn pass(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }

    /// Lets time pass until nothing is under way any more, at most so long; says whether it came to rest.
    /// Messages for which there is no handler, dead letters and what is stuck stay as they are.
    pub async fn rest(&self, longest: Duration) -> bool {
        let (mut look, begun) = (LOOKS.0, Instant::now());
        while begun.elapsed() <= longest {
            tokio::time::sleep(look).await;
            look = (look * 2).min(LOOKS.1);
            match self.ask(Request::Stats).await {
                Some(Response::Stats { stats }) if self.is_resting(&stats) => return true,
                Some(Response::Stats { .. }) => {}
                _ => return false,
            }
        }
        false
    }

    fn is_resting(&self, stats: &Stats) -> bool {
        let heard = |name: &str| {
            let topology = self.program.topology();
            let handlers = topology
                .handlers
                .iter()
                .any(|known| known.queue.as_deref() == Some(name));
            let mut sagas = topology.sagas.iter();
            handlers || sagas.any(|saga| saga.definition.queue.as_deref() == Some(name))
        };
        let mut queues = stats.queues.iter().filter(|(name, _)| heard(name));
        queues.all(|(_, queue)| queue.ready + queue.delayed + queue.in_flight == 0)
            && stats.sagas.values().all(|saga| saga.running == 0)
    }

    /// What has happened so far.
    pub fn events(&self) -> Vec<Event> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The engine, while it runs.
    #[cfg(feature = "simulate")]
    pub(crate) fn engine(&self) -> Option<&Arc<Engine>> {
        self.running.as_ref().map(|(running, _)| &running.engine)
    }

    /// The rows of a table, `Service.table`, in the order of their keys.
    ///
    /// # Errors
    /// When the store can't be read.
    pub fn rows(&self, table: &str) -> Result<Vec<Value>, Error> {
        let (from, to) = Key::new(Space::Row).name(table).range();
        let mut rows = Vec::new();
        self.storage.snapshot()?.scan(&from, &to, &mut |_, stored| {
            let row = split_row(stored).ok();
            rows.extend(row.and_then(|(_, json)| serde_json::from_slice(json).ok()));
            ControlFlow::Continue(())
        })?;
        Ok(rows)
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

impl fmt::Debug for Simulation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Simulation")
            .field("plan", &self.plan)
            .field("running", &self.is_running())
            .finish_non_exhaustive()
    }
}

/// The time of tokio, which stands still until everybody waits.
#[derive(Debug)]
struct VirtualClock(Instant);

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        const START: Timestamp = Timestamp::constant(1_767_225_600, 0);
        let micros = i64::try_from(self.0.elapsed().as_micros()).unwrap_or(i64::MAX);
        START
            .checked_add(jiff::SignedDuration::from_micros(micros))
            .unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests {
    //! Sagas over a disk that crashes, with a gateway that misbehaves.

    mod crash;
    mod fares;
    mod gateway;
    mod rolled_back;
    mod time;
}
