//! What `Shop` does.

use aqueduct::Failure;
use system::messages::{OrderPlaced, PlaceOrder};
use system::services::shop::PlaceContext;

/// Implements the service `Shop`.
#[derive(Debug, Clone)]
pub struct Shop;

impl system::services::Shop for Shop {
    async fn place(
        &self,
        order: PlaceOrder,
        cx: &mut PlaceContext<'_>,
    ) -> Result<OrderPlaced, Failure> {
        let placed = OrderPlaced::from_place_order(cx.new_id(), order);
        cx.orders_placed().put(&placed)?;
        cx.emit_order_placed(&placed)?;
        Ok(placed)
    }
}
