//! What `CustomerAccounting` does.

use aqueduct::Failure;
use system::messages::{CustomerAccountingCreditInput, CustomerAccountingUncreditInput};
use system::services::customer_accounting::{CreditContext, UncreditContext};

/// Implements the service `CustomerAccounting`.
#[derive(Debug, Clone)]
pub struct CustomerAccounting;

impl system::services::CustomerAccounting for CustomerAccounting {
    async fn credit(
        &self,
        _input: CustomerAccountingCreditInput,
        _cx: &mut CreditContext<'_>,
    ) -> Result<(), Failure> {
        Err(Failure::new("CustomerAccounting.credit isn't written yet"))
    }

    async fn uncredit(
        &self,
        _input: CustomerAccountingUncreditInput,
        _cx: &mut UncreditContext<'_>,
    ) -> Result<(), Failure> {
        Err(Failure::new(
            "CustomerAccounting.uncredit isn't written yet",
        ))
    }
}
