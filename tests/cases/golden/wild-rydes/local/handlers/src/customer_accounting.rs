//! What `CustomerAccounting` does.

use aqueduct::Failure;
use system::messages::RideCompleted;
use system::services::customer_accounting::ChargeContext;

/// Implements the service `CustomerAccounting`.
#[derive(Debug, Clone)]
pub struct CustomerAccounting;

impl system::services::CustomerAccounting for CustomerAccounting {
    async fn charge(
        &self,
        _ride: RideCompleted,
        _cx: &mut ChargeContext<'_>,
    ) -> Result<(), Failure> {
        Err(Failure::new("CustomerAccounting.charge isn't written yet"))
    }
}
