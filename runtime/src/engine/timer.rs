//! Ticks: when a message becomes due, and now and then to forget what has expired.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::Engine;
use crate::core::command::Command;
use crate::core::micros;

/// How long the core is left alone at most.
const IDLE: Duration = Duration::from_secs(10);

pub(super) async fn tick(engine: Arc<Engine>, mut woken: watch::Receiver<Option<u64>>) {
    loop {
        let due = *woken.borrow_and_update();
        let now = micros(engine.site.clock.now());
        let wait = due.map_or(IDLE, |due| {
            Duration::from_micros(due.saturating_sub(now)).min(IDLE)
        });
        tokio::select! {
            biased;
            () = engine.stopping.cancelled() => return,
            changed = woken.changed() => {
                if changed.is_err() {
                    return;
                }
            }
            () = tokio::time::sleep(wait) => {
                if engine.send(Command::Tick).await.is_err() {
                    return;
                }
                // The core answers a tick by naming the next instant; until then the old one has passed.
                if due.is_some_and(|due| due <= micros(engine.site.clock.now())) {
                    let _ = tokio::time::timeout(Duration::from_millis(50), woken.changed()).await;
                }
            }
        }
    }
}
