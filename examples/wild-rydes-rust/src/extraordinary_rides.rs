//! What `ExtraordinaryRides` does.

use crate::wild_rydes::messages::{Celebration, RideCompleted};
use crate::wild_rydes::services::extraordinary_rides::CelebrateContext;
use aqueduct::Failure;

use crate::Outages;

/// Hears only of long and dear rides.
#[derive(Debug, Clone)]
pub struct ExtraordinaryRides {
    /// How often the bells are out.
    pub outages: Outages,
}

impl crate::wild_rydes::services::ExtraordinaryRides for ExtraordinaryRides {
    async fn celebrate(
        &self,
        ride: RideCompleted,
        cx: &mut CelebrateContext<'_>,
    ) -> Result<(), Failure> {
        self.outages.reach("set of bells", cx.delivery())?;
        cx.celebrations().put(&Celebration {
            ride_id: ride.ride_id,
            route: format!("{} to {}", ride.from, ride.to),
            fare: ride.fare,
        })
    }
}
