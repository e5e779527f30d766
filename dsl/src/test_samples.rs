//! Systems that every part of the front end is tried on.

mod wild_rydes;

pub(crate) use wild_rydes::WILD_RYDES;

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
