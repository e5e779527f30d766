//! What the stream of the outbox hands over.

use aqueduct_compiler::model::{Channel, Id, Model};
use serde_json::{Value, json};

use crate::samples;

/// An item as the runtime puts it there, for a message on its way to a channel.
pub(super) fn committed(model: &Model, to: Id<Channel>) -> Value {
    let (id, channel) = ("0198f2c4-0000-7000-8000-000000000001", &model.channels[to]);
    let envelope = json!({
        "id": id,
        "type": model.types[channel.carries].label.name.as_str(),
        "time": "2027-01-01T12:00:00Z",
        "channel": channel.label.name.as_str(),
        "correlationid": "sample",
        "data": samples::message(model, channel.carries)
    });
    let mut item = json!({
        "pk": { "S": format!("{} {id}", channel.label.name) },
        "sk": { "S": id },
        "message": { "S": envelope.to_string() },
        "expires": { "N": "1800014400" }
    });
    if channel.order.is_some()
        && let Value::Object(fields) = &mut item
    {
        let _ = fields.insert(
            "pk".to_owned(),
            json!({ "S": format!("{} sample", channel.label.name) }),
        );
        let _ = fields.insert("group".to_owned(), json!({ "S": "sample" }));
    }
    inserted(&item)
}

/// An item that something else has put there: without a message.
pub(super) fn foreign() -> Value {
    inserted(&json!({ "pk": { "S": "sample" }, "sk": { "S": "sample" } }))
}

fn inserted(item: &Value) -> Value {
    json!({ "Records": [{
        "eventID": "sample",
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1",
        "eventSourceARN": "arn:aws:dynamodb:us-east-1:123456789012:table/sample/stream/2027-01-01T00:00:00.000",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_798_804_800,
            "Keys": { "pk": item.get("pk"), "sk": item.get("sk") },
            "NewImage": item,
            "SequenceNumber": "100000000000000000001",
            "SizeBytes": 512,
            "StreamViewType": "NEW_IMAGE"
        }
    }] })
}
