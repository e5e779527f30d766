//! What `CustomerLoyalty` does.

use aqueduct::{Decimal, Failure};
use system::messages::{LoyaltyAccount, RideCompleted};
use system::services::customer_loyalty::CollectContext;

use crate::Outages;

/// Rewards those who ride far.
#[derive(Debug, Clone)]
pub struct CustomerLoyalty {
    /// How often the card printer is out.
    pub outages: Outages,
}

impl system::services::CustomerLoyalty for CustomerLoyalty {
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

#[cfg(test)]
mod tests {
    use aqueduct::Activation;
    use system::services::CustomerLoyalty as _;
    use system::services::customer_loyalty::Accounts;

    use super::*;
    use crate::rides::completed;

    #[test]
    fn full_kilometers_add_up() {
        let mut activation = Activation::in_memory();
        let service = CustomerLoyalty {
            outages: Outages::NONE,
        };
        for _ in 0..2 {
            aqueduct::test::run(
                service.collect(completed(100), &mut CollectContext::new(&mut activation)),
            )
            .unwrap();
        }
        let accounts = activation.rows::<Accounts>();
        assert_eq!(
            accounts,
            [LoyaltyAccount {
                customer: "cmr".into(),
                points: 1_200,
                rides: 2
            }]
        );
    }
}
