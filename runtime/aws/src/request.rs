//! A request of API Gateway as the edge wants it, and its answer on the way back.

use aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Request, Response, Uri, request};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Map, Value, json};

/// What can't stand in the path of an address.
const UNFIT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'%')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'`')
    .add(b'{')
    .add(b'}');

/// A request that can't be read as one.
#[derive(Debug, thiserror::Error)]
#[error("API Gateway's request can't be read: {0}")]
pub(crate) struct Unreadable(String);

/// Whom the gateway's authorizer has identified.
pub(crate) fn caller(event: &ApiGatewayV2httpRequest) -> Option<String> {
    let authorizer = event.request_context.authorizer.as_ref()?;
    authorizer.jwt.as_ref()?.claims.get("sub").cloned()
}

/// Head and body. The stage is no part of the path.
pub(crate) fn read(event: ApiGatewayV2httpRequest) -> Result<(request::Parts, Bytes), Unreadable> {
    let unreadable = |error: &dyn std::fmt::Display| Unreadable(error.to_string());
    let raw = event.raw_path.unwrap_or_default();
    let stage = event
        .request_context
        .stage
        .as_deref()
        .filter(|stage| *stage != "$default");
    let path = stage
        .and_then(|stage| raw.strip_prefix('/')?.strip_prefix(stage))
        .filter(|rest| rest.is_empty() || rest.starts_with('/'))
        .unwrap_or(&raw);
    let path = if path.is_empty() { "/" } else { path };
    // API Gateway hands over paths decoded; what an address can't hold is encoded again.
    let mut target = utf8_percent_encode(path, UNFIT).to_string();
    if let Some(query) = event.raw_query_string.filter(|query| !query.is_empty()) {
        target.push('?');
        target.push_str(&query);
    }
    let uri: Uri = target.parse().map_err(|error| unreadable(&error))?;
    let mut request = Request::builder()
        .method(event.request_context.http.method)
        .uri(uri);
    if let Some(headers) = request.headers_mut() {
        *headers = event.headers;
    }
    let body = event.body.unwrap_or_default();
    let body = if event.is_base64_encoded {
        STANDARD.decode(&body).map_err(|error| unreadable(&error))?
    } else {
        body.into_bytes()
    };
    let (head, ()) = request.body(()).map_err(|error| unreadable(&error))?.into_parts();
    Ok((head, Bytes::from(body)))
}

/// The answer as API Gateway wants it (payload format 2.0).
pub(crate) fn write(response: Response<Bytes>) -> Value {
    let (head, body) = response.into_parts();
    let headers: Map<String, Value> = head
        .headers
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), Value::String(value))
        })
        .collect();
    json!({
        "statusCode": head.status.as_u16(),
        "headers": headers,
        "body": String::from_utf8_lossy(&body),
        "isBase64Encoded": false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(path: &str, stage: &str, body: &str) -> ApiGatewayV2httpRequest {
        let event = json!({
            "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": "a=1&b=%20",
            "headers": { "content-type": "application/json" },
            "requestContext": {
                "stage": stage, "timeEpoch": 0, "http": { "method": "POST", "path": path },
            },
            "body": body, "isBase64Encoded": false,
        });
        serde_json::from_value(event).unwrap()
    }

    #[test]
    fn a_request_is_read_without_its_stage() {
        let (head, body) = read(event("/prod/rides/São Paulo", "prod", "{}")).unwrap();
        assert_eq!(head.uri, "/rides/S%C3%A3o%20Paulo?a=1&b=%20");
        assert_eq!((head.method.as_str(), body.as_ref()), ("POST", b"{}".as_slice()));
        assert_eq!(head.headers["content-type"], "application/json");
        let (head, _) = read(event("/rides", "$default", "")).unwrap();
        assert_eq!(head.uri.path(), "/rides");
        let (head, _) = read(event("/production", "prod", "")).unwrap();
        assert_eq!(head.uri.path(), "/production");
    }
}
