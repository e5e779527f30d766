//! What `RideManagement` does.

use aqueduct::Failure;
use system::messages::{RideCompleted, SubmitRide};
use system::services::ride_management::SubmitContext;

/// Takes rides in.
#[derive(Debug, Clone)]
pub struct RideManagement;

impl system::services::RideManagement for RideManagement {
    async fn submit(
        &self,
        ride: SubmitRide,
        cx: &mut SubmitContext<'_>,
    ) -> Result<RideCompleted, Failure> {
        let completed = RideCompleted::from_submit_ride(cx.new_id(), ride);
        cx.rides().put(&completed)?;
        cx.emit_ride_completed(&completed)?;
        Ok(completed)
    }
}

#[cfg(test)]
mod tests {
    use aqueduct::Activation;
    use system::services::RideManagement as _;
    use system::services::ride_management::Rides;

    use super::*;
    use crate::rides::submitted;

    #[test]
    fn a_ride_is_kept_and_told_under_one_id() {
        let mut activation = Activation::in_memory();
        let reply = aqueduct::test::run(
            RideManagement.submit(submitted(25_650), &mut SubmitContext::new(&mut activation)),
        );
        let completed = reply.unwrap();
        assert_eq!(activation.rows::<Rides>(), std::slice::from_ref(&completed));
        assert_eq!(
            activation.emitted::<RideCompleted>("ride_completed"),
            [completed]
        );
    }
}
