//! The project that runs: `system/` (types, traits, wiring), `handlers/` (the user's), `local/` (the binary).

mod handlers;
mod messages;
mod predicate;
mod project;
mod service;
mod wiring;

use aqueduct_compiler::check::Checked;
use askama::Template;

use crate::files::Files;
use crate::rust::names::snake;
use crate::{Origin, Target};

pub use handlers::{pasted_stub, service_lines};

pub(crate) const TARGET: Target = Target {
    name: "local",
    summary: "a Cargo project: typed handlers and one program with an embedded store",
    emit,
};

fn emit(checked: Checked<'_>, origin: &Origin) -> Files {
    let model = checked.model();
    let mut files = Files::default();
    project::emit(model, origin, &mut files);
    files.generated(
        "system/src/messages.rs",
        rendered(&messages::Messages::of(model, origin)),
    );
    for (id, service) in model.services.iter() {
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
    handlers::emit(model, &mut files);
    files
}

/// A template of ours as text.
fn rendered(view: &impl Template) -> String {
    view.render().expect("rendering into memory can't fail")
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
