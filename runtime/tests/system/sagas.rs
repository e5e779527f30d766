//! Sagas in a running program: happy, taken back, stuck, resumed, restarted.

mod kill;
mod program;

use std::time::Duration;

use aqueduct::admin::{Client, Request, Response};
use aqueduct::saga::definition::Statement;
use aqueduct::saga::{Kind, Standing};

use crate::http::post;
use program::{Act, Bench, calling_out, fare_collection, plain, retry, saga, step, story, topology};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_step_is_done_once_and_then_the_outcome_is_told() {
    let mut bench = Bench::start(fare_collection()).await;
    bench.send("r1").await;
    let log = bench.settled("r1").await;
    assert_eq!(story(&log), "register authorize charge book done_1 done_2");
    assert_eq!(log.standing(), Standing::Done);
    assert_eq!(bench.status("r1").await.as_deref(), Some("completed"));
    for handler in ["authorize", "charge", "book"] {
        assert_eq!(bench.done(handler, "r1").await, 1, "{handler}");
    }
    assert_eq!(
        (bench.told("collected").await, bench.told("rejected").await),
        (1, 0)
    );
    bench.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_begins_once_for_each_key() {
    let mut bench = Bench::start(fare_collection()).await;
    for _ in 0..5 {
        bench.send("r1").await;
    }
    bench.send("r2").await;
    bench.settled("r1").await;
    bench.settled("r2").await;
    assert_eq!(bench.told("collected").await, 2);
    assert_eq!(bench.done("charge", "r1").await, 1);
    bench.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_declared_no_takes_back_what_was_done_before_it() {
    let mut bench = Bench::of(topology(fare_collection()), [("book", vec![Act::Declines])]).await;
    bench.send("r1").await;
    let log = bench.settled("r1").await;
    assert_eq!(
        story(&log),
        "register authorize charge book! -charge -authorize -register failed_1"
    );
    assert_eq!(log.standing(), Standing::Failed);
    assert_eq!(log.error().unwrap().name, "Declined");
    assert_eq!(bench.status("r1").await.as_deref(), Some("failed"));
    assert_eq!(bench.done("book", "r1").await, 0, "what it did is thrown away");
    assert_eq!(bench.done("refund", "r1").await, 1);
    assert_eq!(
        (bench.told("collected").await, bench.told("rejected").await),
        (0, 1)
    );
    bench.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_step_of_unknown_outcome_is_taken_back_too_and_nothing_where_nothing_was_done() {
    let declared = topology(fare_collection());
    for (act, name) in [
        (Act::Breaks, "Failed"),
        (Act::Panics, "Panicked"),
        (Act::Hangs, "Timeout"),
    ] {
        for (topology, taken_back, refunds) in [
            (calling_out(declared.clone()), "-charge -authorize", 1),
            (declared.clone(), "-authorize", 0),
        ] {
            let mut bench = Bench::of(topology, [("charge", vec![act])]).await;
            bench.send("r1").await;
            let log = bench.settled("r1").await;
            assert_eq!(
                story(&log),
                format!("register authorize charge! {taken_back} -register failed_1")
            );
            assert_eq!(log.error().unwrap().name, name);
            assert_eq!(bench.done("refund", "r1").await, refunds);
            assert_eq!(bench.done("void", "r1").await, 1);
            bench.stop().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_fails_once_is_tried_again() {
    let mut charge = step("charge", Some("refund"));
    charge.retry = retry(Some(3));
    let script = [("charge", vec![Act::Breaks, Act::Panics, Act::Hangs])];
    let mut bench = Bench::of(topology(saga(vec![plain(charge)])), script).await;
    bench.send("r1").await;
    let log = bench.settled("r1").await;
    assert_eq!(log.standing(), Standing::Stuck, "there is no fare to complete");
    assert_eq!(story(&log), "charge done_1!");
    assert_eq!(log.error().unwrap().name, "MissingRow");
    assert_eq!(bench.done("charge", "r1").await, 1);
    bench.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_can_not_be_taken_back_is_stuck_and_goes_on_when_somebody_has_looked() {
    let script = [
        ("book", vec![Act::Declines]),
        ("refund", vec![Act::Breaks, Act::Panics, Act::Breaks]),
    ];
    let mut bench = Bench::of(topology(fare_collection()), script).await;
    bench.send("r1").await;
    let log = bench.settled("r1").await;
    assert_eq!(story(&log), "register authorize charge book! -charge!");
    assert_eq!(log.standing(), Standing::Stuck);

    bench.restart().await;
    assert_eq!(bench.settled("r1").await, log, "a restart changes nothing");
    let Response::Sagas { sagas, total: 1 } = bench
        .ask(Request::Sagas {
            standing: Some(Standing::Stuck),
        })
        .await
    else {
        panic!("it is listed");
    };
    assert_eq!(
        (sagas[0].key.as_str(), sagas[0].at.as_slice()),
        ("r1", ["undo of charge".to_owned()].as_slice())
    );
    let Response::Stats { stats } = bench.ask(Request::Stats).await else {
        panic!("stats")
    };
    assert_eq!(stats.sagas["Accounting.FareCollection"].stuck, 1);

    let resume = |name: &str, key: &str| Request::ResumeSaga {
        name: name.to_owned(),
        key: key.to_owned(),
    };
    assert_eq!(bench.ask(resume("FareCollection", "r1")).await, Response::Resumed);
    let log = bench.settled("r1").await;
    assert!(
        story(&log).ends_with("-charge! -charge -authorize -register failed_1"),
        "{}",
        story(&log)
    );
    for (request, answer) in [
        (
            resume("FareCollection", "r1"),
            "run r1 of saga Accounting.FareCollection isn't stuck",
        ),
        (
            resume("FareCollection", "r2"),
            "saga Accounting.FareCollection has no run r2; `aqueduct sagas` lists which there are",
        ),
        (
            resume("Fare", "r1"),
            "there is no saga Fare; there are Accounting.FareCollection",
        ),
    ] {
        let Response::Error { message, .. } = bench.ask(request).await else {
            panic!("refused")
        };
        assert_eq!(message, answer);
    }
    bench.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wait_outlives_a_restart() {
    let wait = Statement::Wait {
        name: "wait_1".to_owned(),
        time: 700,
    };
    let mut definition = fare_collection();
    definition.body.push(wait);
    let mut bench = Bench::start(definition).await;
    bench.send("r1").await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    bench.restart().await;
    assert_eq!(bench.log("r1").await.unwrap().standing(), Standing::Running);
    let log = bench.settled("r1").await;
    assert_eq!(story(&log), "register authorize charge book wait_1 done_1 done_2");
    let waited = log.touched().duration_since(log.started);
    assert!(waited.as_millis() >= 700, "{waited:?}");
    bench.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_that_stops_in_the_middle_of_a_step_takes_it_back() {
    let mut definition = fare_collection();
    if let Some(Statement::Step(charge)) = definition.body.get_mut(2) {
        charge.timeout = 30_000;
    }
    let mut bench = Bench::of(calling_out(topology(definition)), [("charge", vec![Act::Hangs])]).await;
    bench.send("r1").await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    // It hangs longer than the program waits for it.
    bench.restart().await;
    let log = bench.settled("r1").await;
    assert_eq!(log.error().unwrap().name, "Crashed");
    assert_eq!(
        story(&log),
        "register authorize charge! -charge -authorize -register failed_1"
    );
    bench.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn branches_run_at_once() {
    let branch = |name: &str, undo: &str| (name.to_owned(), vec![plain(step(name, Some(undo)))]);
    let mut definition = fare_collection();
    definition.body.truncate(1);
    definition.body.push(Statement::Parallel {
        name: "parallel_1".to_owned(),
        branches: vec![
            branch("authorize", "void"),
            branch("charge", "refund"),
            branch("book", "unbook"),
        ],
    });
    let mut bench = Bench::of(topology(definition), [("charge", vec![Act::Declines])]).await;
    for run in ["r1", "r2", "r3"] {
        bench.send(run).await;
    }
    let (mut done, mut failed) = (0, 0);
    for run in ["r1", "r2", "r3"] {
        let log = bench.settled(run).await;
        match log.standing() {
            Standing::Done => done += 1,
            Standing::Failed => {
                failed += 1;
                assert!(
                    story(&log).ends_with("-book -authorize -register failed_1"),
                    "{}",
                    story(&log)
                );
            }
            other => panic!("{other:?}: {log:#?}"),
        }
        assert_eq!(
            bench.done("book", run).await,
            1,
            "only its rows changed meanwhile"
        );
    }
    assert_eq!((done, failed), (2, 1));
    bench.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_that_can_not_go_on_does_not_start() {
    let mut definition = fare_collection();
    definition.body.push(Statement::Wait {
        name: "wait_1".to_owned(),
        time: 30_000,
    });
    let mut bench = Bench::start(definition.clone()).await;
    bench.send("r1").await;
    while bench
        .log("r1")
        .await
        .is_none_or(|log| log.under_way() != [(Kind::Timer, "wait_1")])
    {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    bench.stop().await;
    let mut other = definition.clone();
    other.body.remove(1);
    bench.topology = topology(other);
    let error = bench.try_run().await.unwrap_err().to_string();
    assert_eq!(
        error,
        "these runs of sagas can't go on under this version of the program:\n  \
         Accounting.FareCollection r1: authorize: the step is gone\n\
         put back what is missing until they have ended (`aqueduct sagas` lists them), or start the version before \
         to let them end"
    );
    definition.body.push(plain(step("book_again", None)));
    bench.topology = topology(definition);
    assert!(
        bench
            .try_run()
            .await
            .unwrap_err()
            .to_string()
            .contains("book_again"),
        "the handler isn't there"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_taken_back_is_not_done_afterwards() {
    let topology = calling_out(topology(fare_collection()));
    let mut bench = Bench::of(topology, [("book", vec![Act::Breaks])]).await;
    bench.send("r1").await;
    assert_eq!(
        story(&bench.settled("r1").await),
        "register authorize charge book! -book -charge -authorize -register failed_1"
    );
    // A message that was on its way all the while.
    let late = post(bench.address(), "/book", r#"{"key":"r1"}"#).await;
    assert_eq!(
        (late.status, bench.done("book", "r1").await),
        (422, 0),
        "{late:?}"
    );
    assert!(late.text.contains("Fenced"), "{late:?}");
    let other = post(bench.address(), "/book", r#"{"key":"r2"}"#).await;
    assert_eq!(
        (other.status, bench.done("book", "r2").await),
        (200, 1),
        "{other:?}"
    );
    bench.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_listens_hears_of_sagas_and_not_of_their_tasks() {
    let mut bench = Bench::of(topology(fare_collection()), [("charge", vec![Act::Declines])]).await;
    let client = Client::connect(bench.data.path()).unwrap();
    let (sender, mut events) = tokio::sync::mpsc::channel(64);
    let listening = tokio::task::spawn_blocking(move || client.tail().unwrap());
    let mut tail = listening.await.unwrap();
    tokio::task::spawn_blocking(move || {
        while let Some(Ok(Response::Event { event })) = tail.next() {
            if sender.blocking_send(event).is_err() {
                return;
            }
        }
    });
    bench.send("r1").await;
    let mut heard = Vec::new();
    while let Some(event) = events.recv().await {
        let kind = serde_json::to_value(event.kind).unwrap();
        let what = event.step.or(event.channel).unwrap_or_default();
        heard.push(format!(
            "{} {what} {}",
            kind.as_str().unwrap(),
            event.outcome.unwrap_or_default()
        ));
        if heard.last().unwrap().starts_with("saga-ended") {
            assert_eq!(
                (event.saga.as_deref(), event.key.as_deref()),
                (Some("Accounting.FareCollection"), Some("r1"))
            );
            break;
        }
    }
    assert_eq!(
        heard.iter().map(|line| line.trim()).collect::<Vec<_>>(),
        [
            "published accounting",
            "delivered accounting",
            "succeeded accounting",
            "saga-started",
            "step-started register",
            "step-succeeded register",
            "step-started authorize",
            "step-succeeded authorize",
            "step-started charge",
            "step-failed charge Declined",
            "step-undone authorize",
            "step-undone register",
            "step-started failed_1",
            "published rejected",
            "step-succeeded failed_1",
            "saga-ended  Declined",
        ]
    );
    bench.stop().await;
}
