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
    let parts: Vec<_> = parameters
        .iter()
        .map(|(name, text)| canonical(&row.row, name, text))
        .collect();
    let key = RowKey {
        table: row.table.into(),
        key: parts.join("/"),
    };
    let stored = seam.rows().get(&key).await.map_err(|error| {
        tracing::error!(%error, "a row cannot be read");
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the row cannot be read")
    })?;
    let stored = stored.ok_or_else(|| {
        let detail = format!("{} has no row {}", key.table, key.key);
        Problem::new(StatusCode::NOT_FOUND, detail)
    })?;
    let status = StatusCode::from_u16(api.status).unwrap_or(StatusCode::OK);
    Ok(json(status, stored.json))
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
