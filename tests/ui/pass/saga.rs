//! A saga over two services.

#![deny(missing_docs)]
#![deny(warnings)]

/// Rides that are paid for.
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
        #[store(by ride_id)]
        type Paid = RideCompleted;

        #[handler(fails = Refused, writes(paid), idempotent(by key))]
        async fn charge(&self, key: Uuid, cx: &mut ChargeContext) -> Result<()>;

        #[handler(writes(paid), undoes(charge by key))]
        async fn refund(&self, key: Uuid, cx: &mut RefundContext) -> Result<()>;
    }

    #[service]
    pub trait Points {
        #[store(by ride_id)]
        type Points = RideCompleted;

        #[handler(writes(points), idempotent(by key))]
        async fn credit(&self, key: Uuid, cx: &mut CreditContext) -> Result<()>;

        #[handler(writes(points), undoes(credit by key))]
        async fn uncredit(&self, key: Uuid, cx: &mut UncreditContext) -> Result<()>;
    }

    #[service]
    pub trait Collection {
        #[saga(on = Rides, by = ride.ride_id)]
        #[deadline(10m)]
        #[step(charge = Payments::charge(key: ride.ride_id), undo Payments::refund(key: ride.ride_id))]
        #[step(credit = Points::credit(key: ride.ride_id), undo Points::uncredit(key: ride.ride_id))]
        fn fare_collection(ride: RideCompleted);
    }
}
