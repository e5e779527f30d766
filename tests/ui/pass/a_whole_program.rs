//! A system with everything, and its handlers.

#![deny(missing_docs)]
#![deny(warnings)]

/// A shop that sells, bills and thanks.
#[aqueduct::system(owner = "team-shop", targets = local | aws)]
pub mod shop {
    use aqueduct::{Decimal, Result, Uuid};

    #[limits(0..100_000, places 2)]
    pub type Money = Decimal;

    /// What a customer wants.
    #[command]
    pub struct PlaceOrder {
        #[pii]
        #[limits(1..64)]
        customer: String,
        #[limits(1..20)]
        articles: Vec<Article>,
        total: Money,
    }

    /// Something to sell.
    pub struct Article {
        #[limits(1..80)]
        name: String,
        #[limits(1..)]
        #[default(1)]
        count: i64,
        #[name(type)]
        kind: Kind,
    }

    /// What sort of thing it is.
    pub enum Kind {
        /// To read.
        Book,
        #[name(record)]
        Vinyl,
    }

    /// An order is in our books.
    #[event]
    pub struct OrderPlaced {
        #[key]
        #[default(new())]
        order_id: Uuid,
        #[spread]
        order: PlaceOrder,
    }

    /// An order was paid, or it never will be.
    #[event]
    pub struct OrderSettled {
        #[key]
        order_id: Uuid,
        status: Status,
        reason: Option<String>,
    }

    pub enum Status {
        Open,
        Paid,
        Refused,
    }

    pub struct Bill {
        #[key]
        order_id: Uuid,
        amount: Money,
        status: Status,
    }

    /// The bank says no.
    #[fault]
    pub struct Declined {
        reason: String,
    }

    /// Every order, for whoever wants to know.
    #[topic]
    pub struct OrderPlacedTopic(OrderPlaced);

    #[queue(dead_letter(after = 5), retain 4d)]
    #[route(OrderPlacedTopic -> Billing)]
    pub struct Billing(OrderPlaced);

    #[queue(dead_letter after 5)]
    #[route(OrderPlacedTopic -> where total >= 100 -> Vouchers)]
    pub struct Vouchers(OrderPlaced);

    #[queue]
    pub struct Settled(OrderSettled);

    /// Takes orders in.
    #[service(auth = jwt)]
    pub trait Sales {
        #[store(by order_id)]
        #[api(GET "/orders/{order_id}", returns 200 | 404)]
        type Orders = OrderPlaced;

        /// Writes the order down, and tells everyone.
        #[handler(writes(orders), emits(OrderPlaced to OrderPlacedTopic, via = outbox))]
        #[api(POST "/orders", returns = 201)]
        async fn place(&self, order: PlaceOrder, cx: &mut PlaceContext) -> Result<OrderPlaced>;
    }

    /// Collects what is owed.
    #[service]
    pub trait Accounting {
        #[store(by order_id)]
        type Bills = Bill;

        #[handler(fails = Declined)]
        #[reply(code: String)]
        #[calls(Bank::charge, timeout 5s)]
        #[idempotent(by key)]
        async fn charge(
            &self,
            key: Uuid,
            amount: Money,
            cx: &mut ChargeContext,
        ) -> Result<AccountingChargeReply>;

        #[handler]
        #[calls(Bank::refund)]
        #[undoes(charge by key)]
        async fn refund(&self, key: Uuid, cx: &mut RefundContext) -> Result<()>;

        /// Every order is paid.
        #[saga(on = Billing, by = order.order_id)]
        #[deadline(10m)]
        #[step(
            open = insert bills(order_id: order.order_id, amount: order.total, status: Status::Open),
            undo update bills(order_id: order.order_id, status: Status::Refused),
        )]
        #[r#if(order.total > 0 {
            step charged = charge(key: order.order_id, amount: order.total) {
                retry 2 backoff 1s x2,
                undo refund(key: order.order_id)
            }
        })]
        #[done {
            update bills(order_id: order.order_id, status: Status::Paid);
            emit OrderSettled(order_id: order.order_id, status: Status::Paid) to Settled;
        }]
        #[failed {
            emit OrderSettled(order_id: order.order_id, status: Status::Refused, reason: error.name) to Settled;
        }]
        fn collection(order: OrderPlaced);
    }

    /// Thanks.
    #[service]
    pub trait Marketing {
        #[handler(on = Vouchers)]
        #[natural(because "the same voucher is put again")]
        async fn thank(&self, order: OrderPlaced, cx: &mut ThankContext) -> Result<()>;

        #[handler(on = Settled)]
        #[natural(because "it only logs")]
        async fn note(&self, settled: OrderSettled, cx: &mut NoteContext) -> Result<()>;
    }

    /// Another company.
    #[service(extern)]
    #[control(vendor)]
    #[stand_in("bank")]
    pub trait Bank {
        #[handler(fails = Declined, timeout = 2s)]
        #[reply(code: String)]
        #[idempotent(by key)]
        async fn charge(&self, key: Uuid, amount: Money) -> Result<BankChargeReply>;

        #[handler(timeout = 2s)]
        #[undoes(charge by key)]
        async fn refund(&self, key: Uuid) -> Result<()>;
    }

    #[sample(books = PlaceOrder(customer: "ada", articles: [Article(name: "SICP", type: Kind::Book)], total: 120))]
    #[scenario("a dear order is paid and brings a voucher")]
    #[when(POST "/orders" books returns 201 as order)]
    #[then(Vouchers receives 1)]
    #[then(Collection done within 10m)]
    #[then(Accounting::bills has (order_id: order.order_id, status: Status::Paid))]
    fn a_dear_order() {}

    #[scenario("the bank says no")]
    #[given(Bank::charge fails Declined)]
    #[when(POST "/orders" books returns 201)]
    #[then(Collection failed with Declined undone [open] within 10m)]
    #[never(log carries "SICP")]
    fn declined() {}
}

use aqueduct::{Decimal, Program, Result, Uuid};
use shop::messages::{
    AccountingChargeReply, BankChargeInput, BankRefundInput, OrderPlaced, OrderSettled, PlaceOrder,
};
use shop::services::accounting::{ChargeContext, RefundContext};
use shop::services::marketing::{NoteContext, ThankContext};
use shop::services::sales::PlaceContext;

struct Sales;

impl shop::services::Sales for Sales {
    async fn place(&self, order: PlaceOrder, cx: &mut PlaceContext<'_>) -> Result<OrderPlaced> {
        let placed = OrderPlaced::from_place_order(cx.new_id(), order);
        cx.orders().put(&placed)?;
        cx.emit_order_placed(&placed)?;
        Ok(placed)
    }
}

struct Accounting;

impl shop::services::Accounting for Accounting {
    async fn charge(
        &self,
        key: Uuid,
        amount: Decimal,
        cx: &mut ChargeContext<'_>,
    ) -> Result<AccountingChargeReply> {
        let charged = cx.call_charge(&BankChargeInput { key, amount }).await?;
        Ok(AccountingChargeReply { code: charged.code })
    }

    async fn refund(&self, key: Uuid, cx: &mut RefundContext<'_>) -> Result<()> {
        cx.call_refund(&BankRefundInput { key }).await
    }
}

struct Marketing;

impl shop::services::Marketing for Marketing {
    async fn thank(&self, _order: OrderPlaced, _cx: &mut ThankContext<'_>) -> Result<()> {
        Ok(())
    }

    async fn note(&self, _settled: OrderSettled, _cx: &mut NoteContext<'_>) -> Result<()> {
        Ok(())
    }
}

/// The program.
#[must_use]
pub fn program() -> Program {
    shop::program(shop::Services {
        sales: Sales,
        accounting: Accounting,
        marketing: Marketing,
    })
}
