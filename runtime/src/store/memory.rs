//! A store in memory, for tests of handlers and of the engine. Nothing survives it.

use std::collections::BTreeMap;
use std::ops::{Bound, ControlFlow};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Batch, Error, Read, Snapshot, Storage, Visit};

type Pairs = BTreeMap<Vec<u8>, Vec<u8>>;

#[derive(Debug, Default)]
pub(crate) struct Memory(Mutex<Arc<Pairs>>);

impl Memory {
    fn lock(&self) -> MutexGuard<'_, Arc<Pairs>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Storage for Memory {
    fn snapshot(&self) -> Result<Snapshot, Error> {
        Ok(Box::new(Arc::clone(&self.lock())))
    }

    fn commit(&self, batch: &Batch) -> Result<(), Error> {
        let mut pairs = self.lock();
        let pairs = Arc::make_mut(&mut pairs);
        for (key, value) in batch.iter() {
            match value {
                Some(value) => pairs.insert(key.to_vec(), value.to_vec()),
                None => pairs.remove(key),
            };
        }
        Ok(())
    }
}

impl Read for Arc<Pairs> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        Ok(BTreeMap::get(self, key).cloned())
    }

    fn scan(&self, from: &[u8], to: &[u8], visit: &mut Visit<'_>) -> Result<(), Error> {
        for (key, value) in self.range::<[u8], _>((Bound::Included(from), Bound::Excluded(to))) {
            if let ControlFlow::Break(()) = visit(key, value) {
                break;
            }
        }
        Ok(())
    }
}
