//! What `Couriers` does.

use aqueduct::Failure;
use system::messages::ParcelLoaded;
use system::services::couriers::RideContext;

/// Rides out with what can't wait.
#[derive(Debug, Clone)]
pub struct Couriers;

impl system::services::Couriers for Couriers {
    async fn ride(&self, _loaded: ParcelLoaded, _cx: &mut RideContext<'_>) -> Result<(), Failure> {
        Ok(())
    }
}
