//! What every project has, whatever it runs on: `system/` (types, traits, wiring), `handlers/` (the user's), manifests.

mod calls;
mod handlers;
mod manifests;
mod messages;
mod predicate;
mod service;
mod system;
mod wiring;

use aqueduct_compiler::check::Checked;

use crate::files::Files;
use crate::{Origin, Target};

pub use handlers::{pasted_stub, service_lines};
pub use system::{Inputs, system};
pub use wiring::location;

/// The files of a project that is built for these targets, without those that a target adds by itself.
pub fn project(targets: &[&Target], checked: Checked<'_>, origin: &Origin) -> Files {
    let model = checked.model();
    let mut files = Files::default();
    manifests::emit(targets, model, origin, &mut files);
    for (path, file) in system(checked, origin, Inputs::Whole).iter() {
        files.generated(format!("system/src/{path}"), file.text.as_str());
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
