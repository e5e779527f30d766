//! The way out: HTTP/1.1 with connections that are kept, TLS where the address says so.

use std::collections::HashMap;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName};
use http::{HeaderValue, Request, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::{Answer, Asking, Question, Transport, Unanswered};

/// How long an answer may be, in bytes.
const LARGEST: usize = 1 << 20;

/// Services and where they are.
#[derive(Debug)]
pub struct Http {
    plain: Client<HttpConnector, Full<Bytes>>,
    secure: Option<Client<HttpsConnector<HttpConnector>, Full<Bytes>>>,
    /// By service, without a slash at the end.
    addresses: HashMap<String, String>,
}

impl Http {
    /// From services to their addresses, like `http://127.0.0.1:9000/gateway`.
    ///
    /// # Errors
    /// Says which address can't be one, or why nobody could be trusted.
    pub fn new(addresses: impl IntoIterator<Item = (String, String)>) -> Result<Self, String> {
        let mut known = HashMap::new();
        let mut secure = None;
        for (service, address) in addresses {
            let trimmed = address.trim_end_matches('/').to_owned();
            let uri: Result<Uri, _> = trimmed.parse();
            let scheme = uri.ok().and_then(|uri| {
                uri.authority()
                    .is_some()
                    .then(|| uri.scheme_str().map(str::to_owned))?
            });
            match scheme.as_deref() {
                Some("http") => {}
                Some("https") if secure.is_some() => {}
                Some("https") => secure = Some(trusting()?),
                _ => {
                    return Err(format!(
                        "the address of {service} is {address:?}, expected one like https://gateway.example/v1"
                    ));
                }
            }
            known.insert(service, trimmed);
        }
        Ok(Self {
            plain: Client::builder(TokioExecutor::new())
                .pool_timer(TokioTimer::new())
                .build(HttpConnector::new()),
            secure,
            addresses: known,
        })
    }

    async fn post(&self, question: &Question<'_>) -> Result<Answer, String> {
        let Question { service, handler, .. } = question;
        let address = self.addresses.get(*service);
        let address = address.ok_or_else(|| format!("nobody said where {service} is"))?;
        let mut request = Request::post(format!("{address}/{handler}"))
            .body(Full::new(question.body.clone()))
            .map_err(|error| error.to_string())?;
        let headers = request.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let key = HeaderValue::from_str(question.key).map_err(|error| error.to_string())?;
        headers.insert(HeaderName::from_static("idempotency-key"), key);
        let answering = match &self.secure {
            Some(secure) if address.starts_with("https") => secure.request(request),
            _ => self.plain.request(request),
        };
        let answer = answering.await.map_err(|error| told(&error))?;
        let status = answer.status().as_u16();
        let body = Limited::new(answer.into_body(), LARGEST).collect().await;
        let body = body.map_err(|error| error.to_string())?.to_bytes();
        Ok(Answer { status, body })
    }
}

impl Transport for Http {
    fn ask<'a>(&'a self, question: &'a Question<'a>) -> Asking<'a> {
        Box::pin(async move { self.post(question).await.map_err(Unanswered) })
    }
}

/// A client that trusts whom this machine trusts.
fn trusting() -> Result<Client<HttpsConnector<HttpConnector>, Full<Bytes>>, String> {
    let connector = HttpsConnectorBuilder::new()
        .with_native_roots()
        .map_err(|error| format!("this machine has no certificates to trust: {error}"))?
        .https_only()
        .enable_http1()
        .build();
    Ok(Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .build(connector))
}

/// An error with its causes: the outermost says only that it didn't work.
fn told(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        source = inner.source();
    }
    text
}
