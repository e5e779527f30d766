//! Calls of extern services: a constant for each `calls` line, and the method of the context that uses it.

use aqueduct_compiler::model::{Call, Handler, Model, Retry, Service, Setting};

use super::docs;
use super::service::MethodView;
use super::wiring::duration;
use crate::rust::layout::{Code, call, text};
use crate::rust::names::{literal, snake, type_name};

/// How a call is made, as a constant.
pub(super) struct CallView {
    pub(super) docs: String,
    pub(super) line: String,
}

/// The constants of a service, each once.
pub(super) fn constants(model: &Model, service: &Service) -> Vec<CallView> {
    let handlers = service.handlers.iter().map(|id| &model.handlers[*id]);
    let views = handlers.flat_map(|handler| {
        handler.calls.iter().map(|called| {
            let name = constant(model, handler, called);
            let start = format!("const {name}: Call = ");
            let how = how(model, called);
            let alone = how.clone().lay(4, ";".len());
            let beside = how.lay(0, start.len() + ";".len());
            // As rustfmt does: on the same line, on the next one, or one argument a line.
            let line = match (beside.contains('\n'), alone.contains('\n')) {
                (true, false) => format!("{}\n    {alone};", start.trim_end()),
                _ => format!("{start}{beside};"),
            };
            CallView {
                docs: docs(
                    &[format!(
                        "How `{}` calls `{}`.",
                        handler.label.name,
                        model.handler_name(called.handler)
                    )],
                    0,
                ),
                line,
            }
        })
    });
    views.collect()
}

/// `AUTHORIZE_CALLS_CARD_GATEWAY_AUTHORIZE`
fn constant(model: &Model, handler: &Handler, called: &Call) -> String {
    let (own, other) = (&handler.label.name, model.handler_name(called.handler));
    let other = other.replace('.', "_");
    let words = format!("{}_calls_{}", snake(own), snake(&other)).replace("r#", "");
    words.to_uppercase()
}

fn how(model: &Model, called: &Call) -> Code {
    let other = &model.handlers[called.handler];
    let service = &model.services[other.service].label.name;
    let mut code = call(
        "Call::new",
        [
            text(literal(service)),
            text(literal(&other.label.name)),
            duration(called.timeout),
        ],
    );
    let Retry {
        count,
        backoff,
        cap,
        on,
        ..
    } = &called.retry;
    if let Some(count) = count.filter(|count| *count > 0) {
        let milliseconds = |value: u64| duration(Setting::default_of(value));
        let percent = crate::saga::percent(&called.retry);
        code = code.then(
            "retry",
            [
                text(count.to_string()),
                milliseconds(*backoff),
                text(percent.to_string()),
                milliseconds(*cap),
            ],
        );
        if !on.is_empty() {
            let names = on
                .iter()
                .map(|fault| text(literal(&model.types[*fault].label.name)));
            let names = Code::Array(names.collect()).lay(0, 0);
            code = code.then("on", [text(format!("&{names}"))]);
        }
    }
    if let Some(breaker) = called.breaker {
        let within = duration(Setting::default_of(breaker.within));
        code = code.then("breaker", [text(breaker.failures.to_string()), within]);
    }
    match called.bulkhead {
        Some(most) => code.then("bulkhead", [text(most.value.to_string())]),
        None => code,
    }
}

/// `cx.call_authorize(&input)`
pub(super) fn method(model: &Model, handler: &Handler, called: &Call) -> MethodView {
    let other = &model.handlers[called.handler];
    let same = |one: &&Call| model.handlers[one.handler].label.name == other.label.name;
    let service = &model.services[other.service].label.name;
    let mut name = format!("call_{}", snake(&other.label.name).trim_start_matches("r#"));
    if handler.calls.iter().filter(same).count() > 1 {
        name = format!("{name}_of_{}", snake(service).trim_start_matches("r#"));
    }
    let reply = other
        .reply
        .map_or_else(|| "()".to_owned(), |reply| type_name(model, reply));
    let (input, argument) = match other.input {
        Some(input) => (format!("input: &{}", type_name(model, input)), "input"),
        None => (String::new(), "&()"),
    };
    let parameters: Vec<&str> = ["&mut self", &input]
        .into_iter()
        .filter(|one| !one.is_empty())
        .collect();
    let flat = format!(
        "    pub async fn {name}({}) -> Result<{reply}, Failure> {{",
        parameters.join(", ")
    );
    let faults: Vec<String> = other
        .fails
        .iter()
        .map(|(fault, _)| format!("`{}`", model.types[*fault].label.name))
        .collect();
    let mut lines = vec![format!("Calls `{}`.", model.handler_name(called.handler))];
    lines.push(String::new());
    lines.push("# Errors".to_owned());
    if !faults.is_empty() {
        lines.push(format!(
            "{}: it says no, and has done nothing.",
            faults.join(", ")
        ));
    }
    lines.push(
        "`Timeout`, `Throttled`, `CircuitOpen` or `Unavailable`: nobody knows what it has done.".to_owned(),
    );
    let method = if other.reply.is_some() { "call" } else { "tell" };
    let body = format!(
        "self.activation.{method}(&{}, {argument}).await",
        constant(model, handler, called)
    );
    MethodView {
        docs: docs(&lines, 4),
        signature: if flat.len() <= 100 {
            flat
        } else {
            format!(
                "    pub async fn {name}(\n        {},\n    ) -> Result<{reply}, Failure> {{",
                parameters.join(",\n        ")
            )
        },
        // As wide as rustfmt lets a chain be.
        body: if body.len() <= 60 {
            body
        } else {
            format!(
                "self.activation\n            .{method}(&{}, {argument})\n            .await",
                constant(model, handler, called)
            )
        },
    }
}
