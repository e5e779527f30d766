//! Calls of a service outside, over HTTP: what goes out, what comes back, what a program needs before it starts.

use std::sync::Arc;
use std::time::Duration;

use aqueduct::local::{Options, start};
use aqueduct::{
    Activation, Api, Body, Call, ExternalSpec, Failure, Handler, HandlerSpec, Program, Reply, Topology,
};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::Mutex;

use crate::http::post;

const CAPTURE: Call = Call::new("CardGateway", "capture", Duration::from_millis(500)).retry(
    1,
    Duration::from_millis(1),
    100,
    Duration::from_millis(1),
);

const REFUND: Call = Call::new("CardGateway", "refund", Duration::from_millis(500));

struct Charge;

impl Handler for Charge {
    async fn handle(&self, input: Body, activation: &mut Activation) -> Result<Reply, Failure> {
        let input: Value = input.decode()?;
        let receipt: Value = activation.call(&CAPTURE, &input).await?;
        Reply::with(&receipt)
    }
}

struct Refund;

impl Handler for Refund {
    async fn handle(&self, input: Body, activation: &mut Activation) -> Result<Reply, Failure> {
        let input: Value = input.decode()?;
        let _: Value = activation.call(&REFUND, &input).await?;
        Ok(Reply::none())
    }
}

fn program() -> Program {
    let gateway = ExternalSpec::new("CardGateway")
        .handler("capture", ["Declined"], Duration::from_secs(1))
        .handler("refund", [], Duration::from_secs(1));
    let topology = Topology::new("Charges")
        .external(gateway)
        .handler(
            HandlerSpec::new("Payments.charge")
                .fails(["Declined"])
                .calls_out(),
        )
        .handler(
            HandlerSpec::new("Payments.refund")
                .undoes("Payments.charge", "amount")
                .calls_out(),
        )
        .api(Api::post("/charge").handler("Payments.charge"))
        .api(Api::post("/refund").handler("Payments.refund"));
    Program::new(topology)
        .handler("Payments.charge", Charge)
        .handler("Payments.refund", Refund)
}

/// A gateway that answers one after the other, and what it was asked.
async fn gateway(answers: &'static [&'static str]) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/v1", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&asked);
    tokio::spawn(async move {
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 4096];
            let length = stream.read(&mut request).await.unwrap();
            let text = String::from_utf8_lossy(&request[..length]).to_lowercase();
            heard.lock().await.push(text);
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (address, asked)
}

fn options(data: &std::path::Path, gateway: &str) -> Options {
    let mut options = Options::default();
    options.port = 0;
    data.clone_into(&mut options.data);
    options
        .externs
        .insert("CardGateway".to_owned(), gateway.to_owned());
    options
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_is_tried_again_with_its_key_and_a_fault_comes_back_by_name() {
    let data = tempfile::tempdir().unwrap();
    let (address, asked) = gateway(&[
        "HTTP/1.1 503 Busy\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 15\r\n\r\n{\"receipt\":\"r\"}",
        "HTTP/1.1 422 No\r\nconnection: close\r\ncontent-length: 30\r\n\r\n{\"fault\":\"Declined\",\"limit\":3}",
        "HTTP/1.1 500 No\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 500 No\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
    ])
    .await;
    let running = start(program(), options(data.path(), &address)).await.unwrap();
    let answer = post(running.address(), "/charge", r#"{"amount":3}"#).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, r#"{"receipt":"r"}"#));
    let refused = post(running.address(), "/charge", r#"{"amount":4}"#).await;
    assert_eq!(refused.status, 422);
    let problem = refused.json();
    assert_eq!(
        (&problem["fault"], &problem["limit"]),
        (&"Declined".into(), &3.into())
    );
    let broken = post(running.address(), "/charge", r#"{"amount":5}"#).await;
    assert_eq!(broken.status, 502, "nobody's no: {broken:?}");
    assert!(!broken.text.contains("CardGateway"), "{broken:?}");
    running.stop().await.unwrap();

    let asked = asked.lock().await;
    assert_eq!(asked.len(), 5);
    assert!(
        asked[0].starts_with("post /v1/capture http/1.1\r\n"),
        "{}",
        asked[0]
    );
    assert!(asked[0].contains("content-type: application/json") && asked[0].ends_with("{\"amount\":3}"));
    assert_eq!(key(&asked[0]), key(&asked[1]), "the same call");
    assert_ne!(key(&asked[1]), key(&asked[2]), "another call");
}

/// The key that came with a request.
fn key(request: &str) -> &str {
    let mut lines = request.lines();
    lines
        .find_map(|line| line.strip_prefix("idempotency-key: "))
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_undo_calls_with_the_same_key_in_each_of_its_tries() {
    let data = tempfile::tempdir().unwrap();
    let (address, asked) = gateway(&[
        "HTTP/1.1 500 No\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}",
    ])
    .await;
    let running = start(program(), options(data.path(), &address)).await.unwrap();
    for (amount, status) in [(3, 502), (3, 200), (4, 200)] {
        // Each is a message of its own, as a try is where somebody else calls the handlers of a saga.
        let body = format!(r#"{{"amount":{amount}}}"#);
        let answer = post(running.address(), "/refund", &body).await;
        assert_eq!(answer.status, status, "{answer:?}");
    }
    running.stop().await.unwrap();
    let asked = asked.lock().await;
    assert_eq!(key(&asked[0]), key(&asked[1]), "two tries");
    assert_ne!(key(&asked[1]), key(&asked[2]), "another undo");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_does_not_start_while_nobody_knows_where_a_service_is() {
    let data = tempfile::tempdir().unwrap();
    let mut without = options(data.path(), "");
    without.externs.clear();
    let error = start(program(), without).await.unwrap_err().to_string();
    assert_eq!(
        error,
        "cannot call services outside: nobody said where they are; give --extern CardGateway=http://… or CARD_GATEWAY_URL"
    );
}
