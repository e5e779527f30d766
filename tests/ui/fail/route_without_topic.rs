//! A route that begins at a queue.

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

    #[topic]
    pub struct Orders(OrderPlaced);

    #[queue]
    #[route(Billing -> Orders)]
    pub struct Billing(OrderPlaced);

    #[service(auth = jwt)]
    pub trait Shop {
        #[handler(emits(OrderPlaced to Orders))]
        #[api(POST "/orders")]
        async fn place(&self, order: OrderPlaced, cx: &mut PlaceContext) -> Result<()>;

        #[handler(on = Billing)]
        #[natural(because "it only logs")]
        async fn bill(&self, order: OrderPlaced, cx: &mut BillContext) -> Result<()>;
    }
}

fn main() {}
