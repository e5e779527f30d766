//! What `Counter` does.

use aqueduct::Failure;
use system::messages::{HandIn, Parcel};
use system::services::counter::AcceptContext;

/// Implements the service `Counter`.
#[derive(Debug, Clone)]
pub struct Counter;

impl system::services::Counter for Counter {
    async fn accept(
        &self,
        _hand_in: HandIn,
        _cx: &mut AcceptContext<'_>,
    ) -> Result<Parcel, Failure> {
        Err(Failure::new("Counter.accept isn't written yet"))
    }
}
