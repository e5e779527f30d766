//! A row as an answer.

use axum::http::StatusCode;
use axum::response::Response;

use super::json;
use super::problem::Problem;
use super::route::Parameters;
use crate::activation::split_row;
use crate::engine::Engine;
use crate::store::{Error, keys};
use crate::topology::{Api, RowAnswer};
use crate::{Shape, Unknown};

pub(super) fn answer(
    engine: &Engine,
    api: &Api,
    row: &RowAnswer,
    parameters: &Parameters,
) -> Result<Response, Problem> {
    let parts: Vec<_> = parameters
        .iter()
        .map(|(name, text)| canonical(&row.row, name, text))
        .collect();
    let key = parts.join("/");
    let missing = || Problem::new(StatusCode::NOT_FOUND, format!("{} has no row {key}", row.table));
    let stored = read(engine, &keys::row(&row.table, &key)).map_err(|error| {
        tracing::error!(%error, "a row cannot be read");
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the row cannot be read")
    })?;
    let body = stored.ok_or_else(missing)?;
    Ok(json(
        StatusCode::from_u16(api.status).unwrap_or(StatusCode::OK),
        body,
    ))
}

fn read(engine: &Engine, key: &[u8]) -> Result<Option<Vec<u8>>, Error> {
    let Some(mut stored) = engine.storage.snapshot()?.get(key)? else {
        return Ok(None);
    };
    let (_, json) = split_row(&stored)?;
    let head = stored.len() - json.len();
    Ok(Some(stored.split_off(head)))
}

/// A part of a key as it was written: an id in capitals is the same id.
fn canonical(row: &Shape, name: &str, text: &str) -> String {
    let field = row.fields().iter().find(|field| field.name() == name);
    let checked = field.and_then(|field| {
        field
            .shape()
            .check(&field.shape().reading(text), Unknown::Refuse)
            .ok()
    });
    checked
        .as_ref()
        .and_then(serde_json::Value::as_str)
        .unwrap_or(text)
        .to_owned()
}
