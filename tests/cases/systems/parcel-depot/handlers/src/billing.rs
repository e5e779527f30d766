//! What `Billing` does.

use aqueduct::{Decimal, Failure, SignedDuration};
use system::messages::{BillingRemindInput, BillingRemindReply, Invoice, ParcelAccepted};
use system::services::billing::{BillContext, RemindContext};

/// Two for each kilogram, and patience.
#[derive(Debug, Clone)]
pub struct Billing;

impl system::services::Billing for Billing {
    async fn bill(&self, parcel: ParcelAccepted, cx: &mut BillContext<'_>) -> Result<(), Failure> {
        cx.invoices().put(&Invoice {
            parcel_id: parcel.parcel_id,
            amount: (parcel.weight * Decimal::TWO).round_dp(2),
            patience: SignedDuration::from_hours(14 * 24),
        })
    }

    async fn remind(
        &self,
        input: BillingRemindInput,
        _cx: &mut RemindContext<'_>,
    ) -> Result<BillingRemindReply, Failure> {
        Ok(BillingRemindReply { reminded: if input.dry_run { 0 } else { input.days } })
    }
}
