//! A system that is nobody else's: what isn't used is not warned about.

#![deny(missing_docs)]
#![deny(warnings)]

#[aqueduct::system]
mod shop {
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

use aqueduct::{Program, Result};
use shop::messages::OrderPlaced;
use shop::services::shop::{BillContext, PlaceContext};

struct Shop;

impl shop::services::Shop for Shop {
    async fn place(&self, order: OrderPlaced, cx: &mut PlaceContext<'_>) -> Result<()> {
        cx.emit_order_placed(&order)
    }

    async fn bill(&self, _order: OrderPlaced, _cx: &mut BillContext<'_>) -> Result<()> {
        Ok(())
    }
}

/// The program.
#[must_use]
pub fn program() -> Program {
    shop::program(shop::Services { shop: Shop })
}
