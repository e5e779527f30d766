//! The system of `in.flow` in annotated Rust.

#[aqueduct::system(owner "team-fleet", pii retain 400d, budget coupling 20, targets local | aws)]
#[target(local { port 8081 })]
#[target(aws {
    region "eu-central-1",
    queue_defaults { visibility 3m }
    Readings { shards 8 }
    index { memory 512 }
})]
#[assume(device_id determines driver because "a box is told anew who drives before it moves")]
pub mod fleet_telemetry {
    //! Lorries report where they are and how they fare: a stream of readings, alarms within seconds, and a year of replay.

    use aqueduct::{Decimal, Result, Timestamp};

    #[limits(-90..900, places 1)]
    pub type Celsius = Decimal;

    #[limits(-180..180, places 6)]
    pub type Degrees = Decimal;

    pub enum Cause {
        Heat,
        Charge,
        Standstill,
    }

    /// What a lorry's box sends every ten seconds, or all at once after a tunnel.
    #[event]
    pub struct ReadingTaken {
        #[key]
        #[limits(1..24)]
        device_id: String,
        #[seq]
        #[limits(0..)]
        seq: i64,
        #[time]
        measured_at: Timestamp,
        latitude: Degrees,
        longitude: Degrees,
        /// km/h
        #[limits(0..200, places 1)]
        speed: Decimal,
        celsius: Celsius,
        #[limits(0..1, places 3)]
        battery: Decimal,
        #[pii]
        #[limits(1..40)]
        driver: Option<String>,
    }

    /// The box has come back to life, or gone to sleep. Thin: who wants to know more asks.
    #[event(notification)]
    pub struct BoxSeen {
        #[key]
        #[limits(1..24)]
        device_id: String,
    }

    /// Where a lorry is, all of it, so that nobody has to ask.
    #[event(public, summary, version = 2)]
    #[reserved([place, street])]
    pub struct PositionChangedV2 {
        #[key]
        #[limits(1..24)]
        device_id: String,
        #[seq]
        #[limits(0..)]
        seq: i64,
        latitude: Degrees,
        longitude: Degrees,
        #[limits(0..359)]
        heading: Option<i64>,
    }

    #[event]
    pub struct AlarmRaised {
        #[key]
        #[limits(1..24)]
        device_id: String,
        #[limits(0..)]
        seq: i64,
        celsius: Celsius,
        #[pii]
        #[limits(5..20)]
        phone: String,
    }

    #[event]
    pub struct BatteryDrained {
        #[key]
        #[limits(1..24)]
        device_id: String,
        #[limits(0..1, places 3)]
        battery: Decimal,
    }

    /// Five minutes of one lorry.
    #[document]
    pub struct Stretch {
        #[key]
        #[limits(1..24)]
        device_id: String,
        #[limits(1..600)]
        readings: Vec<ReadingTaken>,
    }

    #[query]
    pub struct FindPosition {
        #[limits(1..24)]
        device_id: String,
    }

    pub struct Box {
        #[key]
        #[limits(1..24)]
        device_id: String,
        #[limits(0..)]
        seq: i64,
        latitude: Degrees,
        longitude: Degrees,
        measured_at: Timestamp,
    }

    pub struct Owner {
        #[key]
        #[limits(1..24)]
        device_id: String,
        #[pii]
        #[limits(5..20)]
        phone: String,
        hottest: Celsius,
    }

    pub struct Distance {
        #[key]
        #[limits(1..24)]
        device_id: String,
        #[key]
        #[limits(10)]
        day: String,
        #[limits(0.., places 1)]
        kilometres: Decimal,
    }

    #[fault]
    pub struct NobodyOwns {
        #[limits(1..24)]
        device_id: String,
    }

    // ── Streams and what leaves them ────────────────────────────────────────────

    #[stream(extern in)]
    #[partition(by device_id)]
    #[retain(1d)]
    #[invalid(Garbled)]
    #[encrypt]
    pub struct Boxes(ReadingTaken, BoxSeen);

    #[stream]
    #[owner("team-platform")]
    #[partition(by device_id)]
    #[retain(7d)]
    #[archive(365d)]
    #[encrypt]
    pub struct Readings(ReadingTaken);

    #[stream]
    #[partition(by device_id)]
    #[retain(2d)]
    #[capacity(1_000_000 else block)]
    pub struct OrderedReadings(ReadingTaken);

    #[stream]
    #[partition(by device_id)]
    #[retain(30d)]
    #[batch(1MB within 60s)]
    pub struct Stretches(Stretch);

    #[queue]
    #[retain(14d)]
    pub struct Garbled(Any);

    #[queue]
    pub struct Unindexed(ReadingTaken);

    #[queue]
    #[dedup(by device_id for 1m)]
    #[expire(1h)]
    pub struct Seen(BoxSeen);

    /// When a depot burns, ten thousand alarms say what one says.
    #[queue]
    #[capacity(10_000 else drop oldest)]
    #[dead_letter(after 5)]
    pub struct HotReadings(AlarmRaised);

    #[queue]
    #[delay(1m)]
    pub struct WeakBatteries(BatteryDrained);

    #[topic]
    #[partition(by device_id)]
    #[retain(1d)]
    pub struct Positions(PositionChangedV2);

    #[queue]
    #[dedup(by (device_id, seq) for 10m)]
    pub struct MapView(PositionChangedV2);

    #[stream(extern out)]
    #[partition(by device_id)]
    #[batch(5MB within 60s)]
    pub struct Lake(Stretch);

    // ── Who listens ─────────────────────────────────────────────────────────────

    #[route(Boxes -> Readings)]
    #[route(Boxes -> Seen)]
    #[route(
        Readings
        -> dedup by (device_id, seq) for 10m
        -> resequence by device_id on seq { wait 5s else gaps }
        -> OrderedReadings
    )]
    #[route(
        Readings -> choose {
            where celsius > 80,
                -> enrich Registry::owner_of(device_id: device_id) as owner { timeout 300ms else cached }
                -> where celsius > owner.hottest,
                -> translate AlarmRaised(device_id: device_id, seq: seq, celsius: celsius, phone: owner.phone),
                -> throttle 500/s,
                -> HotReadings,
            where battery <= 0.1,
                -> translate BatteryDrained(device_id: device_id, battery: battery),
                -> delay 1m,
                -> WeakBatteries,
            else -> discard because "only exceptions are acted on",
        }
    )]
    #[route(
        OrderedReadings
        -> drop [driver]
        -> aggregate Stretch by device_id {
            window 5m on measured_at,
            grace 1m,
            late discard,
            timeout 10m else partial,
        }
        -> Stretches
    )]
    #[route(Stretches -> drop after 5 because "the lake is filled again from the archive" -> Lake)]
    #[route(Positions -> MapView)]
    #[service]
    #[owner("team-fleet")]
    #[auth(jwt)]
    #[load(2_000/s peak 20_000/s)]
    #[limit(25_000/s)]
    pub trait Fleet {
        #[store(by device_id, expire 400d)]
        #[api(GET "/boxes/{device_id}", returns 200 | 404, limit 200/s)]
        type BoxesById = Box;

        #[store(by device_id, sort day, expire 400d)]
        #[api(GET "/boxes/{device_id}/days" -> distances.query, returns 200, page 50)]
        #[api(POST "/readings" -> Readings, returns 202, size 16KiB, load 50/s peak 500/s)]
        type Distances = Distance;

        /// Keeps the newest position; an older one that comes late is passed over.
        #[handler(on = OrderedReadings)]
        #[dead_letter(Unindexed after 3 split)]
        #[writes(boxes_by_id)]
        #[emits(PositionChangedV2 to Positions via outbox)]
        #[idempotent(by (device_id, seq) for 1d)]
        #[batch(500 within 2s parallel by device_id split)]
        #[takes(20ms..400ms)]
        #[max_hops(8)]
        #[order(by device_id if later seq)]
        async fn index(&self, reading_taken: ReadingTaken, cx: &mut IndexContext) -> Result<()>;

        #[handler(on = Stretches)]
        #[writes(distances commutative)]
        #[inbox(for 2d)]
        #[batch(50 within 10s)]
        #[order(by device_id strict)]
        async fn measure(&self, stretch: Stretch, cx: &mut MeasureContext) -> Result<()>;

        #[handler(on = HotReadings)]
        #[calls(Dispatch::ring {
            timeout 3s,
            retry 2 backoff 500ms x2,
            breaker 20 within 1m,
            bulkhead 40,
        })]
        #[idempotent(by (device_id, seq) for 1h)]
        #[concurrency(40)]
        #[timeout(15s)]
        #[load(5/s peak 500/s)]
        async fn alarm(&self, alarm_raised: AlarmRaised, cx: &mut AlarmContext) -> Result<()>;

        #[handler(on = WeakBatteries)]
        #[natural(because "a second reminder does no harm")]
        async fn charge(&self, battery_drained: BatteryDrained, cx: &mut ChargeContext) -> Result<()>;

        #[handler(on = Seen)]
        #[writes(boxes_by_id)]
        #[natural(because "the last time it was seen is put by key")]
        async fn wake(&self, box_seen: BoxSeen, cx: &mut WakeContext) -> Result<()>;

        #[handler(on = Garbled)]
        #[natural(because "it only logs")]
        async fn look_at(&self, it: Any, cx: &mut LookAtContext) -> Result<()>;

        #[handler(on = Unindexed)]
        #[natural(because "it puts the reading on a person's list")]
        async fn mend(&self, reading_taken: ReadingTaken, cx: &mut MendContext) -> Result<()>;
    }

    #[service]
    pub trait LiveMap {
        #[store(by device_id)]
        type Shown = PositionChangedV2;

        #[handler(on = MapView)]
        #[writes(shown)]
        #[uses([device_id, latitude, longitude])]
        #[order(by device_id if later seq)]
        async fn show(&self, position_changed_v2: PositionChangedV2, cx: &mut ShowContext) -> Result<()>;

        /// Watches what happens now; what was before it started is of no interest to it.
        #[handler(on = Readings)]
        #[natural(because "it only draws")]
        #[batch(1_000 within 1s)]
        #[start(latest)]
        #[order(by device_id gaps)]
        async fn glance(&self, reading_taken: ReadingTaken, cx: &mut GlanceContext) -> Result<()>;
    }

    #[service]
    pub trait Registry {
        #[store(by device_id)]
        type Owners = Owner;

        #[handler(fails = NobodyOwns)]
        #[reads(owners)]
        #[natural(because "it only reads")]
        #[timeout(250ms)]
        #[takes(2ms..20ms)]
        async fn owner_of(&self, find_position: FindPosition, cx: &mut OwnerOfContext) -> Result<Owner>;
    }

    #[service(extern)]
    #[control(partner)]
    #[limit(100/s)]
    pub trait Dispatch {
        #[handler]
        #[idempotent(by key)]
        #[timeout(2s)]
        #[takes(300ms)]
        async fn ring(
            &self,
            #[limits(1..64)] key: String,
            #[pii]
            #[limits(5..20)]
            phone: String,
            #[limits(1..160)] text: String,
        ) -> Result<()>;
    }

    #[outcome(ReadingTaken to PositionChangedV2 within 1m for 99%)]
    #[sample(reading = ReadingTaken(
        device_id: "d",
        seq: 1,
        measured_at: now(),
        latitude: 52.5,
        longitude: 13.4,
        speed: 80,
        celsius: 20,
        battery: 0.9,
    ))]
    #[scenario("a flood sheds the oldest")]
    #[given(Fleet::alarm stops)]
    #[when(publish ReadingTaken(...reading, celsius: 95) to Readings times 20_000)]
    #[then(HotReadings drops 10_000)]
    fn a_flood_sheds_the_oldest() {}

    #[scenario("what comes late is passed over")]
    #[when(publish ReadingTaken(...reading, seq: 2) to OrderedReadings)]
    #[when(publish ReadingTaken(...reading, seq: 1) to OrderedReadings)]
    #[when(clock advances 2s)]
    #[then(Fleet::index skipped 1)]
    #[then(Fleet::boxes_by_id has (device_id: "d", seq: 2))]
    #[then(Fleet::distances lacks (device_id: "d", kilometres: 0))]
    fn what_comes_late_is_passed_over() {}
}
