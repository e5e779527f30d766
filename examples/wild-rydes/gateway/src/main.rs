//! A payment gateway as others run them: cards become tokens, money is authorized, captured, refunded.
//!
//! Every operation wants an `Idempotency-Key` and gives the same answer to the same key. `POST /misbehave` makes it
//! fail, hang, answer late or die; `GET /ledger` shows what has been taken and given back.

mod journal;
mod ledger;
mod mood;

use std::io::Read;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use journal::Journal;
use ledger::{Ledger, Operation, Refusal};
use mood::{Mood, Moods};
use serde_json::{Value, json};

/// Longer than anybody waits.
const FOR_EVER: Duration = Duration::from_secs(3_600);

struct Gateway {
    ledger: Mutex<(Ledger, Journal)>,
    moods: Mutex<Moods>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut port = 0_u16;
    let mut folder = None;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let value = arguments
            .next()
            .ok_or_else(|| format!("{argument} wants a value"))?;
        match argument.as_str() {
            "--port" => port = value.parse()?,
            "--data" => folder = Some(PathBuf::from(value)),
            _ => {
                return Err(format!(
                    "there is no {argument}; there are --port N and --data FOLDER"
                )
                .into());
            }
        }
    }
    let (journal, ledger) = Journal::open(folder.as_deref())?;
    let gateway = Arc::new(Gateway {
        ledger: Mutex::new((ledger, journal)),
        moods: Mutex::default(),
    });
    let routes = Router::new()
        .route("/ledger", get(show))
        .route("/misbehave", post(misbehave))
        .route("/{operation}", post(operate))
        .with_state(gateway);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    // Whoever started it has gone when standard input ends, and nobody waits for what hangs.
    let gone = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
    tokio::select! {
        served = async { axum::serve(listener, routes).await } => served?,
        _ = gone => {}
    }
    Ok(())
}

/// `{"operation": "capture", "mood": "fail", "times": 2}`; without an operation, all moods end.
async fn misbehave(State(gateway): State<Arc<Gateway>>, Json(wish): Json<Value>) -> Response {
    let mut moods = gateway.moods.lock().unwrap_or_else(PoisonError::into_inner);
    match moods.wish(&wish) {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(reason) => problem(StatusCode::BAD_REQUEST, json!({ "title": reason })),
    }
}

async fn show(State(gateway): State<Arc<Gateway>>) -> Json<Value> {
    let books = gateway
        .ledger
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    Json(books.0.summary())
}

async fn operate(
    State(gateway): State<Arc<Gateway>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    Json(input): Json<Value>,
) -> Response {
    let Some(operation) = Operation::named(&name) else {
        return problem(
            StatusCode::NOT_FOUND,
            json!({ "title": format!("there is no {name}") }),
        );
    };
    let Some(key) = headers
        .get("idempotency-key")
        .and_then(|key| key.to_str().ok())
    else {
        return problem(
            StatusCode::BAD_REQUEST,
            json!({ "title": "an Idempotency-Key is missing" }),
        );
    };
    let mood = gateway
        .moods
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .next(&name);
    match mood {
        Some(Mood::Fail) => {
            return problem(
                StatusCode::INTERNAL_SERVER_ERROR,
                json!({ "title": "out of order" }),
            );
        }
        Some(Mood::Busy) => {
            return problem(
                StatusCode::TOO_MANY_REQUESTS,
                json!({ "title": "too many requests" }),
            );
        }
        Some(Mood::Hang) => tokio::time::sleep(FOR_EVER).await,
        Some(Mood::Die) => std::process::exit(7),
        Some(Mood::Late | Mood::DieAfter | Mood::Refuse) | None => {}
    }
    let answer = if mood == Some(Mood::Refuse) {
        Err(Refusal::of(operation))
    } else {
        let mut books = gateway
            .ledger
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let (ledger, journal) = &mut *books;
        // What is not written down is not done.
        if journal.note(operation, key, &input).is_err() {
            return problem(
                StatusCode::SERVICE_UNAVAILABLE,
                json!({ "title": "the journal can't be written" }),
            );
        }
        ledger.operate(operation, key, &input)
    };
    match mood {
        Some(Mood::Late) => tokio::time::sleep(mood::LATE).await,
        Some(Mood::DieAfter) => std::process::exit(7),
        _ => {}
    }
    match answer {
        Ok(reply) => Json(reply).into_response(),
        Err(refusal) => problem(
            StatusCode::UNPROCESSABLE_ENTITY,
            json!({ "title": refusal.reason, "fault": refusal.fault, "reason": refusal.reason }),
        ),
    }
}

fn problem(status: StatusCode, body: Value) -> Response {
    let headers = [("content-type", "application/problem+json")];
    (status, headers, body.to_string()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_can_not_be_written_down_is_not_done() {
        let journal = Journal::sealed().unwrap();
        let gateway = Arc::new(Gateway {
            ledger: Mutex::new((Ledger::default(), journal)),
            moods: Mutex::default(),
        });
        let mut headers = HeaderMap::new();
        let _ = headers.insert("idempotency-key", "k1".parse().unwrap());
        let input = Json(json!({ "key": "r1" }));
        let path = Path("refund".to_owned());
        let answer = operate(State(Arc::clone(&gateway)), path, headers, input).await;
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        let Json(books) = show(State(gateway)).await;
        assert_eq!(books["payments"], json!({}));
    }
}
