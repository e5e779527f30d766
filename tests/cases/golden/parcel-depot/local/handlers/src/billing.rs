//! What `Billing` does.

use aqueduct::Failure;
use system::messages::{BillingRemindInput, BillingRemindReply, ParcelAccepted};
use system::services::billing::{BillContext, RemindContext};

/// Implements the service `Billing`.
#[derive(Debug, Clone)]
pub struct Billing;

impl system::services::Billing for Billing {
    async fn bill(
        &self,
        _parcel_accepted: ParcelAccepted,
        _cx: &mut BillContext<'_>,
    ) -> Result<(), Failure> {
        Err(Failure::new("Billing.bill isn't written yet"))
    }

    async fn remind(
        &self,
        _input: BillingRemindInput,
        _cx: &mut RemindContext<'_>,
    ) -> Result<BillingRemindReply, Failure> {
        Err(Failure::new("Billing.remind isn't written yet"))
    }
}
