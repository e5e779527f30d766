//! What `RideManagement` does.

use crate::wild_rydes::messages::{RideCompleted, SubmitRide};
use crate::wild_rydes::services::ride_management::SubmitContext;
use aqueduct::Failure;

/// Takes rides in.
#[derive(Debug, Clone)]
pub struct RideManagement;

impl crate::wild_rydes::services::RideManagement for RideManagement {
    async fn submit(
        &self,
        ride: SubmitRide,
        cx: &mut SubmitContext<'_>,
    ) -> Result<RideCompleted, Failure> {
        let completed = RideCompleted::from_submit_ride(cx.new_id(), ride);
        cx.rides().put(&completed)?;
        cx.emit_ride_completed(&completed)?;
        Ok(completed)
    }
}
