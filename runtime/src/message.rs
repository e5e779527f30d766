//! Messages and rows as generated code declares them, and a body on its way to a handler.

use std::fmt::Display;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{Failure, Shape};

/// A type that travels: a message, a row, a part of one, or an enum. Generated.
pub trait Message: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The name in the model, also the `type` of the envelope.
    const TYPE: &'static str;

    /// What a valid body looks like.
    fn shape() -> Shape;
}

/// A declared table of a service: a marker type, generated.
pub trait Store: Send + Sync + 'static {
    /// `Service.table`.
    const NAME: &'static str;

    /// What a row is.
    type Row: Message;

    /// What tells rows apart. Its text is the key on disk and in paths, so equal keys print alike.
    type Key: Display + Clone + Send + Sync;

    /// The key of a row.
    fn key(row: &Self::Row) -> Self::Key;
}

/// The body of an input: JSON that was checked against its shape when it came in.
#[derive(Debug, Clone)]
pub struct Body(Form);

#[derive(Debug, Clone)]
enum Form {
    /// As stored, shared between the queues that it went to.
    Text(Bytes),
    /// As read at the edge, after defaults were filled in.
    Value(std::sync::Arc<Value>),
}

impl Body {
    /// Of JSON text; whether it is JSON shows when it is decoded.
    pub fn from_text(text: Bytes) -> Self {
        Self(Form::Text(text))
    }

    /// Of any value, as a test of a handler would give it.
    pub fn from_value(value: Value) -> Self {
        Self(Form::Value(std::sync::Arc::new(value)))
    }

    /// The typed message.
    ///
    /// # Errors
    /// When the JSON is not a `T`; says where.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        let decoded = match &self.0 {
            Form::Text(text) => serde_json::from_slice(text),
            // By way of text: from a value serde would hand over large whole numbers as another type.
            Form::Value(value) => {
                serde_json::to_vec(value.as_ref()).and_then(|text| serde_json::from_slice(&text))
            }
        };
        decoded.map_err(|error| Failure::unreadable(error.to_string()))
    }

    /// The JSON, parsed if it was not.
    pub fn value(&self) -> Result<std::sync::Arc<Value>, Failure> {
        match &self.0 {
            Form::Value(value) => Ok(std::sync::Arc::clone(value)),
            Form::Text(_) => self.decode::<Value>().map(std::sync::Arc::new),
        }
    }
}
