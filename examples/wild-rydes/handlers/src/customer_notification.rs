//! What `CustomerNotification` does.

use aqueduct::Failure;
use system::messages::{FareSettled, Notice, Phone, Receipt, RideCompleted};
use system::services::customer_notification::{
    KeepPhoneContext, NotifyContext, RegretContext, ThankContext,
};

use crate::Outages;

/// Tells customers that their ride is over.
#[derive(Debug, Clone)]
pub struct CustomerNotification {
    /// How often the text gateway is out.
    pub outages: Outages,
}

impl system::services::CustomerNotification for CustomerNotification {
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

#[cfg(test)]
mod tests {
    use aqueduct::Activation;
    use system::services::CustomerNotification as _;
    use system::services::customer_notification::{Notices, Phones};

    use super::*;
    use crate::rides::completed;

    const SERVICE: CustomerNotification = CustomerNotification {
        outages: Outages::NONE,
    };

    fn phone(number: &str) -> Phone {
        Phone {
            customer: "cmr".into(),
            number: number.into(),
        }
    }

    #[test]
    fn who_has_left_no_number_gets_a_letter() {
        let mut activation = Activation::in_memory();
        aqueduct::test::run(
            SERVICE.notify(completed(5_000), &mut NotifyContext::new(&mut activation)),
        )
        .unwrap();
        let notices = activation.rows::<Notices>();
        assert_eq!(notices.len(), 1);
        assert_eq!(notices[0].number, None);
        assert_eq!(
            notices[0].text,
            "Your ride from Berlin to Frankfurt is over: 50.00 €."
        );
    }

    #[test]
    fn a_number_that_the_gateway_refuses_leaves_no_notice() {
        let mut activation = Activation::in_memory();
        activation.put_row::<Phones>(&phone("0049 30 1"));
        let outcome = aqueduct::test::run(
            SERVICE.notify(completed(5_000), &mut NotifyContext::new(&mut activation)),
        );
        assert_eq!(outcome.unwrap_err().name(), Some("NumberRefused"));
        assert!(activation.rows::<Notices>().is_empty());
    }
}
