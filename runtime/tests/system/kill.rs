//! `kill -9` at any moment: what was answered with 201 is there after a restart.
//!
//! The test binary starts itself again as the program that is killed.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use crate::http::{get, try_post};
use crate::rides::{options, program, ride, until};

/// Where the child keeps its data; only set in the child.
const CHILD: &str = "AQUEDUCT_TEST_KILL_DATA";

/// Whether the child answers before the commit; only set in the child.
#[cfg(feature = "fault")]
const EARLY: &str = "AQUEDUCT_TEST_KILL_EARLY";

/// The program that is killed. As a test of its own it does nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    let Ok(data) = std::env::var(CHILD) else { return };
    #[allow(unused_mut, reason = "changed with the feature `fault` only")]
    let mut options = options(Path::new(&data));
    #[cfg(feature = "fault")]
    {
        options.acknowledge_early = std::env::var(EARLY).is_ok();
    }
    let running = aqueduct::local::start(program(&Arc::default()), options)
        .await
        .unwrap();
    println!("\nlistening {}", running.address());
    std::future::pending::<()>().await;
}

fn spawn(data: &Path, configure: impl FnOnce(&mut Command)) -> (Child, SocketAddr) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "kill::child", "--nocapture"])
        .env(CHILD, data);
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    configure(&mut command);
    let mut child = command.spawn().unwrap();
    let lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
    let address = lines
        .map_while(Result::ok)
        .find_map(|line| line.strip_prefix("listening ")?.parse().ok());
    (child, address.expect("the child says where it listens"))
}

/// Posts from several clients until the kill; gives how many rides were acknowledged, and how many of these are
/// not there after a restart.
async fn killed(after: Duration, configure: impl FnOnce(&mut Command)) -> (usize, usize) {
    let data = tempfile::tempdir().unwrap();
    let (mut child, address) = spawn(data.path(), configure);
    let clients = (0..8).map(|client| {
        tokio::spawn(async move {
            let mut acknowledged = Vec::new();
            while let Some(answer) = try_post(address, "/rides", &ride(&format!("c{client}"), "60")).await {
                assert_eq!(answer.status, 201, "{answer:?}");
                acknowledged.push(answer.header("location").unwrap().to_owned());
            }
            acknowledged
        })
    });
    let clients: Vec<_> = clients.collect();
    tokio::time::sleep(after).await;
    child.kill().unwrap();
    child.wait().unwrap();
    let running = aqueduct::local::start(program(&Arc::default()), options(data.path()))
        .await
        .unwrap();
    let (mut acknowledged, mut lost) = (0, 0);
    for client in clients {
        for location in client.await.unwrap() {
            acknowledged += 1;
            lost += usize::from(get(running.address(), &location).await.status != 200);
        }
    }
    if lost == 0 {
        until("every ride that was stored is booked once", || async {
            booked(running.address()).await >= acknowledged
        })
        .await;
    }
    running.stop().await.unwrap();
    (acknowledged, lost)
}

async fn booked(address: SocketAddr) -> usize {
    let mut rides = 0;
    for client in 0..8 {
        let answer = get(address, &format!("/accounts/c{client}")).await;
        rides += if answer.status == 200 {
            usize::try_from(answer.json()["rides"].as_u64().unwrap()).unwrap()
        } else {
            0
        };
    }
    rides
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_a_kill() {
    for after in [60, 130, 220] {
        let (acknowledged, lost) = killed(Duration::from_millis(after), |_| {}).await;
        assert!(
            acknowledged > 0 && lost == 0,
            "{lost} of {acknowledged} are lost after {after} ms"
        );
    }
}

#[cfg(feature = "fault")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_early_acknowledgement_is_seen_to_lose() {
    let mut lost_at_all = 0;
    for after in [60, 110, 160, 210, 260] {
        let (_, lost) = killed(Duration::from_millis(after), |command| {
            command.env(EARLY, "1");
        })
        .await;
        lost_at_all += lost;
    }
    println!("early acknowledgements lost {lost_at_all} rides in 5 kills");
    assert!(
        lost_at_all > 0,
        "the control loses nothing, so the test above could not see a loss"
    );
}
