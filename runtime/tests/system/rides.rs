//! A small system whose handlers do what the customer's name says.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aqueduct::expr::{field, number};
use aqueduct::local::{Options, Running, start};
use aqueduct::{
    Activation, Api, Body, Decimal, Failure, Field, Handler, HandlerSpec, Message, Program, Queue, Reply,
    Route, Shape, Store, TableSpec, Topic, Topology, Uuid,
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ride {
    pub ride_id: Uuid,
    pub customer: String,
    pub fare: Decimal,
    pub distance: Decimal,
}

impl Message for Ride {
    const TYPE: &'static str = "Ride";
    fn shape() -> Shape {
        Shape::record(
            "Ride",
            [
                Field::required("ride_id", Shape::uuid()).minted(),
                Field::required("customer", Shape::string().length(1..=64)),
                Field::required("fare", Shape::decimal().at_least("0").places(2)),
                Field::required("distance", Shape::decimal().at_least("0")),
            ],
        )
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Account {
    pub customer: String,
    pub rides: i64,
}

impl Message for Account {
    const TYPE: &'static str = "Account";
    fn shape() -> Shape {
        let fields = [
            Field::required("customer", Shape::string()),
            Field::required("rides", Shape::int()),
        ];
        Shape::record("Account", fields)
    }
}

pub struct Rides;

impl Store for Rides {
    const NAME: &'static str = "RideManagement.rides";
    type Row = Ride;
    type Key = Uuid;
    fn key(row: &Ride) -> Uuid {
        row.ride_id
    }
}

pub struct Accounts;

impl Store for Accounts {
    const NAME: &'static str = "Accounting.accounts";
    type Row = Account;
    type Key = String;
    fn key(row: &Account) -> String {
        row.customer.clone()
    }
}

/// What the handlers share with a test.
#[derive(Debug, Default)]
pub struct Switches {
    /// Makes `fail` customers succeed.
    pub mended: std::sync::atomic::AtomicBool,
    /// How often `Accounting.book` was started.
    pub starts: AtomicU32,
    /// How often it ended.
    pub ends: AtomicU32,
}

struct Submit;

impl Handler for Submit {
    async fn handle(&self, input: Body, activation: &mut Activation) -> Result<Reply, Failure> {
        let ride: Ride = input.decode()?;
        match ride.customer.as_str() {
            "declined" => return Err(Failure::named("CardDeclined", "the bank said no")),
            "broken" => return Err(Failure::new("password of the bank: secret")),
            "panic" => panic!("as asked"),
            "cheat" => {
                let cheap = Ride {
                    fare: Decimal::NEGATIVE_ONE,
                    ..ride.clone()
                };
                activation.table::<Rides>().put(&cheap)?;
            }
            "slow" => tokio::time::sleep(Duration::from_millis(300)).await,
            _ => {}
        }
        activation.table::<Rides>().insert(&ride).await?;
        activation.emit("ride_completed", &ride)?;
        Reply::with(&serde_json::json!({ "ride_id": ride.ride_id }))
    }
}

struct Book(Arc<Switches>);

impl Handler for Book {
    async fn handle(&self, input: Body, activation: &mut Activation) -> Result<Reply, Failure> {
        let ride: Ride = input.decode()?;
        self.0.starts.fetch_add(1, Ordering::SeqCst);
        match ride.customer.as_str() {
            "fail" if !self.0.mended.load(Ordering::SeqCst) => return Err(Failure::new("no account")),
            "fail-once" if activation.delivery().attempt == 1 => return Err(Failure::new("not yet")),
            "bang" => panic!("as asked"),
            "mangle" => activation.emit(
                "extraordinary",
                &Account {
                    customer: ride.customer.clone(),
                    rides: 0,
                },
            )?,
            "sleepy" => tokio::time::sleep(Duration::from_millis(200)).await,
            "forever" => tokio::time::sleep(Duration::from_secs(3600)).await,
            _ => {}
        }
        let mut accounts = activation.table::<Accounts>();
        let known = accounts.get(&ride.customer).await?;
        let rides = known.map_or(0, |account| account.rides) + 1;
        tokio::task::yield_now().await;
        accounts.put(&Account {
            customer: ride.customer,
            rides,
        })?;
        self.0.ends.fetch_add(1, Ordering::SeqCst);
        Ok(Reply::none())
    }
}

struct Watch;

impl Handler for Watch {
    async fn handle(&self, input: Body, activation: &mut Activation) -> Result<Reply, Failure> {
        let ride: Ride = input.decode()?;
        let customer = format!("watched {}", ride.customer);
        let mut accounts = activation.table::<Accounts>();
        let rides = accounts.get(&customer).await?.map_or(0, |account| account.rides) + 1;
        accounts.put(&Account { customer, rides })?;
        Ok(Reply::none())
    }
}

pub fn topology() -> Topology {
    Topology::new("Rides")
        .topic(Topic::new("ride_completed").carries::<Ride>())
        .queue(Queue::new("accounting").carries::<Ride>().dead_letter_after(3))
        .queue(Queue::new("extraordinary").carries::<Ride>().dead_letter_after(3))
        .route(Route::new("ride_completed", "accounting"))
        .route(
            Route::new("ride_completed", "extraordinary").filter(
                field("fare")
                    .ge(number("50"))
                    .and(field("distance").ge(number("20"))),
            ),
        )
        .table(TableSpec::of::<Rides>())
        .table(TableSpec::of::<Accounts>())
        .handler(HandlerSpec::new("RideManagement.submit").timeout(Duration::from_secs(5)))
        .handler(
            HandlerSpec::new("Accounting.book")
                .on("accounting")
                .concurrency(4),
        )
        .handler(
            HandlerSpec::new("Watch.watch")
                .on("extraordinary")
                .idempotent_by("ride_id", None),
        )
        .api(
            Api::post("/rides")
                .handler("RideManagement.submit")
                .accepts::<Ride>()
                .returns(201)
                .location("/rides/{ride_id}"),
        )
        .api(
            Api::put("/rides/{ride_id}")
                .handler("RideManagement.submit")
                .accepts::<Ride>(),
        )
        .api(Api::get("/rides/{ride_id}").row::<Rides>())
        .api(Api::get("/accounts/{customer}").row::<Accounts>())
}

pub fn program(switches: &Arc<Switches>) -> Program {
    program_of(topology(), switches)
}

pub fn program_of(topology: Topology, switches: &Arc<Switches>) -> Program {
    Program::new(topology)
        .handler("RideManagement.submit", Submit)
        .handler("Accounting.book", Book(Arc::clone(switches)))
        .handler("Watch.watch", Watch)
}

pub fn options(data: &std::path::Path) -> Options {
    let mut options = Options::default();
    options.port = 0;
    data.clone_into(&mut options.data);
    options.retry_first = Duration::from_millis(2);
    options.retry_cap = Duration::from_millis(8);
    options.grace = Duration::from_secs(2);
    options
}

/// A running program in a folder of its own.
pub struct System {
    pub running: Running,
    pub switches: Arc<Switches>,
    pub data: tempfile::TempDir,
}

impl System {
    pub async fn start() -> Self {
        let data = tempfile::tempdir().unwrap();
        let switches = Arc::new(Switches::default());
        let running = start(program(&switches), options(data.path())).await.unwrap();
        Self {
            running,
            switches,
            data,
        }
    }

    pub async fn stop(self) -> (Arc<Switches>, tempfile::TempDir) {
        self.running.stop().await.unwrap();
        (self.switches, self.data)
    }
}

pub fn ride(customer: &str, fare: &str) -> String {
    format!(r#"{{"customer":"{customer}","fare":{fare},"distance":600}}"#)
}

/// Asks again until the answer is the wanted one.
pub async fn until<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    for _ in 0..1000 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
    panic!("never: {what}");
}
