//! Wild Rydes in full.

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
