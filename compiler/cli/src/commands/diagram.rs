//! `aqueduct diagram`: draws a system, one of its sagas, or what has happened.

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use aqueduct_compiler::model::{Id, Model, Saga};
use aqueduct_targets::{Origin, QueryLanguage, mermaid};

use crate::Outcome;
use crate::commands::chosen;
use crate::load::{self, load};
use crate::output::{self, Format};

/// Draw a system, a saga or a recorded trace in Mermaid
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aqueduct diagram shop                                the system as a flowchart
  aqueduct diagram shop --out docs/shop.mmd            the same, to a file
  aqueduct diagram shop --saga FareCollection          the states of a saga
  aqueduct diagram shop --saga FareCollection --path charge=CaptureRefused
                                                       what happens when that step fails so
  aqueduct diagram shop --saga FareCollection --path all --out saga.md
                                                       all that can happen, as Markdown
  aqueduct tail --json > trace.jsonl; aqueduct diagram --trace trace.jsonl
                                                       what has happened

The text shows wherever Mermaid does: in Markdown on a forge, in an editor, on mermaid.live.")]
pub(crate) struct Args {
    /// A .flow file, a Rust file with a system, or a folder with one of them
    #[arg(default_value = ".", conflicts_with = "trace")]
    path: PathBuf,
    /// Draw the states of this saga
    #[arg(long, value_name = "NAME", conflicts_with = "trace")]
    saga: Option<String>,
    /// Draw one way through the saga: `ok`, STEP=FAULT, or `all` as Markdown
    #[arg(long = "path", value_name = "WAY", requires = "saga")]
    way: Option<String>,
    /// Draw the events of this file, as `aqueduct tail --json` prints them; `-` is standard input
    #[arg(long, value_name = "FILE")]
    trace: Option<PathBuf>,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    if let Some(file) = &args.trace {
        deliver(args, &of_trace(file)?)?;
        return Ok(Outcome::Clean);
    }
    let loaded = load(&args.path)?;
    // What a target can't carry is no reason not to draw it, and neither is what is wrong on one of them only.
    let targets = &loaded.analysis.model.targets;
    let on_one = || {
        targets
            .iter()
            .find_map(|target| loaded.analysis.checked_for(*target))
    };
    let Some(checked) = loaded.analysis.drawn().or_else(on_one) else {
        output::findings(&loaded.analysis, &loaded.sources, Format::Human, false)?;
        output::tell("nothing was drawn: mend the errors first");
        return Ok(Outcome::Findings);
    };
    let origin = origin(&loaded.file_name);
    let text = if let Some(name) = &args.saga {
        let model = checked.model();
        of_saga(model, chosen::saga(model, name)?, args.way.as_deref(), &origin)?
    } else {
        mermaid::flowchart(checked, &origin)
    };
    deliver(args, &text)?;
    Ok(Outcome::Clean)
}

fn origin(source: &str) -> Origin {
    Origin {
        source: source.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        query: QueryLanguage::default(),
        linked: None,
    }
}

fn of_saga(model: &Model, id: Id<Saga>, way: Option<&str>, origin: &Origin) -> anyhow::Result<String> {
    let Some(way) = way else {
        return Ok(mermaid::states(model, id, origin));
    };
    let paths = mermaid::paths(model, id, origin);
    if paths.is_empty() {
        bail!(
            "the ways through {} can't be played: no target carries all of it yet; without --path its states are drawn",
            model.saga_name(id)
        );
    }
    if way == "all" {
        return Ok(markdown(model, id, &paths, origin));
    }
    if let Some(path) = paths.iter().find(|path| path.name == way) {
        return Ok(path.diagram.clone());
    }
    let ways: Vec<&str> = paths.iter().map(|path| path.name.as_str()).collect();
    bail!(
        "there is no way {way} through {}; there are\n  {}\nand `all`",
        model.saga_name(id),
        ways.join("\n  ")
    )
}

/// One document with everything that can happen to a saga.
fn markdown(model: &Model, id: Id<Saga>, paths: &[mermaid::Path], origin: &Origin) -> String {
    let saga = &model.sagas[id].label;
    let fenced = |diagram: &str| format!("```mermaid\n{}\n```\n", diagram.trim_end());
    let docs = saga.docs.iter().map(|line| format!("{line}\n"));
    let states = fenced(&mermaid::states(model, id, origin));
    let mut text = format!("# {}\n\n{}\n{states}", saga.name, docs.collect::<String>());
    for path in paths {
        text.push_str(&format!("\n## {}\n\n{}", path.heading(), fenced(&path.diagram)));
    }
    text
}

fn of_trace(file: &Path) -> anyhow::Result<String> {
    let (text, name) = if file.as_os_str() == "-" {
        let mut text = String::new();
        let _ = std::io::stdin()
            .read_to_string(&mut text)
            .context("can't read standard input")?;
        (text, "standard input".to_owned())
    } else {
        let name = file.file_name().unwrap_or(file.as_os_str());
        (load::read(file)?, name.to_string_lossy().into_owned())
    };
    mermaid::trace(&text, "What has happened", &origin(&name))
        .with_context(|| format!("{name} is no trace; `aqueduct tail --json` prints one"))
}

fn deliver(args: &Args, text: &str) -> anyhow::Result<()> {
    let text = format!("{}\n", text.trim_end());
    match &args.out {
        None => output::data(&text),
        Some(path) => {
            crate::project::write_whole(path, &text)?;
            output::tell(&format!("wrote {}", path.display()));
            Ok(())
        }
    }
}
