//! What `CustomerNotification` does.

use crate::wild_rydes::messages::{FareSettled, Notice, Phone, Receipt, RideCompleted};
use crate::wild_rydes::services::customer_notification::{
    KeepPhoneContext, NotifyContext, RegretContext, ThankContext,
};
use aqueduct::Failure;

use crate::Outages;

/// Tells customers that their ride is over.
#[derive(Debug, Clone)]
pub struct CustomerNotification {
    /// How often the text gateway is out.
    pub outages: Outages,
}

impl crate::wild_rydes::services::CustomerNotification for CustomerNotification {
    async fn keep_phone(
        &self,
        phone: Phone,
        cx: &mut KeepPhoneContext<'_>,
    ) -> Result<Phone, Failure> {
        cx.phones().put(&phone)?;
        Ok(phone)
    }

    async fn notify(&self, ride: RideCompleted, cx: &mut NotifyContext<'_>) -> Result<(), Failure> {
        self.outages.reach("text gateway", cx.delivery())?;
        let number = cx
            .phones()
            .get(&ride.customer)
            .await?
            .map(|phone| phone.number);
        if let Some(number) = &number {
            dial(number)?;
        }
        cx.notices().put(&Notice {
            ride_id: ride.ride_id,
            customer: ride.customer,
            number,
            text: format!(
                "Your ride from {} to {} is over: {} €.",
                ride.from, ride.to, ride.fare
            ),
        })
    }

    async fn thank(&self, fare: FareSettled, cx: &mut ThankContext<'_>) -> Result<(), Failure> {
        cx.receipts().put(&Receipt {
            ride_id: fare.ride_id,
            customer: fare.customer,
            paid: true,
            text: "Your ride is paid. Thank you!".into(),
        })
    }

    async fn regret(&self, fare: FareSettled, cx: &mut RegretContext<'_>) -> Result<(), Failure> {
        let reason = fare.reason.unwrap_or_default();
        cx.receipts().put(&Receipt {
            ride_id: fare.ride_id,
            customer: fare.customer,
            paid: false,
            text: format!("Your ride could not be paid ({reason}); nothing was taken."),
        })
    }
}

/// The gateway takes international numbers only, and says so each time it is asked.
fn dial(number: &str) -> Result<(), Failure> {
    let international = number
        .strip_prefix('+')
        .is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
    if international {
        return Ok(());
    }
    Err(Failure::named(
        "NumberRefused",
        "the text gateway takes numbers like +4930123456 only",
    ))
}
