//! A system in a module of a module, in a file with several.

#![deny(missing_docs)]
#![deny(warnings)]

/// What is sold.
pub mod sales {
    /// Where it is sold.
    pub mod markets {
        /// The shop.
        #[aqueduct::system]
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
    }
}

/// What isn't sold.
pub mod gifts {
    /// Nothing of it is a system.
    #[must_use]
    pub fn topology() -> aqueduct::Topology {
        super::sales::markets::shop::topology()
    }
}
