//! A row as an answer.

use bytes::Bytes;
use http::{Response, StatusCode};

use super::json;
use super::problem::Problem;
use super::route::Parameters;
use crate::seam::{RowKey, Seam};
use crate::topology::{Api, RowAnswer};
use crate::{Shape, Unknown};

pub(super) async fn answer(
    seam: &impl Seam,
    api: &Api,
    row: &RowAnswer,
    parameters: &Parameters,
) -> Result<Response<Bytes>, Problem> {
    let given = parameters
        .iter()
        .map(|(_, text)| text.as_str())
        .collect::<Vec<_>>();
    let missing = || {
        let detail = format!("{} has no row {}", row.table, given.join("/"));
        Problem::new(StatusCode::NOT_FOUND, detail)
    };
    let parts = parameters
        .iter()
        .map(|(name, text)| canonical(&row.row, name, text));
    let parts: Option<Vec<String>> = parts.collect();
    let key = RowKey {
        table: row.table.into(),
        key: parts.ok_or_else(missing)?.join("/"),
    };
    let stored = seam.rows().get(&key).await.map_err(|error| {
        tracing::error!(%error, "a row cannot be read");
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the row cannot be read")
    })?;
    let stored = stored.ok_or_else(missing)?;
    let status = StatusCode::from_u16(api.status).unwrap_or(StatusCode::OK);
    Ok(json(status, stored.json))
}

/// A part of a key as it is kept: an id in capitals is the same id. `None` when no row can have it.
fn canonical(row: &Shape, name: &str, text: &str) -> Option<String> {
    let Some(field) = row.fields().iter().find(|field| field.name() == name) else {
        return Some(text.to_owned());
    };
    let shape = field.shape();
    let value = shape.check(&shape.reading(text), Unknown::Refuse).ok()?;
    Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}
