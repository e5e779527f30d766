//! A table that is only read.

#[aqueduct::system]
pub mod shop {
    use aqueduct::{Decimal, Result, Uuid};

    #[event]
    pub struct OrderPlaced {
        #[key]
        #[default(new())]
        order_id: Uuid,
        #[limits(0..100_000, places 2)]
        total: Decimal,
    }

    #[queue]
    pub struct Orders(OrderPlaced);

    #[service(auth = jwt)]
    pub trait Shop {
        #[store(by order_id)]
        #[api(GET "/orders/{order_id}", returns 200 | 404)]
        type Placed = OrderPlaced;

        #[handler(writes(placed), emits(OrderPlaced to Orders, via = outbox))]
        #[api(POST "/orders")]
        async fn place(&self, order: OrderPlaced, cx: &mut PlaceContext) -> Result<()>;

        #[handler(on = Orders, reads(placed))]
        #[natural(because "it only logs")]
        async fn bill(&self, order: OrderPlaced, cx: &mut BillContext) -> Result<()>;
    }
}

use aqueduct::Result;
use shop::messages::OrderPlaced;
use shop::services::shop::{BillContext, PlaceContext};

struct Handlers;

impl shop::services::Shop for Handlers {
    async fn place(&self, order: OrderPlaced, cx: &mut PlaceContext<'_>) -> Result<()> {
        cx.emit_order_placed(&order)
    }

    async fn bill(&self, order: OrderPlaced, cx: &mut BillContext<'_>) -> Result<()> {
        cx.placed().put(&order)
    }
}

fn main() {}
