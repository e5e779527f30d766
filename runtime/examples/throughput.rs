//! Durable posts per second over HTTP, beside raw redb commits of the same disk.
//!
//! `cargo run --release -p aqueduct --example throughput`; clients and program share the machine.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::struct_field_names,
    reason = "a measurement for developers"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use aqueduct::local::{Options, start};
use aqueduct::{
    Activation, Api, Body, Failure, Field, Handler, HandlerSpec, Message, Program, Queue, Reply, Route,
    Shape, Store, TableSpec, Topic, Topology, Uuid,
};
use redb::ReadableDatabase;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long each measurement takes.
const SPAN: Duration = Duration::from_secs(3);

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Ride {
    ride_id: Uuid,
    customer: String,
    note: String,
}

impl Message for Ride {
    const TYPE: &'static str = "Ride";
    fn shape() -> Shape {
        let id = Field::required("ride_id", Shape::uuid()).minted();
        let customer = Field::required("customer", Shape::string().length(1..=64));
        Shape::record("Ride", [id, customer, Field::required("note", Shape::string())])
    }
}

struct Rides;

impl Store for Rides {
    const NAME: &'static str = "RideManagement.rides";
    type Row = Ride;
    type Key = Uuid;
    fn key(row: &Ride) -> Uuid {
        row.ride_id
    }
}

struct Submit;

impl Handler for Submit {
    async fn handle(&self, input: Body, activation: &mut Activation) -> Result<Reply, Failure> {
        let ride: Ride = input.decode()?;
        activation.table::<Rides>().put(&ride)?;
        activation.emit("ride_completed", &ride)?;
        Reply::with(&serde_json::json!({ "ride_id": ride.ride_id }))
    }
}

struct Book;

impl Handler for Book {
    async fn handle(&self, input: Body, _: &mut Activation) -> Result<Reply, Failure> {
        input.decode::<Ride>().map(|_| Reply::none())
    }
}

fn program(queues: usize) -> Program {
    let mut topology = Topology::new("Throughput")
        .topic(Topic::new("ride_completed").carries::<Ride>())
        .table(TableSpec::of::<Rides>())
        .handler(HandlerSpec::new("RideManagement.submit").concurrency(512))
        .api(
            Api::post("/rides")
                .handler("RideManagement.submit")
                .accepts::<Ride>()
                .returns(201),
        );
    for queue in 0..queues {
        let name = format!("queue{queue}");
        topology = topology
            .queue(Queue::new(&name))
            .route(Route::new("ride_completed", &name))
            .handler(HandlerSpec::new(&format!("S.{name}")).on(&name).concurrency(64));
    }
    (0..queues).fold(
        Program::new(topology).handler("RideManagement.submit", Submit),
        |program, queue| program.handler(&format!("S.queue{queue}"), Book),
    )
}

#[tokio::main]
async fn main() {
    raw();
    for queues in [0, 1, 3] {
        for clients in [1, 16, 256] {
            posts(queues, clients).await;
        }
    }
}

async fn posts(queues: usize, clients: usize) {
    let data = tempfile::tempdir_in(".").unwrap();
    let mut options = Options::default();
    options.port = 0;
    options.data = data.path().to_owned();
    let running = start(program(queues), options).await.unwrap();
    let address = running.address();
    let posted = Arc::new(AtomicU64::new(0));
    let end = Instant::now() + SPAN;
    let tasks = (0..clients).map(|_| {
        let posted = Arc::clone(&posted);
        tokio::spawn(async move {
            let body = format!(r#"{{"customer":"ada","note":"{}"}}"#, "x".repeat(180));
            let head =
                "POST /rides HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ";
            let request = format!("{head}{}\r\n\r\n{body}", body.len());
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.set_nodelay(true).unwrap();
            let mut received = [0; 1024];
            while Instant::now() < end {
                stream.write_all(request.as_bytes()).await.unwrap();
                let length = stream.read(&mut received).await.unwrap();
                assert!(received[..length].starts_with(b"HTTP/1.1 201"));
                posted.fetch_add(1, Ordering::Relaxed);
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    let rate = posted.load(Ordering::Relaxed) / SPAN.as_secs();
    let behind = Instant::now();
    let mut client = aqueduct::admin::Client::connect(data.path()).unwrap();
    let stats = tokio::task::spawn_blocking(move || {
        loop {
            let aqueduct::admin::Response::Stats { stats } =
                client.request(&aqueduct::admin::Request::Stats).unwrap()
            else {
                panic!("stats")
            };
            if stats
                .queues
                .values()
                .all(|queue| queue.ready + queue.in_flight == 0)
            {
                return stats;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    });
    let stats = stats.await.unwrap();
    let units = stats.counters.succeeded + stats.counters.delivered;
    println!(
        "{queues} queues, {clients:3} clients: {rate:6} posts/s, {} units per commit, queues empty after {:?}",
        units / stats.counters.commits.max(1),
        behind.elapsed()
    );
    running.stop().await.unwrap();
}

/// One row of the same size per unit, as many units per commit as given.
fn raw() {
    const TABLE: redb::TableDefinition<'_, &[u8], &[u8]> = redb::TableDefinition::new("raw");
    for batch in [1, 16, 256] {
        let data = tempfile::tempdir_in(".").unwrap();
        let database = redb::Database::create(data.path().join("raw.redb")).unwrap();
        let (value, mut count) = ([b'x'; 260], 0_u64);
        let begin = Instant::now();
        while begin.elapsed() < SPAN {
            let transaction = database.begin_write().unwrap();
            {
                let mut table = transaction.open_table(TABLE).unwrap();
                for _ in 0..batch {
                    table
                        .insert(count.to_be_bytes().as_slice(), value.as_slice())
                        .unwrap();
                    count += 1;
                }
            }
            transaction.commit().unwrap();
        }
        drop(database.begin_read());
        println!(
            "raw redb, {batch:3} rows per commit: {:6} rows/s",
            count / SPAN.as_secs()
        );
    }
}
