//! What `Claims` does.

use aqueduct::Failure;
use system::messages::{ClaimClosed, ClaimExpense};
use system::services::claims::{ClaimContext, NoteContext};

/// Implements the service `Claims`.
#[derive(Debug, Clone)]
pub struct Claims;

impl system::services::Claims for Claims {
    async fn claim(
        &self,
        _claim: ClaimExpense,
        _cx: &mut ClaimContext<'_>,
    ) -> Result<ClaimExpense, Failure> {
        Err(Failure::new("Claims.claim isn't written yet"))
    }

    async fn note(&self, _news: ClaimClosed, _cx: &mut NoteContext<'_>) -> Result<(), Failure> {
        Err(Failure::new("Claims.note isn't written yet"))
    }
}
