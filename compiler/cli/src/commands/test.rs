//! `aqueduct test`: plays the scenarios of a system.

mod junit;
mod project;
mod told;

use std::path::PathBuf;

use anyhow::bail;
use aqueduct::scenario::{Report, Script};
use clap::ValueEnum;

use crate::Outcome;
use crate::load::load;
use crate::output;

/// Play the scenarios of a system
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aqueduct test shop                        all of them, with handlers made from their types
  aqueduct test shop --filter refunded      those with this in their title
  aqueduct test shop --project              all of them, with the handlers of the project
  aqueduct test shop --junit target/scenarios.xml

Every scenario begins with nothing and has its own time, so an hour passes at once. What is left to chance is decided
by the seed: the same seed, the same story.")]
pub(crate) struct Args {
    /// A .flow file, a Rust file with a system, or a folder with one of them
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Play them with the handlers of the project, compiled, in place of those made from types
    #[arg(long)]
    project: bool,
    /// Only scenarios with this text in their title
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    filter: String,
    /// Decides what is left to chance
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// How the outcome is written
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Write the outcome to this file as well, in the format of `JUnit`
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A line for each, and what was seen where one isn't true
    Human,
    /// One JSON document with all that happened
    Json,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let loaded = load(&args.path)?;
    // What is wrong on one target only is no reason not to play.
    let targets = &loaded.analysis.model.targets;
    let playable = targets
        .iter()
        .find_map(|target| loaded.analysis.checked_for(*target));
    let Some(checked) = playable else {
        output::findings(&loaded.analysis, &loaded.sources, output::Format::Human, false)?;
        output::tell("nothing was played: mend the errors first");
        return Ok(Outcome::Findings);
    };
    let script = aqueduct_simulator::script(checked, &loaded.sources, &args.filter, args.seed);
    if script.scenarios.is_empty() && !args.filter.is_empty() {
        let scenarios = checked.model().scenarios.values();
        let titles: Vec<String> = scenarios.map(|one| format!("  {}", one.title)).collect();
        bail!(
            "no scenario has {:?} in its title; there are\n{}",
            args.filter,
            titles.join("\n")
        );
    }
    let report = if args.project {
        let Some(report) = project::play(&args.path, &script)? else {
            return Ok(Outcome::Findings);
        };
        report
    } else {
        aqueduct::scenario::play(&aqueduct_simulator::program(checked), &script)?
    };
    tell(args, &loaded.file_name, &script, &report)
}

fn tell(args: &Args, file: &str, script: &Script, report: &Report) -> anyhow::Result<Outcome> {
    match args.format {
        Format::Human => output::data(&told::human(file, script.seed, report)?)?,
        Format::Json => output::json(report)?,
    }
    if let Some(path) = &args.junit {
        crate::project::write_whole(path, &junit::document(file, report))?;
    }
    Ok(if report.misses() == 0 {
        Outcome::Clean
    } else {
        Outcome::Findings
    })
}
