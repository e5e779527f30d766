//! The seam to what keeps data: sorted keys and values, snapshots to read, one transaction at a time to write.
//!
//! Two implementations: [`redb`] on disk and [`memory`] for tests of handlers and of the engine.
//! Nothing above this seam knows an engine's types.

pub(crate) mod file;
pub(crate) mod keys;
#[cfg(any(test, feature = "simulate"))]
pub(crate) mod memory;
pub(crate) mod redb;

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::ops::ControlFlow;

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another process has the data directory open.
    #[error(
        "{} is in use by another process{}; stop it, or give this program a data directory of its own with --data",
        file.display(), holder.map(|pid| format!(" (pid {pid})")).unwrap_or_default()
    )]
    Locked {
        /// The file of the store.
        file: std::path::PathBuf,
        /// The process that has it, when it said so.
        holder: Option<u32>,
    },
    /// The data belongs to another system.
    #[error("{} holds the data of system {found}, this program is {wanted}; give it another directory with --data", file.display())]
    OtherSystem {
        /// The file of the store.
        file: std::path::PathBuf,
        /// The system that the data belongs to.
        found: String,
        /// The system of this program.
        wanted: String,
    },
    /// The data was written by a newer version.
    #[error("{} has format {found}, this program reads format {known}; run a newer build of the program", file.display())]
    NewerFormat {
        /// The file of the store.
        file: std::path::PathBuf,
        /// The format of the data.
        found: u32,
        /// The newest format that this program reads.
        known: u32,
    },
    /// There is no store here.
    #[error("there is no store at {}; start the program once, or check the data directory", file.display())]
    Missing {
        /// The file that was looked for.
        file: std::path::PathBuf,
    },
    /// Reading or writing failed, or the file is damaged.
    #[error("the store failed: {0}; check the disk's space and health, then start the program again")]
    Engine(String),
    /// A value is not what this program writes.
    #[error(
        "the store holds a {what} that cannot be read: {detail}; restore the data directory from a backup"
    )]
    Damaged {
        /// What was read.
        what: &'static str,
        /// What was wrong with it.
        detail: String,
    },
}

/// What [`Read::scan`] calls for each pair.
pub(crate) type Visit<'a> = dyn FnMut(&[u8], &[u8]) -> ControlFlow<()> + 'a;

/// Reading of one moment.
pub(crate) trait Read {
    /// The value of a key.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Error>;

    /// Visits the pairs from `from` to just before `to`, in order of their keys.
    fn scan(&self, from: &[u8], to: &[u8], visit: &mut Visit<'_>) -> Result<(), Error>;
}

/// A view of one moment that any thread may hold.
pub(crate) type Snapshot = Box<dyn Read + Send + Sync>;

/// What one transaction writes, in the order of its keys; `None` deletes.
#[derive(Debug, Default)]
pub(crate) struct Batch(BTreeMap<Vec<u8>, Option<Vec<u8>>>);

impl Batch {
    /// Sets a value.
    pub(crate) fn put(&mut self, key: Vec<u8>, value: Vec<u8>) {
        self.0.insert(key, Some(value));
    }

    /// Removes a value, if there is one.
    pub(crate) fn delete(&mut self, key: Vec<u8>) {
        self.0.insert(key, None);
    }

    /// What this batch does to a key; `None` when nothing.
    #[allow(
        clippy::option_option,
        reason = "no change, and a change to nothing, are two things"
    )]
    pub(crate) fn change(&self, key: &[u8]) -> Option<Option<&[u8]>> {
        self.0.get(key).map(Option::as_deref)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn iter(&self) -> impl Iterator<Item = (&[u8], Option<&[u8]>)> {
        self.0
            .iter()
            .map(|(key, value)| (key.as_slice(), value.as_deref()))
    }
}

/// A store.
pub(crate) trait Storage: Send + Sync + Debug {
    /// A view of everything committed so far.
    fn snapshot(&self) -> Result<Snapshot, Error>;

    /// Writes a batch in one transaction; it is on disk when this returns `Ok`.
    ///
    /// An error means that the outcome is unknown: the batch may be there after a restart.
    fn commit(&self, batch: &Batch) -> Result<(), Error>;
}
