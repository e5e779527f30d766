//! COU: what depends on what.

pub(super) mod private_event_crosses_domain;
