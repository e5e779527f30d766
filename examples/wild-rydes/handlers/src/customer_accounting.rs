//! What `CustomerAccounting` does.

use aqueduct::{Decimal, Failure};
use system::messages::{
    Account, AccountClosed, CustomerAccountingCreditInput, CustomerAccountingUncreditInput,
};
use system::services::customer_accounting::{CreditContext, UncreditContext};

use crate::Outages;

/// Collects fares.
#[derive(Debug, Clone)]
pub struct CustomerAccounting {
    /// How often the ledger is out.
    pub outages: Outages,
}

impl system::services::CustomerAccounting for CustomerAccounting {
    async fn credit(
        &self,
        input: CustomerAccountingCreditInput,
        cx: &mut CreditContext<'_>,
    ) -> Result<(), Failure> {
        self.outages.reach("ledger", cx.delivery())?;
        // As the workshop forces a failure: the name of the customer asks for it.
        if input.customer.ends_with("_fail_credit") {
            return Err(AccountClosed {}.into());
        }
        let before = cx.accounts().get(&input.customer).await?;
        let (paid, rides) =
            before.map_or((Decimal::ZERO, 0), |account| (account.paid, account.rides));
        cx.accounts().put(&Account {
            customer: input.customer,
            paid: paid + input.amount,
            rides: rides + 1,
        })
    }

    async fn uncredit(
        &self,
        input: CustomerAccountingUncreditInput,
        cx: &mut UncreditContext<'_>,
    ) -> Result<(), Failure> {
        // It only runs for a ride that was credited, and once.
        let Some(account) = cx.accounts().get(&input.customer).await? else {
            return Ok(());
        };
        cx.accounts().put(&Account {
            paid: account.paid - input.amount,
            rides: account.rides - 1,
            ..account
        })
    }
}

#[cfg(test)]
mod tests {
    use aqueduct::{Activation, Uuid};
    use system::services::CustomerAccounting as _;
    use system::services::customer_accounting::Accounts;

    use super::*;

    const SERVICE: CustomerAccounting = CustomerAccounting {
        outages: Outages::NONE,
    };

    fn credit(customer: &str) -> CustomerAccountingCreditInput {
        CustomerAccountingCreditInput {
            ride_id: Uuid::from_u128(7),
            customer: customer.into(),
            amount: Decimal::new(25_650, 2),
        }
    }

    #[test]
    fn what_is_paid_adds_up_and_can_be_taken_back() {
        let mut activation = Activation::in_memory();
        for _ in 0..2 {
            let mut cx = CreditContext::new(&mut activation);
            aqueduct::test::run(SERVICE.credit(credit("cmr"), &mut cx)).unwrap();
        }
        let account = &activation.rows::<Accounts>()[0];
        assert_eq!((account.paid, account.rides), (Decimal::from(513), 2));
        let input = credit("cmr");
        let undo = CustomerAccountingUncreditInput {
            ride_id: input.ride_id,
            customer: input.customer,
            amount: input.amount,
        };
        let mut cx = UncreditContext::new(&mut activation);
        aqueduct::test::run(SERVICE.uncredit(undo, &mut cx)).unwrap();
        assert_eq!(activation.rows::<Accounts>()[0].rides, 1);
    }

    #[test]
    fn a_closed_account_takes_nothing() {
        let mut activation = Activation::in_memory();
        let mut cx = CreditContext::new(&mut activation);
        let outcome = aqueduct::test::run(SERVICE.credit(credit("ada_fail_credit"), &mut cx));
        assert_eq!(outcome.unwrap_err().name(), Some("AccountClosed"));
        assert!(activation.rows::<Accounts>().is_empty());
    }
}
