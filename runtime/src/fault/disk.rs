//! A disk in memory that keeps writes apart until they are synced, crashes at a chosen operation, and at reboot
//! keeps, drops or tears each write that was not synced.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redb::StorageBackend;

/// Whether syncing does anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sync {
    /// What was written before is safe afterwards.
    Honest,
    /// Nothing: a control that must make tests of durability fail.
    Lying,
}

/// A disk whose contents outlive the database on it. Clones are the same disk.
#[derive(Debug, Clone)]
pub struct CrashDisk(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    /// What would be read back now.
    live: Vec<u8>,
    /// What is safe.
    safe: Vec<u8>,
    /// What was done since the last sync, in order.
    unsynced: Vec<Operation>,
    sync: Sync,
    /// How many writes and syncs still succeed.
    left: Option<u64>,
}

#[derive(Debug)]
enum Operation {
    Write(usize, Vec<u8>),
    Resize(usize),
}

impl CrashDisk {
    /// An empty disk.
    pub fn new(sync: Sync) -> Self {
        let (live, safe, unsynced) = (Vec::new(), Vec::new(), Vec::new());
        Self(Arc::new(Mutex::new(State {
            live,
            safe,
            unsynced,
            sync,
            left: None,
        })))
    }

    /// Fails every operation after this many writes and syncs.
    pub fn crash_after(&self, operations: u64) {
        self.lock().left = Some(operations);
    }

    /// Whether it has crashed.
    pub fn crashed(&self) -> bool {
        self.lock().left == Some(0)
    }

    /// Power is back: each unsynced write is kept, dropped or torn, as `random` decides.
    pub fn reboot(&self, mut random: impl FnMut() -> u64) {
        let mut state = self.lock();
        let mut safe = std::mem::take(&mut state.safe);
        for operation in std::mem::take(&mut state.unsynced) {
            match (operation, random() % 3) {
                (_, 0) => {}
                (Operation::Resize(length), _) => safe.resize(length, 0),
                (Operation::Write(offset, data), 1) => write(&mut safe, offset, &data),
                (Operation::Write(offset, data), _) => {
                    let torn = usize::try_from(random() % (data.len() as u64 + 1)).unwrap_or_default();
                    write(&mut safe, offset, &data[..torn]);
                }
            }
        }
        state.live.clone_from(&safe);
        state.safe = safe;
        state.left = None;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Counts an operation that reaches the disk.
    fn spend(&mut self) -> io::Result<()> {
        match &mut self.left {
            Some(0) => Err(io::Error::other("the disk has crashed")),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }
}

impl StorageBackend for CrashDisk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.lock().live.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let state = self.lock();
        let start = usize::try_from(offset).map_err(io::Error::other)?;
        let data = state.live.get(start..start + out.len());
        out.copy_from_slice(data.ok_or_else(|| io::Error::other("read beyond the end"))?);
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        let mut state = self.lock();
        state.spend()?;
        let length = usize::try_from(length).map_err(io::Error::other)?;
        state.live.resize(length, 0);
        state.unsynced.push(Operation::Resize(length));
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut state = self.lock();
        state.spend()?;
        if state.sync == Sync::Honest {
            let State {
                live, safe, unsynced, ..
            } = &mut *state;
            for operation in unsynced.drain(..) {
                match operation {
                    Operation::Write(offset, data) => write(safe, offset, &data),
                    Operation::Resize(length) => safe.resize(length, 0),
                }
            }
            debug_assert_eq!(live.len(), safe.len());
        }
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut state = self.lock();
        state.spend()?;
        let offset = usize::try_from(offset).map_err(io::Error::other)?;
        write(&mut state.live, offset, data);
        state.unsynced.push(Operation::Write(offset, data.to_vec()));
        Ok(())
    }
}

fn write(disk: &mut Vec<u8>, offset: usize, data: &[u8]) {
    let end = offset + data.len();
    if disk.len() < end {
        disk.resize(end, 0);
    }
    disk[offset..end].copy_from_slice(data);
}
