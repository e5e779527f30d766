//! Pictures in Mermaid: the system as a flowchart, its sagas as states and as sequences, and recorded traces.

mod claim;
mod flowchart;
mod paths;
mod play;
mod sequence;
mod staging;
mod states;
mod trace;
mod words;

use aqueduct_compiler::check::Checked;
use aqueduct_compiler::model::{Id, Model, Saga};

use crate::files::Files;
use crate::{Origin, Target, rendered};

pub use paths::{Path, paths};
pub use trace::{Unreadable, trace};

pub(crate) const TARGET: Target = Target {
    name: "mermaid",
    summary: "a flowchart of the system, and the states and ways of each saga",
    of_project: false,
    emit,
};

/// The name of the file with the whole system.
pub const FLOWCHART: &str = "flowchart.mmd";

fn emit(checked: Checked<'_>, origin: &Origin) -> Files {
    let mut files = Files::default();
    files.generated(FLOWCHART, flowchart(checked, origin));
    let model = checked.model();
    for (id, saga) in model.sagas.iter() {
        let name = &saga.label.name;
        files.generated(format!("sagas/{name}/states.mmd"), states(model, id, origin));
        for path in paths(model, id, origin) {
            files.generated(format!("sagas/{name}/{}.mmd", path.name), path.diagram);
        }
    }
    files
}

/// The whole system.
pub fn flowchart(checked: Checked<'_>, origin: &Origin) -> String {
    rendered(&flowchart::Flowchart::of(checked, origin))
}

/// A saga as a state diagram: its steps, what leads back, and how it ends.
pub fn states(model: &Model, id: Id<Saga>, origin: &Origin) -> String {
    rendered(&states::StateDiagram::of(
        origin.header(),
        model,
        &model.sagas[id],
    ))
}
