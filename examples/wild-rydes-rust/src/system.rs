//! The system of `examples/wild-rydes`, declared in Rust: the same model, the same checks, the same deployment.

/// Wild Rydes: a unicorn reports a finished ride, and everyone interested hears of it.
///
/// After labs 1, 2 and 4 of AWS's workshop on asynchronous messaging: publish-subscribe with filters, a queue for each
/// subscriber, and a saga that collects the fare or takes nothing.
#[aqueduct::system(owner = "team-rides")]
pub mod wild_rydes {
    use aqueduct::{Decimal, Result, Uuid};

    // ── Vocabulary ──────────────────────────────────────────────────────────

    #[limits(0..100_000, places 2)]
    pub type Money = Decimal;

    /// What a unicorn reports at the end of a ride.
    #[command]
    pub struct SubmitRide {
        #[pii]
        #[limits(1..64)]
        customer: String,
        #[limits(1..80)]
        from: String,
        #[limits(1..80)]
        to: String,
        /// km, once around at most
        #[limits(0..40_000, places 3)]
        distance: Decimal,
        /// minutes
        #[limits(0..)]
        duration: Decimal,
        fare: Money,
    }

    /// A ride has ended and was recorded.
    #[event]
    pub struct RideCompleted {
        #[key]
        #[default(new())]
        ride_id: Uuid,
        #[spread]
        ride: SubmitRide,
    }

    /// Where a customer wants text messages to go.
    pub struct Phone {
        #[key]
        #[pii]
        #[limits(1..64)]
        customer: String,
        #[pii]
        #[limits(3..20)]
        number: String,
    }

    /// A message to a customer that has left the house.
    pub struct Notice {
        #[key]
        ride_id: Uuid,
        #[pii]
        customer: String,
        #[pii]
        number: Option<String>,
        text: String,
    }

    /// What a customer is told in the end.
    pub struct Receipt {
        #[key]
        ride_id: Uuid,
        #[pii]
        customer: String,
        paid: bool,
        text: String,
    }

    /// A card as its owner types it in. It goes to the gateway and nowhere else: neither stored nor sent nor logged.
    pub struct Card {
        #[secret]
        #[limits(12..19)]
        number: String,
        #[secret]
        #[limits(5)]
        expiry: String,
        #[secret]
        #[limits(3..4)]
        cvv: String,
    }

    /// What the gateway gives for a card.
    pub struct CardToken {
        #[key]
        #[pii]
        #[limits(1..64)]
        customer: String,
        #[limits(1..64)]
        token: String,
    }

    pub enum FareStatus {
        Pending,
        Completed,
        Failed,
    }

    /// What a customer has to pay for a ride.
    pub struct Fare {
        #[key]
        ride_id: Uuid,
        #[pii]
        customer: String,
        amount: Money,
        status: FareStatus,
    }

    /// What has been paid for a customer's rides.
    pub struct Account {
        #[key]
        #[pii]
        customer: String,
        #[default(0)]
        paid: Money,
        #[default(0)]
        #[limits(0..)]
        rides: i64,
    }

    /// A fare is paid, or nothing was taken.
    #[event]
    pub struct FareSettled {
        #[key]
        ride_id: Uuid,
        #[pii]
        customer: String,
        status: FareStatus,
        charge_id: Option<String>,
        reason: Option<String>,
    }

    /// The customer's bank doesn't want to.
    #[fault]
    pub struct CardDeclined {
        reason: String,
    }

    /// The bank has taken its word back.
    #[fault]
    pub struct CaptureRefused {
        reason: String,
    }

    /// The account takes no more money.
    #[fault]
    pub struct AccountClosed;

    /// What a customer has collected: a point for each full kilometer.
    pub struct LoyaltyAccount {
        #[key]
        #[pii]
        customer: String,
        #[default(0)]
        #[limits(0..)]
        points: i64,
        #[default(0)]
        #[limits(0..)]
        rides: i64,
    }

    /// A ride to talk about.
    pub struct Celebration {
        #[key]
        ride_id: Uuid,
        route: String,
        fare: Money,
    }

    // ── Channels and routes ─────────────────────────────────────────────────

    #[topic]
    pub struct RideCompletedTopic(RideCompleted);

    #[queue]
    #[route(RideCompletedTopic -> Notifications)]
    pub struct Notifications(RideCompleted);

    #[queue(dead_letter(after = 5))]
    #[route(RideCompletedTopic -> Accounting)]
    pub struct Accounting(RideCompleted);

    #[queue]
    #[route(RideCompletedTopic -> Loyalty)]
    pub struct Loyalty(RideCompleted);

    #[queue]
    #[route(RideCompletedTopic -> where fare >= 50 && distance >= 20 -> Extraordinary)]
    pub struct Extraordinary(RideCompleted);

    #[topic]
    pub struct FareOutcomes(FareSettled);

    #[queue]
    #[route(FareOutcomes -> where status == FareStatus::Completed -> FaresCollected)]
    pub struct FaresCollected(FareSettled);

    #[queue]
    #[route(FareOutcomes -> where status == FareStatus::Failed -> FaresRejected)]
    pub struct FaresRejected(FareSettled);

    // ── Services ────────────────────────────────────────────────────────────

    /// Takes rides in.
    #[service(auth = jwt)]
    pub trait RideManagement {
        /// Records the ride and tells everyone interested, in one transaction.
        #[handler(writes(rides), emits(RideCompleted to RideCompletedTopic, via = outbox))]
        #[api(POST "/submit-ride-completion", returns = 201)]
        async fn submit(&self, ride: SubmitRide, cx: &mut SubmitContext) -> Result<RideCompleted>;

        #[store(by ride_id)]
        #[api(GET "/rides/{ride_id}", returns 200 | 404)]
        type Rides = RideCompleted;
    }

    /// Tells customers that their ride is over.
    #[service(auth = jwt)]
    pub trait CustomerNotification {
        #[handler]
        #[api(PUT "/customers/{customer}/phone", returns = 200)]
        #[writes(phones)]
        #[natural(because "the same number again changes nothing")]
        async fn keep_phone(&self, phone: Phone, cx: &mut KeepPhoneContext) -> Result<Phone>;

        #[store(by customer)]
        type Phones = Phone;

        #[store(by ride_id)]
        #[api(GET "/notices/{ride_id}", returns 200 | 404)]
        type Notices = Notice;

        #[store(by ride_id)]
        #[api(GET "/receipts/{ride_id}", returns 200 | 404)]
        type Receipts = Receipt;

        /// Sends a text message, or a letter to those who have left no number.
        #[handler(on = Notifications)]
        #[reads(phones)]
        #[writes(notices)]
        #[idempotent(by ride_id for 30d)]
        #[concurrency(5)]
        #[timeout(10s)]
        async fn notify(&self, ride: RideCompleted, cx: &mut NotifyContext) -> Result<()>;

        /// Says what was paid.
        #[handler(on = FaresCollected)]
        #[writes(receipts)]
        #[natural(because "the same receipt is put again")]
        async fn thank(&self, fare: FareSettled, cx: &mut ThankContext) -> Result<()>;

        /// Says that nothing was taken, and why.
        #[handler(on = FaresRejected)]
        #[writes(receipts)]
        #[natural(because "the same receipt is put again")]
        async fn regret(&self, fare: FareSettled, cx: &mut RegretContext) -> Result<()>;
    }

    /// Collects fares.
    #[service(auth = jwt)]
    pub trait CustomerAccounting {
        #[store(by ride_id)]
        #[api(GET "/fares/{ride_id}", returns 200 | 404)]
        type Fares = Fare;

        #[store(by customer)]
        #[api(GET "/accounts/{customer}", returns 200 | 404)]
        type Accounts = Account;

        /// Books what was paid.
        #[handler(fails = AccountClosed)]
        #[writes(accounts)]
        #[idempotent(by ride_id)]
        #[timeout(4s)]
        async fn credit(
            &self,
            ride_id: Uuid,
            customer: String,
            amount: Money,
            cx: &mut CreditContext,
        ) -> Result<()>;

        #[handler]
        #[writes(accounts)]
        #[undoes(credit by ride_id)]
        #[timeout(4s)]
        async fn uncredit(
            &self,
            ride_id: Uuid,
            customer: String,
            amount: Money,
            cx: &mut UncreditContext,
        ) -> Result<()>;

        /// Every completed ride is paid for, or nothing is taken.
        #[saga(on = Accounting, by = ride.ride_id)]
        #[deadline(10m)]
        #[step(
            register = insert fares(
                ride_id: ride.ride_id,
                customer: ride.customer,
                amount: ride.fare,
                status: FareStatus::Pending,
            ),
            undo update fares(ride_id: ride.ride_id, status: FareStatus::Failed),
        )]
        #[step(
            authorize = Payments::authorize(key: ride.ride_id, customer: ride.customer, amount: ride.fare),
            timeout 12s,
            retry 3 backoff 1s x2,
            undo Payments::void(key: ride.ride_id),
        )]
        #[step(
            charge = Payments::capture(key: ride.ride_id, code: authorize.code),
            timeout 12s,
            retry 3 backoff 1s x2,
            undo Payments::refund(key: ride.ride_id),
        )]
        #[step(
            booked = credit(ride_id: ride.ride_id, customer: ride.customer, amount: ride.fare),
            timeout 5s,
            retry 2 backoff 1s x2,
            undo uncredit(ride_id: ride.ride_id, customer: ride.customer, amount: ride.fare),
        )]
        #[done {
            update fares(ride_id: ride.ride_id, status: FareStatus::Completed);
            emit FareSettled(
                ride_id: ride.ride_id,
                customer: ride.customer,
                status: FareStatus::Completed,
                charge_id: charge.charge_id,
            ) to FareOutcomes;
        }]
        #[failed {
            emit FareSettled(
                ride_id: ride.ride_id,
                customer: ride.customer,
                status: FareStatus::Failed,
                reason: error.name,
            ) to FareOutcomes;
        }]
        fn fare_collection(ride: RideCompleted);
    }

    /// The only place that ever sees a card. The gateway keeps it, we keep its token.
    #[service(auth = jwt)]
    pub trait Payments {
        #[store(by customer)]
        type Tokens = CardToken;

        #[handler]
        #[api(PUT "/customers/{customer}/card", returns = 200)]
        #[reply(customer: String)]
        #[writes(tokens)]
        #[calls(CardGateway::tokenize)]
        #[natural(because "the same card again only gets another token")]
        #[timeout(10s)]
        async fn keep_card(
            &self,
            #[pii]
            #[limits(1..64)]
            customer: String,
            card: Card,
            cx: &mut KeepCardContext,
        ) -> Result<PaymentsKeepCardReply>;

        #[handler(fails = CardDeclined)]
        #[reply(code: String)]
        #[reads(tokens)]
        #[calls(CardGateway::authorize)]
        #[idempotent(by key)]
        #[timeout(10s)]
        async fn authorize(
            &self,
            key: Uuid,
            customer: String,
            amount: Money,
            cx: &mut AuthorizeContext,
        ) -> Result<PaymentsAuthorizeReply>;

        #[handler(fails = CaptureRefused)]
        #[reply(charge_id: String)]
        #[calls(CardGateway::capture)]
        #[idempotent(by key)]
        #[timeout(10s)]
        async fn capture(
            &self,
            key: Uuid,
            code: String,
            cx: &mut CaptureContext,
        ) -> Result<PaymentsCaptureReply>;

        #[handler]
        #[calls(CardGateway::void)]
        #[undoes(authorize by key)]
        #[timeout(10s)]
        async fn void(&self, key: Uuid, cx: &mut VoidContext) -> Result<()>;

        #[handler]
        #[calls(CardGateway::refund)]
        #[undoes(capture by key)]
        #[timeout(10s)]
        async fn refund(&self, key: Uuid, cx: &mut RefundContext) -> Result<()>;
    }

    /// Another company. It remembers keys: the same request again is the same payment.
    #[service(extern)]
    #[control(vendor)]
    #[stand_in("../wild-rydes/gateway")]
    pub trait CardGateway {
        #[handler(timeout = 2s)]
        #[reply(token: String)]
        async fn tokenize(&self, #[field] card: Card) -> Result<CardGatewayTokenizeReply>;

        #[handler(fails = CardDeclined, timeout = 2s)]
        #[reply(code: String)]
        #[idempotent(by key)]
        async fn authorize(
            &self,
            key: Uuid,
            token: String,
            amount: Money,
        ) -> Result<CardGatewayAuthorizeReply>;

        #[handler(fails = CaptureRefused, timeout = 2s)]
        #[reply(charge_id: String)]
        #[idempotent(by key)]
        async fn capture(&self, key: Uuid, code: String) -> Result<CardGatewayCaptureReply>;

        #[handler(timeout = 2s)]
        #[undoes(authorize by key)]
        async fn void(&self, key: Uuid) -> Result<()>;

        #[handler(timeout = 2s)]
        #[undoes(capture by key)]
        async fn refund(&self, key: Uuid) -> Result<()>;
    }

    /// Rewards those who ride far.
    #[service(auth = jwt)]
    pub trait CustomerLoyalty {
        #[store(by customer)]
        #[api(GET "/loyalty/{customer}", returns 200 | 404)]
        type Accounts = LoyaltyAccount;

        #[handler(on = Loyalty)]
        #[writes(accounts)]
        #[idempotent(by ride_id for 30d)]
        #[timeout(10s)]
        async fn collect(&self, ride: RideCompleted, cx: &mut CollectContext) -> Result<()>;
    }

    /// Hears only of long and dear rides.
    #[service(auth = jwt)]
    pub trait ExtraordinaryRides {
        #[store(by ride_id)]
        #[api(GET "/extraordinary-rides/{ride_id}", returns 200 | 404)]
        type Celebrations = Celebration;

        #[handler(on = Extraordinary)]
        #[writes(celebrations)]
        #[natural(because "the same row is put again")]
        #[timeout(10s)]
        async fn celebrate(&self, ride: RideCompleted, cx: &mut CelebrateContext) -> Result<()>;
    }

    // ── What must be true ───────────────────────────────────────────────────

    #[sample(card = Card(number: "4242424242424242", expiry: "12/29", cvv: "111"))]
    #[sample(long_ride = SubmitRide(
        customer: "cmr",
        from: "Berlin",
        to: "Frankfurt",
        distance: 600,
        duration: 420,
        fare: 256.50,
    ))]
    #[scenario("a long, dear ride reaches everyone and is paid")]
    #[when(PUT "/customers/cmr/card" (card: card) returns 200)]
    #[when(POST "/submit-ride-completion" long_ride returns 201 as ride)]
    #[then(Notifications receives 1)]
    #[then(Loyalty receives 1)]
    #[then(Extraordinary receives 1)]
    #[then(FareCollection done within 10m)]
    #[then(CustomerAccounting::fares has (ride_id: ride.ride_id, status: FareStatus::Completed))]
    #[then(FaresCollected receives 1)]
    fn a_long_ride() {}

    #[scenario("a cheap ride is not extraordinary")]
    #[when(POST "/submit-ride-completion" SubmitRide(...long_ride, fare: 49.99) returns 201)]
    #[then(Notifications receives 1)]
    #[never(Extraordinary receives)]
    fn a_cheap_ride() {}

    #[scenario("the card is declined, so nothing is taken")]
    #[given(CardGateway::authorize fails CardDeclined)]
    #[when(PUT "/customers/cmr/card" (card: card) returns 200)]
    #[when(POST "/submit-ride-completion" long_ride returns 201)]
    #[then(FareCollection failed with CardDeclined undone [register] within 10m)]
    #[then(Payments::capture applied 0)]
    #[then(FaresRejected receives 1)]
    fn declined() {}

    #[scenario("the credit fails, so the charge is refunded")]
    #[given(CustomerAccounting::credit fails AccountClosed)]
    #[when(PUT "/customers/cmr/card" (card: card) returns 200)]
    #[when(POST "/submit-ride-completion" long_ride returns 201 as ride)]
    #[then(FareCollection failed with AccountClosed undone [charge, authorize, register] within 10m)]
    #[then(Payments::refund applied 1)]
    #[then(CustomerAccounting::fares has (ride_id: ride.ride_id, status: FareStatus::Failed))]
    #[then(FaresRejected receives 1)]
    #[never(FaresCollected receives)]
    fn closed() {}

    #[scenario("nobody knows whether it was captured, so it is taken back")]
    #[given(CardGateway::capture silent)]
    #[when(PUT "/customers/cmr/card" (card: card) returns 200)]
    #[when(POST "/submit-ride-completion" long_ride returns 201)]
    #[then(FareCollection failed undone [charge, authorize, register] within 10m)]
    #[then(CardGateway::refund applied 1)]
    #[never(FaresCollected receives)]
    fn unknown() {}

    #[scenario("the same ride twice is paid once")]
    #[given(Accounting duplicates 2)]
    #[when(PUT "/customers/cmr/card" (card: card) returns 200)]
    #[when(POST "/submit-ride-completion" long_ride returns 201)]
    #[then(FareCollection done within 10m)]
    #[then(Payments::capture applied 1)]
    fn twice() {}

    #[scenario("no card data leaves Payments")]
    #[when(PUT "/customers/cmr/card" (card: card) returns 200)]
    #[when(POST "/submit-ride-completion" long_ride returns 201)]
    #[then(FareCollection done within 10m)]
    #[never(FareOutcomes carries "4242424242424242")]
    #[never(log carries "4242424242424242")]
    fn no_card_leaves() {}
}
