//! What `CustomerLoyalty` does.

use crate::wild_rydes::messages::{LoyaltyAccount, RideCompleted};
use crate::wild_rydes::services::customer_loyalty::CollectContext;
use aqueduct::{Decimal, Failure};

use crate::Outages;

/// Rewards those who ride far.
#[derive(Debug, Clone)]
pub struct CustomerLoyalty {
    /// How often the card printer is out.
    pub outages: Outages,
}

impl crate::wild_rydes::services::CustomerLoyalty for CustomerLoyalty {
    async fn collect(
        &self,
        ride: RideCompleted,
        cx: &mut CollectContext<'_>,
    ) -> Result<(), Failure> {
        self.outages.reach("card printer", cx.delivery())?;
        let points = points(ride.distance)?;
        let account = cx.accounts().get(&ride.customer).await?;
        let account = account.unwrap_or(LoyaltyAccount {
            customer: ride.customer,
            points: 0,
            rides: 0,
        });
        cx.accounts().put(&LoyaltyAccount {
            points: account.points + points,
            rides: account.rides + 1,
            ..account
        })
    }
}

/// A point for each full kilometer.
fn points(distance: Decimal) -> Result<i64, Failure> {
    i64::try_from(distance.floor())
        .map_err(|_| Failure::named("TooFar", format!("{distance} km can't be counted")))
}
