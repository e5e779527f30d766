//! What is kept for a while: inbox keys and stored answers. A version, the instant it may go, then any bytes.

use crate::store::{Error, keys};

/// A kept value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept<'a> {
    /// Until when, in microseconds since 1970; `u64::MAX` for ever.
    pub(crate) until: u64,
    /// What is kept.
    pub(crate) value: &'a [u8],
}

impl<'a> Kept<'a> {
    pub(crate) fn write(&self) -> Vec<u8> {
        let mut stored = Vec::with_capacity(self.value.len() + 9);
        stored.push(keys::VERSION);
        stored.extend_from_slice(&self.until.to_be_bytes());
        stored.extend_from_slice(self.value);
        stored
    }

    pub(crate) fn read(stored: &'a [u8]) -> Result<Self, Error> {
        match stored.split_first_chunk::<9>() {
            Some(([keys::VERSION, until @ ..], value)) => Ok(Self {
                until: u64::from_be_bytes(*until),
                value,
            }),
            _ => Err(Error::Damaged {
                what: "kept answer",
                detail: "its version is unknown".to_owned(),
            }),
        }
    }

    /// Whether it still counts.
    pub(crate) fn holds(&self, now: u64) -> bool {
        now < self.until
    }
}
