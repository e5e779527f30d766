//! What `Receipts` does.

use aqueduct::Failure;
use system::messages::{
    ReceiptsClawBackInput, ReceiptsPayInput, ReceiptsReadInput, ReceiptsReadReply,
};
use system::services::receipts::{ClawBackContext, PayContext, ReadContext};

/// Implements the service `Receipts`.
#[derive(Debug, Clone)]
pub struct Receipts;

impl system::services::Receipts for Receipts {
    async fn read(
        &self,
        _input: ReceiptsReadInput,
        _cx: &mut ReadContext<'_>,
    ) -> Result<ReceiptsReadReply, Failure> {
        Err(Failure::new("Receipts.read isn't written yet"))
    }

    async fn pay(&self, _input: ReceiptsPayInput, _cx: &mut PayContext<'_>) -> Result<(), Failure> {
        Err(Failure::new("Receipts.pay isn't written yet"))
    }

    async fn claw_back(
        &self,
        _input: ReceiptsClawBackInput,
        _cx: &mut ClawBackContext<'_>,
    ) -> Result<(), Failure> {
        Err(Failure::new("Receipts.claw_back isn't written yet"))
    }
}
