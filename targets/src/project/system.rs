//! What a system is as Rust: its messages, a trait for each service, a context for each handler, the wiring.
//!
//! `build` writes it as the package `system/`; the macros put it in the place of the module that declares the system.

use aqueduct_compiler::check::Checked;
use askama::Template;

use super::{messages, service, wiring};
use crate::files::Files;
use crate::rust::names::{service_name, snake};
use crate::{Origin, rendered};

/// How a handler takes an input that is declared by its fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inputs {
    /// As one value.
    Whole,
    /// As a parameter for each field.
    Spread,
}

#[derive(Template)]
#[template(path = "project/system/src/lib.rs", escape = "none")]
struct SystemLib<'a> {
    header: &'a str,
    system: &'a str,
    docs: String,
}

#[derive(Template)]
#[template(path = "project/system/src/services.rs", escape = "none")]
struct ServicesModule<'a> {
    header: &'a str,
    system: &'a str,
    services: Vec<(String, String)>,
}

/// The files of a system, as of a crate: `lib.rs` and what it names.
pub fn system(checked: Checked<'_>, origin: &Origin, inputs: Inputs) -> Files {
    let model = checked.model();
    let mut files = Files::default();
    let (header, system) = (origin.header(), model.name.as_str());
    let header = header.as_str();
    let docs: Vec<String> = model
        .docs
        .iter()
        .map(|line| format!("//! {line}").trim_end().to_owned())
        .collect();
    let docs = docs.join("\n");
    files.generated("lib.rs", rendered(&SystemLib { header, system, docs }));
    let mut services: Vec<(String, String)> = model
        .own_services()
        .map(|(id, service)| (snake(&service.label.name), service_name(model, id)))
        .collect();
    services.sort();
    files.generated(
        "services.rs",
        rendered(&ServicesModule {
            header,
            system,
            services,
        }),
    );
    files.generated("messages.rs", rendered(&messages::Messages::of(model, origin)));
    for (id, service) in model.own_services() {
        let module = snake(&service.label.name);
        let view = service::ServiceView::of(model, id, inputs, origin);
        files.generated(
            format!("services/{}.rs", module.trim_start_matches("r#")),
            rendered(&view),
        );
    }
    files.generated(
        "wiring.rs",
        rendered(&wiring::Wiring::of(checked, inputs, origin)),
    );
    for id in model.sagas.ids() {
        let saga = crate::saga::definition(model, id);
        let json = serde_json::to_string_pretty(&saga).expect("a saga is JSON");
        files.generated(format!("sagas/{}", wiring::saga_file(model, id)), json + "\n");
    }
    files
}
