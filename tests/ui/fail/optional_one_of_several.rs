//! Optional is a whole type, and not the last of several.

#[aqueduct::system]
pub mod shop {
    use aqueduct::{Result, Uuid};

    pub struct Card {
        token: String,
    }

    pub struct Invoice {
        company: String,
    }

    #[event]
    pub struct OrderPlaced {
        #[key]
        #[default(new())]
        order_id: Uuid,
        payment: Option<OneOf<Card, Invoice>>,
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

fn main() {}
