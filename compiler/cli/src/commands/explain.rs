//! `aqueduct explain`: a code, or an entry of a file with every default.

use std::path::PathBuf;

use anyhow::bail;
use aqueduct_compiler::rules;
use aqueduct_dsl::diagnostic::nearest;

use crate::load::load;
use crate::{Outcome, explained, output};

/// Explain a code, or an entry of a system with all its defaults
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aqueduct explain DEL004                          what the code means, with an example
  aqueduct explain shop.flow accounting            the entry, every default written out
  aqueduct explain shop.flow CustomerLoyalty.collect
  aqueduct explain                                 all codes")]
pub(crate) struct Args {
    /// A code, or a .flow file or folder
    what: Option<String>,
    /// The name of an entry of that file
    name: Option<String>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    match (&args.what, &args.name) {
        (None, _) => list(),
        (Some(code), None) => page(code),
        (Some(path), Some(name)) => entry(&PathBuf::from(path), name),
    }
}

fn list() -> anyhow::Result<Outcome> {
    let mut lines: Vec<&str> = rules::pages()
        .iter()
        .filter_map(|page| page.text.lines().next()?.strip_prefix("# "))
        .collect();
    lines.sort_unstable();
    output::data(&(lines.join("\n") + "\n"))?;
    Ok(Outcome::Clean)
}

fn page(code: &str) -> anyhow::Result<Outcome> {
    let Some(page) = rules::page(code) else {
        if PathBuf::from(code).exists() {
            bail!("say which entry of {code} to explain, as in `aqueduct explain {code} some_queue`");
        }
        let upper = code.to_ascii_uppercase();
        match nearest(&upper, rules::pages().iter().map(|page| page.code)) {
            Some(near) => bail!("there is no code {upper}; did you mean {near}?"),
            None => bail!("there is no code {upper}; `aqueduct explain` lists them all"),
        }
    };
    output::data(page.text)?;
    Ok(Outcome::Clean)
}

fn entry(path: &std::path::Path, name: &str) -> anyhow::Result<Outcome> {
    let loaded = load(path)?;
    let model = &loaded.analysis.model;
    let known = explained::names(model);
    let Some(found) = known.iter().find(|known| known.name == name) else {
        let candidates = known.iter().map(|known| known.name.as_str());
        match nearest(name, candidates) {
            Some(near) => bail!("`{name}` is not in {}; did you mean `{near}`?", path.display()),
            None => bail!(
                "`{name}` is not in {}; name a channel, a message, a service, or `Service.handler`",
                path.display()
            ),
        }
    };
    output::data(&explained::with_defaults(&loaded.sources, found))?;
    Ok(Outcome::Clean)
}
