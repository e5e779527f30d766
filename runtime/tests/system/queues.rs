//! Deliveries: retries, dead letters, panics, conflicts, keys of inputs.

use aqueduct::admin::{Client, Request, Response};
use serde_json::json;

use crate::http::{get, post};
use crate::rides::{System, ride, until};

pub async fn ask(system: &System, request: Request) -> Response {
    let mut client = Client::connect(system.data.path()).unwrap();
    tokio::task::spawn_blocking(move || client.request(&request).unwrap())
        .await
        .unwrap()
}

pub async fn dead_letters(system: &System) -> Vec<aqueduct::admin::DeadLetter> {
    match ask(system, Request::DeadLetters { queue: None }).await {
        Response::DeadLetters { dead_letters, .. } => dead_letters,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_failure_is_tried_again() {
    let system = System::start().await;
    let address = system.running.address();
    post(address, "/rides", &ride("fail-once", "5")).await;
    until("the second attempt succeeds", || async {
        get(address, "/accounts/fail-once").await.status == 200
    })
    .await;
    assert!(dead_letters(&system).await.is_empty());
    system.stop().await;
}

#[tokio::test]
async fn a_hopeless_message_becomes_a_dead_letter_with_its_history() {
    let system = System::start().await;
    let address = system.running.address();
    for customer in ["fail", "bang"] {
        post(address, "/rides", &ride(customer, "5")).await;
    }
    until("both are dead", || async {
        dead_letters(&system).await.len() == 2
    })
    .await;
    let dead = dead_letters(&system).await;
    let failed = dead
        .iter()
        .find(|letter| letter.attempts[0].error == "no account")
        .unwrap();
    assert_eq!(
        (failed.starts, failed.attempts.len(), failed.queue.as_str()),
        (3, 3, "accounting")
    );
    assert_eq!(
        failed.reason,
        "the handler failed 3 of 3 times, at last with: no account"
    );
    assert_eq!(
        (failed.kind.as_str(), failed.channel.as_str()),
        ("Ride", "ride_completed")
    );
    assert!(
        dead.iter()
            .any(|letter| letter.attempts[0].error == "the handler panicked: as asked")
    );
    system.stop().await;
}

#[tokio::test]
async fn redrive_keeps_the_id_and_gives_all_attempts_again() {
    let system = System::start().await;
    let address = system.running.address();
    post(address, "/rides", &ride("fail", "5")).await;
    until("it is dead", || async { dead_letters(&system).await.len() == 1 }).await;
    let id = dead_letters(&system).await[0].id.clone();
    let Response::DeadLetter { dead_letter } = ask(&system, Request::DeadLetter { id: id.clone() }).await
    else {
        panic!("one letter")
    };
    assert_eq!(dead_letter.body.unwrap()["customer"], json!("fail"));
    let redrive = |ids| Request::Redrive {
        queue: None,
        ids,
        all: false,
    };
    assert!(matches!(
        ask(&system, redrive(vec![])).await,
        Response::Error { .. }
    ));
    assert_eq!(
        ask(&system, redrive(vec![id.clone()])).await,
        Response::Redriven { count: 1 }
    );
    until("it is dead again", || async {
        dead_letters(&system).await.len() == 1
    })
    .await;
    assert_eq!(
        (
            dead_letters(&system).await[0].id.clone(),
            dead_letters(&system).await[0].starts
        ),
        (id.clone(), 3)
    );
    system
        .switches
        .mended
        .store(true, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(
        ask(&system, redrive(vec![format!("accounting/{id}")])).await,
        Response::Redriven { count: 1 }
    );
    until("it succeeds", || async {
        get(address, "/accounts/fail").await.status == 200
    })
    .await;
    assert!(dead_letters(&system).await.is_empty());
    system.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn activations_that_meet_on_a_row_run_again_and_none_is_lost() {
    let system = System::start().await;
    let address = system.running.address();
    for _ in 0..40 {
        assert_eq!(post(address, "/rides", &ride("hot", "5")).await.status, 201);
    }
    until("all are booked", || async {
        get(address, "/accounts/hot").await.text.contains("\"rides\":40")
    })
    .await;
    assert!(dead_letters(&system).await.is_empty());
    system.stop().await;
}

#[tokio::test]
async fn an_input_with_a_key_that_was_handled_is_skipped() {
    let system = System::start().await;
    let address = system.running.address();
    let body = json!({
        "ride_id": "0190163d-8694-739b-aea5-966c26f8ad91", "customer": "twice", "fare": 60, "distance": 30
    });
    for _ in 0..3 {
        let sent = ask(
            &system,
            Request::Send {
                channel: "extraordinary".to_owned(),
                body: body.clone(),
            },
        )
        .await;
        assert!(matches!(sent, Response::Sent { queues: 1, .. }), "{sent:?}");
    }
    until("all three have left the queue", || async {
        let Response::Stats { stats } = ask(&system, Request::Stats).await else {
            panic!("stats")
        };
        stats.counters.duplicates == 2 && stats.queues["extraordinary"].in_flight == 0
    })
    .await;
    assert_eq!(
        get(address, "/accounts/watched%20twice").await.json()["rides"],
        json!(1)
    );
    system.stop().await;
}

/// One sweep takes 512 keys; what is over after it goes at once, and the program answers all the while.
#[tokio::test]
async fn more_keys_than_one_sweep_takes_are_forgotten() {
    let data = tempfile::tempdir().unwrap();
    let mut topology = crate::rides::topology();
    for handler in &mut topology.handlers {
        if let Some(key) = &mut handler.idempotent {
            key.window = Some(std::time::Duration::from_millis(1));
        }
    }
    let switches = std::sync::Arc::default();
    let program = crate::rides::program_of(topology, &switches);
    let running = aqueduct::local::start(program, crate::rides::options(data.path()))
        .await
        .unwrap();
    let address = running.address();
    let body = ride("far", "60");
    for _ in 0..1_300 {
        assert_eq!(post(address, "/rides", &body).await.status, 201);
    }
    // An idle program sweeps every ten seconds.
    let mut forgotten = 0;
    for _ in 0..600 {
        let mut client = Client::connect(data.path()).unwrap();
        let asked = tokio::task::spawn_blocking(move || client.request(&Request::Stats).unwrap());
        forgotten = match asked.await.unwrap() {
            Response::Stats { stats } => stats.counters.forgotten,
            other => panic!("{other:?}"),
        };
        if forgotten == 1_300 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(forgotten, 1_300);
    assert_eq!(post(address, "/rides", &body).await.status, 201);
    running.stop().await.unwrap();
}
