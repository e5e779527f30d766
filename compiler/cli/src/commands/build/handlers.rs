//! What the user's crate lacks of a system, and how it gets there.

use std::path::Path;

use aqueduct_compiler::model::Model;

use crate::output;
use crate::stubs::{self, Missing};

/// Whether the user's crate has all of the system, after adding stubs if that was asked for.
pub(super) fn complete(folder: &Path, model: &Model, add: bool) -> anyhow::Result<bool> {
    let wired = wired(folder, model, add)?;
    let missing = stubs::missing(folder, model)?;
    Ok(written(&missing, add)? && wired)
}

/// Whether the user's crate gives every service to the program, after adding those that are new if that was asked for.
fn wired(folder: &Path, model: &Model, add: bool) -> anyhow::Result<bool> {
    let unwired = stubs::unwired(folder, model)?;
    if unwired.is_empty() {
        return Ok(true);
    }
    let added = if add { stubs::wire(folder, &unwired)? } else { 0 };
    if added > 0 {
        output::tell(&format!(
            "added {} to handlers/src/lib.rs",
            output::counted(added, "service")
        ));
    }
    for (module, field) in unwired.iter().skip(added) {
        output::tell(&format!(
            "\na service is new; handlers/src/lib.rs needs\n\n{module}\nand inside `system::Services {{ … }}`\n\n{field}"
        ));
    }
    if added < unwired.len() && !add {
        output::tell("`aqueduct build --stubs` adds these for you");
    }
    Ok(added == unwired.len())
}

/// Whether every handler is written, after adding stubs if that was asked for.
fn written(missing: &[Missing], add: bool) -> anyhow::Result<bool> {
    if missing.is_empty() {
        return Ok(true);
    }
    if add {
        let added = stubs::append(missing)?;
        output::tell(&format!("added {} in handlers/", output::counted(added, "stub")));
        if added == missing.len() {
            return Ok(true);
        }
    }
    for one in missing.iter().filter(|one| !add || one.place.is_none()) {
        output::tell(&describe(one));
    }
    if !add {
        output::tell("`aqueduct build --stubs` adds these for you");
    }
    Ok(false)
}

fn describe(missing: &Missing) -> String {
    match &missing.place {
        Some((file, _)) => {
            format!(
                "\n{} isn't written yet; in {}, inside `impl … {} for …`:\n\n{}\n",
                missing.name,
                file.display(),
                missing.service,
                missing.stub
            )
        }
        None => format!(
            "\n{} isn't written yet, and nothing in handlers/src implements `system::services::{}`:\n\nimpl system::services::{} for … {{\n{}\n}}\n",
            missing.name, missing.service, missing.service, missing.stub
        ),
    }
}
