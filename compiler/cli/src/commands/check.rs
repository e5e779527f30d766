//! `aqueduct check`: reads a system and says what is wrong with it.

mod emit;
mod fix;
mod saga;

use std::path::PathBuf;

use aqueduct_compiler::mend::Texts;
use aqueduct_compiler::model::Target;

use crate::Outcome;
use crate::load::{self, Loaded, load_changed};
use crate::output::{self, Format};
use emit::Emitted;

/// Check a system
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aqueduct check                        the .flow file of this folder
  aqueduct check shop.flow --format short
  aqueduct check shop --target aws      only what holds on AWS
  aqueduct check shop --format json | jq '.findings[].code'
  aqueduct check shop --format sarif > findings.sarif
  aqueduct check shop --fix             make the changes that findings offer, then say what is left
  aqueduct check shop --fix --dry-run   write nothing, show those changes
  aqueduct check shop --saga Checkout   what becomes of each step of a saga, whatever goes wrong
  aqueduct check shop --emit model | jq '.services[].name'
  aqueduct check --emit schema > model.schema.json

`aqueduct explain CODE` says more about a finding.")]
pub(crate) struct Args {
    /// A .flow file, a Rust file with a system, or a folder with one of them
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Only what holds for this target, `local` or `aws`; otherwise for all that the system names
    #[arg(long, value_parser = load::target)]
    target: Option<Target>,
    /// Not findings: what becomes of each step of this saga, whatever goes wrong
    #[arg(long, value_name = "NAME")]
    saga: Option<String>,
    /// Not findings: a JSON document on standard output
    #[arg(long, value_enum, value_name = "WHAT")]
    emit: Option<Emitted>,
    /// Make the changes that findings offer, as long as none of them makes more errors
    #[arg(long, conflicts_with_all = ["saga", "emit"])]
    fix: bool,
    /// Write nothing, show what `--fix` would change
    #[arg(long, requires = "fix", conflicts_with = "format")]
    dry_run: bool,
    /// How findings are written
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

/// The system as far as it was asked for, as if some of its files said something else.
fn read(args: &Args, changed: &Texts) -> anyhow::Result<Loaded> {
    let loaded = load_changed(&args.path, changed)?;
    match args.target {
        Some(target) => loaded.narrowed(&[target]),
        None => Ok(loaded),
    }
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    if let Some(emitted) = args.emit {
        return emit::print(emitted, args);
    }
    let mut loaded = read(args, &Texts::new())?;
    if let Some(name) = &args.saga {
        let found = output::summary(&loaded.analysis);
        if !found.is_empty() {
            output::tell(&format!("{found} in this system; `aqueduct check` shows them"));
        }
        let keeps_its_word = saga::show(&loaded.analysis.model, name, args.format)?;
        return Ok(if keeps_its_word {
            Outcome::Clean
        } else {
            Outcome::Findings
        });
    }
    if args.fix {
        let was_clean = loaded.analysis.checked().is_some();
        loaded = fix::fixed(args, loaded)?;
        if args.dry_run {
            return Ok(if was_clean {
                Outcome::Clean
            } else {
                Outcome::Findings
            });
        }
    }
    output::findings(&loaded.analysis, &loaded.sources, args.format, true)?;
    let clean = loaded.analysis.checked().is_some();
    if args.format == Format::Human {
        let model = &loaded.analysis.model;
        let found = output::summary(&loaded.analysis);
        let found = if found.is_empty() {
            "nothing to complain about".to_owned()
        } else {
            found
        };
        let parts = [
            output::counted(model.own_services().count(), "service"),
            output::counted(model.own_handlers().count(), "handler"),
            match model.sagas.len() {
                0 => String::new(),
                sagas => output::counted(sagas, "saga"),
            },
            output::counted(model.channels.len(), "channel"),
            output::counted(model.routes.len(), "route"),
        ];
        let parts = parts.into_iter().filter(|part| !part.is_empty());
        let parts = parts.collect::<Vec<_>>().join(", ");
        output::tell(&format!("{}: {found} ({parts})", model.name));
    }
    Ok(if clean { Outcome::Clean } else { Outcome::Findings })
}
