//! What owns the core: waits for a command, takes whatever else has come, then takes one turn. A thread of its own.
//!
//! While a commit is on its way to disk the next commands gather, so the slower the disk, the larger the groups.

use std::thread::JoinHandle;

use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::core::Core;
use crate::core::command::Command;
use crate::store::Error;

/// A running committer.
#[derive(Debug)]
pub(crate) struct Committer(Place);

#[derive(Debug)]
enum Place {
    Thread(JoinHandle<Result<(), Error>>),
    Task(tokio::task::JoinHandle<Result<(), Error>>),
}

/// What a committer needs besides its core.
#[derive(Debug)]
pub(crate) struct Wiring {
    pub(crate) commands: mpsc::Receiver<Command>,
    /// How many commands one transaction takes at most.
    pub(crate) group: usize,
    /// When the core wants the next tick, in microseconds since 1970.
    pub(crate) wake: watch::Sender<Option<u64>>,
    /// Cancelled when the thread ends, for whatever reason.
    pub(crate) ended: CancellationToken,
}

impl Committer {
    /// Gives the core a thread, until it is told to stop or a commit fails.
    pub(crate) fn spawn(core: Core, wiring: Wiring) -> std::io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        let work = move || runtime.block_on(commit_until_stopped(core, wiring));
        let thread = std::thread::Builder::new()
            .name("committer".to_owned())
            .spawn(work)?;
        Ok(Self(Place::Thread(thread)))
    }

    /// Makes the core a task among the others: one thread does everything, and does it in the same order each time.
    pub(crate) fn among_tasks(core: Core, wiring: Wiring) -> Self {
        Self(Place::Task(tokio::spawn(commit_until_stopped(core, wiring))))
    }

    /// Ends as a kill does, if it is a task.
    #[cfg(any(test, feature = "simulate"))]
    pub(crate) fn kill(self) {
        if let Place::Task(task) = self.0 {
            task.abort();
        }
    }

    /// Waits for its end.
    pub(crate) async fn end(self) -> Result<(), Error> {
        let panicked = || Err(Error::Engine("the committer panicked".to_owned()));
        match self.0 {
            Place::Thread(thread) => {
                let joined = tokio::task::spawn_blocking(move || thread.join()).await;
                joined.map_or_else(|_| panicked(), |ended| ended.unwrap_or_else(|_| panicked()))
            }
            Place::Task(task) => task.await.unwrap_or_else(|_| panicked()),
        }
    }
}

async fn commit_until_stopped(mut core: Core, mut wiring: Wiring) -> Result<(), Error> {
    let _ended = wiring.ended.clone().drop_guard();
    let mut group = Vec::with_capacity(wiring.group);
    // What an earlier run left in the queues starts without being asked.
    core.turn(&mut group)?;
    loop {
        let wake = core.wake();
        wiring
            .wake
            .send_if_modified(|known| std::mem::replace(known, wake) != wake);
        if wake == Some(0) {
            core.turn(&mut group)?;
            continue;
        }
        let Some(first) = wiring.commands.recv().await else {
            return Ok(());
        };
        let mut next = Some(first);
        while let Some(command) = next {
            match command {
                Command::Stop => wiring.commands.close(),
                command => group.push(command),
            }
            next = if group.len() < wiring.group {
                wiring.commands.try_recv().ok()
            } else {
                None
            };
        }
        core.turn(&mut group)?;
    }
}
