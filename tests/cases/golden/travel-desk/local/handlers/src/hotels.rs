//! What `Hotels` does.

use aqueduct::Failure;
use system::messages::{HotelsHoldInput, HotelsHoldReply, HotelsReleaseInput};
use system::services::hotels::{HoldContext, ReleaseContext};

/// Implements the service `Hotels`.
#[derive(Debug, Clone)]
pub struct Hotels;

impl system::services::Hotels for Hotels {
    async fn hold(
        &self,
        _input: HotelsHoldInput,
        _cx: &mut HoldContext<'_>,
    ) -> Result<HotelsHoldReply, Failure> {
        Err(Failure::new("Hotels.hold isn't written yet"))
    }

    async fn release(
        &self,
        _input: HotelsReleaseInput,
        _cx: &mut ReleaseContext<'_>,
    ) -> Result<(), Failure> {
        Err(Failure::new("Hotels.release isn't written yet"))
    }
}
