//! The system of `in.flow` in annotated Rust.

/// A parcel depot: parcels are handed in, weighed, sorted onto vans, tracked and billed.
#[aqueduct::system(owner = "team-depot")]
pub mod parcel_depot {
    use std::collections::BTreeMap;

    use aqueduct::{Decimal, Result, SignedDuration, Timestamp, Uuid};

    /// Kilograms.
    #[limits(0..31.5, places 3)]
    pub type Weight = Decimal;

    pub enum Service {
        Standard,
        /// Out with the next van.
        Express,
    }

    pub struct Address {
        #[pii]
        #[limits(1..80)]
        name: String,
        #[pii]
        #[limits(1..80)]
        street: String,
        #[limits(5, pattern = "^[0-9]{5}$")]
        zip: String,
        #[limits(1..80)]
        town: String,
        #[limits(2)]
        #[default = "DE"]
        country: String,
    }

    /// Somebody puts a parcel on the counter.
    #[command]
    pub struct HandIn {
        to: Address,
        from: Option<Address>,
        weight: Weight,
        #[default(Service::Standard)]
        service: Service,
        #[limits(1..20, items(1..120))]
        contents: Vec<String>,
        #[limits(items(..40))]
        labels: BTreeMap<String, String>,
        #[default = false]
        insured: bool,
        #[limits(0..500, places = 2)]
        #[default = 0.50]
        value: Decimal,
    }

    #[event]
    pub struct ParcelAccepted {
        #[key]
        #[default(new())]
        parcel_id: Uuid,
        #[default(now())]
        accepted_at: Timestamp,
        #[spread]
        parcel: HandIn,
    }

    /// A parcel lies on a van.
    #[event]
    pub struct ParcelLoaded {
        #[key]
        parcel_id: Uuid,
        #[limits(1..20)]
        van: String,
        express: bool,
    }

    /// A parcel has passed a scanner on its way.
    #[command]
    pub struct Scan {
        #[key]
        #[default(new())]
        scan_id: Uuid,
        parcel_id: Uuid,
        #[limits(1..40)]
        place: String,
    }

    /// Where a parcel has been, in order.
    pub struct Journey {
        #[key]
        parcel_id: Uuid,
        #[limits(0..200)]
        places: Vec<String>,
    }

    pub struct Parcel {
        #[key]
        parcel_id: Uuid,
        to: Address,
        weight: Weight,
        service: Service,
    }

    pub struct Position {
        #[key]
        parcel_id: Uuid,
        status: Status,
        van: Option<String>,
        #[limits(0..1000)]
        #[default = 0]
        seen: i64,
    }

    pub enum Status {
        Accepted,
        Loaded,
    }

    pub struct Invoice {
        #[key]
        parcel_id: Uuid,
        #[limits(0.., places 2)]
        amount: Decimal,
        #[default = 14d]
        patience: SignedDuration,
    }

    pub struct VanLoad {
        #[key]
        van: String,
        #[limits(0..)]
        #[default = 0]
        parcels: i64,
        #[limits(0..)]
        #[default = 0]
        weight: Decimal,
    }

    #[topic]
    #[route(Accepted -> Sorting)]
    #[route(Accepted -> Billing)]
    #[route(Accepted -> FirstSeen)]
    #[route(
        /// Two people are needed for these.
        Accepted -> where weight > 20 || (service == Service::Express && value >= 250) -> Heavy
    )]
    pub struct Accepted(ParcelAccepted);

    #[topic(fifo by parcel_id)]
    #[route(Loaded -> Tracking)]
    #[route(Loaded -> where express && !starts_with(van, "bike") -> Couriers)]
    pub struct Loaded(ParcelLoaded);

    #[queue(dead_letter ByHand after 5)]
    pub struct Sorting(ParcelAccepted);

    #[queue]
    pub struct ByHand(ParcelAccepted);

    #[queue(retain = 10d, visibility = 5m)]
    pub struct Billing(ParcelAccepted);

    #[queue]
    pub struct Heavy(ParcelAccepted);

    #[queue(fifo(by = parcel_id))]
    pub struct Tracking(ParcelLoaded);

    #[queue]
    pub struct FirstSeen(ParcelAccepted);

    #[queue]
    #[fifo(by parcel_id)]
    pub struct Couriers(ParcelLoaded);

    /// Scans of one parcel stay in order; nobody asks for one after a week.
    #[queue]
    #[fifo(by parcel_id)]
    #[retain(7d)]
    pub struct Scans(Scan);

    #[service(owner = "team-front-desk", auth none because "the counters are on the depot's own network")]
    #[api(POST "/parcels" -> accept, returns = 201)]
    #[api(GET "/parcels/{parcel_id}" -> parcels.get, returns = 200 | 404)]
    pub trait Counter {
        #[store(by parcel_id)]
        type Parcels = Parcel;

        #[handler(writes = parcels, emits(ParcelAccepted to Accepted, via = outbox))]
        async fn accept(&self, hand_in: HandIn, cx: &mut AcceptContext) -> Result<Parcel>;
    }

    #[service(name = Sorting)]
    pub trait SortingHall {
        #[store]
        #[by(van)]
        type Vans = VanLoad;

        #[handler(on = Sorting)]
        #[writes(vans)]
        #[emits(ParcelLoaded to Loaded via outbox)]
        #[idempotent(by parcel_id)]
        #[concurrency(1)]
        #[timeout(1500ms)]
        async fn load(&self, parcel_accepted: ParcelAccepted, cx: &mut LoadContext) -> Result<()>;

        /// A person reads the label.
        #[handler(on = ByHand)]
        #[natural(because = "the same label says the same")]
        async fn read_label(&self, parcel_accepted: ParcelAccepted, cx: &mut ReadLabelContext) -> Result<()>;

        #[handler(on = Heavy, natural because "it only calls for help")]
        async fn lift(&self, parcel_accepted: ParcelAccepted, cx: &mut LiftContext) -> Result<()>;
    }

    #[service(name = Tracking)]
    #[auth(none because "the counters are on the depot's own network")]
    pub trait TrackingDesk {
        #[store(by parcel_id)]
        #[api(GET "/positions/{parcel_id}")]
        type Positions = Position;

        #[store(by parcel_id)]
        #[api(GET "/journeys/{parcel_id}")]
        type Journeys = Journey;

        #[handler(emits(Scan to Scans, via = outbox))]
        #[api(POST "/scans", returns = 202)]
        async fn scan(&self, scan: Scan, cx: &mut ScanContext) -> Result<Scan>;

        #[handler(on = Scans)]
        #[writes(journeys)]
        #[idempotent(by scan_id for 90d)]
        async fn pass(&self, scan: Scan, cx: &mut PassContext) -> Result<()>;

        #[handler(on = FirstSeen)]
        #[writes(positions)]
        #[idempotent(by parcel_id for 90d)]
        async fn see(&self, parcel_accepted: ParcelAccepted, cx: &mut SeeContext) -> Result<()>;

        #[handler(on = Tracking)]
        #[writes(positions)]
        #[idempotent(by parcel_id for 90d)]
        async fn r#move(&self, parcel_loaded: ParcelLoaded, cx: &mut MoveContext) -> Result<()>;
    }

    #[service(name = Billing)]
    #[auth(none because "the counters are on the depot's own network")]
    pub trait BillingOffice {
        #[store(by parcel_id)]
        #[api(GET "/invoices/{parcel_id}", returns 200 | 404)]
        type Invoices = Invoice;

        #[handler(on = Billing, writes(invoices), idempotent(by parcel_id))]
        async fn bill(&self, parcel_accepted: ParcelAccepted, cx: &mut BillContext) -> Result<()>;

        #[handler(reads(invoices))]
        #[api(POST "/invoices/reminders", returns 202)]
        #[reply(
            #[limits(0..)]
            reminded: i64
        )]
        async fn remind(
            &self,
            #[limits(1..90)]
            #[default = 14]
            days: i64,
            #[default = false] dry_run: bool,
            cx: &mut RemindContext,
        ) -> Result<BillingRemindReply>;
    }

    #[service(name = Couriers)]
    pub trait CourierDesk {
        #[handler(on = Couriers)]
        #[natural(because "a courier who is called twice asks")]
        async fn ride(&self, parcel_loaded: ParcelLoaded, cx: &mut RideContext) -> Result<()>;
    }
}
