//! What `CustomerAccounting` does.

use crate::wild_rydes::messages::{Account, AccountClosed, Money};
use crate::wild_rydes::services::customer_accounting::{CreditContext, UncreditContext};
use aqueduct::{Decimal, Failure, Uuid};

use crate::Outages;

/// Collects fares.
#[derive(Debug, Clone)]
pub struct CustomerAccounting {
    /// How often the ledger is out.
    pub outages: Outages,
}

impl crate::wild_rydes::services::CustomerAccounting for CustomerAccounting {
    async fn credit(
        &self,
        _ride_id: Uuid,
        customer: String,
        amount: Money,
        cx: &mut CreditContext<'_>,
    ) -> Result<(), Failure> {
        self.outages.reach("ledger", cx.delivery())?;
        // As the workshop forces a failure: the name of the customer asks for it.
        if customer.ends_with("_fail_credit") {
            return Err(AccountClosed {}.into());
        }
        let before = cx.accounts().get(&customer).await?;
        let (paid, rides) =
            before.map_or((Decimal::ZERO, 0), |account| (account.paid, account.rides));
        cx.accounts().put(&Account {
            customer,
            paid: paid + amount,
            rides: rides + 1,
        })
    }

    async fn uncredit(
        &self,
        _ride_id: Uuid,
        customer: String,
        amount: Money,
        cx: &mut UncreditContext<'_>,
    ) -> Result<(), Failure> {
        // It only runs for a ride that was credited, and once.
        let Some(account) = cx.accounts().get(&customer).await? else {
            return Ok(());
        };
        cx.accounts().put(&Account {
            paid: account.paid - amount,
            rides: account.rides - 1,
            ..account
        })
    }
}
