//! What `Tracking` does.

use aqueduct::Failure;
use system::messages::{ParcelAccepted, ParcelLoaded};
use system::services::tracking::{MoveContext, SeeContext};

/// Implements the service `Tracking`.
#[derive(Debug, Clone)]
pub struct Tracking;

impl system::services::Tracking for Tracking {
    async fn see(
        &self,
        _parcel_accepted: ParcelAccepted,
        _cx: &mut SeeContext<'_>,
    ) -> Result<(), Failure> {
        Err(Failure::new("Tracking.see isn't written yet"))
    }

    async fn r#move(
        &self,
        _parcel_loaded: ParcelLoaded,
        _cx: &mut MoveContext<'_>,
    ) -> Result<(), Failure> {
        Err(Failure::new("Tracking.move isn't written yet"))
    }
}
