//! `aqueduct check --emit`: the model as a JSON document, or the schema of that document.

use anyhow::bail;
use clap::ValueEnum;

use super::Args;
use aqueduct_compiler::mend::Texts;

use crate::Outcome;
use crate::output::{self, Format};

/// A document that programs of others read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Emitted {
    /// The model: everything that the system says, resolved
    Model,
    /// The JSON Schema of the model, for every system
    Schema,
}

/// Prints the document and nothing else on standard output; findings are shown to people.
pub(super) fn print(what: Emitted, args: &Args) -> anyhow::Result<Outcome> {
    if let Some(other) = in_the_way(args) {
        bail!(
            "`--emit` prints a document of its own, so it doesn't go with `{other}`; leave one of them out"
        );
    }
    if what == Emitted::Schema {
        output::data(&aqueduct_document::schema())?;
        return Ok(Outcome::Clean);
    }
    let loaded = super::read(args, &Texts::new())?;
    let analysis = &loaded.analysis;
    output::findings(analysis, &loaded.sources, args.format, false)?;
    // What a target can't carry is said in the document itself.
    let Some(drawn) = analysis.drawn() else {
        output::tell(&format!(
            "{}: {}; no model was printed",
            analysis.model.name,
            output::summary(analysis)
        ));
        return Ok(Outcome::Findings);
    };
    output::data(&aqueduct_document::document(drawn, &loaded.sources).to_string())?;
    Ok(Outcome::Clean)
}

/// What else would write to standard output.
fn in_the_way(args: &Args) -> Option<&'static str> {
    let others = [
        (args.saga.is_some(), "--saga"),
        (args.format == Format::Json, "--format json"),
        (args.format == Format::Sarif, "--format sarif"),
    ];
    others.into_iter().find(|(asked, _)| *asked).map(|(_, word)| word)
}
