//! Orders come in over HTTP, and billing hears of each: the architecture, in one module.

#[aqueduct::system]
pub mod starter {
    use aqueduct::{Decimal, Result, Uuid};

    #[limits(0.., places 2)]
    pub type Money = Decimal;

    /// A customer wants something.
    #[command]
    pub struct PlaceOrder {
        #[pii]
        #[limits(1..64)]
        customer: String,
        #[limits(1..80)]
        item: String,
        price: Money,
    }

    /// An order was taken.
    #[event]
    pub struct OrderPlaced {
        #[key]
        #[default(new())]
        order_id: Uuid,
        #[spread]
        order: PlaceOrder,
    }

    pub struct Invoice {
        #[key]
        order_id: Uuid,
        #[pii]
        customer: String,
        amount: Money,
    }

    #[topic]
    pub struct Orders(OrderPlaced);

    #[queue]
    #[route(Orders -> BillingQueue)]
    pub struct BillingQueue(OrderPlaced);

    #[service(auth = jwt)]
    pub trait Shop {
        #[store(by order_id)]
        #[api(GET "/orders/{order_id}", returns 200 | 404)]
        type OrdersPlaced = OrderPlaced;

        /// Keeps the order and tells everyone interested, in one transaction.
        #[handler]
        #[api(POST "/orders", returns = 201)]
        #[writes(orders_placed)]
        #[emits(OrderPlaced to Orders via outbox)]
        async fn place(&self, order: PlaceOrder, cx: &mut PlaceContext) -> Result<OrderPlaced>;
    }

    #[service(auth = jwt)]
    pub trait Billing {
        #[store(by order_id)]
        #[api(GET "/invoices/{order_id}", returns 200 | 404)]
        type Invoices = Invoice;

        #[handler(on = BillingQueue)]
        #[writes(invoices)]
        #[idempotent(by order_id for 30d)]
        async fn bill(&self, order: OrderPlaced, cx: &mut BillContext) -> Result<()>;
    }

    #[scenario("every order is billed")]
    #[when(POST "/orders" PlaceOrder(customer: "cmr", item: "saddle", price: 49.90) returns 201)]
    #[then(BillingQueue receives 1)]
    fn every_order_is_billed() {}
}
