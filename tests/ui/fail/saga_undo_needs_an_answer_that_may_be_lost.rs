//! An undo that asks for what nobody may know.

#[aqueduct::system]
pub mod rides {
    use aqueduct::{Decimal, Result, Uuid};

    #[event]
    pub struct RideCompleted {
        #[key]
        #[default(new())]
        ride_id: Uuid,
        #[limits(0.., places 2)]
        fare: Decimal,
    }

    #[fault]
    pub struct Refused;

    #[queue]
    pub struct Rides(RideCompleted);

    #[service(auth = jwt)]
    pub trait Intake {
        #[handler(emits(RideCompleted to Rides))]
        #[api(POST "/rides")]
        async fn submit(&self, ride: RideCompleted, cx: &mut SubmitContext) -> Result<()>;
    }

    #[service]
    pub trait Payments {
        #[handler(fails = Refused, idempotent(by key))]
        #[reply(charge_id: String)]
        #[calls(Bank::charge)]
        async fn charge(&self, key: Uuid, cx: &mut ChargeContext) -> Result<PaymentsChargeReply>;

        #[handler(undoes(charge by key))]
        #[calls(Bank::refund)]
        async fn refund(&self, key: Uuid, charge_id: String, cx: &mut RefundContext) -> Result<()>;
    }

    #[service(extern)]
    pub trait Bank {
        #[handler(timeout = 3s)]
        #[reply(charge_id: String)]
        async fn charge(&self, key: Uuid) -> Result<BankChargeReply>;

        #[handler(undoes(charge by key), timeout = 3s)]
        async fn refund(&self, key: Uuid, charge_id: String) -> Result<()>;
    }

    #[service]
    pub trait Collection {
        #[saga(on = Rides, by = ride.ride_id)]
        #[deadline(10m)]
        #[step(charge = Payments::charge(key: ride.ride_id), undo Payments::refund(key: ride.ride_id, charge_id: charge.charge_id))]
        fn fare_collection(ride: RideCompleted);
    }
}

fn main() {}
