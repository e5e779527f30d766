//! A request that a handler answers: keys recognised, input checked, effects committed, then the answer.

use std::time::Duration;

use axum::body::Body as HttpBody;
use axum::http::{StatusCode, request};
use axum::response::Response;
use serde_json::Value;
use tracing::Instrument;

use super::answer::{Answer, fingerprint, location};
use super::input;
use super::problem::Problem;
use super::route::Parameters;
use crate::core::command::Keep;
use crate::engine::{Ended, Engine, Job, Trouble};
use crate::store::keys::{Key, Space};
use crate::topology::{Api, Method};
use crate::trace::{Event, Kind, Place};
use crate::{Body, Delivery, Failure, Reply};

/// How long an answer is kept under a client's key.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// A client's `Idempotency-Key`, and the request that it stands for.
struct ClientKey {
    text: String,
    stored: Vec<u8>,
    fingerprint: u128,
}

pub(super) async fn answer(
    engine: &Engine,
    api: &Api,
    head: &request::Parts,
    body: HttpBody,
    parameters: &Parameters,
) -> Result<Response, Problem> {
    let handler = engine
        .topology
        .handlers
        .iter()
        .position(|handler| Some(&handler.name) == api.handler.as_ref());
    let Some(handler) = handler else {
        return Err(Problem::new(StatusCode::NOT_FOUND, "no handler answers here"));
    };
    let body = input::read(head, body).await?;
    let key = client_key(api, head, &body, parameters)?;
    if let Some(replayed) = replay(engine, key.as_ref()) {
        return replayed;
    }
    if engine.is_full() {
        return Err(Problem::busy("the program has too much to do"));
    }
    let input = input::input(engine, api, head, &body, parameters)?;
    let id = engine.ids.new_id().to_string();
    let name = engine
        .topology
        .handlers
        .get(handler)
        .map_or("", |handler| handler.name.as_str());
    let span = tracing::info_span!("request", handler = name, message = %id, correlation = %id, attempt = 1);
    let job = Job {
        handler,
        body: Body::from_value(input),
        delivery: Delivery {
            message_id: id.clone(),
            attempt: 1,
            correlation_id: id,
            time: engine.clock.now(),
            channel: None,
            idempotency_key: key.as_ref().map(|key| key.text.clone()),
        },
        lease: None,
    };
    work(engine, api, &job, key.as_ref()).instrument(span).await
}

async fn work(engine: &Engine, api: &Api, job: &Job, key: Option<&ClientKey>) -> Result<Response, Problem> {
    let Some(_gate) = engine.gate(job.handler).await else {
        return Err(Problem::busy("the program is stopping"));
    };
    let keep = |reply: &Reply| -> Result<Option<Keep>, Failure> {
        let Some(key) = key else { return Ok(None) };
        let value = made(api, reply, &job.body)?.keep(key.fingerprint)?;
        Ok(Some(Keep {
            key: key.stored.clone(),
            until: engine.until(KEPT),
            value,
        }))
    };
    tell(engine, job, Kind::Delivered, None);
    let ended = engine.activate(job, keep).await;
    match &ended {
        Ended::Committed(_) => tell(engine, job, Kind::Succeeded, None),
        Ended::Handled(_) | Ended::Answered(_) => tell(engine, job, Kind::Duplicate, None),
        Ended::Trouble(trouble) => tell(engine, job, Kind::Failed, Some(&trouble.fault().error)),
        Ended::Refused(refused) => tell(engine, job, Kind::Failed, Some(&refused.to_string())),
    }
    match ended {
        Ended::Committed(reply) | Ended::Handled(reply) => match made(api, &reply, &job.body) {
            Ok(answer) => Ok(answer.into_response()),
            Err(failure) => Err(Problem::trouble(&Trouble::Failed(failure))),
        },
        Ended::Answered(stored) => Answer::replay(&stored, key.map_or(0, |key| key.fingerprint)),
        Ended::Trouble(trouble) => {
            // The same request may have been answered while this one ran into its rows.
            if let Some(replayed) = replay(engine, key) {
                return replayed;
            }
            tracing::warn!(error = %trouble.fault().error, "failed");
            Err(Problem::trouble(&trouble))
        }
        Ended::Refused(refused) => Err(Problem::refused(refused)),
    }
}

/// A request's activation as an event, for whoever watches.
fn tell(engine: &Engine, job: &Job, kind: Kind, outcome: Option<&str>) {
    if engine.tracer.heard() {
        let handler = engine.topology.handlers.get(job.handler);
        let place = Place {
            channel: None,
            handler: handler.map(|handler| handler.name.as_str()),
            attempt: Some(job.delivery.attempt),
            outcome,
        };
        let event = Event::of_request(kind, engine.clock.now(), &job.delivery, &place);
        engine.tracer.tell(event);
    }
}

/// The answer that a reply makes.
fn made(api: &Api, reply: &Reply, input: &Body) -> Result<Answer, Failure> {
    let location = match &api.location {
        Some(template) => {
            let reply = reply
                .body()
                .map(|body| serde_json::from_slice(body))
                .transpose()?;
            let filled = location(template, &reply.unwrap_or(Value::Null), input.value()?.as_ref());
            if filled.is_none() {
                tracing::warn!(
                    template,
                    "the Location cannot be filled: neither reply nor input has the field"
                );
            }
            filled
        }
        None => None,
    };
    Ok(Answer {
        status: api.status,
        location,
        body: reply.body().cloned(),
    })
}

fn client_key(
    api: &Api,
    head: &request::Parts,
    body: &[u8],
    parameters: &Parameters,
) -> Result<Option<ClientKey>, Problem> {
    if !matches!(api.method, Method::Post | Method::Patch) {
        return Ok(None);
    }
    let Some(given) = head.headers.get("idempotency-key") else {
        return Ok(None);
    };
    let text = given.to_str().unwrap_or("").trim();
    if text.is_empty() || text.len() > 255 {
        let detail = "an Idempotency-Key is 1 to 255 visible ASCII characters";
        return Err(Problem::new(StatusCode::BAD_REQUEST, detail));
    }
    // The operation and what its path says, not how the path was written: `/a%20b` and `/a b/` are one place.
    let values: Vec<String> = parameters.iter().map(|(_, value)| escaped(value)).collect();
    let place = format!("{} {} {}", api.method, api.path, values.join("/"));
    let stored = Key::new(Space::Answer).name(&place).rest(text.as_bytes()).bytes();
    Ok(Some(ClientKey {
        text: text.to_owned(),
        stored,
        fingerprint: fingerprint(body),
    }))
}

/// Without the marks that keep parts of a stored key apart.
fn escaped(value: &str) -> String {
    value.replace('%', "%25").replace('/', "%2F").replace('\0', "%00")
}

fn replay(engine: &Engine, key: Option<&ClientKey>) -> Option<Result<Response, Problem>> {
    let key = key?;
    match engine.kept(&key.stored) {
        Ok(stored) => stored.map(|stored| Answer::replay(&stored, key.fingerprint)),
        Err(error) => {
            tracing::error!(%error, "the stored answers cannot be read");
            Some(Err(Problem::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "the stored answers cannot be read",
            )))
        }
    }
}
