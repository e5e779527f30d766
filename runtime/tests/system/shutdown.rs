//! The end of a program, and what a wrong start says.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use aqueduct::local::start;
use aqueduct::{Program, Topology};

use crate::http::{get, post};
use crate::queues::dead_letters;
use crate::rides::{System, options, program, ride, until};

#[tokio::test]
async fn handlers_finish_before_the_end() {
    let system = System::start().await;
    post(system.running.address(), "/rides", &ride("sleepy", "5")).await;
    let switches = Arc::clone(&system.switches);
    until("the handler has started", || async {
        switches.starts.load(Ordering::SeqCst) == 1
    })
    .await;
    let (switches, data) = system.stop().await;
    assert_eq!(switches.ends.load(Ordering::SeqCst), 1);
    let running = start(program(&switches), options(data.path())).await.unwrap();
    assert_eq!(get(running.address(), "/accounts/sleepy").await.status, 200);
    running.stop().await.unwrap();
    assert_eq!(switches.starts.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn what_does_not_finish_is_given_back_and_counts_as_an_attempt() {
    let data = tempfile::tempdir().unwrap();
    let switches = Arc::<crate::rides::Switches>::default();
    for run in 1..=3 {
        let mut options = options(data.path());
        options.grace = Duration::from_millis(20);
        let running = start(program(&switches), options).await.unwrap();
        if run == 1 {
            post(running.address(), "/rides", &ride("forever", "5")).await;
        }
        until("it has started", || async {
            switches.starts.load(Ordering::SeqCst) == run
        })
        .await;
        running.stop().await.unwrap();
    }
    let running = start(program(&switches), options(data.path())).await.unwrap();
    let system = System {
        running,
        switches,
        data,
    };
    until("it is a dead letter", || async {
        dead_letters(&system).await.len() == 1
    })
    .await;
    let dead_letters = dead_letters(&system).await;
    assert_eq!((dead_letters[0].starts, dead_letters[0].attempts.len()), (3, 3));
    assert!(
        dead_letters[0].reason.contains("interrupted"),
        "{}",
        dead_letters[0].reason
    );
    assert_eq!(system.switches.starts.load(Ordering::SeqCst), 3);
    system.stop().await;
}

#[tokio::test]
async fn a_wrong_start_says_what_to_do() {
    let system = System::start().await;
    let message = |error: aqueduct::local::Error| error.to_string();
    let locked = start(program(&Arc::default()), options(system.data.path()))
        .await
        .unwrap_err();
    assert!(message(locked).contains("is in use by another process (pid"));
    let mut taken = options(system.data.path());
    taken.port = system.running.address().port();
    let taken = message(start(program(&Arc::default()), taken).await.unwrap_err());
    assert!(taken.contains("choose another port with --port"), "{taken}");
    let (_, data) = system.stop().await;
    let other = Program::new(Topology::new("Other"));
    let other = message(start(other, options(data.path())).await.unwrap_err());
    assert!(
        other.contains("holds the data of system Rides, this program is Other"),
        "{other}"
    );
    let missing = message(
        start(Program::new(crate::rides::topology()), options(data.path()))
            .await
            .unwrap_err(),
    );
    assert!(
        missing.contains("handler Watch.watch has no implementation"),
        "{missing}"
    );
}
