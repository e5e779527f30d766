//! Runs a model without code: a program made from it, with handlers made from its types, and its scenarios.
//!
//! In goes a checked model; out come a [`aqueduct::Program`] like the one that generated code builds, and a
//! [`aqueduct::scenario::Script`] that it, or the user's own program, can play.
//! Where to start reading: [`program`] and [`script`].

mod script;
mod shapes;
mod stubs;
mod topology;

use aqueduct::Program;
use aqueduct::scenario::Record;
use aqueduct_compiler::check::Checked;

pub use script::script;
pub use shapes::shapes;
pub use topology::topology;

/// The program of a model, with handlers made from their types.
///
/// Its names are constants of generated code, so they are kept as long as the process runs.
pub fn program(checked: Checked<'_>) -> Program {
    let model = checked.model();
    let program = Program::new(topology(checked));
    model.own_handlers().fold(program, |program, id| {
        program.handler(&model.handler_name(id), stubs::stub(model, id))
    })
}

/// What handlers of extern services answer when a scenario says nothing else.
pub fn externs(checked: Checked<'_>) -> impl Iterator<Item = (String, Record)> {
    let model = checked.model();
    let external = model.handlers.ids().filter(|id| model.is_external(*id));
    external.filter_map(|id| Some((model.handler_name(id), stubs::answer(model, id)?)))
}

/// A name as generated code would have it.
fn constant(name: &str) -> &'static str {
    name.to_owned().leak()
}
