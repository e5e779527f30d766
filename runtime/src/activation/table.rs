//! Rows as a handler sees them: a snapshot plus its own writes, every read noted with its revision.

use std::marker::PhantomData;

use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::Activation;
use crate::store::{Error, keys};
use crate::{Failure, Store};

/// The rows of a table that the handler may read and write.
#[derive(Debug)]
pub struct Table<'a, S> {
    activation: &'a mut Activation,
    store: PhantomData<fn() -> S>,
}

/// The rows of a table that the handler may only read.
#[derive(Debug)]
pub struct ReadOnly<'a, S>(Table<'a, S>);

impl<'a, S: Store> Table<'a, S> {
    pub(super) fn new(activation: &'a mut Activation) -> Self {
        Self {
            activation,
            store: PhantomData,
        }
    }

    /// The row of a key, if there is one.
    ///
    /// # Errors
    /// When the store cannot be read.
    #[allow(
        clippy::unused_async,
        reason = "other engines read over a network; handlers are the same for all"
    )]
    pub async fn get(&mut self, key: &S::Key) -> Result<Option<S::Row>, Failure> {
        self.read(&keys::row(S::NAME, &key.to_string()))
    }

    /// Writes a row, whether its key was there or not.
    ///
    /// # Errors
    /// `InvalidRow` when it is not what the table keeps; names every bad field.
    /// Also when the row cannot be JSON, or the store cannot be read.
    pub fn put(&mut self, row: &S::Row) -> Result<(), Failure> {
        let key = keys::row(S::NAME, &S::key(row).to_string());
        let value = Bytes::from(serde_json::to_vec(row)?);
        self.activation
            .declared
            .row::<S::Row>(S::NAME, &serde_json::from_slice(&value)?)?;
        self.write(key, Some(value))
    }

    /// Writes a row whose key must be new.
    ///
    /// # Errors
    /// `AlreadyExists` when there is a row of this key; `InvalidRow` when it is not what the table keeps.
    pub async fn insert(&mut self, row: &S::Row) -> Result<(), Failure> {
        let key = S::key(row);
        if self.get(&key).await?.is_some() {
            let message = format!("{} has a row {key} already", S::NAME);
            return Err(Failure::named(Failure::ALREADY_EXISTS, message));
        }
        self.put(row)
    }

    /// Removes the row of a key, if there is one.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn delete(&mut self, key: &S::Key) -> Result<(), Failure> {
        self.write(keys::row(S::NAME, &key.to_string()), None)
    }

    fn read<R: DeserializeOwned>(&mut self, key: &[u8]) -> Result<Option<R>, Failure> {
        if let Some(written) = self.activation.effects.writes.get(key) {
            return Ok(written.as_deref().map(serde_json::from_slice).transpose()?);
        }
        let stored = self.activation.snapshot()?.get(key)?;
        let (revision, row) = match stored.as_deref().map(split).transpose()? {
            Some((revision, json)) => (
                revision,
                Some(serde_json::from_slice(json).map_err(|error| damaged(&error))?),
            ),
            None => (0, None),
        };
        self.activation.effects.reads.insert(key.to_vec(), revision);
        Ok(row)
    }

    /// Notes a write, and which revision of the row it replaces.
    fn write(&mut self, key: Vec<u8>, value: Option<Bytes>) -> Result<(), Failure> {
        if !self.activation.effects.reads.contains_key(&key) {
            let stored = self.activation.snapshot()?.get(&key)?;
            let revision = stored
                .as_deref()
                .map(split)
                .transpose()?
                .map_or(0, |(revision, _)| revision);
            self.activation.effects.reads.insert(key.clone(), revision);
        }
        self.activation.effects.writes.insert(key, value);
        Ok(())
    }
}

impl<'a, S: Store> ReadOnly<'a, S> {
    pub(super) fn new(activation: &'a mut Activation) -> Self {
        Self(Table::new(activation))
    }

    /// The row of a key, if there is one.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn get(&mut self, key: &S::Key) -> Result<Option<S::Row>, Failure> {
        self.0.get(key).await
    }
}

/// A stored row: a version, the revision as 8 bytes, then JSON.
pub(crate) fn split(stored: &[u8]) -> Result<(u64, &[u8]), Error> {
    match stored.split_first_chunk::<9>() {
        Some(([keys::VERSION, revision @ ..], json)) => Ok((u64::from_be_bytes(*revision), json)),
        _ => Err(Error::Damaged {
            what: "row",
            detail: "its version is unknown".to_owned(),
        }),
    }
}

/// The opposite of [`split`].
pub(crate) fn join(revision: u64, json: &[u8]) -> Vec<u8> {
    let mut stored = Vec::with_capacity(json.len() + 9);
    stored.push(keys::VERSION);
    stored.extend_from_slice(&revision.to_be_bytes());
    stored.extend_from_slice(json);
    stored
}

fn damaged(error: &serde_json::Error) -> Error {
    Error::Damaged {
        what: "row",
        detail: error.to_string(),
    }
}
