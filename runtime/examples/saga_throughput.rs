//! Durable sagas of five steps per second, beside what a sync of the same disk costs.
//!
//! `cargo run --release -p aqueduct --example saga_throughput`; who asks and the program share the machine.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a measurement for developers"
)]

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use aqueduct::admin::{Client, Request, Response};
use aqueduct::local::{Options, start};
use aqueduct::saga::definition::{Action, Class, Retry, Saga, Statement, Step, Undo, Value};
use aqueduct::{
    Activation, Body, Failure, Field, Handler, HandlerSpec, Message, Program, Queue, Reply, SagaSpec, Shape,
    Store, TableSpec, Topology,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// How long each measurement takes.
const SPAN: Duration = Duration::from_secs(5);

const STEPS: [&str; 5] = ["register", "authorize", "charge", "credit", "complete"];

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Ride {
    ride_id: String,
}

impl Message for Ride {
    const TYPE: &'static str = "Ride";
    fn shape() -> Shape {
        Shape::record("Ride", [Field::required("ride_id", Shape::string())])
    }
}

struct Rides;

impl Store for Rides {
    const NAME: &'static str = "Fares.rides";
    type Row = Ride;
    type Key = String;
    fn key(row: &Ride) -> String {
        row.ride_id.clone()
    }
}

/// What is counted while sagas run.
#[derive(Debug, Default)]
struct Counted {
    ended: AtomicU64,
    over: AtomicBool,
}

/// A step: one row. The last one asks for the next saga, so that there are always as many.
struct Work(&'static str, Arc<Counted>);

impl Handler for Work {
    async fn handle(&self, input: Body, activation: &mut Activation) -> Result<Reply, Failure> {
        let Ride { ride_id } = input.decode()?;
        let row = Ride {
            ride_id: format!("{ride_id}/{}", self.0),
        };
        activation.table::<Rides>().put(&row)?;
        if self.0 == "complete" && !self.1.over.load(Ordering::Relaxed) {
            self.1.ended.fetch_add(1, Ordering::Relaxed);
            let (lane, number) = ride_id.split_once('-').unwrap();
            let number: u64 = number.parse()?;
            let ride_id = format!("{lane}-{}", number + 1);
            activation.emit("rides", &Ride { ride_id })?;
        }
        Reply::with(&json!({ "code": self.0 }))
    }
}

fn saga() -> Saga {
    let action = |name: &str| Action::Call {
        handler: format!("Fares.{name}"),
        fails: Vec::new(),
        input: Value::Record(vec![(
            "ride_id".to_owned(),
            Value::Path(vec!["ride".to_owned(), "ride_id".to_owned()]),
        )]),
    };
    let retry = Retry {
        count: Some(3),
        backoff: 1_000,
        factor_percent: 200,
        cap: 60_000,
        on: Vec::new(),
        alarm: None,
    };
    let body = STEPS.iter().map(|name| {
        Statement::Step(Box::new(Step {
            name: (*name).to_owned(),
            class: Class::Compensatable,
            action: action(name),
            timeout: 5_000,
            retry: retry.clone(),
            on: Vec::new(),
            undo: Some(Undo {
                action: action(name),
                timeout: 5_000,
                retry: retry.clone(),
            }),
        }))
    });
    Saga {
        name: "Fares.Collection".to_owned(),
        queue: Some("rides".to_owned()),
        input: "ride".to_owned(),
        by: vec![vec!["ride_id".to_owned()]],
        deadline: Some(600_000),
        body: body.collect(),
        done: Vec::new(),
        failed: Vec::new(),
    }
}

fn program(concurrent: u32, counted: &Arc<Counted>) -> Program {
    let topology = Topology::new("Throughput")
        .queue(Queue::new("rides").carries::<Ride>())
        .table(TableSpec::of::<Rides>())
        .saga(SagaSpec::new(saga()).concurrency(concurrent));
    let spec = |name: &str| HandlerSpec::new(&format!("Fares.{name}")).concurrency(concurrent);
    let topology = STEPS
        .iter()
        .fold(topology, |topology, name| topology.handler(spec(name)));
    STEPS.iter().fold(Program::new(topology), |program, name| {
        program.handler(&format!("Fares.{name}"), Work(name, Arc::clone(counted)))
    })
}

#[tokio::main]
async fn main() {
    syncs();
    for concurrent in [1, 32, 256] {
        sagas(concurrent).await;
    }
}

async fn sagas(concurrent: u32) {
    let data = tempfile::tempdir_in(".").unwrap();
    let mut options = Options::default();
    options.port = 0;
    options.data = data.path().to_owned();
    let counted = Arc::new(Counted::default());
    let running = start(program(concurrent, &counted), options).await.unwrap();
    for lane in 0..concurrent {
        let request = Request::Send {
            channel: "rides".to_owned(),
            body: json!({ "ride_id": format!("{lane}-0") }),
        };
        let answer = ask(data.path(), request).await;
        assert!(matches!(answer, Response::Sent { .. }), "{answer:?}");
    }
    let (before, commits) = (counted.ended.load(Ordering::Relaxed), commits(data.path()).await);
    tokio::time::sleep(SPAN).await;
    let ended = counted.ended.load(Ordering::Relaxed) - before;
    let commits = crate::commits(data.path()).await - commits;
    counted.over.store(true, Ordering::Relaxed);
    println!(
        "{concurrent:3} at once: {:6} sagas/s, {:.1} commits for each, {} commits/s",
        ended / SPAN.as_secs(),
        commits as f64 / ended.max(1) as f64,
        commits / SPAN.as_secs()
    );
    running.stop().await.unwrap();
}

async fn commits(data: &Path) -> u64 {
    match ask(data, Request::Stats).await {
        Response::Stats { stats } => stats.counters.commits,
        other => panic!("{other:?}"),
    }
}

async fn ask(data: &Path, request: Request) -> Response {
    let mut client = Client::connect(data).unwrap();
    let asked = tokio::task::spawn_blocking(move || client.request(&request).unwrap());
    asked.await.unwrap()
}

/// What it takes to write 4 KiB and to know that they are on the disk.
fn syncs() {
    let mut file = tempfile::tempfile_in(".").unwrap();
    let mut times: Vec<Duration> = (0..200)
        .map(|_| {
            let begun = Instant::now();
            file.write_all(&[7; 4096]).unwrap();
            file.sync_data().unwrap();
            begun.elapsed()
        })
        .collect();
    times.sort();
    println!(
        "a sync of the disk takes {:?} in the middle of {}",
        times[100],
        times.len()
    );
}
