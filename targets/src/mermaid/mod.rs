//! The system as a Mermaid flowchart: services, channels, routes, stores and failure exits.

mod view;

use aqueduct_compiler::check::Checked;
use askama::Template;

use crate::files::Files;
use crate::{Origin, Target};

pub(crate) const TARGET: Target = Target {
    name: "mermaid",
    summary: "a flowchart of services, channels, routes, stores and failure exits",
    emit,
};

fn emit(checked: Checked<'_>, origin: &Origin) -> Files {
    let mut files = Files::default();
    let view = view::Flowchart::of(checked, origin);
    let text = view.render().expect("rendering into memory can't fail");
    files.generated("flowchart.mmd", text);
    files
}
