//! Events to call each function with by hand, as Lambda would: good ones and bad ones.

mod outbox;

use aqueduct_compiler::model::{Api, ApiTarget, Field, Model, PathSegment, Scalar, Shape};
use serde_json::{Value, json};

use super::grants::{Work, outbox_channels, works};
use crate::samples;

/// Names of files, and what is in them.
pub(super) fn events(model: &Model) -> Vec<(String, Value)> {
    let mut events = Vec::new();
    for work in works(model) {
        let mut add =
            |kind: &str, event: Value| events.push((format!("{}{kind}.json", work.name(model)), event));
        if let Some(api) = work.apis(model).next() {
            add("", request(model, api, &Input::Good));
            if let Some(bad) = bad_request(model, api) {
                add(".bad", request(model, api, &bad));
            }
        }
        if let Some(channel) = work.queue(model) {
            let carries = model.channels[channel].carries;
            let fifo = model.channels[channel].order.is_some();
            let suffix = if work.apis(model).next().is_some() {
                ".message"
            } else {
                ""
            };
            let body = samples::message(model, carries).to_string();
            add(suffix, messages(&[&body], fifo));
            // The first can't be read, the second can: only one may come back.
            add(&format!("{suffix}.bad"), messages(&["no JSON", &body], fifo));
        }
        if work == Work::Publisher {
            let channels = outbox_channels(model).take(1);
            channels.for_each(|channel| add("", outbox::committed(model, channel)));
            add(".bad", outbox::foreign());
        }
    }
    events
}

/// What is sent to an operation.
enum Input {
    /// What it wants.
    Good,
    /// A body that is no JSON.
    Broken,
    /// A key that isn't of its type.
    WrongKey,
}

/// What an operation has to refuse, if there is such a thing.
fn bad_request(model: &Model, api: &Api) -> Option<Input> {
    let typed = |field: &Field| {
        !matches!(
            model.resolve(&field.ty).shape,
            Shape::Scalar(Scalar::String { .. })
        )
    };
    if api.method.has_body() {
        Some(Input::Broken)
    } else {
        let mut parameters = api.path.parameters();
        let refusing = parameters.any(|name| parameter(model, api, name).is_some_and(typed));
        refusing.then_some(Input::WrongKey)
    }
}

/// The field that a parameter of the path fills or looks for.
fn parameter<'a>(model: &'a Model, api: &Api, name: &str) -> Option<&'a Field> {
    let of = match api.target {
        ApiTarget::Handler(handler) => model.handlers[handler].input?,
        ApiTarget::Row(store) => model.stores[store].row,
        ApiTarget::Rows(_)
        | ApiTarget::Channel(_)
        | ApiTarget::Scatter(..)
        | ApiTarget::Saga(..)
        | ApiTarget::Complete(..) => return None,
    };
    model.field(of, name)
}

/// As API Gateway hands over a request, payload format 2.0.
fn request(model: &Model, api: &Api, input: &Input) -> Value {
    let filled = |name: &str| match (input, parameter(model, api, name)) {
        (Input::WrongKey, _) => "-".to_owned(),
        (Input::Good | Input::Broken, Some(field)) => samples::parameter(model, field),
        (Input::Good | Input::Broken, None) => name.to_owned(),
    };
    let path: String = api
        .path
        .segments
        .iter()
        .map(|segment| match segment {
            PathSegment::Literal(text) => format!("/{text}"),
            PathSegment::Parameter(name) => format!("/{}", filled(name)),
        })
        .collect();
    let parameters = api.path.parameters();
    let parameters = parameters.map(|name| (name.to_string(), Value::from(filled(name))));
    let parameters: serde_json::Map<String, Value> = parameters.collect();
    let route = format!("{} {}", api.method.word(), api.path.text);
    let mut event = json!({
        "version": "2.0",
        "routeKey": route,
        "rawPath": path,
        "rawQueryString": "",
        "headers": { "content-type": "application/json", "host": "example.com" },
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "sample",
            "domainName": "example.com",
            "domainPrefix": "sample",
            "http": {
                "method": api.method.word(),
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "sample"
            },
            "requestId": "sample",
            "routeKey": route,
            "stage": "$default",
            "time": "01/Jan/2027:12:00:00 +0000",
            "timeEpoch": 1_798_804_800_000_u64
        },
        "isBase64Encoded": false
    });
    if let Value::Object(fields) = &mut event {
        if !parameters.is_empty() {
            let _ = fields.insert("pathParameters".to_owned(), Value::Object(parameters));
        }
        if let Some(body) = body(model, api, input) {
            let _ = fields.insert("body".to_owned(), Value::from(body));
        }
    }
    event
}

fn body(model: &Model, api: &Api, input: &Input) -> Option<String> {
    let ApiTarget::Handler(handler) = api.target else {
        return None;
    };
    let of = model.handlers[handler].input.filter(|_| api.method.has_body())?;
    Some(match input {
        Input::Good | Input::WrongKey => samples::body(model, api, of).to_string(),
        Input::Broken => "{".to_owned(),
    })
}

/// As Lambda hands over messages of a queue.
fn messages(bodies: &[&str], fifo: bool) -> Value {
    let records = bodies.iter().enumerate().map(|(index, body)| {
        let id = format!("0198f2c4-0000-7000-8000-{:012}", index + 1);
        let mut attributes = json!({
            "ApproximateReceiveCount": "1",
            "SentTimestamp": "1798804800000",
            "SenderId": "sample",
            "ApproximateFirstReceiveTimestamp": "1798804800001"
        });
        if fifo && let Value::Object(fields) = &mut attributes {
            let _ = fields.insert("MessageGroupId".to_owned(), Value::from("sample"));
            let _ = fields.insert("MessageDeduplicationId".to_owned(), Value::from(id.clone()));
            let _ = fields.insert(
                "SequenceNumber".to_owned(),
                Value::from(format!("{:020}", index + 1)),
            );
        }
        json!({
            "messageId": id,
            "receiptHandle": "sample",
            "body": body,
            "attributes": attributes,
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:sample",
            "awsRegion": "us-east-1"
        })
    });
    json!({ "Records": records.collect::<Vec<_>>() })
}
