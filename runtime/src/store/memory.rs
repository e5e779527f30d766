//! A store in memory, for tests of handlers and of the engine. Nothing survives it.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Error, Read, Snapshot, Storage, Visit, Work, Write};

type Pairs = BTreeMap<Vec<u8>, Vec<u8>>;

#[derive(Debug, Default)]
pub(crate) struct Memory(Mutex<Pairs>);

impl Memory {
    fn lock(&self) -> MutexGuard<'_, Pairs> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Storage for Memory {
    fn snapshot(&self) -> Result<Snapshot, Error> {
        Ok(Box::new(self.lock().clone()))
    }

    fn write(&self, work: &mut Work<'_>) -> Result<(), Error> {
        let mut next = self.lock().clone();
        work(&mut next)?;
        *self.lock() = next;
        Ok(())
    }
}

impl Read for Pairs {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        Ok(BTreeMap::get(self, key).cloned())
    }

    fn scan(&self, from: &[u8], to: &[u8], visit: &mut Visit<'_>) -> Result<(), Error> {
        for (key, value) in
            self.range::<[u8], _>((std::ops::Bound::Included(from), std::ops::Bound::Excluded(to)))
        {
            if let ControlFlow::Break(()) = visit(key, value) {
                break;
            }
        }
        Ok(())
    }
}

impl Write for Pairs {
    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<(), Error> {
        self.insert(key.to_vec(), value.to_vec());
        Ok(())
    }

    fn delete(&mut self, key: &[u8]) -> Result<(), Error> {
        self.remove(key);
        Ok(())
    }
}
