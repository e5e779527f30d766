//! HTTP without a server: requests in, checked against the topology; answers out, after their effects are on disk.
//!
//! The embedded engine puts it behind a listener, a Lambda function behind API Gateway: both answer the same.

mod answer;
#[cfg(feature = "jwt")]
pub(crate) mod auth;
mod call;
mod input;
mod problem;
mod route;
mod row;

use std::future::Future;

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, request};

use crate::seam::{Seam, Site};
use call::Asked;
pub(crate) use problem::Problem;
use route::{Found, Routes};

/// How large a body may be, in bytes.
pub const LARGEST: usize = 256 << 10;

/// The HTTP operations of a topology.
#[derive(Debug)]
pub struct Edge {
    routes: Routes,
    /// Whose tokens are good, where it is this program that checks them and no gateway in front of it.
    #[cfg(feature = "jwt")]
    tokens: Option<auth::Tokens>,
}

impl Edge {
    /// Of everything that a site declares.
    pub fn new(site: &Site) -> Self {
        Self {
            routes: Routes::new(&site.topology),
            #[cfg(feature = "jwt")]
            tokens: None,
        }
    }

    /// Checks the tokens of callers itself.
    #[cfg(feature = "jwt")]
    pub(crate) fn believing(self, tokens: Option<auth::Tokens>) -> Self {
        Self { tokens, ..self }
    }

    /// Answers a request whose body is there already, of a caller whom a gateway has identified.
    pub async fn answer(
        &self,
        site: &Site,
        seam: &impl Seam,
        caller: Option<String>,
        head: &request::Parts,
        body: Bytes,
    ) -> Response<Bytes> {
        let body = std::future::ready(if body.len() > LARGEST {
            Err(Problem::too_large())
        } else {
            Ok(body)
        });
        self.serve(site, seam, caller, head, body)
            .await
            .unwrap_or_else(Problem::into_response)
    }

    /// Answers a request; its body is read only if something wants it.
    pub(crate) async fn serve(
        &self,
        site: &Site,
        seam: &impl Seam,
        caller: Option<String>,
        head: &request::Parts,
        body: impl Future<Output = Result<Bytes, Problem>> + Send,
    ) -> Result<Response<Bytes>, Problem> {
        let path = head.uri.path();
        let nothing = || Problem::new(StatusCode::NOT_FOUND, format!("there is nothing at {path}"));
        match self.routes.find(head.method.as_str(), path) {
            Found::Nothing => Err(nothing()),
            Found::OtherMethods(allowed) => Err(Problem::method(&head.method, path, &allowed)),
            Found::Api { index, parameters } => {
                let api = site.topology.apis.get(index).ok_or_else(nothing)?;
                #[cfg(feature = "jwt")]
                let caller = match self.tokens.as_ref().filter(|_| api.jwt) {
                    Some(tokens) => tokens.check(&head.headers)?,
                    None => caller,
                };
                let asked = Asked {
                    api,
                    head,
                    parameters: &parameters,
                    caller: caller.as_deref(),
                };
                match &api.row {
                    Some(row) => row::answer(seam, api, row, &parameters).await,
                    None => call::answer(site, seam, &asked, body).await,
                }
            }
        }
    }
}

/// A response with a JSON body.
fn json(status: StatusCode, body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let value = HeaderValue::from_static("application/json");
    let _ = response.headers_mut().insert(http::header::CONTENT_TYPE, value);
    response
}
