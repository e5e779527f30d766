//! Sees every message that is sent in a scenario, and has those come more than once that are to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::core::command::Routed;
use crate::record::Envelope;
use crate::topology::Queue;

/// What was sent, and what is to be copied.
#[derive(Debug, Default)]
pub(crate) struct Witness(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    sent: Vec<Sent>,
    /// By channel: how often each message comes in all, and for how many messages more.
    copies: BTreeMap<String, (u32, Option<u32>)>,
}

/// A message with the queues that got it.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) envelope: Arc<Envelope>,
    pub(crate) queues: Vec<String>,
}

impl Witness {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has the next messages of a channel come so often.
    pub(super) fn copy(&self, channel: &str, count: u32, times: Option<u32>) {
        let _ = self.state().copies.insert(channel.to_owned(), (count, times));
    }

    /// Looks at a message on its way, which may get more copies.
    pub(crate) fn see(&self, message: &mut Routed, queues: &[Queue]) -> Sent {
        let name = |index: &usize| queues.get(*index).map(|queue| queue.name.clone());
        let sent = Sent {
            envelope: Arc::clone(&message.envelope),
            queues: message.queues.iter().filter_map(name).collect(),
        };
        let mut state = self.state();
        let of_channel = state.copies_of(&sent.envelope.channel);
        let mut all = Vec::with_capacity(message.queues.len());
        for (index, queue) in message.queues.iter().zip(&sent.queues) {
            let own = if *queue == sent.envelope.channel {
                1
            } else {
                state.copies_of(queue)
            };
            all.extend(std::iter::repeat_n(*index, (of_channel * own) as usize));
        }
        message.queues = all;
        sent
    }

    /// Notes what is committed.
    pub(crate) fn note(&self, sent: Vec<Sent>) {
        self.state().sent.extend(sent);
    }

    /// All that was sent so far, in order.
    pub(super) fn sent(&self) -> Vec<Sent> {
        self.state().sent.clone()
    }
}

impl State {
    fn copies_of(&mut self, channel: &str) -> u32 {
        match self.copies.get_mut(channel) {
            None | Some((_, Some(0))) => 1,
            Some((count, None)) => *count,
            Some((count, Some(left))) => {
                *left -= 1;
                *count
            }
        }
    }
}
