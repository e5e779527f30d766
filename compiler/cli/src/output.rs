//! What goes to the two streams: data to standard output, everything else to standard error.

use std::io::Write;

use aqueduct_compiler::Analysis;
use aqueduct_compiler::rules::{self, Page};
use aqueduct_dsl::diagnostic::Severity;
use aqueduct_dsl::render::{self, SarifRule};
use aqueduct_dsl::source::SourceMap;
use clap::ValueEnum;
use heck::ToUpperCamelCase;
use serde::Serialize;

/// How findings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// With the text around them
    Human,
    /// One line each
    Short,
    /// One JSON document
    Json,
    /// One SARIF 2.1.0 log, for code hosts and editors
    Sarif,
}

/// How many findings people are shown at once.
const SHOWN: usize = 100;

/// Writes data to standard output.
pub(crate) fn data(text: &str) -> anyhow::Result<()> {
    let mut out = anstream::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

/// Writes a value as pretty JSON to standard output.
pub(crate) fn json(value: &impl Serialize) -> anyhow::Result<()> {
    data(&(serde_json::to_string_pretty(value)? + "\n"))
}

/// Shows findings to people, on standard error.
pub(crate) fn show(text: &str) -> anyhow::Result<()> {
    anstream::stderr().lock().write_all(text.as_bytes())?;
    Ok(())
}

/// Tells what is going on, on standard error.
pub(crate) fn tell(text: &str) {
    // Nothing is lost when nobody can read this.
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// How this program was called, for commands to paste: `cargo aqueduct` in a checkout of its own sources.
pub(crate) fn invocation() -> &'static str {
    // Cargo sets this for what it runs.
    if std::env::var_os("CARGO_PKG_NAME").is_some() {
        "cargo aqueduct"
    } else {
        "aqueduct"
    }
}

/// A failure of the command itself.
pub(crate) fn complain(error: &anyhow::Error) {
    let _ = writeln!(anstream::stderr(), "\u{1b}[1;31merror\u{1b}[0m: {error:#}");
}

/// Findings in the format asked for: `human` and `short` for people go to standard error, unless they are what was
/// asked for; `json` and `sarif` are data.
pub(crate) fn findings(
    analysis: &Analysis,
    sources: &SourceMap,
    format: Format,
    asked_for: bool,
) -> anyhow::Result<()> {
    let shown = analysis.findings.get(..SHOWN).unwrap_or(&analysis.findings);
    let mut text = match format {
        Format::Human => render::human(
            shown,
            sources,
            render::Style {
                color: true,
                width: width(),
            },
        ),
        Format::Short => render::short(&analysis.findings, sources),
        Format::Json => render::json(&analysis.findings, sources),
        Format::Sarif => sarif(analysis, sources),
    };
    if format == Format::Human && shown.len() < analysis.findings.len() {
        let more = analysis.findings.len() - shown.len();
        text.push_str(&format!("\n… and {more} more; `--format short` lists them all\n"));
    }
    if asked_for || matches!(format, Format::Json | Format::Sarif) {
        data(&text)
    } else {
        show(&text)
    }
}

fn sarif(analysis: &Analysis, sources: &SourceMap) -> String {
    let pages: Vec<(&Page, String)> = rules::pages()
        .iter()
        .map(|page| (page, page.name().to_upper_camel_case()))
        .collect();
    let rules: Vec<SarifRule<'_>> = pages
        .iter()
        .map(|(page, name)| SarifRule {
            code: page.code,
            name,
            summary: page.summary(),
            level: page.level(),
            page: page.text,
        })
        .collect();
    render::sarif(&analysis.findings, sources, &rules, env!("CARGO_PKG_VERSION"))
}

/// `2 errors, 1 warning`
pub(crate) fn summary(analysis: &Analysis) -> String {
    let count = |severity, one: &str| match analysis.count(severity) {
        0 => None,
        some => Some(counted(some, one)),
    };
    let parts = [
        count(Severity::Error, "error"),
        count(Severity::Warn, "warning"),
        count(Severity::Hint, "hint"),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// `1 route`, `2 routes`
pub(crate) fn counted(count: usize, one: &str) -> String {
    if count == 1 {
        format!("1 {one}")
    } else {
        format!("{count} {one}s")
    }
}

/// Columns of the terminal, as far as it says.
pub(crate) fn width() -> usize {
    std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok())
        .unwrap_or(120)
}
