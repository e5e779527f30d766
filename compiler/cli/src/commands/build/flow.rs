//! `aqueduct build --target flow`: prints a system as canonical `.flow`, and writes nothing.

use anyhow::bail;

use super::Args;
use crate::Outcome;
use crate::load::load;
use crate::output::{self, Format};

/// Prints what could be read as a whole, with whatever the rules say about it; findings don't mix with the text.
pub(super) fn print(args: &Args) -> anyhow::Result<Outcome> {
    if let Some(other) = in_the_way(args) {
        bail!(
            "`--target flow` only prints the system, so it doesn't go with `{other}`; leave one of them out"
        );
    }
    let loaded = load(&args.path)?;
    let analysis = &loaded.analysis;
    output::findings(analysis, &loaded.sources, args.format, false)?;
    if !analysis.is_whole() {
        output::tell(&format!(
            "{}: {}; nothing was printed",
            analysis.model.name,
            output::summary(analysis)
        ));
        return Ok(Outcome::Findings);
    }
    output::data(&aqueduct_dsl::write(&analysis.files))?;
    Ok(if analysis.drawn().is_some() {
        Outcome::Clean
    } else {
        Outcome::Findings
    })
}

/// What else was asked for and would write files, or something else to standard output.
fn in_the_way(args: &Args) -> Option<String> {
    if let Some(target) = args.targets().first() {
        return Some(format!("--target {}", target.word()));
    }
    let others = [
        (args.query_language.is_some(), "--query-language"),
        (args.stubs, "--stubs"),
        (args.check, "--check"),
        (args.format == Format::Json, "--format json"),
        (args.format == Format::Sarif, "--format sarif"),
    ];
    let other = others.into_iter().find(|(asked, _)| *asked)?;
    Some(other.1.to_owned())
}
