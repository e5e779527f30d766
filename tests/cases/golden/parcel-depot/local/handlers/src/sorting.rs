//! What `Sorting` does.

use aqueduct::Failure;
use system::messages::ParcelAccepted;
use system::services::sorting::{LiftContext, LoadContext, ReadLabelContext};

/// Implements the service `Sorting`.
#[derive(Debug, Clone)]
pub struct Sorting;

impl system::services::Sorting for Sorting {
    async fn load(
        &self,
        _parcel_accepted: ParcelAccepted,
        _cx: &mut LoadContext<'_>,
    ) -> Result<(), Failure> {
        Err(Failure::new("Sorting.load isn't written yet"))
    }

    async fn read_label(
        &self,
        _parcel_accepted: ParcelAccepted,
        _cx: &mut ReadLabelContext<'_>,
    ) -> Result<(), Failure> {
        Err(Failure::new("Sorting.read_label isn't written yet"))
    }

    async fn lift(
        &self,
        _parcel_accepted: ParcelAccepted,
        _cx: &mut LiftContext<'_>,
    ) -> Result<(), Failure> {
        Err(Failure::new("Sorting.lift isn't written yet"))
    }
}
