//! Rows as a handler sees them: a view plus its own writes, every read noted with its revision.

use std::marker::PhantomData;

use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::Activation;
use crate::seam::RowKey;
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
    pub async fn get(&mut self, key: &S::Key) -> Result<Option<S::Row>, Failure> {
        self.activation.read_row(row_key::<S>(key)).await
    }

    /// Writes a row, whether its key was there or not.
    ///
    /// # Errors
    /// `InvalidRow` when it is not what the table keeps; names every bad field.
    /// Also when the row cannot be JSON, or the store cannot be read.
    pub fn put(&mut self, row: &S::Row) -> Result<(), Failure> {
        let value = Bytes::from(serde_json::to_vec(row)?);
        self.activation
            .declared
            .row::<S::Row>(S::NAME, &serde_json::from_slice(&value)?)?;
        self.activation.write_row(row_key::<S>(&S::key(row)), Some(value))
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
        self.activation.write_row(row_key::<S>(key), None)
    }
}

impl Activation {
    /// A row, and its revision noted.
    pub(crate) async fn read_row<R: DeserializeOwned>(&mut self, key: RowKey) -> Result<Option<R>, Failure> {
        let Self { rows, unit, .. } = self;
        if let Some(written) = unit.writes.get(&key) {
            return Ok(written.as_deref().map(serde_json::from_slice).transpose()?);
        }
        let stored = rows.get(&key).await?;
        let (revision, row) = match &stored {
            Some(stored) => (
                stored.revision,
                Some(serde_json::from_slice(&stored.json).map_err(|error| unlike(&key, &error))?),
            ),
            None => (0, None),
        };
        let _ = unit.reads.insert(key, revision);
        Ok(row)
    }

    /// Notes a write, and which revision of the row it replaces.
    pub(crate) fn write_row(&mut self, key: RowKey, value: Option<Bytes>) -> Result<(), Failure> {
        let Self { rows, unit, .. } = self;
        if !unit.reads.contains_key(&key)
            && let Some(revision) = rows.revision(&key)?
        {
            let _ = unit.reads.insert(key.clone(), revision);
        }
        let _ = unit.writes.insert(key, value);
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

fn row_key<S: Store>(key: &S::Key) -> RowKey {
    RowKey {
        table: S::NAME.into(),
        key: key.to_string(),
    }
}

/// A row that is kept is no longer of its table's type.
fn unlike(key: &RowKey, error: &serde_json::Error) -> Failure {
    Failure::new(format!(
        "the row {} of {} is not what the table keeps now: {error}",
        key.key, key.table
    ))
}
