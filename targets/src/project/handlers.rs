//! `handlers/`: the user's crate, written once as a place to begin.

use aqueduct_compiler::model::{Handler, Id, Model, Service};
use askama::Template;

use super::service::{Role, signature, use_line};
use crate::files::Files;
use crate::rendered;
use crate::rust::layout::{call, text};
use crate::rust::names::{camel, literal, package, service_name, snake, type_name};

#[derive(Template)]
#[template(path = "project/handlers/Cargo.toml", escape = "none")]
struct Manifest<'a> {
    package: &'a str,
    system: &'a str,
}

#[derive(Template)]
#[template(path = "project/handlers/src/lib.rs", escape = "none")]
struct Lib<'a> {
    system: &'a str,
    services: Vec<(String, String)>,
    in_order: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "project/handlers/src/service.rs", escape = "none")]
struct ServiceFile {
    name: String,
    uses: Vec<String>,
    stubs: Vec<String>,
}

pub(super) fn emit(model: &Model, files: &mut Files) {
    let package = package(&model.name);
    files.once(
        "handlers/Cargo.toml",
        rendered(&Manifest {
            package: &package,
            system: &model.name,
        }),
    );
    let in_order: Vec<(String, String)> = model
        .own_services()
        .map(|(id, service)| (snake(&service.label.name), service_name(model, id)))
        .collect();
    let mut services = in_order.clone();
    services.sort();
    files.once(
        "handlers/src/lib.rs",
        rendered(&Lib {
            system: &model.name,
            services,
            in_order,
        }),
    );
    for (id, service) in model.own_services() {
        let module = snake(&service.label.name);
        let path = format!("handlers/src/{}.rs", module.trim_start_matches("r#"));
        files.once(path, rendered(&service_file(model, id, service)));
    }
}

fn service_file(model: &Model, id: Id<Service>, service: &Service) -> ServiceFile {
    let mut messages: Vec<String> = Vec::new();
    let mut contexts: Vec<String> = Vec::new();
    for id in &service.handlers {
        let handler = &model.handlers[*id];
        messages.extend(
            [handler.input, handler.reply]
                .into_iter()
                .flatten()
                .map(|id| type_name(model, id)),
        );
        contexts.push(format!("{}Context", camel(&handler.label.name)));
    }
    messages.sort();
    messages.dedup();
    contexts.sort();
    let mut uses = Vec::new();
    if !service.handlers.is_empty() {
        uses.push("use aqueduct::Failure;".to_owned());
    }
    if !messages.is_empty() {
        uses.push(use_line("system::messages", &messages));
    }
    if !contexts.is_empty() {
        uses.push(use_line(
            &format!("system::services::{}", snake(&service.label.name)),
            &contexts,
        ));
    }
    ServiceFile {
        name: service_name(model, id),
        uses,
        stubs: service.handlers.iter().map(|id| stub(model, *id)).collect(),
    }
}

/// A method to be filled in: until then every input ends in the dead letter, with a reason that says so.
fn stub(model: &Model, id: Id<Handler>) -> String {
    let context = format!("{}Context", camel(&model.handlers[id].label.name));
    body(model, id, &context, Role::Stub, "Failure")
}

/// The same, with every path written out, to be pasted into a file that imports nothing.
pub fn pasted_stub(model: &Model, id: Id<Handler>) -> String {
    let handler = &model.handlers[id];
    let module = snake(&model.services[handler.service].label.name);
    let context = format!(
        "system::services::{module}::{}Context",
        camel(&handler.label.name)
    );
    body(model, id, &context, Role::Pasted, "aqueduct::Failure")
}

fn body(model: &Model, id: Id<Handler>, context: &str, role: Role, failure: &str) -> String {
    let signature = signature(model, &model.handlers[id], context, role);
    let message = literal(&format!("{} isn't written yet", model.handler_name(id)));
    let body = call("Err", [call(format!("{failure}::new"), [text(message)])]).lay(8, 0);
    format!("{signature}\n        {body}\n    }}")
}

/// What has to be in `handlers/src/lib.rs` for a service: its module, and its line in `Services`.
pub fn service_lines(model: &Model, id: Id<Service>) -> (String, String) {
    let (module, name) = (snake(&model.services[id].label.name), service_name(model, id));
    (
        format!("mod {module};\npub use {module}::{name};\n"),
        format!("        {module}: {name},\n"),
    )
}
