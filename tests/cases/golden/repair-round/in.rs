//! The system of `in.flow` in annotated Rust.

#[aqueduct::system(owner "team-field", pii retain 400d)]
pub mod repair_round {
    //! Washing machines are mended where they stand: each order takes the stops that its fault needs, and vans report by themselves.

    use std::collections::BTreeMap;

    use aqueduct::{Result, Timestamp, Uuid};

    #[limits(4..16)]
    pub type Sku = String;

    /// The stops that an order may take; each is a step of the round.
    pub enum Stop {
        Inspect,
        FetchPart,
        Mend,
        TestRun,
        HandOver,
    }

    pub enum Depot {
        Berlin,
        Rome,
        Lima,
    }

    pub enum State {
        Booked,
        Mended,
        GivenUp,
    }

    /// A customer's machine stands still.
    #[command]
    pub struct BookRepair {
        #[key]
        #[default(new())]
        order_id: Uuid,
        #[pii]
        #[limits(1..64)]
        customer: String,
        #[limits(1..40)]
        machine: String,
        sku: Sku,
        #[limits(1..5)]
        stops: Vec<Stop>,
        #[limits(1..3)]
        depots: Vec<Depot>,
    }

    #[event]
    pub struct RepairBooked {
        #[spread]
        book_repair: BookRepair,
    }

    #[event]
    pub struct RepairClosed {
        #[key]
        order_id: Uuid,
        #[limits(1..40)]
        machine: String,
    }

    #[event]
    pub struct RepairAbandoned {
        #[key]
        order_id: Uuid,
        reason: String,
    }

    #[event]
    pub struct VanWanted {
        #[key]
        order_id: Uuid,
        #[limits(5)]
        zip: String,
    }

    #[document]
    pub struct VanOffer {
        #[key]
        order_id: Uuid,
        #[key]
        #[limits(1..10)]
        van: i64,
        #[limits(0..600)]
        minutes: i64,
    }

    #[document]
    pub struct StockCount {
        #[key]
        depot: Depot,
        #[time]
        #[default(now())]
        counted_at: Timestamp,
        #[limits(0..2_000)]
        shelves: BTreeMap<String, i64>,
    }

    #[fault]
    pub struct PartUnavailable {
        sku: Sku,
    }

    #[fault]
    pub struct NobodyHome;

    #[fault]
    pub struct StillBroken {
        #[limits(1..120)]
        reading: String,
    }

    pub struct Order {
        #[key]
        order_id: Uuid,
        #[pii]
        #[limits(1..64)]
        customer: String,
        sku: Sku,
        state: State,
    }

    pub struct Visit {
        #[key]
        order_id: Uuid,
        stop: Stop,
        #[limits(0..600)]
        #[default = 0]
        minutes: i64,
    }

    pub struct Part {
        #[key]
        sku: Sku,
        #[limits(0..)]
        left: i64,
    }

    #[queue]
    #[dead_letter(after 5)]
    pub struct RoundsQueue(RepairBooked);

    #[topic]
    pub struct Bookings(RepairBooked);

    /// Depots have systems of their own.
    #[queue(extern out)]
    pub struct BerlinQueue(RepairBooked);

    #[queue(extern out)]
    pub struct RomeQueue(RepairBooked);

    #[queue(extern out)]
    pub struct LimaQueue(RepairBooked);

    #[topic]
    pub struct Outcomes(RepairClosed, RepairAbandoned);

    #[queue]
    pub struct Closed(RepairClosed);

    #[queue]
    pub struct Abandoned(RepairAbandoned);

    #[queue]
    #[retain(2d)]
    #[visibility(3m)]
    pub struct Counts(StockCount);

    #[topic]
    pub struct VanCalls(VanWanted);

    #[queue]
    #[expire(5m)]
    pub struct Offers(VanOffer);

    #[route(Bookings -> RoundsQueue)]
    #[route(Bookings -> recipients depots in [BerlinQueue, RomeQueue, LimaQueue])]
    #[route(Outcomes -> Closed)]
    #[route(Outcomes -> Abandoned)]
    #[service]
    #[auth(jwt)]
    pub trait Desk {
        #[api(POST "/repairs", returns 201, size 8KiB)]
        #[handler]
        #[writes(orders)]
        #[emits(RepairBooked to Bookings via outbox)]
        #[idempotent(by order_id for 30d)]
        async fn book(&self, wanted: BookRepair, cx: &mut BookContext) -> Result<RepairBooked>;

        #[store(by order_id, expire 400d)]
        #[api(GET "/repairs/{order_id}", returns 200 | 404)]
        type Orders = Order;

        #[handler(on = Closed | Abandoned)]
        #[writes(orders)]
        #[natural(because "put by key")]
        async fn note(&self, it: OneOf<RepairClosed, RepairAbandoned>, cx: &mut NoteContext) -> Result<()>;

        /// Three offers are enough to choose from.
        #[api(POST "/repairs/{order_id}/van", returns 202)]
        #[api(GET "/repairs/{order_id}/van" -> who_is_near.result, returns 200 | 404)]
        #[scatter(by = order_id)]
        #[ask(VanWanted to VanCalls)]
        #[gather(VanOffer on Offers by van)]
        #[until(count 3)]
        #[timeout(20s else partial)]
        #[late(discard)]
        fn who_is_near(van_wanted: VanWanted);

        #[schedule(
            /// Asks depots each night what is left, and reminds those who wait on workdays.
            count every 24h
        )]
        #[handler]
        #[emits(StockCount to Counts via outbox)]
        #[natural(because "a second count is the same count")]
        async fn count_stock(&self, cx: &mut CountStockContext) -> Result<()>;

        #[schedule(remind cron "0 8 * * 1-5")]
        #[handler]
        #[reads(orders)]
        #[calls(Letters::post)]
        #[natural(because "letters are posted once for each order and day")]
        #[timeout(2m)]
        async fn remind_waiting(&self, cx: &mut RemindWaitingContext) -> Result<()>;
    }

    #[service(extern)]
    #[control(vendor)]
    pub trait Letters {
        #[handler]
        #[idempotent(by key)]
        #[timeout(3s)]
        #[takes(500ms)]
        async fn post(
            &self,
            key: Uuid,
            #[pii]
            #[limits(1..64)]
            customer: String,
            #[limits(1..2_000)] text: String,
        ) -> Result<()>;
    }

    #[service]
    pub trait Vans {
        #[store(by order_id, expire 90d)]
        type Visits = Visit;

        #[handler(fails = NobodyHome)]
        #[reply(#[limits(0..600)] minutes: i64)]
        #[writes(visits)]
        #[idempotent(by order_id)]
        async fn inspect(&self, order_id: Uuid, cx: &mut InspectContext) -> Result<VansInspectReply>;

        #[handler]
        #[writes(visits)]
        #[undoes(inspect by order_id)]
        async fn leave(&self, order_id: Uuid, cx: &mut LeaveContext) -> Result<()>;

        #[handler]
        #[writes(visits)]
        #[idempotent(by order_id)]
        async fn mend(&self, order_id: Uuid, sku: Sku, cx: &mut MendContext) -> Result<()>;

        #[handler]
        #[writes(visits)]
        #[undoes(mend by order_id)]
        async fn unmend(&self, order_id: Uuid, cx: &mut UnmendContext) -> Result<()>;

        #[handler(fails = StillBroken)]
        #[reads(visits)]
        #[natural(because "a second run shows the same")]
        async fn test_run(&self, order_id: Uuid, cx: &mut TestRunContext) -> Result<()>;

        #[handler]
        #[writes(visits)]
        #[idempotent(by order_id)]
        #[irreversible]
        async fn hand_over(&self, order_id: Uuid, cx: &mut HandOverContext) -> Result<()>;
    }

    #[service]
    pub trait Parts {
        #[store(by sku)]
        type Shelves = Part;

        #[handler(fails = PartUnavailable)]
        #[writes(shelves commutative)]
        #[idempotent(by order_id)]
        async fn take(&self, order_id: Uuid, sku: Sku, cx: &mut TakeContext) -> Result<()>;

        #[handler]
        #[writes(shelves commutative)]
        #[undoes(take by order_id)]
        async fn put_back(&self, order_id: Uuid, sku: Sku, cx: &mut PutBackContext) -> Result<()>;

        #[handler(on = Counts)]
        #[writes(shelves)]
        #[order(by depot if later counted_at)]
        async fn learn(&self, stock_count: StockCount, cx: &mut LearnContext) -> Result<()>;
    }

    /// One service for each depot, with its own subscription and its own van.
    #[service(each [Berlin(place: berlin, vans: 4), Rome(place: rome, vans: 2), Lima(place: lima)])]
    #[owner("team-depots")]
    #[control(own)]
    #[config(place: Depot, #[limits(1..20)] #[default = 1] vans: i64, #[limits(5..11)] #[default = "08-17"] hours: String)]
    pub trait Depots {
        #[store(by order_id)]
        type Plans = Visit;

        #[handler(on = Bookings)]
        #[writes(plans)]
        #[natural(because "put by key")]
        async fn plan(&self, repair_booked: RepairBooked, cx: &mut PlanContext) -> Result<()>;
    }

    /// Ten vans that know nothing of each other.
    #[service(each 1..10)]
    pub trait Van {
        #[handler(on = VanCalls)]
        #[emits(VanOffer to Offers)]
        #[idempotent(by order_id for 1h)]
        #[timeout(20s)]
        #[takes(0s..10s)]
        async fn offer(&self, van_wanted: VanWanted, cx: &mut OfferContext) -> Result<()>;
    }

    #[service]
    pub trait Rounds {
        /// The order carries its own route; what is done is taken back along the same stops.
        #[saga(on = RoundsQueue, by = order.order_id)]
        #[style(slip)]
        #[route(order.stops in [inspect, fetch_part, mend, test_run, hand_over])]
        #[deadline(2d)]
        #[step(
            inspect = Vans::inspect(order_id: order.order_id),
            timeout 30s,
            retry 2 backoff 10m on NobodyHome,
            undo Vans::leave(order_id: order.order_id),
        )]
        #[step(
            fetch_part = Parts::take(order_id: order.order_id, sku: order.sku),
            timeout 30s,
            retry 3 backoff 1s x2 cap 1m,
            undo Parts::put_back(order_id: order.order_id, sku: order.sku),
        )]
        #[step(
            mend = Vans::mend(order_id: order.order_id, sku: order.sku),
            timeout 30s,
            undo Vans::unmend(order_id: order.order_id),
        )]
        #[readonly(
            test_run = Vans::test_run(order_id: order.order_id),
            timeout 30s,
            retry 2 backoff 1m on StillBroken,
        )]
        #[pivot(
            hand_over = Vans::hand_over(order_id: order.order_id),
            timeout 30s,
            retry until known,
        )]
        #[done { emit RepairClosed(order_id: order.order_id, machine: order.machine) to Outcomes }]
        #[failed { emit RepairAbandoned(order_id: order.order_id, reason: error.name) to Outcomes }]
        fn round(order: RepairBooked);
    }

    #[outcome(RepairBooked to RepairClosed | RepairAbandoned within 3d)]
    #[sample(broken = BookRepair(
        customer: "ada",
        machine: "W 1400",
        sku: "PUMP-1",
        stops: [inspect, fetch_part, mend, hand_over],
        depots: [berlin],
    ))]
    #[scenario("a missing part ends the round where it began")]
    #[given(Parts::take fails PartUnavailable)]
    #[when(POST "/repairs" broken returns 201)]
    #[then(Round failed with PartUnavailable undone [inspect] within 1h)]
    #[then(Abandoned receives 1)]
    #[never(Closed receives)]
    fn a_missing_part_ends_the_round_where_it_began() {}

    #[scenario("a short route skips what it doesn't name")]
    #[when(POST "/repairs" BookRepair(...broken, stops: [inspect, hand_over]) returns 201)]
    #[then(Round done within 1h)]
    #[then(Parts::take applied 0)]
    #[then(BerlinQueue receives 1)]
    #[never(RomeQueue receives)]
    fn a_short_route_skips_what_it_doesnt_name() {}

    #[scenario("stock is counted each night")]
    #[when(clock advances 24h)]
    #[then(Desk::count_stock applied 1)]
    fn stock_is_counted_each_night() {}
}
