//! A step that gives up while its handler works on.

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

        #[handler(writes(paid), idempotent(by key), timeout = 30s)]
        async fn charge(&self, key: Uuid, cx: &mut ChargeContext) -> Result<()>;
    }

    #[service]
    pub trait Collection {
        #[store(by ride_id)]
        type Refunds = RideCompleted;

        #[saga(on = Rides, by = ride.ride_id)]
        #[deadline(10m)]
        #[step(charge = Payments::charge(key: ride.ride_id), timeout 5s, undo put refunds(...ride))]
        fn fare_collection(ride: RideCompleted);
    }
}

fn main() {}
