//! Durable rides per second through all of Wild Rydes, beside the same rows written raw, and what the disk costs.
//!
//! `cargo bench -p aqueduct-tests --bench posts`. Clients, program and measurement share the machine.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use aqueduct_tests::e2e::{Build, CONSUMERS, Program, Project, Ride, wild_rydes};
use aqueduct_tests::measure;

/// How long each measurement takes.
const SPAN: Duration = Duration::from_secs(5);

/// How many clients post, and how many rides the raw store gets in one transaction.
const CROWDS: [usize; 3] = [1, 16, 256];

/// How many people ride.
const CUSTOMERS: usize = 1_000;

/// What a ride leaves in the tables: itself, and a row for each consumer.
const ROWS: usize = 1 + CONSUMERS.len();

fn main() {
    let project = wild_rydes(Build::Release);
    let data = || tempfile::tempdir_in(&project.folder).expect("the target folder can be written");
    println!(
        "4 KiB written and synced: {}  (least, median, most)",
        measure::sync(data().path())
    );
    println!(
        "\n{:>22} {:>12} {:>12}",
        "raw rides each commit", "rides/s", "rows/s"
    );
    for rides in CROWDS {
        raw(data().path(), rides);
    }
    println!(
        "\n{:>22} {:>12} {:>12} {:>12} {:>12} {:>14}  longest queue when the clients end",
        "clients", "answered/s", "handled/s", "rows/s", "median", "rides/commit"
    );
    for clients in CROWDS {
        posts(&project, data().path(), clients);
    }
}

/// The rows of rides and nothing else, written by one thread.
fn raw(data: &Path, rides: usize) {
    const TABLE: redb::TableDefinition<'_, &[u8], &[u8]> = redb::TableDefinition::new("raw");
    let database = redb::Database::create(data.join("raw.redb")).expect("the store can be made");
    let row = Ride::to_frankfurt().body();
    let (mut written, begun) = (0_u64, Instant::now());
    while begun.elapsed() < SPAN {
        let transaction = database.begin_write().expect("one thread writes");
        {
            let mut table = transaction.open_table(TABLE).expect("the table can be made");
            for _ in 0..rides * ROWS {
                // As with ids, neighbors in time are neighbors in a table, and tables are apart.
                let key = [(written % ROWS as u64).to_be_bytes(), written.to_be_bytes()].concat();
                let _ = table
                    .insert(key.as_slice(), row.as_bytes())
                    .expect("the store takes a row");
                written += 1;
            }
        }
        transaction.commit().expect("the disk takes it");
    }
    let rows = rate(usize::try_from(written).expect("there are few"), begun.elapsed());
    println!(
        "{rides:>22} {:>12.0} {rows:>12.0}",
        rows / rate(ROWS, Duration::from_secs(1))
    );
}

/// Posts for a while, then waits until every consumer has handled every ride.
fn posts(project: &Project, data: &Path, clients: usize) {
    let program = Program::start(project, data, "0", &[]);
    let posted = AtomicUsize::new(0);
    let begun = Instant::now();
    let mut waits: Vec<Duration> = std::thread::scope(|scope| {
        let post = || {
            let mut client = program.client();
            let mut waits = Vec::new();
            while begun.elapsed() < SPAN {
                let customer = format!("customer-{}", posted.fetch_add(1, Relaxed) % CUSTOMERS);
                let body = Ride {
                    customer,
                    ..Ride::to_frankfurt()
                }
                .body();
                let asked = Instant::now();
                assert_eq!(client.send("POST", "/submit-ride-completion", &body).status, 201);
                waits.push(asked.elapsed());
            }
            waits
        };
        let clients: Vec<_> = (0..clients).map(|_| scope.spawn(post)).collect();
        clients
            .into_iter()
            .flat_map(|client| client.join().expect("a client ends"))
            .collect()
    });
    let answered = rate(waits.len(), begun.elapsed());
    let queues = program.stats().queues;
    let behind = queues
        .iter()
        .max_by_key(|(_, queue)| queue.ready)
        .expect("there are queues");
    let behind = format!("{} in {}", behind.1.ready, behind.0);
    let stats = program.drained();
    let handled = rate(waits.len(), begun.elapsed());
    waits.sort();
    let rows = stats.tables.values().sum::<u64>() - stats.tables["CustomerLoyalty.accounts"];
    assert_eq!(
        rows,
        (waits.len() * (ROWS - 1)) as u64,
        "every consumer has its row of every ride"
    );
    println!(
        "{clients:>22} {answered:>12.0} {handled:>12.0} {:>12.0} {:>9.2} ms {:>14.1}  {behind}",
        handled * rate(ROWS, Duration::from_secs(1)),
        waits[waits.len() / 2].as_secs_f64() * 1_000.0,
        rate(waits.len(), Duration::from_secs(stats.counters.commits.max(1))),
    );
    assert_eq!(program.stop(), Some(0));
}

/// So many in that time, each second.
#[allow(
    clippy::cast_precision_loss,
    reason = "counts of a few seconds are far below 2^52"
)]
fn rate(count: usize, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}
