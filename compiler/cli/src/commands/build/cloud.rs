//! What a person wants to know who has just built for AWS: what may do what, and how to deploy it.

use std::path::Path;

use anyhow::Context;
use aqueduct_compiler::model::Target;

use crate::load::Loaded;
use crate::output;

/// The permissions of each function, and the next commands.
pub(super) fn tell(loaded: &Loaded) -> anyhow::Result<()> {
    let checked = loaded
        .analysis
        .checked_for(Target::Aws)
        .context("bug in aqueduct: what was built can't be built")?;
    let roles = aqueduct_targets::roles(checked);
    let width = roles
        .iter()
        .map(|role| role.function.len())
        .max()
        .unwrap_or_default();
    let lines: String = roles
        .iter()
        .map(|role| {
            format!(
                "  {:width$}  {:3} on {}\n",
                role.function,
                role.actions,
                output::counted(role.resources, "resource")
            )
        })
        .collect();
    let total: usize = roles.iter().map(|role| role.actions).sum();
    let package = aqueduct_targets::package_name(&loaded.analysis.model.name);
    let folder = if loaded.folder == Path::new(".") {
        String::new()
    } else {
        format!("  cd {}\n", loaded.folder.display())
    };
    output::tell(&format!(
        "\nEach function has a role of its own; the actions that each may do, {total} in all:\n{lines}\n\
        Next; aws/README.md says more:\n{folder}  cargo lambda build --package {package}-aws --profile lambda --arm64 --lambda-dir target/lambda\n  cd aws && sam deploy --guided"
    ));
    Ok(())
}
