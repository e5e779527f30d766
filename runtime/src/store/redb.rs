//! The store on disk: one redb file, one table, so that a commit touches one path of one tree.

use std::fmt;
use std::ops::ControlFlow;

use redb::{Database, ReadOnlyTable, ReadableDatabase, ReadableTable, TableDefinition};

use super::{Batch, Error, Read, Snapshot, Storage, Visit};

const TABLE: TableDefinition<'static, &[u8], &[u8]> = TableDefinition::new("aqueduct");

pub(crate) struct Redb(Database);

impl fmt::Debug for Redb {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Redb")
    }
}

impl Redb {
    /// Makes the table, so that readers find it.
    pub(crate) fn new(database: Database) -> Result<Self, Error> {
        let store = Self(database);
        store.commit(&Batch::default())?;
        Ok(store)
    }
}

impl Storage for Redb {
    fn snapshot(&self) -> Result<Snapshot, Error> {
        let transaction = self.0.begin_read().map_err(engine)?;
        Ok(Box::new(transaction.open_table(TABLE).map_err(engine)?))
    }

    fn commit(&self, batch: &Batch) -> Result<(), Error> {
        let transaction = self.0.begin_write().map_err(engine)?;
        {
            let mut table = transaction.open_table(TABLE).map_err(engine)?;
            for (key, value) in batch.iter() {
                match value {
                    Some(value) => table.insert(key, value).map(drop).map_err(engine)?,
                    None => table.remove(key).map(drop).map_err(engine)?,
                }
            }
        }
        transaction.commit().map_err(engine)
    }
}

impl Read for ReadOnlyTable<&'static [u8], &'static [u8]> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        let value = ReadableTable::get(self, key).map_err(engine)?;
        Ok(value.map(|guard| guard.value().to_vec()))
    }

    fn scan(&self, from: &[u8], to: &[u8], visit: &mut Visit<'_>) -> Result<(), Error> {
        for pair in ReadableTable::range(self, from..to).map_err(engine)? {
            let (key, value) = pair.map_err(engine)?;
            if let ControlFlow::Break(()) = visit(key.value(), value.value()) {
                break;
            }
        }
        Ok(())
    }
}

/// Any error of redb, as text: its types stay below this file.
pub(super) fn engine(error: impl fmt::Display) -> Error {
    Error::Engine(error.to_string())
}
