//! What `ExtraordinaryRides` does.

use aqueduct::Failure;
use system::messages::RideCompleted;
use system::services::extraordinary_rides::CelebrateContext;

/// Implements the service `ExtraordinaryRides`.
#[derive(Debug, Clone)]
pub struct ExtraordinaryRides;

impl system::services::ExtraordinaryRides for ExtraordinaryRides {
    async fn celebrate(
        &self,
        _ride: RideCompleted,
        _cx: &mut CelebrateContext<'_>,
    ) -> Result<(), Failure> {
        Err(Failure::new(
            "ExtraordinaryRides.celebrate isn't written yet",
        ))
    }
}
