//! HTTP routes: what they accept, which handler or row answers, with which status.

use std::fmt;

use crate::{Message, Shape, Store};

/// An HTTP route.
#[derive(Debug, Clone, PartialEq)]
pub struct Api {
    /// The method.
    pub method: Method,
    /// The path, with parameters in braces: `/rides/{ride_id}`.
    pub path: String,
    /// The handler that answers.
    pub handler: Option<String>,
    /// The table one of whose rows answers.
    pub row: Option<RowAnswer>,
    /// The record that the body, the path's and the query's parameters make together.
    pub accepts: Option<Shape>,
    /// The status of success.
    pub status: u16,
    /// The `Location` of the answer, with fields of the reply or of the input in braces.
    pub location: Option<String>,
    /// Whether only callers with a signed token are let in.
    pub jwt: bool,
}

/// A row as an answer: the path's parameters, in order and joined by `/`, are its key.
#[derive(Debug, Clone, PartialEq)]
pub struct RowAnswer {
    /// `Service.table`.
    pub table: &'static str,
    /// What a row looks like.
    pub row: Shape,
}

/// A method of HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// Reads.
    Get,
    /// Creates or does.
    Post,
    /// Replaces.
    Put,
    /// Changes in part.
    Patch,
    /// Removes.
    Delete,
}

impl Method {
    /// The method in capital letters.
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

impl Api {
    /// `GET path`
    pub fn get(path: &str) -> Self {
        Self::new(Method::Get, path)
    }

    /// `POST path`
    pub fn post(path: &str) -> Self {
        Self::new(Method::Post, path)
    }

    /// `PUT path`
    pub fn put(path: &str) -> Self {
        Self::new(Method::Put, path)
    }

    /// `PATCH path`
    pub fn patch(path: &str) -> Self {
        Self::new(Method::Patch, path)
    }

    /// `DELETE path`
    pub fn delete(path: &str) -> Self {
        Self::new(Method::Delete, path)
    }

    fn new(method: Method, path: &str) -> Self {
        Self {
            method,
            path: path.to_owned(),
            handler: None,
            row: None,
            accepts: None,
            status: 200,
            location: None,
            jwt: false,
        }
    }

    /// The handler that answers, `Service.handler`.
    pub fn handler(mut self, name: &str) -> Self {
        self.handler = Some(name.to_owned());
        self
    }

    /// A row of a table answers; 404 when there is none.
    pub fn row<S: Store>(mut self) -> Self {
        self.row = Some(RowAnswer {
            table: S::NAME,
            row: Shape::of::<S::Row>(),
        });
        self
    }

    /// What the handler takes; every bad field of a request is reported with 400.
    pub fn accepts<M: Message>(mut self) -> Self {
        self.accepts = Some(Shape::of::<M>());
        self
    }

    /// The status of success, 200 unless said otherwise.
    pub fn returns(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// Lets in only who brings a token that the issuer has signed.
    pub fn jwt(mut self) -> Self {
        self.jwt = true;
        self
    }

    /// The `Location` header, like `/rides/{ride_id}`; filled from the reply, then from the input.
    pub fn location(mut self, template: &str) -> Self {
        self.location = Some(template.to_owned());
        self
    }
}
