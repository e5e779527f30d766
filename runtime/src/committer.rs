//! The thread that owns the core: one blocking receive, then whatever else has come, then one turn.
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
pub(crate) struct Committer {
    /// None among the tasks.
    thread: Option<JoinHandle<Result<(), Error>>>,
}

/// Where a committer works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seat {
    /// On a thread of its own, beside those who run handlers.
    Thread,
    /// Among the tasks that it serves: everything happens in one order, and in virtual time.
    #[cfg(feature = "simulate")]
    Task,
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
    pub(crate) fn spawn(core: Core, wiring: Wiring, seat: Seat) -> std::io::Result<Self> {
        let thread = match seat {
            Seat::Thread => {
                let work = move || {
                    let _ended = wiring.ended.clone().drop_guard();
                    commit_until_stopped(core, wiring)
                };
                let named = std::thread::Builder::new().name("committer".to_owned());
                Some(named.spawn(work)?)
            }
            #[cfg(feature = "simulate")]
            Seat::Task => {
                drop(tokio::spawn(async move {
                    if let Err(error) = commit_among_tasks(core, wiring).await {
                        tracing::error!(%error, "nothing can be committed any more");
                    }
                }));
                None
            }
        };
        Ok(Self { thread })
    }

    /// Waits for its end.
    pub(crate) fn join(self) -> Result<(), Error> {
        let joined = self.thread.map(JoinHandle::join);
        joined
            .unwrap_or(Ok(Ok(())))
            .unwrap_or_else(|_| Err(Error::Engine("the committer panicked".to_owned())))
    }
}

fn commit_until_stopped(mut core: Core, mut wiring: Wiring) -> Result<(), Error> {
    let mut group = Vec::with_capacity(wiring.group);
    // What an earlier run left in the queues starts without being asked.
    core.turn(&mut group)?;
    loop {
        if is_wanted(&core, &wiring) {
            core.turn(&mut group)?;
            continue;
        }
        let Some(first) = wiring.commands.blocking_recv() else {
            return Ok(());
        };
        gather(first, &mut wiring, &mut group);
        core.turn(&mut group)?;
    }
}

/// The same as a task.
#[cfg(feature = "simulate")]
pub(crate) async fn commit_among_tasks(mut core: Core, mut wiring: Wiring) -> Result<(), Error> {
    let _ended = wiring.ended.clone().drop_guard();
    let mut group = Vec::with_capacity(wiring.group);
    core.turn(&mut group)?;
    loop {
        if is_wanted(&core, &wiring) {
            core.turn(&mut group)?;
            continue;
        }
        let Some(first) = wiring.commands.recv().await else {
            return Ok(());
        };
        gather(first, &mut wiring, &mut group);
        core.turn(&mut group)?;
    }
}

/// Tells when the next tick is due, and whether the core has something to do without being asked.
fn is_wanted(core: &Core, wiring: &Wiring) -> bool {
    let wake = core.wake();
    wiring
        .wake
        .send_if_modified(|known| std::mem::replace(known, wake) != wake);
    wake == Some(0)
}

/// Takes whatever else has come, up to the size of a group.
fn gather(first: Command, wiring: &mut Wiring, group: &mut Vec<Command>) {
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
}
