//! `system/src/wiring.rs`: the topology as data, and the program that joins it with the handlers.

mod adapter;

use std::collections::BTreeSet;

use aqueduct_compiler::check::Checked;
use aqueduct_compiler::model::{
    Api, ApiTarget, Auth, Channel, ChannelKind, Handler, Id, Method, Model, Repetition, Route, Saga, Service,
    Setting, Store,
};
use askama::Template;
use smol_str::SmolStr;

use super::service::use_line;
use super::{Inputs, predicate};
use crate::Origin;
use crate::rust::layout::{Code, call, text};
use crate::rust::names::{literal, service_name, snake, store_name, type_name};
use adapter::AdapterView;

#[derive(Template)]
#[template(path = "project/system/src/wiring.rs", escape = "none")]
pub(super) struct Wiring {
    header: String,
    system: String,
    uses: Vec<String>,
    duration: bool,
    topology: String,
    services: Vec<ServiceView>,
    services_head: String,
    program: String,
    bounds: Vec<String>,
    adapters: Vec<AdapterView>,
    registrations: Vec<String>,
}

struct ServiceView {
    field: String,
    name: String,
    /// Whether it has handlers.
    works: bool,
}

impl Wiring {
    pub(super) fn of(checked: Checked<'_>, inputs: Inputs, origin: &Origin) -> Self {
        let model = checked.model();
        let topology = topology(model);
        let services: Vec<ServiceView> = model
            .own_services()
            .map(|(id, service)| ServiceView {
                field: snake(&service.label.name),
                name: service_name(model, id),
                works: !service.handlers.is_empty(),
            })
            .collect();
        let names: Vec<String> = services.iter().map(|service| service.name.clone()).collect();
        let laid = format!("    {}", topology.lay(4, 0));
        Self {
            header: origin.header(),
            system: model.name.to_string(),
            uses: uses(model, &laid),
            duration: laid.contains("Duration::"),
            topology: laid,
            program: program_signature(&names),
            services_head: format!(
                "pub struct Services{} {{",
                generics(&names, 0, "pub struct Services {".len())
            ),
            bounds: names
                .iter()
                .map(|name| format!("{name}: services::{name},"))
                .collect(),
            adapters: model
                .own_handlers()
                .map(|id| AdapterView::of(model, id, inputs))
                .collect(),
            registrations: model
                .own_handlers()
                .map(|id| adapter::registration(model, id))
                .collect(),
            services,
        }
    }
}

fn program_signature(names: &[String]) -> String {
    let list = names.join(", ");
    let flat = format!("pub fn program<{list}>(services: Services<{list}>) -> Program");
    if flat.len() <= 100 {
        return flat;
    }
    let (head, inner) = (
        generics(names, 0, "pub fn program(".len()),
        generics(names, 4, "    services: Services,".len()),
    );
    format!("pub fn program{head}(\n    services: Services{inner},\n) -> Program")
}

/// `<A, B>`, one below the other when the line would be too long.
fn generics(names: &[String], indent: usize, beside: usize) -> String {
    let flat = format!("<{}>", names.join(", "));
    if flat.len() + beside <= 100 {
        return flat;
    }
    let blank = " ".repeat(indent);
    let lines: String = names.iter().map(|name| format!("{blank}    {name},\n")).collect();
    format!("<\n{lines}{blank}>")
}

fn uses(model: &Model, topology: &str) -> Vec<String> {
    let mut runtime: BTreeSet<String> = ["Program", "Topology"].map(str::to_owned).into();
    for word in [
        "Api",
        "ExternalSpec",
        "HandlerSpec",
        "Queue",
        "Route",
        "SagaSpec",
        "TableSpec",
        "Topic",
    ] {
        if topology.contains(&format!("{word}::")) {
            let _ = runtime.insert(word.to_owned());
        }
    }
    if !model.handlers.is_empty() {
        runtime.extend(["Activation", "Body", "Failure", "Handler", "Reply"].map(str::to_owned));
    }
    let mut lines = Vec::new();
    let words = predicate::imports(topology);
    if !words.is_empty() {
        let words: Vec<String> = words.into_iter().map(str::to_owned).collect();
        lines.push(use_line("aqueduct::expr", &words));
    }
    lines.push(use_line("aqueduct", &runtime.into_iter().collect::<Vec<_>>()));
    lines.push(String::new());
    let mut messages: BTreeSet<String> = BTreeSet::new();
    messages.extend(
        model
            .channels
            .values()
            .map(|channel| type_name(model, channel.carries)),
    );
    for api in model.apis.values() {
        if let ApiTarget::Handler(handler) = api.target {
            messages.extend(model.handlers[handler].input.map(|input| type_name(model, input)));
        }
    }
    if !messages.is_empty() {
        lines.push(use_line(
            "crate::messages",
            &messages.into_iter().collect::<Vec<_>>(),
        ));
    }
    lines.push("use crate::services;".to_owned());
    lines
}

fn topology(model: &Model) -> Code {
    let mut code = call("Topology::new", [text(literal(&model.name))]);
    for channel in model.channels.values() {
        code = match &channel.kind {
            ChannelKind::Topic => code.then("topic", [carrying(model, "Topic::new", channel)]),
            ChannelKind::Bus | ChannelKind::Stream => code,
            ChannelKind::Queue {
                dead_letter,
                retain,
                // A message is in hand for as long as its handler runs, so nobody has to be told how long.
                visibility: _,
            } => {
                let mut queue = carrying(model, "Queue::new", channel)
                    .then("dead_letter_after", [text(dead_letter.after.value.to_string())]);
                if let Some((to, _)) = dead_letter.to {
                    queue = queue.then("dead_letter_to", [text(literal(&model.channels[to].label.name))]);
                }
                if let Some(retain) = retain {
                    queue = queue.then("retain", [duration(*retain)]);
                }
                code.then("queue", [queue])
            }
        };
    }
    for route in model.routes.values() {
        code = code.then("route", [route_code(model, route)]);
    }
    for id in model.stores.ids() {
        code = code.then(
            "table",
            [call(format!("TableSpec::of::<{}>", marker(model, id)), [])],
        );
    }
    for id in model.own_handlers() {
        code = code.then("handler", [handler_code(model, id)]);
    }
    for (_, service) in model.external_services() {
        code = code.then("external", [external_code(model, service)]);
    }
    for id in model.sagas.ids() {
        let file = literal(&format!("sagas/{}", saga_file(model, id)));
        let json = call("include_str!", [text(file)]);
        code = code.then("saga", [call("SagaSpec::of_json", [json])]);
    }
    for api in model.apis.values() {
        code = code.then("api", [api_code(model, api)]);
    }
    code
}

fn carrying(model: &Model, new: &str, channel: &Channel) -> Code {
    let code = call(new, [text(literal(&channel.label.name))])
        .then(format!("carries::<{}>", type_name(model, channel.carries)), []);
    match &channel.order {
        Some(order) => {
            let paths = order.by.iter().map(|path| text(literal(&path.join("."))));
            code.then("fifo_by", [Code::Array(paths.collect())])
        }
        None => code,
    }
}

/// `services::ride_management::Rides`
fn marker(model: &Model, id: Id<Store>) -> String {
    let store = &model.stores[id];
    let service = &model.services[store.service].label.name;
    format!("services::{}::{}", snake(service), store_name(model, id))
}

fn route_code(model: &Model, route: &Route) -> Code {
    let name = |id: Id<Channel>| text(literal(&model.channels[id].label.name));
    let code = call("Route::new", [name(route.from), name(route.to)]);
    let message = model.channels[route.from].carries;
    let filters: Vec<Code> = route
        .filters()
        .map(|filter| predicate::code(model, message, filter.predicate))
        .collect();
    match filters.as_slice() {
        [] => code,
        [one] => code.then("filter", [one.clone()]),
        _ => code.then("filter", [call("all", [Code::Array(filters)])]),
    }
}

fn handler_code(model: &Model, id: Id<Handler>) -> Code {
    let handler = &model.handlers[id];
    let mut code = call("HandlerSpec::new", [text(literal(&model.handler_name(id)))]);
    if let Some((channel, _)) = handler.on {
        code = code.then("on", [text(literal(&model.channels[channel].label.name))]);
    }
    code = code.then("concurrency", [text(handler.at_once().to_string())]);
    code = code.then("timeout", [duration(handler.timeout)]);
    if let Some(Repetition::Idempotent { by, window, .. }) = &handler.repetition {
        let key = paths(by);
        let window = match window {
            Some(window) => call("Some", [duration(Setting::default_of(*window))]),
            None => text("None"),
        };
        code = code.then("idempotent_by", [key, window]);
    }
    if let Some(undoes) = &handler.undoes {
        let undone = text(literal(&model.handler_name(undoes.handler)));
        code = code.then("undoes", [undone, paths(&undoes.by)]);
    }
    if let Some((by, _)) = &handler.fence {
        code = code.then("fence_by", [paths(by)]);
    }
    if !handler.fails.is_empty() {
        code = code.then("fails", [faults(model, handler)]);
    }
    if !handler.calls.is_empty() {
        code = code.then("calls_out", []);
    }
    code
}

/// `"ride_id"`, `["a", "b.c"]`
fn paths(paths: &[Vec<SmolStr>]) -> Code {
    let paths: Vec<Code> = paths.iter().map(|path| text(literal(&path.join(".")))).collect();
    match paths.as_slice() {
        [one] => one.clone(),
        _ => Code::Array(paths),
    }
}

fn faults(model: &Model, handler: &Handler) -> Code {
    let names = handler.fails.iter();
    let names = names.map(|(fault, _)| text(literal(&model.types[*fault].label.name)));
    Code::Array(names.collect())
}

fn external_code(model: &Model, service: &Service) -> Code {
    let mut code = call("ExternalSpec::new", [text(literal(&service.label.name))]);
    for id in &service.handlers {
        let handler = &model.handlers[*id];
        let name = text(literal(&handler.label.name));
        code = code.then(
            "handler",
            [name, faults(model, handler), duration(handler.timeout)],
        );
    }
    match &service.limit {
        Some(Setting {
            value: (count, within),
            ..
        }) => {
            let within = duration(Setting::default_of(*within));
            code.then("limit", [text(count.to_string()), within])
        }
        None => code,
    }
}

/// The file of a saga beside the wiring.
pub(super) fn saga_file(model: &Model, id: Id<Saga>) -> String {
    let saga = &model.sagas[id];
    let service = &model.services[saga.service].label.name;
    format!(
        "{}_{}.json",
        snake(service).trim_start_matches("r#"),
        snake(&saga.label.name).trim_start_matches("r#")
    )
}

pub(super) fn duration(milliseconds: Setting<u64>) -> Code {
    let value = milliseconds.value;
    if value.is_multiple_of(1_000) {
        call("Duration::from_secs", [text(grouped(value / 1_000))])
    } else {
        call("Duration::from_millis", [text(grouped(value))])
    }
}

/// `2592000` is `2_592_000`, as clippy's pedantic lints like it.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let mut groups: Vec<&str> = Vec::new();
    if first > 0 {
        groups.extend(digits.get(..first));
    }
    let mut at = first;
    while let Some(group) = digits.get(at..at + 3) {
        groups.push(group);
        at += 3;
    }
    groups.join("_")
}

fn api_code(model: &Model, api: &Api) -> Code {
    let word = match api.method {
        Method::Get => "get",
        Method::Post => "post",
        Method::Put => "put",
        Method::Patch => "patch",
        Method::Delete => "delete",
    };
    let code = call(format!("Api::{word}"), [text(literal(&api.path.text))]);
    let code = match api.target {
        ApiTarget::Row(store) => code.then(format!("row::<{}>", marker(model, store)), []),
        ApiTarget::Handler(handler) => {
            let code = code.then("handler", [text(literal(&model.handler_name(handler)))]);
            match model.handlers[handler].input {
                Some(input) => code.then(format!("accepts::<{}>", type_name(model, input)), []),
                None => code,
            }
        }
        ApiTarget::Rows(_)
        | ApiTarget::Channel(_)
        | ApiTarget::Scatter(..)
        | ApiTarget::Saga(..)
        | ApiTarget::Complete(..) => code,
    };
    let code = code.then("returns", [text(api.success.to_string())]);
    let code = match api.auth {
        Some(Auth::Jwt { .. }) => code.then("jwt", []),
        Some(Auth::None { .. }) | None => code,
    };
    match location(model, api) {
        Some(path) => code.then("location", [text(literal(&path))]),
        None => code,
    }
}

/// Where the thing that a POST has made can be looked at: the GET of the same service that gives the row of the
/// replied type by fields of that type.
pub fn location(model: &Model, api: &Api) -> Option<String> {
    let ApiTarget::Handler(handler) = api.target else {
        return None;
    };
    let reply = model.handlers[handler].reply?;
    if api.method != Method::Post || api.success != 201 {
        return None;
    }
    let mut others = model.services[api.service].apis.iter().map(|id| &model.apis[*id]);
    let found = others.find(|other| match other.target {
        ApiTarget::Row(store) => {
            model.stores[store].row == reply
                && other
                    .path
                    .parameters()
                    .all(|parameter| model.field(reply, parameter).is_some())
        }
        ApiTarget::Handler(_)
        | ApiTarget::Rows(_)
        | ApiTarget::Channel(_)
        | ApiTarget::Scatter(..)
        | ApiTarget::Saga(..)
        | ApiTarget::Complete(..) => false,
    })?;
    Some(found.path.text.to_string())
}
