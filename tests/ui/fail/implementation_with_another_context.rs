//! A handler that asks for another's context.

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
        #[handler(emits(OrderPlaced to Orders))]
        #[api(POST "/orders")]
        async fn place(&self, order: OrderPlaced, cx: &mut PlaceContext) -> Result<()>;

        #[handler(on = Orders)]
        #[natural(because "it only logs")]
        async fn bill(&self, order: OrderPlaced, cx: &mut BillContext) -> Result<()>;
    }
}

use aqueduct::Result;
use shop::messages::OrderPlaced;
use shop::services::shop::PlaceContext;

struct Handlers;

impl shop::services::Shop for Handlers {
    async fn place(&self, order: OrderPlaced, cx: &mut PlaceContext<'_>) -> Result<()> {
        cx.emit_order_placed(&order)
    }

    async fn bill(&self, _order: OrderPlaced, _cx: &mut PlaceContext<'_>) -> Result<()> {
        Ok(())
    }
}

fn main() {}
