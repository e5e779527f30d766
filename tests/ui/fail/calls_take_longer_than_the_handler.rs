//! A handler that ends before its calls.

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

    #[service(extern)]
    pub trait Maps {
        #[handler(timeout = 3s)]
        #[reply(km: Decimal)]
        async fn distance(&self, from: String, to: String) -> Result<MapsDistanceReply>;
    }

    #[service(auth = jwt)]
    pub trait Shop {
        #[handler(emits(OrderPlaced to Orders), timeout = 5s)]
        #[calls(Maps::distance, retry 2 backoff 1s x2)]
        #[api(POST "/orders")]
        async fn place(&self, order: OrderPlaced, cx: &mut PlaceContext) -> Result<()>;

        #[handler(on = Orders)]
        #[natural(because "it only logs")]
        async fn bill(&self, order: OrderPlaced, cx: &mut BillContext) -> Result<()>;
    }
}

fn main() {}
