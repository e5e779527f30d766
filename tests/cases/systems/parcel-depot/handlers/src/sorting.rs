//! What `Sorting` does.

use aqueduct::{Decimal, Failure};
use system::messages::{ParcelAccepted, ParcelLoaded, Service, VanLoad};
use system::services::sorting::{LiftContext, LoadContext, ReadLabelContext};

/// Puts parcels onto vans, one for each postal area.
#[derive(Debug, Clone)]
pub struct Sorting;

impl system::services::Sorting for Sorting {
    async fn load(&self, parcel: ParcelAccepted, cx: &mut LoadContext<'_>) -> Result<(), Failure> {
        if parcel.labels.contains_key("unreadable") {
            return Err(Failure::named("Unreadable", "the scanner can't read the label"));
        }
        let van = format!("van-{}", parcel.to.zip.chars().next().unwrap_or('0'));
        let load = cx.vans().get(&van).await?;
        let load = load.unwrap_or(VanLoad { van: van.clone(), parcels: 0, weight: Decimal::ZERO });
        cx.vans().put(&VanLoad {
            parcels: load.parcels + 1,
            weight: load.weight + parcel.weight,
            ..load
        })?;
        cx.emit_parcel_loaded(&ParcelLoaded {
            parcel_id: parcel.parcel_id,
            van,
            express: parcel.service == Service::Express,
        })
    }

    async fn read_label(&self, _parcel: ParcelAccepted, _cx: &mut ReadLabelContext<'_>) -> Result<(), Failure> {
        Ok(())
    }

    async fn lift(&self, _parcel: ParcelAccepted, _cx: &mut LiftContext<'_>) -> Result<(), Failure> {
        Ok(())
    }
}
