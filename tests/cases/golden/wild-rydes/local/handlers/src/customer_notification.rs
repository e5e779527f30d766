//! What `CustomerNotification` does.

use aqueduct::Failure;
use system::messages::{Phone, RideCompleted};
use system::services::customer_notification::{KeepPhoneContext, NotifyContext};

/// Implements the service `CustomerNotification`.
#[derive(Debug, Clone)]
pub struct CustomerNotification;

impl system::services::CustomerNotification for CustomerNotification {
    async fn keep_phone(
        &self,
        _phone: Phone,
        _cx: &mut KeepPhoneContext<'_>,
    ) -> Result<Phone, Failure> {
        Err(Failure::new(
            "CustomerNotification.keep_phone isn't written yet",
        ))
    }

    async fn notify(
        &self,
        _ride: RideCompleted,
        _cx: &mut NotifyContext<'_>,
    ) -> Result<(), Failure> {
        Err(Failure::new(
            "CustomerNotification.notify isn't written yet",
        ))
    }
}
