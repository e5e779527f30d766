//! `aqueduct build`: checks a system and writes its project.

use std::path::PathBuf;

use anyhow::Context;
use aqueduct_compiler::model::Target;
use aqueduct_targets::Origin;

use crate::load::{Loaded, load};
use crate::output::{self, Format};
use crate::stubs::{self, Missing};
use crate::{Outcome, project};

/// Check a system and write its Cargo project beside the .flow file
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Writes system/ and local/ anew, and handlers/ once: that folder is yours.

Examples:
  aqueduct build shop
  aqueduct build shop --stubs    add what is missing in handlers/")]
pub(crate) struct Args {
    /// A .flow file, or a folder with one in it
    #[arg(default_value = ".")]
    pub(crate) path: PathBuf,
    /// Add a stub for each handler that isn't written yet
    #[arg(long)]
    pub(crate) stubs: bool,
    /// How findings are written
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    Ok(if build(args)?.is_some() {
        Outcome::Clean
    } else {
        Outcome::Findings
    })
}

/// The system that was built; `None` when it has errors or lacks handlers.
pub(crate) fn build(args: &Args) -> anyhow::Result<Option<Loaded>> {
    let loaded = load(&args.path)?.narrowed(Target::Local)?;
    output::findings(&loaded.analysis, &loaded.sources, args.format, false)?;
    let Some(checked) = loaded.analysis.checked_for(Target::Local) else {
        output::tell(&format!(
            "{}: {}; nothing was built",
            loaded.analysis.model.name,
            output::summary(&loaded.analysis)
        ));
        return Ok(None);
    };
    let target = aqueduct_targets::by_name("local").context("bug in aqueduct: no local target")?;
    let origin = Origin {
        source: loaded.file_name.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let mut files = aqueduct_targets::emit(target, checked, &origin);
    files.extend(aqueduct_targets::project(&[target], checked, &origin));
    files.extend(project::runtime());
    let written = project::write(&loaded.folder, &files)?;
    for path in &written.handed_over {
        output::tell(&format!("made {path}: it is yours now"));
    }
    output::tell(&format!(
        "{}: {} files written, {} removed, in {}",
        checked.model().name,
        written.changed,
        written.removed,
        loaded.folder.display()
    ));
    let wired = wired(args, &loaded)?;
    let missing = stubs::missing(&loaded.folder, checked.model())?;
    Ok((complete(args, &missing)? && wired).then_some(loaded))
}

/// Whether the user's crate gives every service to the program, after adding those that are new if that was asked for.
fn wired(args: &Args, loaded: &Loaded) -> anyhow::Result<bool> {
    let unwired = stubs::unwired(&loaded.folder, &loaded.analysis.model)?;
    if unwired.is_empty() {
        return Ok(true);
    }
    let added = if args.stubs {
        stubs::wire(&loaded.folder, &unwired)?
    } else {
        0
    };
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
    if added < unwired.len() && !args.stubs {
        output::tell("`aqueduct build --stubs` adds these for you");
    }
    Ok(added == unwired.len())
}

/// Whether every handler is written, after adding stubs if that was asked for.
fn complete(args: &Args, missing: &[Missing]) -> anyhow::Result<bool> {
    if missing.is_empty() {
        return Ok(true);
    }
    if args.stubs {
        let added = stubs::append(missing)?;
        output::tell(&format!("added {} in handlers/", output::counted(added, "stub")));
        if added == missing.len() {
            return Ok(true);
        }
    }
    for one in missing.iter().filter(|one| !args.stubs || one.place.is_none()) {
        output::tell(&describe(one));
    }
    if !args.stubs {
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
