//! `aqueduct diagram`: draws a system.

use std::path::PathBuf;

use anyhow::Context;
use aqueduct_targets::{Origin, QueryLanguage};

use crate::Outcome;
use crate::load::load;
use crate::output::{self, Format};

/// Draw a system as a Mermaid flowchart
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aqueduct diagram shop                    to standard output
  aqueduct diagram shop --out docs/shop.mmd

The text shows wherever Mermaid does: in Markdown on a forge, in an editor, on mermaid.live.")]
pub(crate) struct Args {
    /// A .flow file, or a folder with one in it
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let loaded = load(&args.path)?;
    // What is wrong on one target only is no reason not to draw it.
    let targets = &loaded.analysis.model.targets;
    let drawable = targets
        .iter()
        .find_map(|target| loaded.analysis.checked_for(*target));
    let Some(checked) = drawable else {
        output::findings(&loaded.analysis, &loaded.sources, Format::Human, false)?;
        output::tell("nothing was drawn: mend the errors first");
        return Ok(Outcome::Findings);
    };
    let target = aqueduct_targets::by_name("mermaid").context("bug in aqueduct: no mermaid target")?;
    let origin = Origin {
        source: loaded.file_name.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        query: QueryLanguage::default(),
    };
    let files = aqueduct_targets::emit(target, checked, &origin);
    let (_, chart) = files
        .iter()
        .next()
        .context("bug in aqueduct: no chart was drawn")?;
    match &args.out {
        None => output::data(&chart.text)?,
        Some(path) => {
            crate::project::write_whole(path, &chart.text)?;
            output::tell(&format!("wrote {}", path.display()));
        }
    }
    Ok(Outcome::Clean)
}
