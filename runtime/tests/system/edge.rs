//! The HTTP edge: what is accepted, what is refused and how, and keys that make requests repeatable.

use aqueduct::admin::{Request, Response};
use serde_json::json;

use crate::http::{get, post, post_with_key, raw, request};
use crate::queues::{ask, dead_letters};
use crate::rides::{System, ride, until};

#[tokio::test]
async fn a_request_is_stored_published_and_handled() {
    let system = System::start().await;
    let address = system.running.address();
    let answer = post(address, "/rides", &ride("ada", "256.50")).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let id = answer.json()["ride_id"].as_str().unwrap().to_owned();
    assert_eq!(answer.header("location"), Some(format!("/rides/{id}").as_str()));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let row = get(address, &format!("/rides/{}", id.to_uppercase())).await;
    assert_eq!(
        (row.status, row.json()["fare"].to_string()),
        (200, "256.50".to_owned())
    );
    until("both handlers have run", || async {
        get(address, "/accounts/ada").await.status == 200
            && get(address, "/accounts/watched%20ada").await.status == 200
    })
    .await;
    system.stop().await;
}

#[tokio::test]
async fn a_handler_that_writes_what_is_not_declared_stores_nothing() {
    let system = System::start().await;
    let address = system.running.address();
    let answer = post(address, "/rides", &ride("cheat", "5")).await;
    assert_eq!(answer.status, 500, "{answer:?}");
    assert_eq!(answer.json()["detail"], "the handler failed; nothing was stored");
    post(address, "/rides", &ride("mangle", "5")).await;
    until(
        "the message that breaks a contract is dead after all its starts",
        || async { dead_letters(&system).await.len() == 1 },
    )
    .await;
    let dead_letters = dead_letters(&system).await;
    let Response::Stats { stats } = ask(&system, Request::Stats).await else {
        panic!("stats")
    };
    assert_eq!(dead_letters[0].starts, 3);
    assert_eq!(
        dead_letters[0].attempts[0].error,
        "InvalidMessage: this Account can't go to extraordinary: /ride_id: expected a uuid; \
         /fare: expected a number; /distance: expected a number"
    );
    assert_eq!(stats.tables["RideManagement.rides"], 1);
    assert_eq!(stats.tables["Accounting.accounts"], 0);
    system.stop().await;
}

#[tokio::test]
async fn filters_decide_who_gets_a_copy() {
    let system = System::start().await;
    let address = system.running.address();
    assert_eq!(post(address, "/rides", &ride("bob", "49.99")).await.status, 201);
    until("accounting has it", || async {
        get(address, "/accounts/bob").await.status == 200
    })
    .await;
    assert_eq!(get(address, "/accounts/watched%20bob").await.status, 404);
    system.stop().await;
}

#[tokio::test]
async fn a_bad_body_is_refused_with_every_bad_field_and_nothing_is_stored() {
    let system = System::start().await;
    let address = system.running.address();
    let answer = post(address, "/rides", r#"{"customer":"","fare":"abc","extra":1}"#).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    let problem = answer.json();
    assert_eq!(problem["status"], json!(400));
    let pointers: Vec<_> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["pointer"].clone())
        .collect();
    assert_eq!(pointers, ["/customer", "/fare", "/distance", "/extra"]);
    assert_eq!(
        problem["errors"][1]["detail"],
        json!("is text; expected a number")
    );
    let stats = aqueduct::admin::Client::connect(system.data.path());
    let stats = tokio::task::spawn_blocking(move || stats.unwrap().request(&aqueduct::admin::Request::Stats));
    let aqueduct::admin::Response::Stats { stats } = stats.await.unwrap().unwrap() else {
        panic!("stats")
    };
    assert_eq!((stats.counters.published, stats.counters.commits), (0, 0));
    system.stop().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_said() {
    let system = System::start().await;
    let address = system.running.address();
    let status = |answer: crate::http::Answer| answer.status;
    assert_eq!(status(post(address, "/rides", "{").await), 400);
    assert_eq!(
        status(request(address, "POST", "/rides", "content-type: text/plain\r\n", "{}").await),
        415
    );
    assert_eq!(status(get(address, "/nowhere").await), 404);
    assert_eq!(
        status(get(address, "/rides/0190163d-8694-739b-aea5-966c26f8ad91").await),
        404
    );
    let wrong = get(address, "/rides").await;
    assert_eq!((wrong.status, wrong.header("allow")), (405, Some("POST")));
    let large = format!(r#"{{"customer":"{}"}}"#, "x".repeat(300 << 10));
    assert_eq!(status(post(address, "/rides", &large).await), 413);
    let chunks = format!("{:x}\r\n{large}\r\n0\r\n\r\n", large.len());
    let chunked = "POST /rides HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\
                   content-type: application/json\r\n\r\n";
    assert_eq!(status(raw(address, &format!("{chunked}{chunks}")).await), 413);
    system.stop().await;
}

#[tokio::test]
async fn failures_of_a_handler_keep_internals_inside() {
    let system = System::start().await;
    let address = system.running.address();
    let declined = post(address, "/rides", &ride("declined", "1")).await;
    assert_eq!(
        (declined.status, declined.json()["failure"].clone()),
        (422, json!("CardDeclined"))
    );
    let broken = post(address, "/rides", &ride("broken", "1")).await;
    assert_eq!(broken.status, 500);
    assert!(!broken.text.contains("secret"), "{broken:?}");
    assert_eq!(post(address, "/rides", &ride("panic", "1")).await.status, 500);
    assert_eq!(post(address, "/rides", &ride("ada", "1")).await.status, 201);
    system.stop().await;
}

#[tokio::test]
async fn parameters_of_the_path_are_part_of_the_input() {
    let system = System::start().await;
    let address = system.running.address();
    let id = "0190163d-8694-739b-aea5-966c26f8ad91";
    let put = |body: String| async move {
        request(
            address,
            "PUT",
            &format!("/rides/{id}"),
            "content-type: application/json\r\n",
            &body,
        )
        .await
    };
    let answer = put(ride("ada", "5")).await;
    assert_eq!(
        (answer.status, answer.json()["ride_id"].clone()),
        (200, json!(id))
    );
    let exists = put(ride("ada", "5")).await;
    assert_eq!(
        (exists.status, exists.json()["failure"].clone()),
        (409, json!("AlreadyExists"))
    );
    let other = r#"{"ride_id":"0190163d-8694-739b-aea5-966c26f8ad92","customer":"a","fare":1,"distance":1}"#;
    assert_eq!(
        put(other.to_owned()).await.json()["errors"][0]["pointer"],
        json!("/ride_id")
    );
    system.stop().await;
}

#[tokio::test]
async fn a_key_makes_a_request_repeatable() {
    let system = System::start().await;
    let address = system.running.address();
    let first = post_with_key(address, "/rides", "k1", &ride("ada", "5")).await;
    let again = post_with_key(address, "/rides", "k1", &ride("ada", "5")).await;
    assert_eq!((again.status, &again.text), (201, &first.text));
    assert_eq!(again.header("location"), first.header("location"));
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(
        post_with_key(address, "/rides", "k1", &ride("ada", "6"))
            .await
            .status,
        422
    );
    assert_ne!(
        post_with_key(address, "/rides", "k2", &ride("ada", "5"))
            .await
            .text,
        first.text
    );
    let (switches, data) = system.stop().await;
    let running = aqueduct::local::start(
        crate::rides::program(&switches),
        crate::rides::options(data.path()),
    );
    let running = running.await.unwrap();
    let later = post_with_key(running.address(), "/rides", "k1", &ride("ada", "5")).await;
    assert_eq!((later.status, &later.text), (201, &first.text));
    running.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_at_once_with_one_key_one_wins_and_all_get_its_answer() {
    let system = System::start().await;
    let address = system.running.address();
    let requests = (0..8).map(|_| {
        tokio::spawn(async move { post_with_key(address, "/rides", "same", &ride("slow", "5")).await })
    });
    let mut texts = std::collections::BTreeSet::new();
    for request in requests.collect::<Vec<_>>() {
        let answer = request.await.unwrap();
        assert_eq!(answer.status, 201);
        texts.insert(answer.text);
    }
    assert_eq!(texts.len(), 1);
    until("one ride was booked", || async {
        get(address, "/accounts/slow").await.status == 200
    })
    .await;
    assert_eq!(get(address, "/accounts/slow").await.json()["rides"], json!(1));
    system.stop().await;
}
