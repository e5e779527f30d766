//! What `MessageService` does.

use aqueduct::Failure;
use system::messages::{MessageLoopInput, MessageRecord, TableReservedV2};
use system::services::message::{LoopContext, MakeContext};

/// Implements the service `MessageService`.
#[derive(Debug, Clone)]
pub struct MessageService;

impl system::services::MessageService for MessageService {
    async fn make(
        &self,
        _input: MessageRecord,
        _cx: &mut MakeContext<'_>,
    ) -> Result<TableReservedV2, Failure> {
        Err(Failure::new("Message.make isn't written yet"))
    }

    async fn r#loop(
        &self,
        _input: MessageLoopInput,
        _cx: &mut LoopContext<'_>,
    ) -> Result<(), Failure> {
        Err(Failure::new("Message.loop isn't written yet"))
    }
}
