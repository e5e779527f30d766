//! What `Tracking` does.

use aqueduct::Failure;
use system::messages::{Journey, ParcelAccepted, ParcelLoaded, Position, Scan, Status};
use system::services::tracking::{MoveContext, PassContext, ScanContext, SeeContext};

/// Knows where every parcel is; the two kinds of news may come in any order.
#[derive(Debug, Clone)]
pub struct Tracking;

impl system::services::Tracking for Tracking {
    async fn scan(&self, scan: Scan, cx: &mut ScanContext<'_>) -> Result<Scan, Failure> {
        cx.emit_scan(&scan)?;
        Ok(scan)
    }

    async fn pass(&self, scan: Scan, cx: &mut PassContext<'_>) -> Result<(), Failure> {
        let parcel_id = scan.parcel_id;
        let known = cx.journeys().get(&parcel_id).await?;
        let mut journey = known.unwrap_or(Journey { parcel_id, places: Vec::new() });
        journey.places.push(scan.place);
        cx.journeys().put(&journey)
    }

    async fn see(&self, parcel: ParcelAccepted, cx: &mut SeeContext<'_>) -> Result<(), Failure> {
        let known = cx.positions().get(&parcel.parcel_id).await?;
        let position = match known {
            Some(position) => Position { seen: position.seen + 1, ..position },
            None => Position { parcel_id: parcel.parcel_id, status: Status::Accepted, van: None, seen: 1 },
        };
        cx.positions().put(&position)
    }

    async fn r#move(&self, loaded: ParcelLoaded, cx: &mut MoveContext<'_>) -> Result<(), Failure> {
        let seen = cx.positions().get(&loaded.parcel_id).await?.map_or(0, |position| position.seen);
        cx.positions().put(&Position {
            parcel_id: loaded.parcel_id,
            status: Status::Loaded,
            van: Some(loaded.van),
            seen: seen + 1,
        })
    }
}
