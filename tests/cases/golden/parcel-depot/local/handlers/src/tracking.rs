//! What `Tracking` does.

use aqueduct::Failure;
use system::messages::{ParcelAccepted, ParcelLoaded, Scan};
use system::services::tracking::{MoveContext, PassContext, ScanContext, SeeContext};

/// Implements the service `Tracking`.
#[derive(Debug, Clone)]
pub struct Tracking;

impl system::services::Tracking for Tracking {
    async fn scan(&self, _scan: Scan, _cx: &mut ScanContext<'_>) -> Result<Scan, Failure> {
        Err(Failure::new("Tracking.scan isn't written yet"))
    }

    async fn pass(&self, _scan: Scan, _cx: &mut PassContext<'_>) -> Result<(), Failure> {
        Err(Failure::new("Tracking.pass isn't written yet"))
    }

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
