//! What `Cashier` does.

use aqueduct::Failure;
use system::messages::{CashierChargeInput, CashierQuoteInput, CashierQuoteReply};
use system::services::cashier::{ChargeContext, QuoteContext};

/// Implements the service `Cashier`.
#[derive(Debug, Clone)]
pub struct Cashier;

impl system::services::Cashier for Cashier {
    async fn quote(
        &self,
        _input: CashierQuoteInput,
        _cx: &mut QuoteContext<'_>,
    ) -> Result<CashierQuoteReply, Failure> {
        Err(Failure::new("Cashier.quote isn't written yet"))
    }

    async fn charge(
        &self,
        _input: CashierChargeInput,
        _cx: &mut ChargeContext<'_>,
    ) -> Result<(), Failure> {
        Err(Failure::new("Cashier.charge isn't written yet"))
    }
}
