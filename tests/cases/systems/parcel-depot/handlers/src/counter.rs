//! What `Counter` does.

use aqueduct::Failure;
use system::messages::{HandIn, Parcel, ParcelAccepted};
use system::services::counter::AcceptContext;

/// Takes parcels in.
#[derive(Debug, Clone)]
pub struct Counter;

impl system::services::Counter for Counter {
    async fn accept(&self, hand_in: HandIn, cx: &mut AcceptContext<'_>) -> Result<Parcel, Failure> {
        let accepted = ParcelAccepted::from_hand_in(cx.new_id(), cx.now(), hand_in);
        let parcel = Parcel {
            parcel_id: accepted.parcel_id,
            to: accepted.to.clone(),
            weight: accepted.weight,
            service: accepted.service,
        };
        cx.parcels().insert(&parcel).await?;
        cx.emit_parcel_accepted(&accepted)?;
        Ok(parcel)
    }
}
