//! Calls of services that somebody else runs: a key for each, so that a repeated call is recognised over there.
//!
//! `POST {address}/{handler}` with JSON and an `Idempotency-Key`. A 2xx is the reply; a 422 whose problem names a
//! declared `fault` is a no; 429 and 503 ask for patience; after everything else nobody knows what was done.

mod answer;
mod breaker;
mod call;
mod calls;
#[cfg(feature = "calls")]
mod http;
mod scripted;

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;

pub use call::Call;
pub(crate) use calls::{Caller, Calls};
#[cfg(feature = "calls")]
pub use http::Http;
pub(crate) use scripted::Scripted;

/// Takes requests to services outside and brings their answers back.
pub trait Transport: Send + Sync + fmt::Debug {
    /// Asks, and gives up when the future is dropped.
    fn ask<'a>(&'a self, question: &'a Question<'a>) -> Asking<'a>;
}

/// An answer on its way; boxed, because transports are of different kinds.
pub type Asking<'a> = Pin<Box<dyn Future<Output = Result<Answer, Unanswered>> + Send + 'a>>;

/// What is asked of whom.
#[derive(Debug)]
pub struct Question<'a> {
    /// The service.
    pub service: &'a str,
    /// Its handler.
    pub handler: &'a str,
    /// The same for each repetition of one call.
    pub key: &'a str,
    /// JSON.
    pub body: &'a Bytes,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status of HTTP.
    pub status: u16,
    /// JSON, or nothing.
    pub body: Bytes,
}

/// Nothing came back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unanswered(pub String);

/// For a program that has no way out.
#[derive(Debug)]
pub(crate) struct Nowhere;

impl Transport for Nowhere {
    fn ask<'a>(&'a self, question: &'a Question<'a>) -> Asking<'a> {
        let service = question.service;
        let message = format!("this program has no way to {service}: it was built without feature `calls`");
        Box::pin(async move { Err(Unanswered(message)) })
    }
}
