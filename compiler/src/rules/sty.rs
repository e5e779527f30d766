//! STY: style.

pub(super) mod message_naming;
