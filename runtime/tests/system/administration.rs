//! Administration of a running program and of a store at rest.

use aqueduct::admin::{Client, Request, Response, offline};
use aqueduct::trace::Kind;
use serde_json::json;

use crate::http::{get, post};
use crate::queues::{ask, dead_letters};
use crate::rides::{System, options, program, ride, until};

#[tokio::test]
async fn a_sent_message_is_checked_like_a_request() {
    let system = System::start().await;
    let send = |channel: &str, body| Request::Send {
        channel: channel.to_owned(),
        body,
    };
    let bad = ask(&system, send("accounting", json!({"customer": 1}))).await;
    let Response::Error { fields, .. } = bad else {
        panic!("{bad:?}")
    };
    let pointers: Vec<_> = fields.iter().map(|field| field.pointer.as_str()).collect();
    assert_eq!(pointers, ["/customer", "/fare", "/distance"]);
    let unknown = ask(&system, send("nowhere", json!({}))).await;
    let Response::Error { message, .. } = unknown else {
        panic!("{unknown:?}")
    };
    assert_eq!(
        message,
        "there is no channel nowhere; there are ride_completed, accounting, extraordinary"
    );
    let good = ask(
        &system,
        send(
            "ride_completed",
            json!({"customer": "sent", "fare": 60, "distance": 30}),
        ),
    )
    .await;
    assert!(matches!(good, Response::Sent { queues: 2, .. }), "{good:?}");
    let address = system.running.address();
    until("it is handled", || async {
        get(address, "/accounts/sent").await.status == 200
    })
    .await;
    system.stop().await;
}

#[tokio::test]
async fn a_tail_tells_what_happens() {
    let system = System::start().await;
    let client = Client::connect(system.data.path()).unwrap();
    let (sender, mut events) = tokio::sync::mpsc::channel(64);
    let tail = std::thread::spawn(move || {
        for response in client.tail().unwrap() {
            match response {
                Ok(Response::Event { event }) => sender.blocking_send(event).unwrap(),
                _ => break,
            }
        }
    });
    // A tail hears what happens after it was asked for, so ask until something is heard.
    let address = system.running.address();
    let first = loop {
        post(address, "/rides", &ride("eve", "5")).await;
        let wait = std::time::Duration::from_millis(50);
        if let Ok(event) = tokio::time::timeout(wait, events.recv()).await {
            break event.unwrap();
        }
    };
    let mut seen = vec![first];
    post(address, "/rides", &ride("fail-once", "5")).await;
    while !seen
        .iter()
        .any(|event| event.kind == Kind::Succeeded && event.attempt == Some(2))
    {
        seen.push(events.recv().await.unwrap());
    }
    let failed = seen.iter().find(|event| event.kind == Kind::Failed).unwrap();
    assert_eq!(
        (failed.attempt, failed.outcome.as_deref()),
        (Some(1), Some("not yet"))
    );
    assert_eq!(failed.handler.as_deref(), Some("Accounting.book"));
    post(address, "/rides", &ride("ada", "5")).await;
    let submitted = |event: &aqueduct::admin::Event| {
        event.handler.as_deref() == Some("RideManagement.submit") && event.message_id == event.correlation_id
    };
    let of_requests = |kind: Kind, seen: &[aqueduct::admin::Event]| {
        seen.iter().any(|event| event.kind == kind && submitted(event))
    };
    while !(of_requests(Kind::Delivered, &seen) && of_requests(Kind::Succeeded, &seen)) {
        seen.push(events.recv().await.unwrap());
    }
    assert!(seen.windows(2).all(|pair| pair[0].seq < pair[1].seq));
    system.stop().await;
    drop(events);
    tail.join().unwrap();
}

#[tokio::test]
async fn a_store_at_rest_can_be_administered() {
    let system = System::start().await;
    post(system.running.address(), "/rides", &ride("fail", "5")).await;
    until("it is dead", || async { dead_letters(&system).await.len() == 1 }).await;
    let locked = offline(system.data.path(), &Request::Stats)
        .unwrap_err()
        .to_string();
    assert!(
        locked.contains(&format!("(pid {})", std::process::id())),
        "{locked}"
    );
    let (switches, data) = system.stop().await;
    assert!(Client::connect(data.path()).is_err());
    let Response::Stats { stats } = offline(data.path(), &Request::Stats).unwrap() else {
        panic!("stats")
    };
    assert_eq!((stats.running, stats.queues["accounting"].dead), (false, 1));
    let all = Request::Redrive {
        queue: None,
        ids: vec![],
        all: true,
    };
    assert_eq!(
        offline(data.path(), &all).unwrap(),
        Response::Redriven { count: 1 }
    );
    let Response::Stats { stats } = offline(data.path(), &Request::Stats).unwrap() else {
        panic!("stats")
    };
    assert_eq!(
        (stats.queues["accounting"].ready, stats.queues["accounting"].dead),
        (1, 0)
    );
    assert!(matches!(
        offline(data.path(), &Request::Tail).unwrap(),
        Response::Error { .. }
    ));
    switches.mended.store(true, std::sync::atomic::Ordering::SeqCst);
    let running = aqueduct::local::start(program(&switches), options(data.path()))
        .await
        .unwrap();
    let address = running.address();
    until("it succeeds", || async {
        get(address, "/accounts/fail").await.status == 200
    })
    .await;
    running.stop().await.unwrap();
}

#[tokio::test]
async fn a_deep_data_directory_gets_a_socket_too() {
    let root = tempfile::tempdir().unwrap();
    let data = root.path().join("d".repeat(120)).join("data");
    let running = aqueduct::local::start(program(&std::sync::Arc::default()), options(&data))
        .await
        .unwrap();
    let mut client = Client::connect(&data).unwrap();
    let stats = tokio::task::spawn_blocking(move || client.request(&Request::Stats).unwrap())
        .await
        .unwrap();
    assert!(matches!(stats, Response::Stats { .. }));
    running.stop().await.unwrap();
}

/// More listeners than the administration takes at once come and go; the next question is answered all the same.
#[tokio::test]
async fn listeners_that_go_away_leave_room_for_others() {
    let system = System::start().await;
    for _ in 0..100 {
        let path = system.data.path().to_owned();
        let listened = tokio::task::spawn_blocking(move || {
            let client = Client::connect(path).unwrap();
            drop(client.tail().unwrap());
        });
        listened.await.unwrap();
    }
    assert!(matches!(
        ask(&system, Request::Stats).await,
        Response::Stats { .. }
    ));
    system.stop().await;
}
