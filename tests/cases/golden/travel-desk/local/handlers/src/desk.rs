//! What `Desk` does.

use aqueduct::Failure;
use system::messages::{BookTrip, TripSettled};
use system::services::desk::{AskContext, NoteContext};

/// Implements the service `Desk`.
#[derive(Debug, Clone)]
pub struct Desk;

impl system::services::Desk for Desk {
    async fn ask(&self, _trip: BookTrip, _cx: &mut AskContext<'_>) -> Result<BookTrip, Failure> {
        Err(Failure::new("Desk.ask isn't written yet"))
    }

    async fn note(&self, _trip: TripSettled, _cx: &mut NoteContext<'_>) -> Result<(), Failure> {
        Err(Failure::new("Desk.note isn't written yet"))
    }
}
