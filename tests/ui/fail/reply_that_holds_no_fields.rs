//! A reply is made of fields.

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
        #[reply(code)]
        async fn place(&self, order: OrderPlaced, cx: &mut PlaceContext) -> Result<ShopPlaceReply>;

        #[handler(on = Orders)]
        #[natural(because "it only logs")]
        async fn bill(&self, order: OrderPlaced, cx: &mut BillContext) -> Result<()>;
    }
}

fn main() {}
