//! What the services of Starter do.

use aqueduct::Result;

use crate::system::starter::messages::{Invoice, OrderPlaced, PlaceOrder};
use crate::system::starter::services;
use crate::system::starter::services::billing::BillContext;
use crate::system::starter::services::shop::PlaceContext;

/// Takes orders.
#[derive(Debug, Clone)]
pub struct Shop;

impl services::Shop for Shop {
    async fn place(&self, order: PlaceOrder, cx: &mut PlaceContext<'_>) -> Result<OrderPlaced> {
        let placed = OrderPlaced::from_place_order(cx.new_id(), order);
        cx.orders_placed().put(&placed)?;
        cx.emit_order_placed(&placed)?;
        Ok(placed)
    }
}

/// Writes invoices.
#[derive(Debug, Clone)]
pub struct Billing;

impl services::Billing for Billing {
    async fn bill(&self, order: OrderPlaced, cx: &mut BillContext<'_>) -> Result<()> {
        cx.invoices().put(&Invoice {
            order_id: order.order_id,
            customer: order.customer,
            amount: order.price,
        })
    }
}
