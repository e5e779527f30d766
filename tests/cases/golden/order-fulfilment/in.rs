//! The system of `in.flow` in annotated Rust.

#[aqueduct::system(owner "team-fulfilment", pii retain 90d)]
#[assume(order_id determines customer_id because "an order never changes hands")]
pub mod order_fulfilment {
    //! Orders of a web shop: stock, payment and shipping hear each other's events, and nobody conducts them.

    use aqueduct::{Decimal, Result, Timestamp, Uuid};

    // ── What is spoken of ───────────────────────────────────────────────────────

    #[limits(0.., places 2)]
    pub type Money = Decimal;

    #[limits(3..24, pattern "^[A-Z0-9-]+$")]
    pub type Sku = String;

    pub struct OrderLine {
        sku: Sku,
        #[limits(1..99)]
        quantity: i64,
        price: Money,
    }

    pub struct Address {
        #[pii]
        #[limits(1..80)]
        name: String,
        #[pii]
        #[limits(1..80)]
        street: String,
        #[limits(5, pattern "^[0-9]+$")]
        zip: String,
        #[limits(1..60)]
        city: String,
        #[limits(2)]
        #[default = "DE"]
        country: String,
    }

    /// What a customer wants.
    #[command]
    pub struct PlaceOrder {
        #[pii]
        #[limits(1..40)]
        customer_id: String,
        ship_to: Address,
        #[limits(1..50)]
        lines: Vec<OrderLine>,
        total: Money,
        #[limits(8..80)]
        payment_token: String,
        #[pii]
        #[limits(3..120)]
        email: Option<String>,
    }

    /// An order is in our books.
    #[event]
    pub struct OrderPlaced {
        #[key]
        #[default(new())]
        order_id: Uuid,
        #[time]
        #[default(now())]
        placed_at: Timestamp,
        #[spread]
        place_order: PlaceOrder,
    }

    #[event]
    pub struct ItemsPicked {
        #[key]
        order_id: Uuid,
        #[limits(1..12)]
        bin: Option<String>,
        total: Money,
        #[limits(8..80)]
        payment_token: String,
    }

    #[event]
    #[allow(STY001 because "the shelf has said so for years" until 2029-01-01)]
    pub struct ItemsOutOfStock {
        #[key]
        order_id: Uuid,
        #[limits(1..50)]
        missing: Vec<Sku>,
    }

    #[event]
    pub struct PaymentTaken {
        #[key]
        order_id: Uuid,
        #[limits(1..64)]
        charge_id: String,
        total: Money,
    }

    #[event]
    pub struct PaymentRefused {
        #[key]
        order_id: Uuid,
        #[limits(1..200)]
        reason: String,
    }

    #[event]
    pub struct ParcelShipped {
        #[key]
        order_id: Uuid,
        #[limits(8..40)]
        tracking_code: String,
    }

    /// No carrier takes the parcel, so all before it is taken back.
    #[event]
    pub struct ShipmentRefused {
        #[key]
        order_id: Uuid,
        #[limits(1..200)]
        reason: String,
    }

    #[fault]
    pub struct CardDeclined {
        #[limits(1..200)]
        reason: String,
    }

    #[fault]
    pub struct AddressUnknown {
        #[limits(5)]
        zip: String,
    }

    /// Takes the place of the answer to a wholesale order.
    #[fault]
    pub struct OrderNotPlaced {
        #[key]
        order_id: Uuid,
        #[limits(1..200)]
        reason: String,
    }

    pub struct Shelf {
        #[key]
        sku: Sku,
        #[limits(0..)]
        on_hand: i64,
        #[limits(0..)]
        #[default = 0]
        reserved: i64,
    }

    pub enum PickStatus {
        Picked,
        Short,
        Returned,
    }

    pub struct Pick {
        #[key]
        order_id: Uuid,
        #[limits(1..12)]
        bin: Option<String>,
        #[default(picked)]
        status: PickStatus,
    }

    pub struct Payment {
        #[key]
        order_id: Uuid,
        #[limits(1..64)]
        charge_id: String,
        total: Money,
        #[default = false]
        refunded: bool,
    }

    pub struct Parcel {
        #[key]
        order_id: Uuid,
        #[limits(8..40)]
        tracking_code: String,
    }

    // ── Channels and routes ─────────────────────────────────────────────────────

    #[topic]
    #[fifo(by order_id)]
    pub struct OrderEvents(OrderPlaced);

    #[topic]
    #[encrypt]
    pub struct StockEvents(ItemsPicked, ItemsOutOfStock);

    #[topic]
    #[retain(14d)]
    #[encrypt]
    pub struct PaymentEvents(PaymentTaken, PaymentRefused);

    #[topic]
    pub struct ShippingEvents(ParcelShipped, ShipmentRefused);

    /// Everything that is said between the three, for those who look for a lost order.
    #[topic]
    pub struct Wiretap(Any);

    /// Resellers have queues of their own: orders come out of one, and what we can't take goes into the other.
    #[queue(extern in)]
    #[owner("team-wholesale")]
    #[fifo(by order_id)]
    #[dedup(by order_id for 5m)]
    #[retain(14d)]
    #[capacity(10_000 else reject)]
    #[dead_letter(WholesaleRepairs after 5)]
    #[invalid(WholesaleUnreadable)]
    #[encrypt]
    pub struct WholesaleIn(OrderPlaced);

    #[queue]
    #[fifo(by order_id)]
    pub struct WholesaleRepairs(OrderPlaced);

    #[queue]
    #[retain(14d)]
    pub struct WholesaleUnreadable(Any);

    #[queue(extern out)]
    #[expire(7d)]
    pub struct PlacementFaults(OrderNotPlaced);

    #[queue]
    #[fifo(by order_id)]
    #[block(after 10)]
    pub struct ToPick(OrderPlaced);

    #[queue]
    #[dead_letter(after 5)]
    #[encrypt]
    pub struct ToCharge(ItemsPicked);

    #[queue]
    #[delay(10m)]
    pub struct ToShip(PaymentTaken);

    #[queue]
    #[fifo(by order_id)]
    pub struct Addresses(OrderPlaced);

    #[queue]
    pub struct ToPutBack(PaymentRefused, ShipmentRefused);

    #[queue]
    pub struct ToRefund(ShipmentRefused);

    #[queue]
    #[drop(after 5 because "the shop's page says the same")]
    pub struct Mails(ParcelShipped);

    #[queue]
    pub struct ShortOrders(ItemsOutOfStock);

    #[queue]
    #[dead_letter(none because "a copy of what is kept elsewhere")]
    #[encrypt(none because "it stays on the same machine")]
    pub struct Trail(Any);

    // ── Who acts ────────────────────────────────────────────────────────────────

    #[route(OrderEvents -> tap Wiretap -> ToPick)]
    #[route(OrderEvents -> Addresses)]
    #[route(StockEvents -> ToCharge)]
    #[route(StockEvents -> ShortOrders)]
    #[route(PaymentEvents -> ToShip)]
    #[route(PaymentEvents -> ToPutBack)]
    #[route(ShippingEvents -> ToPutBack)]
    #[route(ShippingEvents -> ToRefund)]
    #[route(ShippingEvents -> Mails)]
    #[route(Wiretap -> Trail)]
    #[service]
    #[auth(jwt)]
    pub trait Checkout {
        #[api(POST "/orders", returns 201, size 64KiB, load 40/s peak 400/s, limit 500/s)]
        #[handler]
        #[writes(orders)]
        #[emits(OrderPlaced to OrderEvents via outbox)]
        #[idempotent(by meta.idempotency_key for 7d)]
        #[takes(20ms..200ms)]
        async fn place(&self, order: PlaceOrder, cx: &mut PlaceContext) -> Result<OrderPlaced>;

        #[store(by order_id)]
        #[api(GET "/orders/{order_id}", returns 200 | 404)]
        type Orders = OrderPlaced;

        /// The same order as from the shop, or a fault in the place of the answer.
        #[handler(on = WholesaleIn, fails = OrderNotPlaced)]
        #[writes(orders)]
        #[emits(OrderPlaced to OrderEvents via outbox)]
        #[faults(to PlacementFaults)]
        #[inbox(for 14d)]
        async fn place_wholesale(
            &self,
            order_placed: OrderPlaced,
            cx: &mut PlaceWholesaleContext,
        ) -> Result<()>;

        #[handler(on = ShortOrders)]
        #[natural(because "it only logs")]
        async fn note_short(
            &self,
            items_out_of_stock: ItemsOutOfStock,
            cx: &mut NoteShortContext,
        ) -> Result<()>;

        #[handler(on = WholesaleUnreadable)]
        #[natural(because "it only logs")]
        async fn look_at(&self, it: Any, cx: &mut LookAtContext) -> Result<()>;

        #[handler(on = WholesaleRepairs)]
        #[natural(because "it puts a row on a person's list by key")]
        #[max_hops(4)]
        async fn repair(&self, order_placed: OrderPlaced, cx: &mut RepairContext) -> Result<()>;
    }

    #[service]
    pub trait Stock {
        #[store(by sku)]
        type Shelves = Shelf;

        #[store(by order_id, expire 400d)]
        type Picks = Pick;

        #[handler(on = ToPick)]
        #[writes(shelves commutative)]
        #[writes(picks)]
        #[emits(ItemsPicked to StockEvents via outbox)]
        #[emits(ItemsOutOfStock to StockEvents via outbox)]
        #[idempotent(by order_id for 30d)]
        #[uses([order_id, lines, total, payment_token])]
        #[order(by order_id gaps)]
        async fn pick(&self, order: OrderPlaced, cx: &mut PickContext) -> Result<()>;

        /// Puts back what was picked for an order that nobody pays for, or nobody carries.
        #[handler(on = ToPutBack)]
        #[writes(shelves commutative)]
        #[writes(picks)]
        #[undoes(pick by order_id)]
        #[fence(by order_id)]
        #[idempotent(by order_id for 30d)]
        async fn put_back(
            &self,
            it: OneOf<PaymentRefused, ShipmentRefused>,
            cx: &mut PutBackContext,
        ) -> Result<()>;
    }

    #[service]
    pub trait Payments {
        #[store(by order_id)]
        type Payments = Payment;

        #[handler(on = ToCharge)]
        #[writes(payments)]
        #[emits(PaymentTaken to PaymentEvents via outbox)]
        #[emits(PaymentRefused to PaymentEvents via outbox)]
        #[calls(CardGateway::capture {
            timeout 3s,
            retry 2 backoff 500ms x2,
            breaker 5 within 1m,
            bulkhead 10,
        })]
        #[idempotent(by order_id)]
        #[timeout(20s)]
        async fn charge(&self, picked: ItemsPicked, cx: &mut ChargeContext) -> Result<()>;

        #[handler(on = ToRefund)]
        #[writes(payments)]
        #[calls(CardGateway::refund { timeout 3s, retry 2 backoff 1s })]
        #[undoes(charge by order_id)]
        #[idempotent(by order_id for 30d)]
        #[timeout(20s)]
        async fn refund(&self, shipment_refused: ShipmentRefused, cx: &mut RefundContext) -> Result<()>;
    }

    #[service]
    pub trait Shipping {
        #[store(by order_id)]
        type Parcels = Parcel;

        #[store(by order_id, expire 30d)]
        type Destinations = OrderPlaced;

        #[handler(on = Addresses)]
        #[writes(destinations)]
        #[natural(because "put by key")]
        async fn learn_address(&self, order_placed: OrderPlaced, cx: &mut LearnAddressContext) -> Result<()>;

        #[handler(on = ToShip)]
        #[reads(destinations)]
        #[writes(parcels)]
        #[emits(ParcelShipped to ShippingEvents via outbox)]
        #[emits(ShipmentRefused to ShippingEvents via outbox)]
        #[calls(Carrier::book { timeout 5s, retry 1 backoff 1s })]
        #[idempotent(by order_id for 60d)]
        #[concurrency(8)]
        async fn dispatch(&self, payment_taken: PaymentTaken, cx: &mut DispatchContext) -> Result<()>;

        #[handler(on = Mails)]
        #[natural(because "a second mail does no harm")]
        async fn tell(&self, parcel_shipped: ParcelShipped, cx: &mut TellContext) -> Result<()>;

        #[handler(on = Trail)]
        #[natural(because "it only logs")]
        async fn keep_trail(&self, it: Any, cx: &mut KeepTrailContext) -> Result<()>;
    }

    #[service(extern)]
    #[control(vendor)]
    #[limit(50/s)]
    pub trait CardGateway {
        #[handler(fails = CardDeclined)]
        #[reply(#[limits(1..64)] charge_id: String)]
        #[timeout(2s)]
        #[takes(400ms)]
        async fn capture(&self, key: Uuid, token: String, amount: Money) -> Result<CardGatewayCaptureReply>;

        #[handler]
        #[undoes(capture by key)]
        #[timeout(2s)]
        #[takes(300ms)]
        async fn refund(&self, key: Uuid) -> Result<()>;
    }

    #[service(extern)]
    #[control(partner)]
    #[limit(20/s)]
    pub trait Carrier {
        #[handler(fails = AddressUnknown)]
        #[reply(#[limits(8..40)] tracking_code: String)]
        #[idempotent(by key)]
        #[timeout(4s)]
        #[takes(1s)]
        async fn book(&self, key: Uuid, ship_to: Address) -> Result<CarrierBookReply>;
    }

    /// States the whole; the wiring stays with the handlers, and the compiler compares.
    #[choreography(by order_id)]
    #[deadline(3d)]
    #[route(OrderPlaced -> Stock::pick -> ItemsPicked | ItemsOutOfStock)]
    #[route(ItemsPicked -> Payments::charge -> PaymentTaken | PaymentRefused)]
    #[route(PaymentTaken -> Shipping::dispatch -> ParcelShipped | ShipmentRefused)]
    #[route(PaymentRefused | ShipmentRefused -> Stock::put_back)]
    #[route(ShipmentRefused -> Payments::refund)]
    #[done(ParcelShipped)]
    #[failed(ItemsOutOfStock | PaymentRefused | ShipmentRefused)]
    fn fulfilment() {}

    // ── What must be true ───────────────────────────────────────────────────────

    #[outcome(OrderPlaced to ParcelShipped | ItemsOutOfStock | PaymentRefused | ShipmentRefused within 3d for 99%)]
    #[sample(order = PlaceOrder(
        customer_id: "c-1",
        ship_to: (name: "Ada", street: "Main 1", zip: "10115", city: "Berlin"),
        lines: [(sku: "TEA-100", quantity: 2, price: 4.50)],
        total: 9,
        payment_token: "tok-12345678",
    ))]
    #[scenario("an order that is paid for is shipped")]
    #[when(POST "/orders" order returns 201 as placed)]
    #[when(clock advances 10m)]
    #[then(Stock::pick applied 1)]
    #[then(Mails receives 1)]
    #[then(Shipping::parcels has (order_id: placed.order_id))]
    fn an_order_that_is_paid_for_is_shipped() {}

    #[scenario("a refused payment puts everything back")]
    #[given(Payments::charge stops)]
    #[when(POST "/orders" order returns 201 as placed)]
    #[then(Stock::pick applied 1)]
    #[when(publish PaymentRefused(order_id: placed.order_id, reason: "no cover") to PaymentEvents)]
    #[then(Stock::put_back applied 1)]
    #[never(Mails receives)]
    fn a_refused_payment_puts_everything_back() {}

    #[scenario("the gateway crashes once and charges once")]
    #[given(CardGateway::capture crashes after commit times 1)]
    #[given(ToCharge duplicates 2)]
    #[when(POST "/orders" order returns 201)]
    #[then(Payments::charge applied 1)]
    #[never(Wiretap carries "4242424242424242")]
    fn the_gateway_crashes_once_and_charges_once() {}
}
