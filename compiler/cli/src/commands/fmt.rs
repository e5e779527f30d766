//! `aqueduct fmt`: writes `.flow` files in their canonical form, or says which are not.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use aqueduct_dsl::render::{self, Style};
use aqueduct_dsl::source::SourceMap;

use crate::difference::difference;
use crate::{Outcome, find, load, output, project};

/// Format .flow files
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aqueduct fmt                 all .flow files of this folder
  aqueduct fmt shop/shop.flow
  aqueduct fmt --check         write nothing; show what would change, and end with 1 if anything would
  aqueduct fmt -               from standard input to standard output, for editors

There is one way to write a thing: two blanks for each level, a block on one line if it fits in 110 columns and is
short, columns where lines of a kind follow each other, clauses in the order of the reference. Comments and single
blank lines stay. A file with syntax errors stays as it is.")]
pub(crate) struct Args {
    /// .flow files, or folders with some in them; `-` for standard input
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// Write nothing, show the differences
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    if args.paths.iter().any(|path| path == Path::new("-")) {
        if args.paths.len() > 1 {
            bail!("standard input is formatted alone; leave the other paths away");
        }
        return standard_input(args.check);
    }
    let mut files = Vec::new();
    for path in &args.paths {
        if find::is_rust(path) {
            bail!(
                "{} is Rust, and `cargo fmt` formats it; name a .flow file",
                path.display()
            );
        }
        let found = find::flow_files(path)?;
        if found.is_empty() {
            bail!("there is no .flow file in {}", path.display());
        }
        files.extend(found);
    }
    let mut counts = Counts::default();
    for file in &files {
        counts.add(one_file(file, args.check)?);
    }
    output::tell(&counts.summary(args.check));
    Ok(counts.outcome(args.check))
}

/// What became of a file.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Formatted(bool),
    Unreadable,
}

fn one_file(file: &Path, check: bool) -> anyhow::Result<Fate> {
    let name = file.display().to_string();
    let text = load::read(file)?;
    let Some(formatted) = format(&name, &text)? else {
        return Ok(Fate::Unreadable);
    };
    let changes = formatted != text;
    if changes && check {
        output::data(&difference(&name, "formatted", &text, &formatted))?;
    } else if changes {
        // A link stays a link: what it points to is written.
        let place = fs::canonicalize(file).with_context(|| format!("can't find {name}"))?;
        project::write_whole(&place, &formatted)?;
        output::tell(&format!("formatted {name}"));
    }
    Ok(Fate::Formatted(changes))
}

fn standard_input(check: bool) -> anyhow::Result<Outcome> {
    let mut text = String::new();
    let _ = std::io::stdin()
        .read_to_string(&mut text)
        .context("can't read standard input")?;
    let Some(formatted) = format("standard input", &text)? else {
        return Ok(Outcome::Findings);
    };
    if !check {
        output::data(&formatted)?;
        return Ok(Outcome::Clean);
    }
    if formatted == text {
        return Ok(Outcome::Clean);
    }
    output::data(&difference("standard input", "formatted", &text, &formatted))?;
    Ok(Outcome::Findings)
}

/// The canonical form; nothing when the text can't be read, which is said.
fn format(name: &str, text: &str) -> anyhow::Result<Option<String>> {
    let mut sources = SourceMap::default();
    let file = sources.add(name, text);
    match aqueduct_dsl::format(&mut sources, file) {
        Ok(formatted) => Ok(Some(formatted)),
        Err(findings) => {
            let style = Style {
                color: true,
                width: output::width(),
            };
            output::show(&render::human(&findings, &sources, style))?;
            Ok(None)
        }
    }
}

#[derive(Debug, Default)]
struct Counts {
    files: usize,
    changed: usize,
    unreadable: usize,
}

impl Counts {
    fn add(&mut self, fate: Fate) {
        self.files += 1;
        match fate {
            Fate::Formatted(changes) => self.changed += usize::from(changes),
            Fate::Unreadable => self.unreadable += 1,
        }
    }

    fn summary(&self, check: bool) -> String {
        let files = output::counted(self.files, "file");
        let changed = match (self.changed, check) {
            (0, _) => "nothing to change".to_owned(),
            (changed, false) => format!("{changed} changed"),
            (changed, true) => format!("{changed} to be changed by `{} fmt`", output::invocation()),
        };
        let unreadable = match self.unreadable {
            0 => String::new(),
            some => format!(", {some} left as it is for its errors"),
        };
        format!("{files}: {changed}{unreadable}")
    }

    fn outcome(&self, check: bool) -> Outcome {
        if self.unreadable > 0 || check && self.changed > 0 {
            Outcome::Findings
        } else {
            Outcome::Clean
        }
    }
}
