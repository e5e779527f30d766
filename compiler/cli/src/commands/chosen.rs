//! Which saga an argument means.

use anyhow::bail;
use aqueduct_compiler::model::{Id, Model, Saga};
use aqueduct_dsl::diagnostic::nearest;

/// A saga by its name, with its service or without.
pub(super) fn saga(model: &Model, name: &str) -> anyhow::Result<Id<Saga>> {
    let short = |id: &Id<Saga>| model.sagas[*id].label.name.to_string();
    let named = |id: &Id<Saga>| short(id) == name || model.saga_name(*id) == name;
    let found: Vec<Id<Saga>> = model.sagas.ids().filter(named).collect();
    match found.as_slice() {
        [one] => Ok(*one),
        [] if model.sagas.is_empty() => bail!("{} has no sagas", model.name),
        [] => {
            let all: Vec<Id<Saga>> = model.sagas.ids().collect();
            let full = all.iter().map(|id| model.saga_name(*id));
            let known: Vec<String> = all.iter().map(short).chain(full).collect();
            let near = nearest(name, known.iter().map(String::as_str));
            let has = names(model, &all);
            match near {
                Some(near) => bail!(
                    "{} has no saga {name}; did you mean {near}? It has {has}",
                    model.name
                ),
                None => bail!("{} has no saga {name}; it has {has}", model.name),
            }
        }
        several => bail!(
            "several services have a saga {name}; name one: {}",
            names(model, several)
        ),
    }
}

fn names(model: &Model, sagas: &[Id<Saga>]) -> String {
    let names: Vec<String> = sagas.iter().map(|id| model.saga_name(*id)).collect();
    names.join(", ")
}
