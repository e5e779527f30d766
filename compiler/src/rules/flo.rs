//! FLO: what flows, and whether it arrives.

pub(super) mod dead_channel;
pub(super) mod deadline_unreachable;
pub(super) mod message_loop;
pub(super) mod orphan_event;
pub(super) mod timeout_inversion;
pub(super) mod unreachable_handler;
