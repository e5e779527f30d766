//! The seam between the engine and a user's handler, boxed once per call.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;

use crate::{Activation, Body, Failure};

/// One declared handler; generated code implements it over the user's trait.
pub trait Handler: Send + Sync + 'static {
    /// Does the work of one input. What it writes and emits through `activation` is committed together with the
    /// acknowledgement of the input when it returns `Ok`, and not at all otherwise.
    fn handle(
        &self,
        input: Body,
        activation: &mut Activation,
    ) -> impl Future<Output = Result<Reply, Failure>> + Send;
}

/// What a handler answers with, as JSON.
#[derive(Debug, Clone, Default)]
pub struct Reply(Option<Bytes>);

impl Reply {
    /// No answer.
    pub fn none() -> Self {
        Self(None)
    }

    /// An answer, serialized once.
    ///
    /// # Errors
    /// When the value cannot be JSON, as a map with keys that are no text.
    pub fn with<T: Serialize + ?Sized>(value: &T) -> Result<Self, Failure> {
        Ok(Self(Some(Bytes::from(serde_json::to_vec(value)?))))
    }

    /// An answer that is JSON already.
    pub(crate) fn from_json(json: Bytes) -> Self {
        Self(Some(json))
    }

    /// The JSON text, if there is an answer.
    pub fn body(&self) -> Option<&Bytes> {
        self.0.as_ref()
    }
}

type Boxed<'a> = Pin<Box<dyn Future<Output = Result<Reply, Failure>> + Send + 'a>>;

trait Dynamic: Send + Sync {
    fn call<'a>(&'a self, input: Body, activation: &'a mut Activation) -> Boxed<'a>;
}

impl<H: Handler> Dynamic for H {
    fn call<'a>(&'a self, input: Body, activation: &'a mut Activation) -> Boxed<'a> {
        Box::pin(self.handle(input, activation))
    }
}

/// A handler of whatever type, shared by everything that calls it.
#[derive(Clone)]
pub(crate) struct AnyHandler(Arc<dyn Dynamic>);

impl AnyHandler {
    pub(crate) fn new(handler: impl Handler) -> Self {
        Self(Arc::new(handler))
    }

    pub(crate) fn call<'a>(&'a self, input: Body, activation: &'a mut Activation) -> Boxed<'a> {
        self.0.call(input, activation)
    }
}

impl fmt::Debug for AnyHandler {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("AnyHandler")
    }
}
