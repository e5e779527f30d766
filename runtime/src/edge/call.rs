//! A request that a handler answers: keys recognised, input checked, effects committed, then the answer.

use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode, request};
use serde_json::Value;
use tracing::Instrument;

use super::answer::{Answer, fingerprint, location};
use super::input;
use super::problem::Problem;
use super::route::Parameters;
use crate::seam::{Ended, Job, Keep, KeepKey, KeepSpace, Seam, Site, Trouble};
use crate::topology::{Api, Method};
use crate::trace::{Event, Kind, Place};
use crate::{Body, Delivery, Failure, Reply};

/// How long an answer is kept under a client's key.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// A client's `Idempotency-Key`, and the request that it stands for.
struct ClientKey {
    text: String,
    key: KeepKey,
    fingerprint: u128,
}

/// What is asked: which operation, of whom, with what.
pub(super) struct Asked<'a> {
    pub(super) api: &'a Api,
    pub(super) head: &'a request::Parts,
    pub(super) parameters: &'a Parameters,
    /// Who a token says that it is.
    pub(super) caller: Option<&'a str>,
}

pub(super) async fn answer<S: Seam>(
    site: &Site,
    seam: &S,
    asked: &Asked<'_>,
    body: impl Future<Output = Result<Bytes, Problem>> + Send,
) -> Result<Response<Bytes>, Problem> {
    let handler = asked.api.handler.as_deref().and_then(|name| site.handler(name));
    let Some(handler) = handler else {
        return Err(Problem::new(StatusCode::NOT_FOUND, "no handler answers here"));
    };
    let body = body.await?;
    let key = client_key(asked, &body)?;
    if let Some(replayed) = replay(seam, key.as_ref()).await {
        return replayed;
    }
    let input = input::input(site, asked, &body)?;
    let id = site.ids.new_id().to_string();
    let name = site.handler_name(handler);
    let span = tracing::info_span!("request", handler = name, message = %id, correlation = %id, attempt = 1);
    let job = Job {
        handler,
        body: Body::from_value(input),
        delivery: Delivery {
            idempotency_key: key.as_ref().map(|key| key.text.clone()),
            ..Delivery::first(id, site.clock.now())
        },
        lease: S::Lease::default(),
    };
    work(site, seam, asked.api, &job, key.as_ref())
        .instrument(span)
        .await
}

async fn work<S: Seam>(
    site: &Site,
    seam: &S,
    api: &Api,
    job: &Job<S::Lease>,
    key: Option<&ClientKey>,
) -> Result<Response<Bytes>, Problem> {
    let _permit = seam.admit(job.handler).await.map_err(Problem::refused)?;
    let keep = |reply: &Reply| -> Result<Option<Keep>, Failure> {
        let Some(key) = key else { return Ok(None) };
        let value = made(api, reply, &job.body)?.keep(key.fingerprint)?;
        Ok(Some(Keep {
            key: key.key.clone(),
            until: site.until(KEPT),
            value,
        }))
    };
    let tell = |kind, outcome: Option<&str>| {
        if seam.heard() {
            let place = Place {
                handler: Some(site.handler_name(job.handler)),
                attempt: Some(job.delivery.attempt),
                outcome,
                ..Place::default()
            };
            seam.tell(Event::of_request(kind, site.clock.now(), &job.delivery, &place));
        }
    };
    tell(Kind::Delivered, None);
    let ended = site.activate(seam, job, keep).await;
    match &ended {
        Ended::Committed(_) => tell(Kind::Succeeded, None),
        Ended::Handled(_) | Ended::Answered(_) => tell(Kind::Duplicate, None),
        Ended::Trouble(trouble) => tell(Kind::Failed, Some(&trouble.to_string())),
        Ended::Refused(refused) => tell(Kind::Failed, Some(&refused.to_string())),
    }
    match ended {
        Ended::Committed(reply) | Ended::Handled(reply) => match made(api, &reply, &job.body) {
            Ok(answer) => Ok(answer.into_response()),
            Err(failure) => Err(Problem::trouble(&Trouble::Failed(failure))),
        },
        Ended::Answered(stored) => Answer::replay(&stored, key.map_or(0, |key| key.fingerprint)),
        Ended::Trouble(trouble) => {
            // The same request may have been answered while this one ran into its rows.
            if let Some(replayed) = replay(seam, key).await {
                return replayed;
            }
            tracing::warn!(error = %trouble, "failed");
            Err(Problem::trouble(&trouble))
        }
        Ended::Refused(refused) => Err(Problem::refused(refused)),
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

fn client_key(asked: &Asked<'_>, body: &[u8]) -> Result<Option<ClientKey>, Problem> {
    let api = asked.api;
    if !matches!(api.method, Method::Post | Method::Patch) {
        return Ok(None);
    }
    let Some(given) = asked.head.headers.get("idempotency-key") else {
        return Ok(None);
    };
    let text = given.to_str().unwrap_or("").trim();
    if text.is_empty() || text.len() > 255 {
        let detail = "an Idempotency-Key is 1 to 255 visible ASCII characters";
        return Err(Problem::new(StatusCode::BAD_REQUEST, detail));
    }
    // The operation and what its path says, not how the path was written: `/a%20b` and `/a b/` are one place.
    let values: Vec<String> = asked.parameters.iter().map(|(_, value)| escaped(value)).collect();
    Ok(Some(ClientKey {
        text: text.to_owned(),
        key: KeepKey {
            space: KeepSpace::Answer,
            // The answer to one caller is no other's.
            scope: format!(
                "{} {} {} {}",
                api.method,
                api.path,
                values.join("/"),
                escaped(asked.caller.unwrap_or_default())
            ),
            key: Bytes::copy_from_slice(text.as_bytes()),
        },
        fingerprint: fingerprint(body),
    }))
}

/// Without the marks that keep parts of a stored key apart.
fn escaped(value: &str) -> String {
    value.replace('%', "%25").replace('/', "%2F").replace('\0', "%00")
}

async fn replay(seam: &impl Seam, key: Option<&ClientKey>) -> Option<Result<Response<Bytes>, Problem>> {
    let key = key?;
    match seam.kept(&key.key).await {
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
