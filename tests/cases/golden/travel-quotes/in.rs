//! The system of `in.flow` in annotated Rust.

#[aqueduct::system(owner "team-travel", pii retain 30d)]
#[target(local {
    port 8083,
    jwt { issuer "https://login.example.org", audience "travel" }
})]
#[target(aws {
    region "eu-west-1",
    queue_defaults { visibility 3m }
    QuotesQueue { visibility 1m }
    instant_quotes { kind express, log 14d }
})]
pub mod travel_quotes {
    //! Quotes for a trip from whoever answers in time, and questions to hotels that answer when they like.

    use aqueduct::{Decimal, Result, SignedDuration, Timestamp, Uuid, Value};

    #[limits(0..100_000, places 2)]
    pub type Money = Decimal;

    #[limits(3, pattern "^[A-Z]+$")]
    pub type Place = String;

    /// How a customer pays: one of two, and the name of the record says which.
    pub struct CardPayment {
        #[limits(8..80)]
        token: String,
    }

    pub struct InvoicePayment {
        #[limits(1..120)]
        company: String,
        #[limits(4..20)]
        tax_id: String,
    }

    pub enum Payment {
        CardPayment(CardPayment),
        InvoicePayment(InvoicePayment),
    }

    pub enum Standing {
        New,
        Regular,
        Gold,
    }

    #[command]
    pub struct RequestQuotes {
        #[pii]
        #[limits(1..64)]
        customer: String,
        from: Place,
        to: Place,
        #[limits(0..60)]
        nights: i64,
        payment: Payment,
        hints: Option<Value>,
    }

    #[event]
    pub struct QuotesRequested {
        #[key]
        #[default(new())]
        rfq_id: Uuid,
        from: Place,
        to: Place,
        #[limits(0..60)]
        nights: i64,
        #[default(now())]
        asked_at: Timestamp,
    }

    #[document]
    pub struct Quote {
        #[key]
        rfq_id: Uuid,
        #[key]
        #[limits(1..40)]
        responder: String,
        price: Money,
        valid_for: SignedDuration,
        photo: Option<Vec<u8>>,
    }

    #[event]
    pub struct CabWanted {
        #[key]
        #[default(new())]
        cab_id: Uuid,
        #[limits(1..80)]
        from: String,
        #[limits(1..8)]
        seats: i64,
    }

    #[document]
    pub struct CabOffer {
        #[key]
        cab_id: Uuid,
        #[limits(0..120)]
        minutes: i64,
    }

    /// A fee depends on who asks; the answer comes at once.
    #[query]
    pub struct GetFee {
        #[key]
        rfq_id: Uuid,
        #[pii]
        #[limits(1..64)]
        customer: String,
        standing: Standing,
    }

    #[document]
    pub struct Fee {
        #[key]
        rfq_id: Uuid,
        fee: Money,
        share: f64,
    }

    /// A hotel answers in its own time.
    #[query]
    pub struct AskHotel {
        #[key]
        #[limits(1..40)]
        hotel_id: String,
        #[limits(1..60)]
        nights: i64,
        #[limits(10)]
        from_day: String,
    }

    #[document]
    pub struct HotelAnswer {
        #[key]
        #[limits(1..40)]
        hotel_id: String,
        free: bool,
        price: Option<Money>,
    }

    #[command]
    pub struct HoldRoom {
        #[key]
        #[default(new())]
        hold_id: Uuid,
        #[limits(1..40)]
        hotel_id: String,
        #[limits(1..60)]
        nights: i64,
    }

    #[event]
    pub struct RoomHeld {
        #[key]
        hold_id: Uuid,
        #[limits(1..40)]
        hotel_id: String,
        #[limits(10)]
        until_day: String,
    }

    #[fault]
    pub struct TooFar {
        #[limits(0..)]
        most: i64,
    }

    #[fault]
    pub struct FeeUnknown {
        #[pii]
        #[limits(1..64)]
        customer: String,
    }

    #[fault]
    pub struct HouseFull {
        #[limits(1..40)]
        hotel_id: String,
    }

    pub struct Asked {
        #[key]
        rfq_id: Uuid,
        #[pii]
        #[limits(1..64)]
        customer: String,
        asked_at: Timestamp,
        #[limits(0..60)]
        nights: i64,
    }

    pub struct Hotel {
        #[key]
        #[limits(1..40)]
        hotel_id: String,
        free: bool,
        price: Option<Money>,
    }

    pub struct Hold {
        #[key]
        hold_id: Uuid,
        #[limits(1..40)]
        hotel_id: String,
        #[default = false]
        confirmed: bool,
    }

    #[topic]
    pub struct QuoteRequests(QuotesRequested);

    #[queue]
    #[expire(10m)]
    pub struct QuotesQueue(Quote);

    #[topic]
    pub struct CabRequests(CabWanted);

    #[queue]
    #[expire(10m)]
    pub struct CabOffers(CabOffer);

    #[queue]
    pub struct FeesQueue(GetFee);

    #[queue(extern out)]
    #[encrypt]
    pub struct HotelQuestions(AskHotel);

    #[queue(extern in)]
    #[invalid(OddAnswers)]
    #[encrypt]
    pub struct HotelAnswers(HotelAnswer);

    #[queue]
    #[retain(7d)]
    pub struct OddAnswers(Any);

    #[queue]
    #[fifo(by hold_id)]
    pub struct Holds(HoldRoom);

    #[topic]
    pub struct Held(RoomHeld);

    #[queue]
    pub struct HoldFaults(HouseFull);

    #[queue]
    #[retain(3d)]
    pub struct ApiRequests(Any);

    #[queue]
    pub struct HeldNotes(RoomHeld);

    #[route(Held -> HeldNotes)]
    #[service]
    #[auth(jwt)]
    #[tap(api to ApiRequests)]
    pub trait Quotes {
        /// Asks everyone who quotes and collects what comes back in time.
        #[api(POST "/quotes", returns 202, size 16KiB, load 20/s peak 200/s, limit 300/s)]
        #[api(GET "/quotes/{rfq_id}" -> instant_quotes.status, returns 200 | 404)]
        #[api(GET "/quotes/{rfq_id}/result" -> instant_quotes.result, returns 200 | 404)]
        #[scatter(by = rfq_id)]
        #[ask(QuotesRequested to QuoteRequests)]
        #[gather(Quote on QuotesQueue by responder)]
        #[until(all)]
        #[timeout(30s else partial)]
        #[late(keep)]
        fn instant_quotes(request_quotes: RequestQuotes);

        #[store(by customer, sort asked_at, expire 30d)]
        #[api(GET "/customers/{customer}/quotes" -> asked.query, returns 200, page 50)]
        type Asked = Asked;

        /// The cheapest isn't waited for: who answers first drives.
        #[api(POST "/cabs", returns 202)]
        #[api(GET "/cabs/{cab_id}" -> who_drives.result, returns 200 | 404)]
        #[scatter(by = cab_id)]
        #[ask(CabWanted to CabRequests)]
        #[gather(CabOffer on CabOffers)]
        #[until(first)]
        #[timeout(20s else fail)]
        #[late(discard)]
        fn who_drives(cab_wanted: CabWanted);

        #[api(POST "/fees", returns 200, fails TooFar 422, fails FeeUnknown 404)]
        #[api(POST "/holds" -> Holds, returns 202)]
        #[handler(fails = TooFar | FeeUnknown)]
        #[writes(asked)]
        #[asks(GetFee to FeesQueue { timeout 5s else fail })]
        #[idempotent(by rfq_id for 1d)]
        async fn fee(
            &self,
            rfq_id: Uuid,
            #[pii]
            #[limits(1..64)]
            customer: String,
            #[limits(0..60)] nights: i64,
            cx: &mut FeeContext,
        ) -> Result<Fee>;

        #[handler(on = ApiRequests)]
        #[natural(because "it only logs")]
        async fn keep_request(&self, it: Any, cx: &mut KeepRequestContext) -> Result<()>;
    }

    #[service]
    pub trait Fees {
        /// The answer goes where the question says; a fault takes its place.
        #[handler(on = FeesQueue, fails = FeeUnknown)]
        #[natural(because "the same question, the same fee")]
        #[takes(5ms..50ms)]
        async fn tell_fee(&self, get_fee: GetFee, cx: &mut TellFeeContext) -> Result<Fee>;
    }

    #[service]
    #[auth(jwt)]
    pub trait Hotels {
        /// Asks, and is done: two days are too long to wait.
        #[api(POST "/hotels/{hotel_id}/question", returns 202)]
        #[handler]
        #[asks(AskHotel to HotelQuestions via outbox {
            reply on HotelAnswers by hotel_id,
            timeout 2d else resend 3,
        })]
        #[idempotent(by (hotel_id, from_day) for 2d)]
        async fn enquire(
            &self,
            #[limits(1..40)] hotel_id: String,
            #[limits(1..60)] nights: i64,
            #[limits(10)] from_day: String,
            cx: &mut EnquireContext,
        ) -> Result<()>;

        #[store(by hotel_id)]
        #[api(GET "/hotels/{hotel_id}", returns 200 | 404)]
        type Hotels = Hotel;

        #[handler(on = HotelAnswers)]
        #[writes(hotels)]
        #[natural(because "put by key")]
        async fn learn(&self, hotel_answer: HotelAnswer, cx: &mut LearnContext) -> Result<()>;

        #[api(PATCH "/hotels/{hotel_id}", returns 200, fails HouseFull 409)]
        #[handler(fails = HouseFull)]
        #[writes(hotels)]
        #[natural(because "put by key")]
        async fn correct(
            &self,
            #[limits(1..40)] hotel_id: String,
            price: Option<Money>,
            cx: &mut CorrectContext,
        ) -> Result<Hotel>;

        #[store(by hold_id)]
        type RoomHolds = Hold;

        #[handler(on = OddAnswers)]
        #[natural(because "it only logs")]
        async fn look_at(&self, it: Any, cx: &mut LookAtContext) -> Result<()>;

        /// The house says yes or no; who asked hears the no on a queue of its own.
        #[handler(on = Holds, fails = HouseFull)]
        #[writes(room_holds)]
        #[emits(RoomHeld to Held via outbox)]
        #[faults(to HoldFaults)]
        #[idempotent(by hold_id)]
        async fn hold(&self, hold_room: HoldRoom, cx: &mut HoldContext) -> Result<()>;

        #[handler(on = HeldNotes)]
        #[natural(because "it only logs")]
        async fn note(&self, room_held: RoomHeld, cx: &mut NoteContext) -> Result<()>;

        #[handler(on = HoldFaults)]
        #[natural(because "it only logs")]
        async fn regret(&self, house_full: HouseFull, cx: &mut RegretContext) -> Result<()>;
    }

    /// Four companies, one role: each answers by itself, at its own pace.
    #[service(each [
        Rail(speed: 160),
        Coach(speed: 80),
        Ferry(speed: 40, greets: false),
        Plane(speed: 800),
    ])]
    #[config(#[limits(1..1_000)] #[default = 100] speed: i64, #[default = true] greets: bool)]
    pub trait Carrier {
        #[handler(on = QuoteRequests)]
        #[emits(Quote to QuotesQueue)]
        #[idempotent(by rfq_id for 1h)]
        #[timeout(25s)]
        #[takes(0s..20s)]
        async fn quote(&self, wanted: QuotesRequested, cx: &mut QuoteContext) -> Result<()>;
    }

    #[service(each 1..5)]
    pub trait Cab {
        #[handler(on = CabRequests)]
        #[emits(CabOffer to CabOffers)]
        #[idempotent(by cab_id for 1h)]
        #[timeout(15s)]
        #[takes(0s..10s)]
        async fn offer(&self, cab_wanted: CabWanted, cx: &mut OfferContext) -> Result<()>;
    }

    #[sample(trip = RequestQuotes(
        customer: "ada",
        from: "BER",
        to: "DUS",
        nights: 2,
        payment: CardPayment(token: "tok-12345678"),
    ))]
    #[scenario("one carrier is silent, the others are enough")]
    #[given(Carrier::quote delays 1s for 3)]
    #[given(Carrier::quote silent for 1)]
    #[when(POST "/quotes" trip returns 202 as rfq)]
    #[then(instant_quotes.status(rfq.rfq_id) is (status: running))]
    #[when(clock advances 30s)]
    #[then(instant_quotes.status(rfq.rfq_id) is (status: done, response_count: 3))]
    #[then(rfq.status is running)]
    fn one_carrier_is_silent_the_others_are_enough() {}

    #[scenario("a fee that nobody knows is no fee")]
    #[given(Fees::tell_fee fails FeeUnknown times 1)]
    #[when(POST "/fees" (rfq_id: "018f3c5e-0000-7000-8000-000000000001", customer: "eve", nights: 1) returns 404)]
    #[when(Quotes fee(rfq_id: "018f3c5e-0000-7000-8000-000000000002", customer: "ada", nights: 1))]
    #[then(Quotes::fee applied 1)]
    fn a_fee_that_nobody_knows_is_no_fee() {}
}
