//! What `TableService` does.

use aqueduct::Failure;
use system::messages::TableReservedV2;
use system::services::table::SelfMadeContext;

/// Implements the service `TableService`.
#[derive(Debug, Clone)]
pub struct TableService;

impl system::services::TableService for TableService {
    async fn self_made(
        &self,
        _type: TableReservedV2,
        _cx: &mut SelfMadeContext<'_>,
    ) -> Result<(), Failure> {
        Err(Failure::new("Table.self_made isn't written yet"))
    }
}
