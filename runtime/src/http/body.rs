//! A request's body, bounded in size and in time.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::header::CONTENT_LENGTH;
use axum::http::{StatusCode, request};
use bytes::Bytes;

use crate::edge::{LARGEST, Problem};

/// How long a client may take to send a body.
const SLOWEST: Duration = Duration::from_secs(10);

/// Reads the body, bounded in size and time.
pub(super) async fn read(head: &request::Parts, body: Body) -> Result<Bytes, Problem> {
    let announced = head
        .headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > LARGEST as u64) {
        return Err(Problem::too_large());
    }
    match tokio::time::timeout(SLOWEST, to_bytes(body, LARGEST)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        // What was announced fits, so this is a body without length that grew too large, or a client that left.
        Ok(Err(_)) if announced.is_none() => Err(Problem::too_large()),
        Ok(Err(_)) => Err(Problem::new(StatusCode::BAD_REQUEST, "the body ended early")),
        Err(_) => Err(Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "the body did not arrive in time",
        )),
    }
}
