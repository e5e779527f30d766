//! A warning where warnings are errors.

#![deny(warnings)]

#[aqueduct::system]
pub mod shop {
    use aqueduct::{Decimal, Result, Uuid};

    #[event]
    pub struct OrderPlacing {
        #[key]
        #[default(new())]
        order_id: Uuid,
        #[limits(0..100_000, places 2)]
        total: Decimal,
    }

    #[queue]
    pub struct Orders(OrderPlacing);

    #[service(auth = jwt)]
    pub trait Shop {
        #[handler(emits(OrderPlacing to Orders))]
        #[api(POST "/orders")]
        async fn place(&self, order: OrderPlacing, cx: &mut PlaceContext) -> Result<()>;

        #[handler(on = Orders)]
        #[natural(because "it only logs")]
        async fn bill(&self, order: OrderPlacing, cx: &mut BillContext) -> Result<()>;
    }
}

fn main() {}
