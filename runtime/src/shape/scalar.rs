//! Checks of single values: each is silent or has a complaint.

use aqueduct_expr::exact;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use serde_json::Value;
use uuid::Uuid;

use super::limits::{Complaint, Limits};
use super::{Kind, Shape};

type Checked = Result<(), Complaint>;

/// The largest whole number that every JSON reader keeps exact.
const WIDEST: i64 = 1 << 53;

/// Checks a value of a kind that has no parts.
pub(super) fn check(shape: &Shape, value: &Value) -> Checked {
    let limits = &shape.limits;
    match &shape.kind {
        Kind::Bool => bool(value),
        Kind::Int => int(value, limits),
        Kind::Float => float(value, limits),
        Kind::Decimal => decimal(value, limits),
        Kind::Text => text(value, limits),
        Kind::Uuid => uuid(value),
        Kind::Instant => instant(value),
        Kind::Duration => duration(value),
        Kind::Bytes => bytes(value, limits),
        Kind::Choice { values, .. } => choice(value, values),
        // The rest has parts, which are checked one by one.
        Kind::Any | Kind::List(_) | Kind::Map(_) | Kind::Record { .. } | Kind::OneOf(_) | Kind::Named(_) => {
            Ok(())
        }
    }
}

/// A value that was checked, in its one form: ids in lower case with hyphens.
pub(super) fn canonical(shape: &Shape, value: &Value) -> Value {
    match (&shape.kind, value) {
        (Kind::Uuid, Value::String(text)) => {
            Value::String(Uuid::try_parse(text).map_or_else(|_| text.clone(), |uuid| uuid.to_string()))
        }
        _ => value.clone(),
    }
}

fn bool(value: &Value) -> Checked {
    match value {
        Value::Bool(_) => Ok(()),
        other => Err(wrong(other, "true or false")),
    }
}

fn int(value: &Value, limits: &Limits) -> Checked {
    let expected = "a whole number";
    let Value::Number(number) = value else {
        return Err(wrong(value, expected));
    };
    let Some(whole) = number.as_i64() else {
        return Err((format!("is {number}"), expected.to_owned()));
    };
    if !(-WIDEST..=WIDEST).contains(&whole) {
        return Err((format!("is {number}"), "a whole number within ±2^53".to_owned()));
    }
    limits.number(Decimal::from(whole)).map_or(Ok(()), Err)
}

fn float(value: &Value, limits: &Limits) -> Checked {
    let Value::Number(number) = value else {
        return Err(wrong(value, "a number"));
    };
    match number.as_f64() {
        Some(float) if float.is_finite() => exact(number)
            .and_then(|number| limits.number(number))
            .map_or(Ok(()), Err),
        _ => Err((
            format!("is {number}"),
            "a number that a 64-bit float can hold".to_owned(),
        )),
    }
}

fn decimal(value: &Value, limits: &Limits) -> Checked {
    let Value::Number(number) = value else {
        return Err(wrong(value, "a number"));
    };
    match exact(number) {
        Some(exact) => limits.number(exact).map_or(Ok(()), Err),
        None => Err((format!("is {number}"), "a number of at most 28 digits".to_owned())),
    }
}

fn text(value: &Value, limits: &Limits) -> Checked {
    let Value::String(text) = value else {
        return Err(wrong(value, "text"));
    };
    let complaint = limits
        .length
        .and_then(|_| limits.length(text.chars().count(), "characters"));
    complaint.or_else(|| limits.pattern(text)).map_or(Ok(()), Err)
}

fn uuid(value: &Value) -> Checked {
    let expected = "a uuid like 0190163d-8694-739b-aea5-966c26f8ad91";
    let Value::String(text) = value else {
        return Err(wrong(value, expected));
    };
    match Uuid::try_parse(text) {
        Ok(_) => Ok(()),
        Err(_) => Err(("is no uuid".to_owned(), expected.to_owned())),
    }
}

fn instant(value: &Value) -> Checked {
    let expected = "an instant with zone like 2026-01-31T09:00:00Z";
    let Value::String(text) = value else {
        return Err(wrong(value, expected));
    };
    match text.parse::<Timestamp>() {
        Ok(_) => Ok(()),
        Err(_) => Err(("is no instant".to_owned(), expected.to_owned())),
    }
}

fn duration(value: &Value) -> Checked {
    let expected = "a duration like PT30S";
    let Value::String(text) = value else {
        return Err(wrong(value, expected));
    };
    match text.parse::<SignedDuration>() {
        Ok(_) if text.trim_start_matches(['-', '+']).starts_with(['P', 'p']) => Ok(()),
        _ => Err(("is no duration".to_owned(), expected.to_owned())),
    }
}

fn bytes(value: &Value, limits: &Limits) -> Checked {
    let Value::String(text) = value else {
        return Err(wrong(value, "base64 text"));
    };
    match STANDARD.decode(text) {
        Ok(bytes) => limits.length(bytes.len(), "bytes").map_or(Ok(()), Err),
        Err(_) => Err(("is not base64".to_owned(), "base64 text with padding".to_owned())),
    }
}

fn choice(value: &Value, values: &[String]) -> Checked {
    let expected = || format!("one of {}", values.join(", "));
    let Value::String(text) = value else {
        return Err(wrong(value, &expected()));
    };
    match values.contains(text) {
        true => Ok(()),
        false => Err((format!("is {}", shown(text)), expected())),
    }
}

/// A complaint about the type of a value.
pub(super) fn wrong(value: &Value, expected: &str) -> Complaint {
    let found = match value {
        Value::Null => "is null",
        Value::Bool(_) => "is a truth value",
        Value::Number(_) => "is a number",
        Value::String(_) => "is text",
        Value::Array(_) => "is a list",
        Value::Object(_) => "is an object",
    };
    (found.to_owned(), expected.to_owned())
}

/// A client's text in quotes, cut when it is long.
fn shown(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((cut, _)) => format!("{:?}…", &text[..cut]),
        None => format!("{text:?}"),
    }
}
