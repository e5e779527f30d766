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
    thread: JoinHandle<Result<(), Error>>,
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
        let work = move || {
            let _ended = wiring.ended.clone().drop_guard();
            commit_until_stopped(core, wiring)
        };
        Ok(Self {
            thread: std::thread::Builder::new()
                .name("committer".to_owned())
                .spawn(work)?,
        })
    }

    /// Waits for its end.
    pub(crate) fn join(self) -> Result<(), Error> {
        self.thread
            .join()
            .unwrap_or_else(|_| Err(Error::Engine("the committer panicked".to_owned())))
    }
}

fn commit_until_stopped(mut core: Core, mut wiring: Wiring) -> Result<(), Error> {
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
        let Some(first) = wiring.commands.blocking_recv() else {
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
