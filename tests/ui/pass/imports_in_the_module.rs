//! Whatever the module imports, the code that is made has its own names.

#![deny(missing_docs)]
#![deny(warnings)]

/// The shop.
#[aqueduct::system]
pub mod shop {
    use aqueduct::{
        Activation, Decimal, Delivery, Failure, Handler, Program, Queue, Result, Table, Timestamp, Topology,
        Uuid,
    };
    use std::sync::Arc;
    use std::time::Duration;

    /// An order is in our books.
    #[event]
    pub struct OrderPlaced {
        /// Which.
        #[key]
        #[default(new())]
        order_id: Uuid,
        /// In euros.
        #[limits(0..100_000, places 2)]
        total: Decimal,
    }

    /// What is to be billed.
    #[queue]
    pub struct Orders(OrderPlaced);

    /// Sells.
    #[service(auth = jwt)]
    pub trait Shop {
        /// Takes an order in.
        #[handler(emits(OrderPlaced to Orders))]
        #[api(POST "/orders")]
        async fn place(&self, order: OrderPlaced, cx: &mut PlaceContext) -> Result<()>;

        /// Bills it.
        #[handler(on = Orders)]
        #[natural(because "it only logs")]
        async fn bill(&self, order: OrderPlaced, cx: &mut BillContext) -> Result<()>;
    }
}
