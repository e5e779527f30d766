//! What `RideManagement` does.

use aqueduct::Failure;
use system::messages::{RideCompleted, SubmitRide};
use system::services::ride_management::SubmitContext;

/// Implements the service `RideManagement`.
#[derive(Debug, Clone)]
pub struct RideManagement;

impl system::services::RideManagement for RideManagement {
    async fn submit(
        &self,
        _ride: SubmitRide,
        _cx: &mut SubmitContext<'_>,
    ) -> Result<RideCompleted, Failure> {
        Err(Failure::new("RideManagement.submit isn't written yet"))
    }
}
