//! Systems that every part of the front end is tried on.

/// Four labs in one file: a topic with four readers, a scatter, a card gateway and a saga.
pub(crate) const WILD_RYDES: &str = r#"//! Wild Rydes: completed rides, instant quotes, fare collection (labs 1 to 4).
system WildRydes {
  owner "team-rides"
  pii retain 30d
}

// ── Vocabulary ──────────────────────────────────────────────────────────────

type Money = decimal(0.., places 2)

type Card {
  number: string(12..19) @secret
  expiry: string(5) @secret
  cvv:    string(3..4) @secret
}

/// What a unicorn reports at the end of a ride.
command SubmitRide {
  customer: string(1..64) @pii
  from:     string(1..80)
  to:       string(1..80)
  distance: decimal(0..)    /// km
  duration: decimal(0..)    /// minutes
  fare:     Money
}

/// A ride has ended and was recorded.
event RideCompleted {
  ride_id: uuid @key = new()
  ...SubmitRide
}

command RequestQuotes { customer: string @pii, from: string, to: string }
event QuotesRequested { rfq_id: uuid @key = new(), ...RequestQuotes }
document Quote { rfq_id: uuid @key, responder: string @key, price: Money }

enum FareStatus { pending, completed, failed }
type Fare { ride_id: uuid @key, customer: string @pii, amount: Money, status: FareStatus }
type CardToken { customer: string @key @pii, token: string }
type Account { customer: string @key @pii, balance: Money }
type LoyaltyAccount { customer: string @key @pii, points: int(0..) }

event FareCollected { ride_id: uuid @key, charge_id: string }
event FareRejected { ride_id: uuid @key, reason: string }

fault CardDeclined { reason: string }
fault CaptureRefused { reason: string }
fault AccountClosed

// ── Channels and routes ─────────────────────────────────────────────────────

topic ride_completed: RideCompleted
queue notifications:  RideCompleted
queue accounting:     RideCompleted { dead_letter after 5 }
queue loyalty:        RideCompleted
queue extraordinary:  RideCompleted

ride_completed -> notifications
ride_completed -> accounting
ride_completed -> loyalty
ride_completed -> where fare >= 50 and distance >= 20 -> extraordinary

topic quote_requests: QuotesRequested
queue quotes:         Quote

topic fare_outcomes:    FareCollected | FareRejected
queue fares_collected:  FareCollected
queue fares_rejected:   FareRejected

fare_outcomes -> fares_collected
fare_outcomes -> fares_rejected

// ── Services ────────────────────────────────────────────────────────────────

service RideManagement {
  auth jwt
  store rides: RideCompleted by ride_id

  api POST "/submit-ride-completion" -> submit    { returns 201, load 20/s }
  api GET  "/rides/{ride_id}"        -> rides.get { returns 200 | 404 }

  /// Records the ride and tells everyone interested, in one transaction.
  handler submit(SubmitRide) -> RideCompleted {
    writes rides
    emits  RideCompleted to ride_completed via outbox
  }
}

service CustomerNotification {
  handler notify(RideCompleted) on notifications { concurrency 5, natural because "a second text message does no harm" }
}

service CustomerLoyalty {
  store points: LoyaltyAccount by customer
  handler collect(RideCompleted) on loyalty { writes points, idempotent by ride_id for 30d }
}

service ExtraordinaryRides {
  handler celebrate(RideCompleted) on extraordinary { natural because "it only logs" }
}

service RideBooking {
  auth jwt
  api POST "/submit-instant-ride-rfq"         -> instant_quotes        { returns 202 }
  api GET  "/query-instant-ride-rfq/{rfq_id}" -> instant_quotes.status { returns 200 | 404 }
  api GET  "/instant-ride-quotes/{rfq_id}"    -> instant_quotes.result { returns 200 | 404 }

  /// Asks every unicorn and collects what comes back in time.
  scatter instant_quotes(RequestQuotes) by rfq_id {
    ask     QuotesRequested to quote_requests
    gather  Quote on quotes by responder
    until   count 10
    timeout 30s else partial
    late    keep
  }
}

/// Ten unicorns, one role: each is a service of its own with all that stands in here.
service Unicorn each 1..10 {
  handler quote(QuotesRequested) on quote_requests {
    emits Quote to quotes
    idempotent by rfq_id
    takes 0s..60s
    timeout 70s
  }
}

service Payments {
  auth jwt
  store tokens: CardToken by customer

  api PUT "/customers/{customer}/card" -> keep_card { returns 204 }

  /// The only place that ever sees a card. The gateway keeps it, we keep its token.
  handler keep_card(customer: string @pii, card: Card) { calls CardGateway.tokenize, writes tokens, natural because "put by key" }

  handler authorize(key: uuid, customer: string, amount: Money) -> (code: string) fails CardDeclined {
    reads tokens
    calls CardGateway.authorize
    idempotent by key
  }
  handler capture(key: uuid, code: string) -> (charge_id: string) fails CaptureRefused { calls CardGateway.capture, idempotent by key }
  handler void(key: uuid)   { calls CardGateway.void, undoes authorize by key }
  handler refund(key: uuid) { calls CardGateway.refund, undoes capture by key }
}

extern service CardGateway {
  control vendor
  limit 50/s
  handler tokenize(card: Card) -> (token: string) { takes 200ms, timeout 2s }
  handler authorize(key: uuid, token: string, amount: Money) -> (code: string) fails CardDeclined { takes 400ms, timeout 2s }
  handler capture(key: uuid, code: string) -> (charge_id: string) fails CaptureRefused { takes 400ms, timeout 2s }
  handler void(key: uuid)   { takes 200ms, timeout 2s }
  handler refund(key: uuid) { takes 200ms, timeout 2s }
}

// ── Fare collection: a saga ─────────────────────────────────────────────────

service CustomerAccounting {
  store fares: Fare by ride_id { expire 400d }
  store accounts: Account by customer

  handler credit(ride_id: uuid, charge_id: string) fails AccountClosed { writes accounts, idempotent by ride_id }
  handler uncredit(ride_id: uuid) { writes accounts, undoes credit by ride_id }
  handler note_collected(FareCollected) on fares_collected { natural because "it only logs" }
  handler note_rejected(FareRejected)   on fares_rejected  { natural because "it only logs" }

  /// Every completed ride is paid for, or nothing is taken.
  saga FareCollection(RideCompleted as ride) on accounting by ride.ride_id {
    deadline 10m

    step register = insert fares(...ride, amount: ride.fare, status: pending) {
      undo update fares(ride_id: ride.ride_id, status: failed)
    }

    step authorize = Payments.authorize(key: ride.ride_id, customer: ride.customer, amount: ride.fare) {
      timeout 5s
      retry 3 backoff 1s x2
      undo Payments.void(key: ride.ride_id)
    }
    step charge = Payments.capture(key: ride.ride_id, code: authorize.code) {
      timeout 5s
      retry 3 backoff 1s x2
      undo Payments.refund(key: ride.ride_id)
    }
    step booked = credit(ride_id: ride.ride_id, charge_id: charge.charge_id) {
      timeout 5s
      undo uncredit(ride_id: ride.ride_id)
    }

    done {
      update fares(ride_id: ride.ride_id, status: completed)
      emit FareCollected(ride_id: ride.ride_id, charge_id: charge.charge_id) to fare_outcomes
    }
    failed { emit FareRejected(ride_id: ride.ride_id, reason: error.name) to fare_outcomes }
  }
}

// ── What must be true ───────────────────────────────────────────────────────

outcome RideCompleted to FareCollected | FareRejected within 10m

sample long_ride = SubmitRide(customer: "cmr", from: "Berlin", to: "Frankfurt", distance: 600, duration: 420, fare: 256.50)

scenario "a long, dear ride reaches everyone" {
  when  POST "/submit-ride-completion" long_ride returns 201
  then  notifications receives 1
  then  accounting receives 1
  then  extraordinary receives 1
}

scenario "a cheap ride is not extraordinary" {
  when  POST "/submit-ride-completion" SubmitRide(...long_ride, fare: 49.99) returns 201
  then  notifications receives 1
  never extraordinary receives
}

scenario "the credit fails, so the charge is refunded" {
  given CustomerAccounting.credit fails AccountClosed
  when  POST "/submit-ride-completion" long_ride returns 201
  then  FareCollection failed undone [charge, authorize, register]
  then  fares_rejected receives 1
  never fares_collected receives
}

scenario "the same ride twice is paid once" {
  given accounting duplicates 2
  when  POST "/submit-ride-completion" long_ride returns 201
  then  FareCollection done
  then  Payments.capture applied 1
}

scenario "no card data leaves Payments" {
  when  PUT "/customers/cmr/card" (card: (number: "2424242424242424", expiry: "12/22", cvv: "111")) returns 204
  when  POST "/submit-ride-completion" long_ride returns 201
  never fare_outcomes carries "2424242424242424"
  never log carries "2424242424242424"
}

scenario "four unicorns answer in time, the fifth is late" {
  given Unicorn.quote delays 1s for 4
  given Unicorn.quote delays 40s for 1
  given Unicorn.quote silent for 5
  when  POST "/submit-instant-ride-rfq" (customer: "cmr", from: "BER", to: "DUS") returns 202 as rfq
  then  instant_quotes.status(rfq.rfq_id) is (status: running)
  when  clock advances 30s
  then  instant_quotes.status(rfq.rfq_id) is (status: done, response_count: 4)
}

target local { port 8080 }
target aws { region "eu-central-1", runtime "provided.al2023" }
"#;

/// Types and messages.
const TYPES_AND_MESSAGES: &str = r#"type Address { street: string(1..80), zip: string(5, pattern "^[0-9]+$"), lines: map<string, string>(0..10)? }
type PaymentMeans = CardPayment | CashPayment
type Money = decimal(0.., places 2)
public summary event BasketChanged.v2 {
  basket_id: uuid @key
  version:   int @seq
  lines:     list<BasketLine>(0..99)
  currency:  string(3) = "EUR"
  owner:     string @pii @origin(Customers)
  reserved [items, amount]
  deprecated until 2027-06-30
}
convert BasketChanged.v2 -> BasketChanged.v1(...it, items: lines.sku)
assume order_id determines customer_id because "an order never changes hands"
"#;

/// Channels.
const CHANNELS: &str = r#"queue payments: PaymentTaken | PaymentRefused {
  fifo by order_id
  dedup by event_id for 5m
  retain 14d
  expire 1d
  delay 10s
  capacity 10_000 else reject        // block | reject | drop oldest
  dead_letter repairs after 5        // the name may be left out
  invalid unreadable
  encrypt
}
queue strict_lane: OrderPlaced { fifo by order_id, block after 10 }
stream readings: Reading { partition by device_id, retain 7d, archive 365d }
bus enterprise: shopping.BasketChanged.v2 | pricing.PriceListChanged { archive 30d, owner "team-architecture" }
extern in queue fax_in: Menu { invalid unreadable_faxes }
extern out stream lake: Fact { batch 5MB | 60s }
topic wiretap: any
"#;

/// Routes.
const ROUTES: &str = r#"ride_completion -> where fare >= 100 and distance >= 1000 -> tap queue_messages -> extraordinary
readings -> choose {
  where celsius > 80 -> enrich Registry.owner_of(device_id: device_id) as owner { timeout 300ms else cached }
    -> translate Alarm(...it, phone: owner.phone)
    -> throttle 500/s
    -> hot_readings
  where battery in [0, 0.1] -> delay 1m -> weak_batteries
  else -> discard because "only exceptions are acted on"
}
orders -> split lines as line -> translate PickLine(order_id: order_id, sku: line.sku) -> picks
picked -> aggregate PickedOrder by order_id { until count == size, timeout 1h else fail } -> packed
readings -> resequence by device_id on seq { wait 5s else gaps } -> ordered_readings
orders -> dedup by order_id for 7d -> orders_once
orders -> recipients offices in [berlin, rome, lima]
enterprise -> claim lines { over 256KB, retain 30d } -> lake_in -> redeem lines -> lake
"#;

/// Conversations.
const CONVERSATIONS: &str = r"service OrderTaker {
  handler fee(Basket) -> Fee { asks GetFee to fees { timeout 5s } }
  handler qualify(Qualify) on enquiries { asks RequestMenu to fax_out via outbox { reply on fax_in by restaurant_id, timeout 2d else resend 3 } }
  handler place(PlaceOrder) on orders fails OrderNotPlaced { faults to placement_faults }
  handler learn(CatalogueChanged) on catalogue_copy { writes menus, order by restaurant_id if later version }
  scatter who_is_free(NeedCourier) by need_id { ask CourierWanted to couriers, gather Offer on offers, until first, timeout 20s else fail }
  tentative courier by order_id { reserve hold, confirm book, cancel free, expire 10m }
}
";

/// Services and stores.
const SERVICES_AND_STORES: &str = r#"service Unicorn each [Shadowfax(speed: 3), Rocinante(speed: 2)] {
  owner "team-unicorns", control own, auth jwt
  config { speed: int(1..5) = 1 }
  tap api to api_requests
  store rides: Ride by customer_id sort submitted_at { expire 400d }
  api POST "/rides" -> submit { returns 201, fails TooShort 422, load 20/s peak 200/s, limit 300/s, size 16KiB }
  api GET "/rides/{customer_id}" -> rides.query { returns 200, page 50 }
  schedule sweep every 5m -> sweep_due
  handler submit(SubmitRide) -> Ride fails TooShort {
    reads prices
    writes rides
    emits RideCompleted to ride_completed via outbox
    calls CardGateway.charge { timeout 3s, retry 2 backoff 500ms x2, breaker 5 within 1m, bulkhead 10 }
    idempotent by meta.idempotency_key for 7d
    timeout 30s, concurrency 16, takes 200ms..2s
    uses [fare, distance]
  }
  handler index(Reading) on readings { start latest, batch 500 within 2s, dead_letter unindexed after 3 split, order by device_id gaps, max_hops 8 }
}
extern service CardGateway { control vendor, limit 100/s, handler charge(key: uuid) -> (receipt: string) fails Declined { takes 300ms, timeout 3s } }
"#;

/// Sagas.
const SAGAS: &str = r#"saga TripBooking(BookTrip as trip) on requests by trip.trip_id -> TripBooked fails TripRefused {
  deadline 10d
  step approval = await Managers.ask(trip_id: trip.trip_id) { timeout 3d, heartbeat 1d, on timeout { fail NotApproved(by: "nobody") } }
  if not approval.approved { fail NotApproved(by: approval.by) }
  map legs = trip.legs as leg {
    concurrency 5
    step book = Carriers.book(...leg) { timeout 20s, retry 4 backoff 500ms x2 cap 10s on Throttled, undo Carriers.cancel(leg_id: leg.leg_id) }
  }
  parallel first {
    step grand = Hotels.grand(trip_id: trip.trip_id) { timeout 30s, undo Hotels.cancel(trip_id: trip.trip_id) }
    step plaza = Hotels.plaza(trip_id: trip.trip_id) { timeout 30s, undo Hotels.cancel(trip_id: trip.trip_id) }
  }
  step insure = Insurance(trip_id: trip.trip_id)
  pivot pay = Payments.capture(key: trip.trip_id, amount: sum(legs.price)) { timeout 10s, retry until known }
  wait until trip.leaves_at
  retriable remind = Mail.remind(trip_id: trip.trip_id) { timeout 5s, retry until done alarm 1h }
  done { emit TripBooked(trip_id: trip.trip_id) to trips }
  failed { emit TripRefused(trip_id: trip.trip_id, reason: error.name) to trips }
}
saga PaperRound(Deliver as note) on rounds by note.order_id {
  style slip
  route note.stops in [collect, hand_over]
  deadline 2h
  step collect = Round.collect(order_id: note.order_id) { timeout 10m, undo Round.bring_back(order_id: note.order_id) }
  pivot hand_over = Round.hand_over(order_id: note.order_id) { timeout 1h, retry until known }
}
/// States the whole; the wiring stays with the handlers, and the compiler compares.
choreography Fulfilment by order_id {
  deadline 1h
  OrderPlaced -> Stock.pick      -> ItemsPicked | ItemsOutOfStock
  ItemsPicked -> Payments.charge -> PaymentTaken | PaymentRefused
  PaymentRefused -> Stock.put_back
  done PaymentTaken
  failed ItemsOutOfStock | PaymentRefused
}
"#;

/// Domains, load, proof, judgement, targets.
const DOMAINS_LOAD_PROOF_JUDGEMENT_TARGETS: &str = r#"domain pricing { owner "team-pricing", control own, pii retain 30d, budget coupling 12 }
outcome RideCompleted to FareCollected | FareRejected within 10m for 99%
sample ride = SubmitRide(customer: "cmr", from: "Berlin", to: "Frankfurt", distance: 600, duration: 420, fare: 256.50)
scenario "a flood sheds the oldest" {
  given Fleet.alarm stops
  given payments duplicates 2
  given Carriers.book crashes after commit times 1
  when  POST "/rides" SubmitRide(...ride, fare: 49.99) returns 201 as r
  when  publish Reading(device_id: "d", seq: 1) to readings times 20_000
  when  clock advances 30s
  then  hot_readings drops 10_000
  then  FareCollection failed with AccountClosed undone [charge, authorize] within 1m
  then  Fleet.devices has (device_id: "d", version: 3)
  never extraordinary receives
}
queue log_lines: Line { allow DEL004 because "a lost log line is no loss" until 2027-01-01 }
target aws { region "eu-central-1", queue_defaults { visibility 3m }, FareCollection { kind standard, log 30d } }
"#;

/// Every other construct, by group.
pub(crate) const GROUPS: [(&str, &str); 7] = [
    ("types_and_messages", TYPES_AND_MESSAGES),
    ("channels", CHANNELS),
    ("routes", ROUTES),
    ("conversations", CONVERSATIONS),
    ("services_and_stores", SERVICES_AND_STORES),
    ("sagas", SAGAS),
    (
        "domains_load_proof_judgement_targets",
        DOMAINS_LOAD_PROOF_JUDGEMENT_TARGETS,
    ),
];
