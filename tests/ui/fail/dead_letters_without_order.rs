//! A dead letter queue that forgets the order.

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

    #[queue(fifo by order_id, dead_letter ByHand after 5)]
    pub struct Orders(OrderPlaced);

    #[queue]
    pub struct ByHand(OrderPlaced);

    #[service(auth = jwt)]
    pub trait Shop {
        #[handler(emits(OrderPlaced to Orders))]
        #[api(POST "/orders")]
        async fn place(&self, order: OrderPlaced, cx: &mut PlaceContext) -> Result<()>;

        #[handler(on = Orders)]
        #[natural(because "it only logs")]
        async fn bill(&self, order: OrderPlaced, cx: &mut BillContext) -> Result<()>;

        #[handler(on = ByHand)]
        #[natural(because "a person looks")]
        async fn look(&self, order: OrderPlaced, cx: &mut LookContext) -> Result<()>;
    }
}

fn main() {}
