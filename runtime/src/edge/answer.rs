//! An answer as it is sent, and as it is kept under a client's `Idempotency-Key`.

use bytes::Bytes;
use http::header::{HeaderName, LOCATION};
use http::{HeaderValue, Response, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::json;
use super::problem::Problem;
use crate::Failure;

/// What may stand in a part of a path as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// An answer of success.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) location: Option<String>,
    pub(super) body: Option<Bytes>,
}

#[derive(Serialize, Deserialize)]
struct Stored<'a> {
    fingerprint: String,
    status: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    location: Option<String>,
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    body: Option<&'a RawValue>,
}

impl Answer {
    pub(super) fn into_response(self) -> Response<Bytes> {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let mut response = self
            .body
            .map_or_else(|| Response::new(Bytes::new()), |body| json(status, body));
        *response.status_mut() = status;
        if let Some(location) = self
            .location
            .and_then(|location| HeaderValue::try_from(location).ok())
        {
            response.headers_mut().insert(LOCATION, location);
        }
        response
    }

    /// As it is kept, with the fingerprint of its request.
    pub(super) fn keep(&self, fingerprint: u128) -> Result<Bytes, Failure> {
        let body = self
            .body
            .as_deref()
            .map(serde_json::from_slice::<&RawValue>)
            .transpose()?;
        let fingerprint = format!("{fingerprint:032x}");
        let stored = Stored {
            fingerprint,
            status: self.status,
            location: self.location.clone(),
            body,
        };
        Ok(Bytes::from(serde_json::to_vec(&stored)?))
    }

    /// The kept answer again, if the request is the same.
    pub(super) fn replay(stored: &[u8], fingerprint: u128) -> Result<Response<Bytes>, Problem> {
        let stored: Stored<'_> = serde_json::from_slice(stored).map_err(|error| {
            tracing::error!(%error, "a stored answer cannot be read");
            Problem::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "the stored answer cannot be read",
            )
        })?;
        if stored.fingerprint != format!("{fingerprint:032x}") {
            let detail = "this Idempotency-Key was used with another body; take a new key for a new request";
            return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail));
        }
        let body = stored
            .body
            .map(|body| Bytes::copy_from_slice(body.get().as_bytes()));
        let mut response = Self {
            status: stored.status,
            location: stored.location,
            body,
        }
        .into_response();
        let replayed = HeaderName::from_static("idempotency-replayed");
        response
            .headers_mut()
            .insert(replayed, HeaderValue::from_static("true"));
        Ok(response)
    }
}

/// A location with the names in braces filled in; `None` when a name has no value.
pub(super) fn location(template: &str, reply: &Value, input: &Value) -> Option<String> {
    let mut filled = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, behind) = after.split_once('}')?;
        filled.push_str(before);
        let text = match field(reply, name).or_else(|| field(input, name))? {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        filled.extend(utf8_percent_encode(&text, PLAIN));
        rest = behind;
    }
    filled.push_str(rest);
    Some(filled)
}

fn field<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.')
        .try_fold(value, |value, name| value.get(name))
        .filter(|value| !value.is_null())
}

/// FNV-1a over 128 bits: tells two bodies of one client apart, and is the same in every build.
pub(super) fn fingerprint(body: &[u8]) -> u128 {
    body.iter()
        .fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d, |hash, byte| {
            (hash ^ u128::from(*byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b)
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_location_is_filled_from_reply_then_input_and_encoded() {
        let filled = location(
            "/a/{id}/{city}",
            &json!({"id": 7}),
            &json!({"id": 8, "city": "São/Paulo"}),
        );
        assert_eq!(filled.as_deref(), Some("/a/7/S%C3%A3o%2FPaulo"));
        assert_eq!(location("/a/{none}", &json!({}), &json!({})), None);
    }

    #[test]
    fn the_fingerprint_is_the_published_one() {
        assert_eq!(fingerprint(b"a"), 0xd228_cb69_6f1a_8caf_7891_2b70_4e4a_8964);
    }
}
