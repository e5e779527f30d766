//! What runs handlers: takes started deliveries and requests, collects their effects, hands them to the core.

mod deliver;
mod seam;
mod timer;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::Program;
use crate::clock::{Backoff, Clock, Ids};
use crate::committer::{Committer, Wiring};
use crate::core::Core;
use crate::core::command::Command;
use crate::external::Transport;
use crate::routing::Routing;
use crate::seam::{Refused, Site};
use crate::stats::Stats;
use crate::store::{Error, Storage};
use crate::trace::Tracer;

/// How many commands may wait for the committer.
const WAITING: usize = 1024;

/// How long before the commit answers are given when that fault is asked for: long enough to be hit by a kill.
#[cfg(feature = "fault")]
const EARLY: Duration = Duration::from_millis(5);

/// What an engine is made of besides the program.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn Ids>,
    pub(crate) backoff: Backoff,
    /// How many commands one transaction takes at most.
    pub(crate) group: usize,
    /// The way to services outside, if there is one.
    pub(crate) way: Option<Arc<dyn Transport>>,
    /// Whether commits are made by the thread that runs handlers: slow, and the same in every run.
    pub(crate) among_tasks: bool,
    /// Whether answers are given before the commit: a fault on purpose.
    #[cfg(feature = "fault")]
    pub(crate) acknowledge_early: bool,
    /// Who sees all that is sent.
    #[cfg(feature = "simulate")]
    pub(crate) witness: Option<Arc<crate::scenario::Witness>>,
}

/// What everybody who runs handlers shares.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(crate) site: Site,
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) tracer: Tracer,
    /// Cancelled when the program is to stop, or when nothing can be committed any more.
    pub(crate) stopping: CancellationToken,
    routing: Routing,
    /// For each handler: bounds how many requests run at once; deliveries are bounded by the core.
    gates: Vec<Semaphore>,
    commands: mpsc::Sender<Command>,
    #[cfg(feature = "simulate")]
    witness: Option<Arc<crate::scenario::Witness>>,
}

/// A running engine.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) engine: Arc<Engine>,
    committer: Committer,
    tasks: JoinSet<()>,
    /// Cancelled once nothing more is started.
    drained: CancellationToken,
    /// Cancelled to make deliveries end that have not ended in time.
    give_back: CancellationToken,
}

impl Engine {
    /// Opens the queues and starts to deliver what is in them.
    pub(crate) fn start(program: Program, parts: Parts) -> Result<Running, Error> {
        #[cfg(feature = "fault")]
        let acknowledge_early = parts.acknowledge_early;
        #[cfg(feature = "simulate")]
        let witness = parts.witness.clone();
        let Parts {
            storage,
            clock,
            ids,
            backoff,
            group,
            way,
            among_tasks,
            ..
        } = parts;
        let site = Site::new(program.with_engines_of_sagas(), Arc::clone(&clock), ids);
        let site = match way {
            Some(way) => site.calling(way),
            None => site,
        };
        let each = site
            .topology
            .handlers
            .iter()
            .map(|handler| handler.concurrency as usize);
        let most: usize = each.clone().sum();
        let gates = each.map(Semaphore::new).collect();
        let (starts, started) = mpsc::channel(most.max(1));
        let (commands, receiver) = mpsc::channel(WAITING);
        let (wake, woken) = watch::channel(None);
        let tracer = Tracer::new();
        let opened = Core::open(
            Arc::clone(&storage),
            &site.topology,
            clock,
            backoff,
            tracer.clone(),
            starts,
        )?;
        #[cfg(feature = "fault")]
        let opened = if acknowledge_early {
            opened.acknowledging_early(EARLY)
        } else {
            opened
        };
        let stopping = CancellationToken::new();
        let wiring = Wiring {
            commands: receiver,
            group,
            wake,
            ended: stopping.clone(),
        };
        let committer = match among_tasks {
            true => Committer::among_tasks(opened, wiring),
            false => Committer::spawn(opened, wiring).map_err(|error| Error::Engine(error.to_string()))?,
        };
        let routing = Routing::new(&site.topology);
        let engine = Engine {
            site,
            storage,
            tracer,
            stopping,
            routing,
            gates,
            commands,
            #[cfg(feature = "simulate")]
            witness,
        };
        let engine = Arc::new(engine);
        let (drained, give_back) = (CancellationToken::new(), CancellationToken::new());
        let mut tasks = JoinSet::new();
        tasks.spawn(deliver::all(
            Arc::clone(&engine),
            started,
            drained.clone(),
            give_back.clone(),
        ));
        tasks.spawn(timer::tick(Arc::clone(&engine), woken));
        Ok(Running {
            engine,
            committer,
            tasks,
            drained,
            give_back,
        })
    }

    /// What has been counted.
    pub(crate) async fn stats(&self) -> Result<Stats, Refused> {
        let (done, stats) = oneshot::channel();
        self.send(Command::Count { done }).await?;
        stats.await.map_err(|_| Refused::Stopped)
    }

    /// Moves dead letters, by their keys, back to their queues.
    pub(crate) async fn redrive(&self, keys: Vec<Vec<u8>>) -> Result<u64, Refused> {
        let (done, count) = oneshot::channel();
        self.send(Command::Redrive { keys, done }).await?;
        count.await.map_err(|_| Refused::Stopped)
    }

    async fn send(&self, command: Command) -> Result<(), Refused> {
        self.commands.send(command).await.map_err(|_| Refused::Stopped)
    }

    /// Whether the committer cannot keep up.
    pub(crate) fn is_full(&self) -> bool {
        self.commands.capacity() == 0
    }
}

impl Running {
    /// Ends as a kill does: whatever is under way stops where it is.
    #[cfg(any(test, feature = "simulate"))]
    pub(crate) fn kill(mut self) {
        self.tasks.abort_all();
        self.committer.kill();
    }

    /// Stops: starts nothing more, lets handlers finish within `grace`, gives back the rest, syncs.
    ///
    /// Whoever sends requests must have stopped before.
    pub(crate) async fn stop(mut self, grace: Duration) -> Result<(), Error> {
        self.engine.stopping.cancel();
        // A committer that has ended already takes no commands, and there is nothing left to tell it.
        let _ = self.engine.send(Command::Drain).await;
        // The answer means that the core has drained.
        let _ = self.engine.stats().await;
        self.drained.cancel();
        let give_back = self.give_back.clone();
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(grace, all).await.is_err() {
            tracing::warn!("handlers have not finished in time; their messages are given back");
            give_back.cancel();
            while self.tasks.join_next().await.is_some() {}
        }
        let _ = self.engine.send(Command::Stop).await;
        self.committer.end().await
    }
}
