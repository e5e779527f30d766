//! The store of a data directory: opened, checked that it is ours, its holder named when it is not free.

use std::fs;
use std::path::{Path, PathBuf};

use redb::{Database, DatabaseError, StorageError};

use super::keys::{self, VERSION};
use super::redb::{Redb, engine};
use super::{Batch, Error, Storage};
use crate::admin::STORE;

/// Who has the store open: its process id as text.
const HOLDER: &str = "aqueduct.pid";

/// How much of the store is kept in memory, in bytes.
const CACHE: usize = 64 << 20;

/// Opens the store of a system, and makes it when there is none.
#[cfg(feature = "http")]
pub(crate) fn open(data: &Path, system: &str) -> Result<Redb, Error> {
    fs::create_dir_all(data)
        .map_err(|error| Error::Engine(format!("{} cannot be made: {error}", data.display())))?;
    let file = data.join(STORE);
    let database = Database::builder().set_cache_size(CACHE).create(&file);
    let store = Redb::new(database.map_err(|error| refused(error, data, &file))?)?;
    let snapshot = store.snapshot()?;
    match (
        snapshot.get(&keys::meta("format"))?,
        snapshot.get(&keys::meta("system"))?,
    ) {
        (None, _) => {
            let mut batch = Batch::default();
            batch.put(keys::meta("format"), vec![VERSION]);
            batch.put(keys::meta("system"), system.as_bytes().to_vec());
            store.commit(&batch)?;
        }
        (Some(format), found) => {
            check_format(&format, &file)?;
            let found = String::from_utf8_lossy(&found.unwrap_or_default()).into_owned();
            if found != system {
                return Err(Error::OtherSystem {
                    file,
                    found,
                    wanted: system.to_owned(),
                });
            }
        }
    }
    drop(snapshot);
    // Only a help for people: the lock on the store is what counts.
    let _ = fs::write(data.join(HOLDER), std::process::id().to_string());
    Ok(store)
}

/// Opens the store of whatever system.
pub(crate) fn open_existing(data: &Path) -> Result<Redb, Error> {
    let file = data.join(STORE);
    if !file.is_file() {
        return Err(Error::Missing { file });
    }
    let database = Database::builder().set_cache_size(CACHE).open(&file);
    let store = Redb::new(database.map_err(|error| refused(error, data, &file))?)?;
    if let Some(format) = store.snapshot()?.get(&keys::meta("format"))? {
        check_format(&format, &file)?;
    }
    Ok(store)
}

fn check_format(format: &[u8], file: &Path) -> Result<(), Error> {
    let found = format.first().copied().unwrap_or_default();
    if found <= VERSION {
        return Ok(());
    }
    Err(Error::NewerFormat {
        file: file.to_owned(),
        found: found.into(),
        known: VERSION.into(),
    })
}

fn refused(error: DatabaseError, data: &Path, file: &Path) -> Error {
    let file: PathBuf = file.to_owned();
    match error {
        DatabaseError::DatabaseAlreadyOpen => {
            let holder = fs::read_to_string(data.join(HOLDER))
                .ok()
                .and_then(|pid| pid.trim().parse().ok());
            Error::Locked { file, holder }
        }
        DatabaseError::UpgradeRequired(found) => Error::NewerFormat {
            file,
            found: found.into(),
            known: VERSION.into(),
        },
        DatabaseError::Storage(StorageError::Io(error)) => {
            Error::Engine(format!("{}: {error}", file.display()))
        }
        other => engine(other),
    }
}
