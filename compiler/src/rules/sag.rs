//! SAG: sagas keep their word, whatever goes wrong.

pub(super) mod abort_after_pivot;
pub(super) mod choreography_not_realisable;
pub(super) mod compensation_can_give_up;
pub(super) mod compensation_input_unavailable;
pub(super) mod compensation_not_null_safe;
pub(super) mod compensation_order;
pub(super) mod irreversible_too_early;
pub(super) mod late_forward_not_fenced;
pub(super) mod missing_compensation;
pub(super) mod saga_not_sound;
pub(super) mod unknown_outcome_ignored;
pub(super) mod wait_without_deadline;
