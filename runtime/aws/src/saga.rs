//! Starts a saga: an execution of its state machine, named after the saga's key, so that there is one for each key.

use aqueduct::saga::definition::Saga;
use aqueduct::{Body, Delivery, Failure, Value};
use aws_sdk_sfn::operation::start_execution::StartExecutionError;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::engine::Engine;

/// As long as the name of an execution may be (Step Functions API Reference, `StartExecution`).
const LONGEST: usize = 80;

/// Whether this message has started it; otherwise one before has.
pub(crate) async fn start(
    engine: &Engine,
    saga: &Saga,
    body: &Body,
    delivery: &Delivery,
) -> Result<bool, Failure> {
    let value = body.value()?;
    let input = json!({
        "data": { saga.input.as_str(): value.as_ref() },
        "meta": { "correlation": delivery.correlation_id, "causation": delivery.message_id },
    });
    let request = engine
        .cloud
        .machines
        .start_execution()
        .state_machine_arn(engine.cloud.machine(&saga.name)?)
        .name(name(saga, &value)?)
        .input(input.to_string());
    match request.send().await {
        Ok(_) => Ok(true),
        Err(error) => match error.as_service_error() {
            Some(StartExecutionError::ExecutionAlreadyExists(_)) => Ok(false),
            _ => Err(error.into()),
        },
    }
}

/// The key if it can be a name, and its digest otherwise.
fn name(saga: &Saga, input: &Value) -> Result<String, Failure> {
    let parts = saga.by.iter().map(|path| {
        let found = path.iter().try_fold(input, |value, field| value.get(field));
        found.filter(|part| !part.is_null()).ok_or_else(|| {
            Failure::named(
                Failure::INVALID_MESSAGE,
                format!(
                    "the message has no {}, by which {} tells its runs apart",
                    path.join("."),
                    saga.name
                ),
            )
        })
    });
    let parts: Vec<&Value> = parts.collect::<Result<_, _>>()?;
    let text = match parts.as_slice() {
        [Value::String(text)] => text.clone(),
        [one] => one.to_string(),
        several => json!(several).to_string(),
    };
    let fits = |text: &str| {
        let mut bytes = text.bytes();
        (1..=LONGEST).contains(&text.len())
            && bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    if fits(&text) {
        return Ok(text);
    }
    Ok(format!("{:x}", Sha256::digest(&text)))
}
