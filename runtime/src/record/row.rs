//! A row on disk: a version, its revision, then JSON.

use crate::store::{Error, keys};

/// A stored row's revision and JSON.
pub(crate) fn split_row(stored: &[u8]) -> Result<(u64, &[u8]), Error> {
    match stored.split_first_chunk::<9>() {
        Some(([keys::VERSION, revision @ ..], json)) => Ok((u64::from_be_bytes(*revision), json)),
        _ => Err(Error::Damaged {
            what: "row",
            detail: "its version is unknown".to_owned(),
        }),
    }
}

/// The opposite of [`split_row`].
pub(crate) fn join_row(revision: u64, json: &[u8]) -> Vec<u8> {
    let mut stored = Vec::with_capacity(json.len() + 9);
    stored.push(keys::VERSION);
    stored.extend_from_slice(&revision.to_be_bytes());
    stored.extend_from_slice(json);
    stored
}
