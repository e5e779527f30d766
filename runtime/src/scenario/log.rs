//! Keeps what is logged in a scenario.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::subscriber::DefaultGuard;
use tracing_subscriber::filter::LevelFilter;

/// What was logged so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Keeps everything that this thread logs, as long as the guard is held.
    pub(super) fn keep(&self) -> DefaultGuard {
        let log = self.clone();
        let lines = tracing_subscriber::fmt()
            .with_writer(move || log.clone())
            .with_max_level(LevelFilter::TRACE)
            .with_ansi(false);
        tracing::subscriber::set_default(lines.finish())
    }

    pub(super) fn contains(&self, text: &str) -> bool {
        let log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&log).contains(text)
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
