//! What the function says: JSON lines, one for each event, to the log group that is its own.

use std::io::Write;

use aqueduct::trace::{self, Event};
use tracing_subscriber::filter::LevelFilter;

/// Sends what the runtime tells to standard output; `AQUEDUCT_LOG` is the level, `info` when not given.
pub(crate) fn start() {
    let level = std::env::var("AQUEDUCT_LOG")
        .ok()
        .and_then(|level| level.parse().ok())
        .unwrap_or(LevelFilter::INFO);
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_max_level(level)
        .init();
}

/// Writes an event of the trace as a line of its own.
pub(crate) fn trace(event: &Event) {
    if let Ok(event) = serde_json::to_value(event) {
        let line = serde_json::json!({ trace::VERSION: event });
        // A log that can't be written is nothing that a message should fail for.
        let _ = writeln!(std::io::stdout().lock(), "{line}");
    }
}
