/// Slips of somebody who knows Rust and is new here.
#[aqueduct::system(owner = "team-shop")]
mod shop {
    use std::collections::HashMap;

    const LARGEST: i64 = 64;

    #[event]
    #[command]
    pub struct OrderPlaced {
        #[key]
        #[default(new())]
        #[default(later())]
        order_id: Uuid,
        #[serde(rename = "customerName")]
        #[limits(1..64)]
        customer: Option<Option<String>>,
        #[limits(items(1..64))]
        note: String,
        positions: HashMap<String, (i64, f32)>,
        status: Status,
    }

    pub enum Status {
        Open,
        Sent { at: Timestamp },
    }

    #[queue(dead_letter(afer = 5))]
    #[route(Orders -> where !status == Status::Opened -> Packing)]
    pub struct Packing(OrderPlaced);

    #[topic]
    pub struct Orders {
        order: OrderPlaced,
    }

    #[service(auth = jwt)]
    pub trait Sales: Send {
        #[store]
        type Placed = OrderPlaced;

        #[handler(writes(placed))]
        #[timout(10s)]
        fn place(&self, order: OrderPlaced) -> OrderPlaced;

        #[handler(on = Packing)]
        #[reply(i64)]
        #[natural(because "a second walk finds an empty shelf")]
        async fn pick(&self, order: OrderPlaced, cx: &mut PackContext) -> Result<PickReply> {
            self.walk(order).await
        }

        fn helper(&self);
    }
}
