//! What `CustomerLoyalty` does.

use aqueduct::Failure;
use system::messages::RideCompleted;
use system::services::customer_loyalty::CollectContext;

/// Implements the service `CustomerLoyalty`.
#[derive(Debug, Clone)]
pub struct CustomerLoyalty;

impl system::services::CustomerLoyalty for CustomerLoyalty {
    async fn collect(
        &self,
        _ride: RideCompleted,
        _cx: &mut CollectContext<'_>,
    ) -> Result<(), Failure> {
        Err(Failure::new("CustomerLoyalty.collect isn't written yet"))
    }
}
