//! Handlers are not to blame for what is wrong with a file.

pub mod shop {
    aqueduct::include_flow!("broken.flow");
}

use aqueduct::Result;
use shop::messages::OrderPlaced;
use shop::services::shop::{BillContext, PlaceContext};

struct Handlers;

impl shop::services::Shop for Handlers {
    async fn place(&self, order: OrderPlaced, cx: &mut PlaceContext<'_>) -> Result<()> {
        let _ = (order, cx);
        Ok(())
    }

    async fn bill(&self, _order: OrderPlaced, _cx: &mut BillContext<'_>) -> Result<()> {
        Ok(())
    }
}

fn main() {}
