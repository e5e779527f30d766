//! Errors as clients see them: `application/problem+json` (RFC 9457).

use bytes::Bytes;
#[cfg(feature = "jwt")]
use http::header::WWW_AUTHENTICATE;
use http::header::{ALLOW, CONTENT_TYPE, HeaderName, RETRY_AFTER};
use http::{HeaderValue, Method, Response, StatusCode};
use serde_json::{Map, Value, json};

use super::LARGEST;
use crate::seam::{Refused, Trouble};
use crate::{Failure, FieldError};

/// Failures with a name that are nevertheless the program's own: the request was checked and found good.
const OURS: [&str; 2] = [Failure::INVALID_MESSAGE, Failure::INVALID_ROW];

/// An answer that is not what the client wanted.
#[derive(Debug)]
pub(crate) struct Problem(Box<Parts>);

#[derive(Debug)]
struct Parts {
    status: StatusCode,
    body: Map<String, Value>,
    header: Option<(HeaderName, HeaderValue)>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let mut body = Map::new();
        body.insert("type".to_owned(), json!("about:blank"));
        body.insert(
            "title".to_owned(),
            json!(status.canonical_reason().unwrap_or("Error")),
        );
        body.insert("status".to_owned(), json!(status.as_u16()));
        body.insert("detail".to_owned(), json!(detail.into()));
        Self(Box::new(Parts {
            status,
            body,
            header: None,
        }))
    }

    /// 400 with every bad field.
    pub(crate) fn invalid(errors: &[FieldError]) -> Self {
        let count = errors.len();
        // An empty pointer is the body as a whole, which is no field.
        let detail = match errors {
            [one] if one.pointer.is_empty() => format!("the body {}", one.detail()),
            _ => format!(
                "{count} field{} of the request {} not valid",
                plural(count, "", "s"),
                plural(count, "is", "are")
            ),
        };
        let mut problem = Self::new(StatusCode::BAD_REQUEST, detail);
        let list = errors
            .iter()
            .map(|error| json!({ "pointer": error.pointer, "detail": error.detail() }));
        problem.0.body.insert("errors".to_owned(), list.collect());
        problem
    }

    /// 401 with what is wanted, and what is wrong with a token that was given (RFC 6750, section 3).
    #[cfg(feature = "jwt")]
    pub(crate) fn unauthorized(detail: &str, wrong: Option<&str>) -> Self {
        let mut problem = Self::new(StatusCode::UNAUTHORIZED, detail);
        let asked = match wrong {
            Some(wrong) => format!("Bearer error=\"invalid_token\", error_description=\"{wrong}\""),
            None => "Bearer".to_owned(),
        };
        problem.0.header = HeaderValue::from_str(&asked)
            .ok()
            .map(|value| (WWW_AUTHENTICATE, value));
        problem
    }

    /// 413.
    pub(crate) fn too_large() -> Self {
        let detail = format!("the body is larger than {LARGEST} bytes");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
    }

    /// 405 with the methods that would do.
    pub(crate) fn method(method: &Method, path: &str, allowed: &str) -> Self {
        let detail = format!("{path} does not take {method}, but {allowed}");
        let mut problem = Self::new(StatusCode::METHOD_NOT_ALLOWED, detail);
        problem.0.header = HeaderValue::from_str(allowed).ok().map(|value| (ALLOW, value));
        problem
    }

    /// 503 with the advice to come back.
    pub(crate) fn busy(detail: &str) -> Self {
        let detail = format!("{detail}; nothing was stored, try again in a moment");
        let mut problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, detail);
        problem.0.header = Some((RETRY_AFTER, HeaderValue::from_static("1")));
        problem
    }

    /// A handler did not succeed. Internals stay inside: a client sees only what the author of the handler named.
    pub(crate) fn trouble(trouble: &Trouble) -> Self {
        match trouble {
            Trouble::Failed(failure) => Self::failure(failure),
            Trouble::Panicked(_) => Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "the handler failed; nothing was stored",
            ),
            Trouble::TimedOut(_) => Self::new(
                StatusCode::GATEWAY_TIMEOUT,
                "the handler took too long; nothing was stored",
            ),
            Trouble::Overtaken(_) => {
                Self::busy("other requests changed the same data first, many times in a row")
            }
        }
    }

    fn failure(failure: &Failure) -> Self {
        if failure.is_outside() {
            return Self::new(
                StatusCode::BAD_GATEWAY,
                "a service that is needed for this gave no answer of use; nothing was stored here, try again later",
            );
        }
        let Some(name) = failure.name().filter(|name| !OURS.contains(name)) else {
            return Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "the handler failed; nothing was stored",
            );
        };
        let status = match name {
            Failure::ALREADY_EXISTS => StatusCode::CONFLICT,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let mut problem = Self::new(status, failure.message());
        problem.0.body.insert("failure".to_owned(), json!(name));
        if let Some(fields) = failure.declared() {
            // As calls of services outside expect it: this program may be one to another.
            let fields = fields.as_object().cloned().unwrap_or_default();
            let own = ["type", "title", "status", "detail", "failure"];
            let fields = fields
                .into_iter()
                .filter(|(field, _)| !own.contains(&field.as_str()));
            problem.0.body.extend(fields);
            problem.0.body.insert("fault".to_owned(), json!(name));
        }
        problem
    }

    pub(crate) fn refused(refused: Refused) -> Self {
        match refused {
            Refused::Full => Self::busy("the program has too much to do"),
            Refused::Stopped => Self::busy("the program is stopping"),
            Refused::Unknown => Self::new(StatusCode::INTERNAL_SERVER_ERROR, refused.to_string()),
        }
    }

    pub(crate) fn into_response(self) -> Response<Bytes> {
        let mut response = Response::new(Bytes::from(Value::Object(self.0.body).to_string()));
        *response.status_mut() = self.0.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.extend(self.0.header);
        response
    }
}

fn plural(count: usize, one: &'static str, many: &'static str) -> &'static str {
    if count == 1 { one } else { many }
}
