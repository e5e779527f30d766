//! The attribute by its own name.

#![deny(missing_docs)]
#![deny(warnings)]

use aqueduct::system;

/// The shop.
#[system]
pub mod shop {
    use aqueduct::{Decimal, Result, Uuid};

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
