//! The input of a handler, put together from body, path and query, and checked as a whole.

use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::call::Asked;
use super::problem::Problem;
use super::route::Parameters;
use crate::seam::Site;
use crate::shape::{Minting, check_with};
use crate::topology::{Api, Method};
use crate::{FieldError, Shape, Unknown};

/// The checked input.
pub(super) fn input(site: &Site, asked: &Asked<'_>, body: &[u8]) -> Result<Value, Problem> {
    let Asked {
        api,
        head,
        parameters,
        ..
    } = *asked;
    let bodied = !matches!(api.method, Method::Get | Method::Delete) || !body.is_empty();
    let mut given = if bodied {
        parse(&head.headers, body)?
    } else {
        query(api, head.uri.query().unwrap_or(""))
    };
    let mut errors = Vec::new();
    if let Value::Object(fields) = &mut given {
        bind(fields, api.accepts.as_ref(), parameters, &mut errors);
    }
    let minting = Minting {
        ids: site.ids.as_ref(),
        clock: site.clock.as_ref(),
    };
    let checked = match &api.accepts {
        Some(shape) => check_with(shape, &given, Unknown::Refuse, minting),
        None => Ok(given),
    };
    match checked {
        Ok(value) if errors.is_empty() => Ok(value),
        Ok(_) => Err(Problem::invalid(&errors)),
        Err(more) => Err(Problem::invalid(&[errors, more].concat())),
    }
}

fn parse(headers: &HeaderMap, body: &[u8]) -> Result<Value, Problem> {
    if body.is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or("");
    let kind = kind.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    if kind != "application/json" && !(kind.starts_with("application/") && kind.ends_with("+json")) {
        let given = if kind.is_empty() {
            "nothing".to_owned()
        } else {
            kind
        };
        let detail = format!("the body must be JSON: send Content-Type: application/json instead of {given}");
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
    }
    serde_json::from_slice(body).map_err(|error| {
        let problem = format!("is not JSON: {error}");
        Problem::invalid(&[FieldError {
            pointer: String::new(),
            problem,
            expected: "one JSON value".to_owned(),
        }])
    })
}

/// The query as an object, each value as its field's shape would want it.
fn query(api: &Api, query: &str) -> Value {
    let mut fields = Map::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let decode = |text: &str| {
            percent_decode_str(&text.replace('+', " "))
                .decode_utf8_lossy()
                .into_owned()
        };
        let name = decode(name);
        let value = typed(api.accepts.as_ref(), &name, &decode(value));
        fields.insert(name, value);
    }
    Value::Object(fields)
}

/// Puts the parameters of the path into the input; a body that says otherwise is wrong.
fn bind(
    fields: &mut Map<String, Value>,
    shape: Option<&Shape>,
    parameters: &Parameters,
    errors: &mut Vec<FieldError>,
) {
    for (name, text) in parameters {
        let value = typed(shape, name, text);
        match fields.get(name) {
            Some(given) if *given != value => errors.push(FieldError {
                pointer: format!("/{name}"),
                problem: "differs from the path".to_owned(),
                expected: format!("{value}, or nothing"),
            }),
            _ => {
                fields.insert(name.clone(), value);
            }
        }
    }
}

fn typed(shape: Option<&Shape>, name: &str, text: &str) -> Value {
    let field = shape.and_then(|shape| shape.fields().iter().find(|field| field.name() == name));
    field.map_or_else(
        || Value::String(text.to_owned()),
        |field| field.shape().reading(text),
    )
}
