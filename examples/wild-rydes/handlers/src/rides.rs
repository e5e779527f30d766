//! Rides for tests.

use aqueduct::{Decimal, Uuid};
use system::messages::{RideCompleted, SubmitRide};

/// From Berlin to Frankfurt, at this fare.
pub(crate) fn submitted(fare: i64) -> SubmitRide {
    SubmitRide {
        customer: "cmr".into(),
        from: "Berlin".into(),
        to: "Frankfurt".into(),
        distance: Decimal::new(6005, 1),
        duration: Decimal::from(420),
        fare: Decimal::new(fare, 2),
    }
}

/// The same ride, recorded.
pub(crate) fn completed(fare: i64) -> RideCompleted {
    RideCompleted::from_submit_ride(Uuid::from_u128(7), submitted(fare))
}
