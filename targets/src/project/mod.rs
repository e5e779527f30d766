//! What every project has, whatever it runs on: `system/` (types, traits, wiring), `handlers/` (the user's), manifests.

mod calls;
mod handlers;
mod manifests;
mod messages;
mod predicate;
mod service;
mod wiring;

use aqueduct_compiler::check::Checked;

use crate::files::Files;
use crate::rust::names::snake;
use crate::{Origin, Target, rendered};

pub use handlers::{pasted_stub, service_lines};
pub use wiring::location;

/// The files of a project that is built for these targets, without those that a target adds by itself.
pub fn project(targets: &[&Target], checked: Checked<'_>, origin: &Origin) -> Files {
    let model = checked.model();
    let mut files = Files::default();
    manifests::emit(targets, model, origin, &mut files);
    files.generated(
        "system/src/messages.rs",
        rendered(&messages::Messages::of(model, origin)),
    );
    for (id, service) in model.own_services() {
        let module = snake(&service.label.name);
        let view = service::ServiceView::of(model, id, origin);
        files.generated(
            format!("system/src/services/{}.rs", module.trim_start_matches("r#")),
            rendered(&view),
        );
    }
    files.generated(
        "system/src/wiring.rs",
        rendered(&wiring::Wiring::of(checked, origin)),
    );
    for id in model.sagas.ids() {
        let saga = crate::saga::definition(model, id);
        let json = serde_json::to_string_pretty(&saga).expect("a saga is JSON");
        files.generated(
            format!("system/src/sagas/{}", wiring::saga_file(model, id)),
            json + "\n",
        );
    }
    handlers::emit(model, &mut files);
    files
}

/// Doc comment lines at an indentation, without a newline at the end.
fn docs(lines: &[impl AsRef<str>], indent: usize) -> String {
    let indent = " ".repeat(indent);
    let lines = lines.iter().map(|line| match line.as_ref().trim_end() {
        "" => format!("{indent}///"),
        line => format!("{indent}/// {line}"),
    });
    lines.collect::<Vec<_>>().join("\n")
}
