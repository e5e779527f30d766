//! `aqueduct build` of a system in Rust: its package is the program, so only what deploys it elsewhere is written.

use anyhow::{Context, bail};
use aqueduct_compiler::model::Target;
use aqueduct_targets::QueryLanguage;
use aqueduct_targets::files::Files;

use super::{Args, Plan, cloud, is_fresh, origin, write};
use crate::carried;
use crate::load::{Loaded, read};
use crate::output;
use crate::package::Package;
use crate::project;

/// The system that was built; `None` when it is out of date and only checked.
pub(super) fn build(
    args: &Args,
    plan: &Plan,
    loaded: Loaded,
    query: QueryLanguage,
) -> anyhow::Result<Option<Loaded>> {
    if args.stubs {
        bail!(
            "`--stubs` writes into the handlers of a generated project; here rustc says which methods are missing, and an \
             editor fills them in"
        );
    }
    let model = &loaded.analysis.model;
    let deploys = plan.wanted.contains(&Target::Aws) || plan.kept.contains(&Target::Aws);
    let carries = carries(&loaded)?;
    if !deploys && !carries {
        if !args.check {
            output::tell(&format!(
                "{}: nothing to write; cargo compiles {}, and `--target aws` writes what deploys it",
                model.name,
                loaded.folder.display()
            ));
        }
        return Ok(Some(loaded));
    }
    let mut files = Files::default();
    if carries {
        files.extend(carried::runtime_and_macros(deploys));
    }
    let package = deploys.then(|| Package::of(&loaded.folder)).transpose()?;
    if let Some(package) = &package {
        let checked = loaded.analysis.checked_for(Target::Aws);
        let checked = checked.context("bug in aqueduct: what is wanted can't be built")?;
        let emitter =
            aqueduct_targets::by_name(Target::Aws.word()).context("bug in aqueduct: no target aws")?;
        let origin = origin(&loaded, query, Some(package.linked()?));
        files.extend(aqueduct_targets::emit(emitter, checked, &origin));
    }
    let left: Vec<&str> = plan.broken.iter().map(|target| target.word()).collect();
    if args.check {
        let fresh = is_fresh(&project::differences(&loaded.folder, &files, &left));
        return Ok(fresh.then_some(loaded));
    }
    write(&loaded, &files, &left)?;
    if let Some(package) = &package {
        tell_of_membership(package, &loaded);
    }
    if args.targets().contains(&Target::Aws) {
        cloud::tell(&loaded)?;
    }
    Ok(Some(loaded))
}

/// What is missing before cargo builds the program on AWS.
fn tell_of_membership(package: &Package, loaded: &Loaded) {
    let program = format!(
        "{}-aws",
        aqueduct_targets::package_name(&loaded.analysis.model.name)
    );
    if !package.has_member(&program) {
        output::tell(&format!(
            "\n{program} is no member of the workspace yet. In {}, say in `[workspace]`\n\nmembers = [\"aws\"]\n\nand below\n\n{PROFILE}",
            loaded.folder.join("Cargo.toml").display()
        ));
    }
}

/// Whether the package has the runtime from the sources that we put beside it.
fn carries(loaded: &Loaded) -> anyhow::Result<bool> {
    let manifest = loaded.folder.join("Cargo.toml");
    Ok(manifest.is_file() && read(&manifest)?.contains(".aqueduct/runtime"))
}

/// What a package needs for its program on AWS to be small.
const PROFILE: &str = "\
[profile.lambda]
inherits = \"release\"
opt-level = \"z\"
lto = \"fat\"
codegen-units = 1
strip = true
";
