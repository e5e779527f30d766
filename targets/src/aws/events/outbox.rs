//! What the stream of the outbox hands over.

use aqueduct_compiler::model::{Channel, Id, Model};
use serde_json::{Value, json};

/// The key of an item as the runtime puts it there, for a message on its way to a channel. Nothing waits under it.
pub(super) fn committed(model: &Model, to: Id<Channel>) -> Value {
    let id = format!("{} sample", model.channels[to].label.name);
    changed(&json!({ "id": { "S": id } }))
}

/// An item of another table.
pub(super) fn foreign() -> Value {
    changed(&json!({ "name": { "S": "sample" } }))
}

fn changed(keys: &Value) -> Value {
    json!({ "Records": [{
        "eventID": "sample",
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1",
        "eventSourceARN": "arn:aws:dynamodb:us-east-1:123456789012:table/sample/stream/2027-01-01T00:00:00.000",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_798_804_800,
            "Keys": keys,
            "SequenceNumber": "100000000000000000001",
            "SizeBytes": 64,
            "StreamViewType": "KEYS_ONLY"
        }
    }] })
}
