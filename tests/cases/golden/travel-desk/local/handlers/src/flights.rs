//! What `Flights` does.

use aqueduct::Failure;
use system::messages::{
    FlightsHoldInput, FlightsHoldReply, FlightsIssueInput, FlightsReleaseInput,
};
use system::services::flights::{HoldContext, IssueContext, ReleaseContext};

/// Implements the service `Flights`.
#[derive(Debug, Clone)]
pub struct Flights;

impl system::services::Flights for Flights {
    async fn hold(
        &self,
        _input: FlightsHoldInput,
        _cx: &mut HoldContext<'_>,
    ) -> Result<FlightsHoldReply, Failure> {
        Err(Failure::new("Flights.hold isn't written yet"))
    }

    async fn release(
        &self,
        _input: FlightsReleaseInput,
        _cx: &mut ReleaseContext<'_>,
    ) -> Result<(), Failure> {
        Err(Failure::new("Flights.release isn't written yet"))
    }

    async fn issue(
        &self,
        _input: FlightsIssueInput,
        _cx: &mut IssueContext<'_>,
    ) -> Result<(), Failure> {
        Err(Failure::new("Flights.issue isn't written yet"))
    }
}
