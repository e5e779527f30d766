//! What `ExtraordinaryRides` does.

use aqueduct::Failure;
use system::messages::{Celebration, RideCompleted};
use system::services::extraordinary_rides::CelebrateContext;

use crate::Outages;

/// Hears only of long and dear rides.
#[derive(Debug, Clone)]
pub struct ExtraordinaryRides {
    /// How often the bells are out.
    pub outages: Outages,
}

impl system::services::ExtraordinaryRides for ExtraordinaryRides {
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

#[cfg(test)]
mod tests {
    use aqueduct::Activation;
    use system::services::ExtraordinaryRides as _;
    use system::services::extraordinary_rides::Celebrations;

    use super::*;
    use crate::rides::completed;

    #[test]
    fn a_celebration_names_the_route() {
        let mut activation = Activation::in_memory();
        let service = ExtraordinaryRides {
            outages: Outages::NONE,
        };
        aqueduct::test::run(service.celebrate(
            completed(9_900),
            &mut CelebrateContext::new(&mut activation),
        ))
        .unwrap();
        let celebrations = activation.rows::<Celebrations>();
        assert_eq!(celebrations.len(), 1);
        assert_eq!(celebrations[0].route, "Berlin to Frankfurt");
    }
}
