//! What `CustomerNotification` does.

use aqueduct::Failure;
use system::messages::{FareSettled, Phone, RideCompleted};
use system::services::customer_notification::{
    KeepPhoneContext, NotifyContext, RegretContext, ThankContext,
};

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

    async fn thank(&self, _fare: FareSettled, _cx: &mut ThankContext<'_>) -> Result<(), Failure> {
        Err(Failure::new("CustomerNotification.thank isn't written yet"))
    }

    async fn regret(&self, _fare: FareSettled, _cx: &mut RegretContext<'_>) -> Result<(), Failure> {
        Err(Failure::new(
            "CustomerNotification.regret isn't written yet",
        ))
    }
}
