//! The system as a Mermaid flowchart: services, channels, routes, stores and failure exits.

mod view;

use aqueduct_compiler::check::Checked;

use crate::files::Files;
use crate::{Origin, Target, rendered};

pub(crate) const TARGET: Target = Target {
    name: "mermaid",
    summary: "a flowchart of services, channels, routes, stores and failure exits",
    of_project: false,
    emit,
};

fn emit(checked: Checked<'_>, origin: &Origin) -> Files {
    let mut files = Files::default();
    let view = view::Flowchart::of(checked, origin);
    let text = rendered(&view);
    files.generated("flowchart.mmd", text);
    files
}
