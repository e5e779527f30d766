//! The system of `in.flow` in annotated Rust.

#[aqueduct::system(owner = "team-travel")]
pub mod travel_desk {
    //! A travel desk: a trip is booked as a whole or not at all, and expenses are paid back.

    use aqueduct::{Decimal, Result, Uuid};

    // ── Vocabulary ──────────────────────────────────────────────────────────

    #[limits(0..1_000_000, places 2)]
    pub type Money = Decimal;

    /// Somebody wants to go somewhere.
    #[command]
    pub struct BookTrip {
        #[key]
        #[default(new())]
        trip_id: Uuid,
        #[pii]
        #[limits(1..64)]
        traveller: String,
        #[limits(1..60)]
        nights: i64,
        with_car: bool,
        budget: Money,
    }

    pub enum TripStatus {
        Asked,
        Booked,
        Refused,
    }

    pub struct Trip {
        #[key]
        trip_id: Uuid,
        #[pii]
        traveller: String,
        status: TripStatus,
        rooms: String,
    }

    /// How a trip has ended.
    #[event]
    pub struct TripSettled {
        #[key]
        trip_id: Uuid,
        status: TripStatus,
        reason: Option<String>,
    }

    pub struct RoomHold {
        #[key]
        hold_id: Uuid,
        nights: i64,
        #[default(false)]
        released: bool,
    }

    pub struct SeatHold {
        #[key]
        hold_id: Uuid,
        #[default = false]
        released: bool,
    }

    pub struct CarHold {
        #[key]
        hold_id: Uuid,
        #[default = false]
        released: bool,
    }

    pub struct Payment {
        #[key]
        payment_id: Uuid,
        amount: Money,
    }

    /// No bed is left.
    #[fault]
    pub struct HotelFull {
        hotel: String,
    }

    /// No seat is left.
    #[fault]
    pub struct FlightFull;

    /// No car is left.
    #[fault]
    pub struct NoCar;

    /// The traveller's cost center has run out of money.
    #[fault]
    pub struct BudgetExceeded {
        left: Money,
    }

    /// It costs more than is allowed.
    #[fault]
    pub struct TooDear;

    #[command]
    pub struct ClaimExpense {
        #[key]
        #[default(new())]
        claim_id: Uuid,
        #[pii]
        #[limits(1..64)]
        traveller: String,
        amount: Money,
        #[limits(0..200)]
        receipt: String,
    }

    pub enum ClaimStatus {
        Open,
        Paid,
        Rejected,
    }

    pub struct Claim {
        #[key]
        claim_id: Uuid,
        amount: Money,
        status: ClaimStatus,
    }

    #[event]
    pub struct ClaimClosed {
        #[key]
        claim_id: Uuid,
        status: ClaimStatus,
        reason: Option<String>,
    }

    #[fault]
    pub struct ReceiptUnreadable {
        why: String,
    }

    #[fault]
    pub struct NotCovered;

    // ── Channels ────────────────────────────────────────────────────────────

    #[queue]
    pub struct TripRequests(BookTrip);

    #[topic]
    pub struct Trips(TripSettled);

    #[queue]
    #[route(Trips -> TripNotes)]
    pub struct TripNotes(TripSettled);

    #[queue]
    pub struct Claims(ClaimExpense);

    #[topic]
    pub struct ClaimNews(ClaimClosed);

    #[queue]
    #[route(ClaimNews -> ClaimNotes)]
    pub struct ClaimNotes(ClaimClosed);

    // ── Services ────────────────────────────────────────────────────────────

    #[service(auth = jwt)]
    pub trait Desk {
        #[handler(emits(BookTrip to TripRequests))]
        #[api(POST "/trips", returns = 202)]
        async fn ask(&self, trip: BookTrip, cx: &mut AskContext) -> Result<BookTrip>;

        #[store(by trip_id)]
        #[api(GET "/trips/{trip_id}", returns = 200 | 404)]
        type Bookings = Trip;

        #[store(by trip_id)]
        type Notes = TripSettled;

        #[handler(on = TripNotes, writes = notes)]
        #[natural(because "the same note is put again")]
        async fn note(&self, trip: TripSettled, cx: &mut NoteContext) -> Result<()>;

        /// A room, a seat, a car perhaps, and the money: all of it, or none.
        #[saga(on = TripRequests, by = trip.trip_id, deadline = 2h)]
        #[readonly(
            quote = Cashier::quote(nights: trip.nights, with_car: trip.with_car),
            timeout = 40s,
            retry(2, backoff = 1s),
        )]
        #[r#if(quote.price > trip.budget { fail TooDear() })]
        #[step(
            register = insert bookings(
                trip_id: trip.trip_id,
                traveller: trip.traveller,
                status: TripStatus::Asked,
                rooms: quote.class,
            ),
            undo update bookings(trip_id: trip.trip_id, status: TripStatus::Refused),
        )]
        #[parallel(all {
            branch stay {
                step room = Hotels::hold(hold_id: trip.trip_id, nights: trip.nights) {
                    timeout = 40s,
                    retry 2 backoff 1s x2,
                    undo Hotels::release(hold_id: trip.trip_id),
                }
            }
            branch way {
                step seat = Flights::hold(hold_id: trip.trip_id) {
                    timeout = 40s,
                    retry 1 backoff 2s,
                    undo Flights::release(hold_id: trip.trip_id),
                }
            }
        })]
        #[r#if(trip.with_car {
            step car = Cars::hold(hold_id: trip.trip_id) {
                timeout 40s;
                undo Cars::release(hold_id: trip.trip_id);
                on NoCar {
                    step taxi = Cars::promise_taxi(hold_id: trip.trip_id) {
                        timeout 40s;
                        undo Cars::cancel_taxi(hold_id: trip.trip_id);
                    }
                }
            }
        })]
        #[pivot(
            pay = Cashier::charge(payment_id: trip.trip_id, amount: quote.price),
            timeout 40s,
            retry until known,
        )]
        #[retriable(ticket = Flights::issue(hold_id: trip.trip_id, code: seat.code), timeout 40s)]
        #[done {
            update bookings(trip_id: trip.trip_id, status: TripStatus::Booked);
            emit TripSettled(trip_id: trip.trip_id, status: TripStatus::Booked) to Trips;
        }]
        #[failed {
            emit TripSettled(trip_id: trip.trip_id, status: TripStatus::Refused, reason: error.name) to Trips;
        }]
        fn trip_booking(trip: BookTrip);
    }

    #[service]
    pub trait Hotels {
        #[store(by hold_id)]
        type Rooms = RoomHold;

        #[handler(fails = HotelFull, writes(rooms), idempotent(by hold_id))]
        #[reply(hotel: String)]
        async fn hold(&self, hold_id: Uuid, nights: i64, cx: &mut HoldContext) -> Result<HotelsHoldReply>;

        #[handler(writes(rooms), undoes(hold by hold_id))]
        async fn release(&self, hold_id: Uuid, cx: &mut ReleaseContext) -> Result<()>;
    }

    #[service]
    pub trait Flights {
        #[store(by hold_id)]
        type Seats = SeatHold;

        #[handler(fails = FlightFull, writes seats, idempotent by hold_id)]
        #[reply(code: String)]
        async fn hold(&self, hold_id: Uuid, cx: &mut HoldContext) -> Result<FlightsHoldReply>;

        #[handler(writes seats, undoes hold by hold_id)]
        async fn release(&self, hold_id: Uuid, cx: &mut ReleaseContext) -> Result<()>;

        #[handler(reads seats, idempotent by hold_id)]
        async fn issue(&self, hold_id: Uuid, code: String, cx: &mut IssueContext) -> Result<()>;
    }

    #[service]
    pub trait Cars {
        #[store(by hold_id)]
        type Cars = CarHold;

        #[store(by hold_id)]
        type Taxis = CarHold;

        #[handler]
        #[fails(NoCar)]
        #[writes(cars)]
        #[idempotent(by hold_id)]
        async fn hold(&self, hold_id: Uuid, cx: &mut HoldContext) -> Result<()>;

        #[handler]
        #[writes(cars)]
        #[undoes(hold by hold_id)]
        async fn release(&self, hold_id: Uuid, cx: &mut ReleaseContext) -> Result<()>;

        #[handler]
        #[writes(taxis)]
        #[idempotent(by hold_id)]
        async fn promise_taxi(&self, hold_id: Uuid, cx: &mut PromiseTaxiContext) -> Result<()>;

        #[handler]
        #[writes(taxis)]
        #[undoes(promise_taxi by hold_id)]
        async fn cancel_taxi(&self, hold_id: Uuid, cx: &mut CancelTaxiContext) -> Result<()>;
    }

    #[service]
    pub trait Cashier {
        #[store(by payment_id)]
        type Payments = Payment;

        #[handler]
        #[reply(price: Money, class: String)]
        #[natural(because "it only looks prices up")]
        async fn quote(
            &self,
            nights: i64,
            with_car: bool,
            cx: &mut QuoteContext,
        ) -> Result<CashierQuoteReply>;

        #[handler]
        #[fails(BudgetExceeded)]
        #[writes(payments)]
        #[idempotent(by payment_id)]
        async fn charge(&self, payment_id: Uuid, amount: Money, cx: &mut ChargeContext) -> Result<()>;
    }

    /// Pays expenses back.
    #[service(name = Claims, auth = jwt)]
    pub trait ClaimsDesk {
        #[store(by claim_id)]
        type OpenClaims = Claim;

        #[store(by claim_id)]
        type Letters = ClaimClosed;

        #[handler(emits(ClaimExpense to Claims))]
        #[api(POST "/claims", returns = 202)]
        #[api(GET "/claims/{claim_id}" -> open_claims.get, returns = 200 | 404)]
        async fn claim(&self, claim: ClaimExpense, cx: &mut ClaimContext) -> Result<ClaimExpense>;

        #[handler(on = ClaimNotes)]
        #[writes(letters)]
        #[natural(because "the same letter is put again")]
        async fn note(&self, news: ClaimClosed, cx: &mut NoteContext) -> Result<()>;

        /// Reads the receipt, waits for objections, pays.
        #[saga]
        #[on(Claims)]
        #[by(claim.claim_id)]
        #[deadline(3d)]
        #[step(
            open = insert open_claims(
                claim_id: claim.claim_id,
                amount: claim.amount,
                status: ClaimStatus::Open,
            ),
            undo update open_claims(claim_id: claim.claim_id, status: ClaimStatus::Rejected),
        )]
        #[readonly(read = Receipts::read(text: claim.receipt), timeout 40s, retry 1 backoff 1s)]
        #[r#if(read.amount < claim.amount { fail NotCovered() })]
        #[wait(1h)]
        #[step(
            payout = Receipts::pay(claim_id: claim.claim_id, amount: claim.amount),
            timeout 40s,
            retry 2 backoff 1s x2 cap 4s,
            undo Receipts::claw_back(claim_id: claim.claim_id),
        )]
        #[done {
            update open_claims(claim_id: claim.claim_id, status: ClaimStatus::Paid),
            emit ClaimClosed(claim_id: claim.claim_id, status: ClaimStatus::Paid) to ClaimNews,
        }]
        #[failed {
            emit ClaimClosed(claim_id: claim.claim_id, status: ClaimStatus::Rejected, reason: error.name) to ClaimNews,
        }]
        fn reimbursement(claim: ClaimExpense);
    }

    #[service]
    pub trait Receipts {
        #[store(by payment_id)]
        type Payouts = Payment;

        #[handler(fails = ReceiptUnreadable)]
        #[reply(amount: Money)]
        #[natural(because "it only reads")]
        async fn read(&self, text: String, cx: &mut ReadContext) -> Result<ReceiptsReadReply>;

        #[handler(fails = NotCovered, writes(payouts), idempotent(by claim_id))]
        async fn pay(&self, claim_id: Uuid, amount: Money, cx: &mut PayContext) -> Result<()>;

        #[handler(writes(payouts), undoes(pay by claim_id))]
        async fn claw_back(&self, claim_id: Uuid, cx: &mut ClawBackContext) -> Result<()>;
    }

    // ── What must be true ───────────────────────────────────────────────────

    #[sample(trip = BookTrip(traveller: "ada", nights: 3, with_car: true, budget: 900))]
    #[sample(lunch = ClaimExpense(traveller: "ada", amount: 12.80, receipt: "Lunch 12.80"))]
    #[scenario("a trip is booked as a whole")]
    #[given(Cashier::quote answers Reply(price: 640, class: "single"))]
    #[when(POST "/trips" trip returns 202 as asked)]
    #[then(TripBooking done within 2h)]
    #[then(Desk::bookings has (trip_id: asked.trip_id, status: TripStatus::Booked, rooms: "single"))]
    #[then(Cashier::charge applied 1)]
    #[then(TripNotes receives 1)]
    fn booked() {}

    #[scenario("what is too dear is refused before anything is held")]
    #[given(Cashier::quote answers Reply(price: 901, class: "suite"))]
    #[when(POST "/trips" trip returns 202)]
    #[then(TripBooking failed with TooDear undone [] within 2h)]
    #[then(Hotels::hold applied 0)]
    #[then(TripNotes receives 1)]
    fn too_dear() {}

    #[scenario("no seat is left, so the room is given back")]
    #[given(Cashier::quote answers Reply(price: 640, class: "single"))]
    #[given(Flights::hold fails FlightFull)]
    #[when(POST "/trips" trip returns 202)]
    #[then(TripBooking failed with FlightFull undone [room, register] within 2h)]
    #[then(Desk::bookings has (status: TripStatus::Refused))]
    #[then(Cashier::charge applied 0)]
    fn no_seat() {}

    #[scenario(
        "without a car there is a taxi",
        given Cashier::quote answers Reply(price: 640, class: "single"),
        given Cars::hold fails NoCar,
        when POST "/trips" trip returns 202,
        then TripBooking done within 2h,
        then Cars::promise_taxi applied 1,
    )]
    fn taxi() {}

    #[scenario("an expense is paid when nobody has objected for an hour")]
    #[given(Receipts::read answers Reply(amount: 12.80))]
    #[when(POST "/claims" lunch returns 202 as claim)]
    #[when(clock advances 59m)]
    #[then(Receipts::pay applied 0)]
    #[when(clock advances 2m)]
    #[then(Reimbursement done within 2h)]
    #[then(ClaimsDesk::open_claims has (claim_id: claim.claim_id, status: ClaimStatus::Paid))]
    fn expense() {}
}
