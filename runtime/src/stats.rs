//! What a program counts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Counts since the start of the program, and what is in the queues now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stats {
    /// Whether these are of a running program; a store at rest has no counters.
    pub running: bool,
    /// What has happened.
    pub counters: Counters,
    /// What is in each queue, by name.
    pub queues: BTreeMap<String, QueueStats>,
    /// How many rows each table has, by name; counted when asked.
    #[serde(default)]
    pub tables: BTreeMap<String, u64>,
    /// The runs of each saga, by name; counted when asked.
    #[serde(default)]
    pub sagas: BTreeMap<String, SagaStats>,
}

/// How many runs a saga has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SagaStats {
    /// Those that go on, or back.
    pub running: u64,
    /// Those that wait for somebody to look.
    pub stuck: u64,
    /// Those whose every step is done.
    pub done: u64,
    /// Those that are taken back.
    pub failed: u64,
}

/// What has happened since the start of the program.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    /// Requests, and messages sent by the administration, whose effects are on disk.
    pub accepted: u64,
    /// Messages sent to a channel.
    pub published: u64,
    /// Copies of messages put into queues.
    pub queued: u64,
    /// Copies that a filter kept out.
    pub filtered: u64,
    /// Messages that no route took.
    pub unrouted: u64,
    /// Starts of handlers for a message of a queue.
    pub delivered: u64,
    /// Deliveries whose handler's work is on disk.
    pub succeeded: u64,
    /// Attempts for a message of a queue that did not succeed.
    pub failed: u64,
    /// Messages that will not be tried again.
    pub dead_lettered: u64,
    /// Dead letters that went back to their queue.
    pub redriven: u64,
    /// Inputs that were recognised as handled before.
    pub duplicates: u64,
    /// Activations that ran again because another was faster.
    pub conflicts: u64,
    /// Inbox keys and stored answers whose time was over.
    #[serde(default)]
    pub forgotten: u64,
    /// Messages that nobody handled in the time that their queue keeps them.
    #[serde(default)]
    pub expired: u64,
    /// Transactions on disk.
    pub commits: u64,
}

/// What is in a queue now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueStats {
    /// Messages that a handler may take.
    pub ready: u64,
    /// Messages that wait for their next attempt.
    pub delayed: u64,
    /// Messages that a handler has.
    pub in_flight: u64,
    /// Messages that will not be tried again.
    pub dead: u64,
}
