//! What `CustomerAccounting` does.

use aqueduct::Failure;
use system::messages::{Fare, FareStatus, RideCompleted};
use system::services::customer_accounting::ChargeContext;

use crate::Outages;

/// Knows what every customer owes.
#[derive(Debug, Clone)]
pub struct CustomerAccounting {
    /// How often the ledger is out.
    pub outages: Outages,
}

impl system::services::CustomerAccounting for CustomerAccounting {
    async fn charge(&self, ride: RideCompleted, cx: &mut ChargeContext<'_>) -> Result<(), Failure> {
        self.outages.reach("ledger", cx.delivery())?;
        cx.fares().put(&Fare {
            ride_id: ride.ride_id,
            customer: ride.customer,
            amount: ride.fare,
            status: FareStatus::Due,
        })
    }
}

#[cfg(test)]
mod tests {
    use aqueduct::{Activation, Decimal};
    use system::services::CustomerAccounting as _;
    use system::services::customer_accounting::Fares;

    use super::*;
    use crate::rides::completed;

    #[test]
    fn a_ride_is_owed_at_its_fare() {
        let mut activation = Activation::in_memory();
        let service = CustomerAccounting {
            outages: Outages::NONE,
        };
        aqueduct::test::run(
            service.charge(completed(25_650), &mut ChargeContext::new(&mut activation)),
        )
        .unwrap();
        let fares = activation.rows::<Fares>();
        assert_eq!(fares.len(), 1);
        assert_eq!(
            (fares[0].amount, fares[0].status),
            (Decimal::new(25_650, 2), FareStatus::Due)
        );
    }
}
