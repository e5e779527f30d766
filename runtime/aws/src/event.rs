//! What Lambda hands over: a request, a batch of a queue, changes of the outbox, or the input of a handler itself.

use std::sync::Arc;

use aqueduct::clock::{SystemClock, SystemIds};
use aqueduct::edge::Edge;
use aqueduct::external::Http;
use aqueduct::seam::{Ended, Job, Site, Trouble};
use aqueduct::{Body, Delivery, Program, Timestamp};
use aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use aws_lambda_events::event::sqs::SqsEvent;
use lambda_runtime::{Diagnostic, Error, LambdaEvent, service_fn};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::cloud::Cloud;
use crate::engine::Engine;
use crate::queue::Consumer;
use crate::{outbox, queue, request};

/// The name of the publisher, which is no handler of the system.
const OUTBOX: &str = "outbox";

/// One function of the system.
#[derive(Debug)]
pub(crate) struct Function {
    /// `Service.handler`, `Service.store.get` or `outbox`.
    name: String,
    engine: Engine,
    edge: Edge,
}

/// Why an event has no answer: its name is what Step Functions and alarms see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    name: String,
    message: String,
}

impl Fault {
    fn new(name: &str, message: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            message: message.into(),
        }
    }
}

impl From<Fault> for Diagnostic {
    fn from(fault: Fault) -> Self {
        Self {
            error_type: fault.name,
            error_message: fault.message,
        }
    }
}

/// Whether the program's parts fit.
pub(crate) fn check(program: &Program) -> Result<(), Error> {
    Ok(program.check()?)
}

/// Takes events until Lambda ends the process.
pub(crate) async fn serve(function: Arc<Function>) -> Result<(), Error> {
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| {
        let function = Arc::clone(&function);
        // What an event leads to is large, and moved about less in a box.
        Box::pin(async move { function.answer(event.payload, &event.context.request_id).await })
    }))
    .await
}

/// A function knows where those services are that its handler may call, and no others.
fn with_way_out(site: Site) -> Result<Site, Error> {
    let known = site.topology.externals.iter().filter_map(|external| {
        let address = std::env::var(external.variable()).ok()?;
        Some((external.service.clone(), address))
    });
    let known: Vec<_> = known.collect();
    if known.is_empty() {
        return Ok(site);
    }
    Ok(site.calling(Arc::new(Http::new(known)?)))
}

impl Function {
    /// The function that `_HANDLER` names.
    pub(crate) fn new(program: Program, cloud: Cloud) -> Result<Self, Error> {
        let name = std::env::var("_HANDLER").map_err(|_| "Lambda sets _HANDLER, and it is missing")?;
        let site = Site::new(program, Arc::new(SystemClock), Arc::new(SystemIds));
        let site = Arc::new(with_way_out(site)?);
        Ok(Self {
            name,
            edge: Edge::new(&site),
            engine: Engine {
                site,
                cloud,
                traced: std::env::var("AQUEDUCT_TRACE").is_ok_and(|value| value == "1"),
            },
        })
    }

    async fn answer(&self, event: Value, request_id: &str) -> Result<Value, Fault> {
        let source = event.pointer("/Records/0/eventSource").and_then(Value::as_str);
        match source {
            Some("aws:sqs") => {
                let batch: SqsEvent = read(&event)?;
                Ok(queue::handle_all(&self.engine, &self.consumer()?, batch).await)
            }
            Some("aws:dynamodb") if self.name == OUTBOX => {
                Ok(outbox::publish_changed(&self.engine, &read(&event)?).await)
            }
            Some(other) => Err(Fault::new(
                "UnknownEvent",
                format!("{} takes no events of {other}", self.name),
            )),
            None if event.pointer("/requestContext/http").is_some() => {
                let event: ApiGatewayV2httpRequest = read(&event)?;
                let caller = request::caller(&event);
                let (head, body) =
                    request::read(event).map_err(|error| Fault::new("UnknownEvent", error.to_string()))?;
                let site = &self.engine.site;
                Ok(request::write(
                    self.edge.answer(site, &self.engine, caller, &head, body).await,
                ))
            }
            None if self.name == OUTBOX && event.get("sweep").is_some() => outbox::sweep(&self.engine)
                .await
                .map_err(|failure| Fault::new("NotPublished", failure.to_string())),
            None => self.call(event, request_id).await,
        }
    }

    /// The handler called by itself, as Step Functions do: the event is its input, the answer its reply.
    async fn call(&self, event: Value, request_id: &str) -> Result<Value, Fault> {
        let (input, delivery) = called(event, request_id, self.engine.site.clock.now());
        let job = Job {
            handler: self.handler()?,
            body: Body::from_value(input),
            delivery,
            lease: (),
        };
        match self.engine.site.activate(&self.engine, &job, |_| Ok(None)).await {
            Ended::Committed(reply) | Ended::Handled(reply) => match reply.body() {
                Some(body) => {
                    serde_json::from_slice(body).map_err(|error| Fault::new("Failed", error.to_string()))
                }
                None => Ok(Value::Null),
            },
            // Nobody keeps an answer here: there is no key of a client.
            Ended::Answered(_) => Ok(Value::Null),
            Ended::Trouble(trouble) => Err(fault(&trouble)),
            Ended::Refused(refused) => Err(Fault::new("OutcomeUnknown", refused.to_string())),
        }
    }

    /// Who takes the messages of a queue: the saga of this name, or the handler.
    fn consumer(&self) -> Result<Consumer, Fault> {
        let mut sagas = self.engine.site.topology.sagas.iter();
        match sagas.find(|saga| saga.definition.name == self.name) {
            Some(saga) => Ok(Consumer::Saga(Arc::clone(&saga.definition))),
            None => Ok(Consumer::Handler(self.handler()?)),
        }
    }

    fn handler(&self) -> Result<usize, Fault> {
        let unknown = || {
            Fault::new(
                "UnknownEvent",
                format!(
                    "the function {} takes HTTP requests only: it is no handler",
                    self.name
                ),
            )
        };
        self.engine.site.handler(&self.name).ok_or_else(unknown)
    }
}

/// The input of a handler, and where it comes from: a step of a saga says so, in each of its tries the same.
fn called(mut event: Value, request_id: &str, now: Timestamp) -> (Value, Delivery) {
    let text = |of: &Value, name: &str| of["saga"][name].as_str().map(str::to_owned);
    let is_step = event.as_object().is_some_and(|fields| fields.len() == 2);
    match (
        text(&event, "id"),
        text(&event, "correlation"),
        event.get("input"),
    ) {
        (Some(id), Some(correlation), Some(_)) if is_step => {
            let mut delivery = Delivery::first(id, now);
            delivery.correlation_id = correlation;
            (event["input"].take(), delivery)
        }
        _ => (event, Delivery::first(request_id.to_owned(), now)),
    }
}

/// A failure under the name that was declared for it.
fn fault(trouble: &Trouble) -> Fault {
    tracing::warn!(error = %trouble, "failed");
    match trouble {
        Trouble::Failed(failure) => Fault::new(failure.name().unwrap_or("Failed"), failure.message()),
        Trouble::Panicked(_) => Fault::new("Panicked", trouble.to_string()),
        Trouble::TimedOut(_) => Fault::new("Timeout", trouble.to_string()),
        Trouble::Overtaken(_) => Fault::new("Overtaken", trouble.to_string()),
    }
}

fn read<T: DeserializeOwned>(event: &Value) -> Result<T, Fault> {
    // By way of text: from a value serde would hand over large whole numbers as another type.
    serde_json::to_vec(event)
        .and_then(|text| serde_json::from_slice(&text))
        .map_err(|error| Fault::new("UnknownEvent", format!("the event can't be read: {error}")))
}
