//! Nobody writes the body of a scatter.

#[aqueduct::system]
pub mod shop {
    use aqueduct::{Result, Uuid};

    #[event]
    pub struct OrderPlaced {
        #[key]
        #[default(new())]
        order_id: Uuid,
    }

    #[queue]
    pub struct Orders(OrderPlaced);

    #[queue]
    pub struct Answers(OrderPlaced);

    #[service(auth = jwt)]
    pub trait Shop {
        #[handler(emits(OrderPlaced to Orders))]
        #[api(POST "/orders")]
        async fn place(&self, order: OrderPlaced, cx: &mut PlaceContext) -> Result<()>;

        #[handler(on = Orders)]
        #[natural(because "it only logs")]
        async fn bill(&self, order: OrderPlaced, cx: &mut BillContext) -> Result<()>;

        #[scatter(by order_id)]
        async fn who_sells(&self, order: OrderPlaced) -> Result<()>;
    }
}

fn main() {}
