//! Findings as one JSON document; the names of its members are a promise.

use serde::Serialize;

use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::source::{SourceMap, SpanId};

/// Raised when a member is renamed or removed; new members may come at any time.
const FORMAT: u32 = 1;

#[derive(Serialize)]
struct Report<'a> {
    format: u32,
    findings: Vec<Finding<'a>>,
}

#[derive(Serialize)]
struct Finding<'a> {
    code: &'a str,
    severity: Severity,
    message: &'a str,
    /// Where to look first; flattened, since that is what most readers want.
    #[serde(flatten)]
    place: Option<Place<'a>>,
    label: &'a str,
    labels: Vec<Marked<'a>>,
    hops: Vec<Marked<'a>>,
    notes: &'a [String],
    help: Option<&'a str>,
    fix: Option<Change<'a>>,
    targets: Vec<&'a str>,
}

/// Lines and columns from 1, columns in characters, bytes from 0; ends are one past the last.
#[derive(Serialize)]
struct Place<'a> {
    file: &'a str,
    line: u32,
    column: u32,
    end: Position,
    bytes: Bytes,
}

#[derive(Serialize)]
struct Position {
    line: u32,
    column: u32,
}

#[derive(Serialize)]
struct Bytes {
    start: u32,
    end: u32,
}

#[derive(Serialize)]
struct Marked<'a> {
    #[serde(flatten)]
    place: Option<Place<'a>>,
    text: &'a str,
}

#[derive(Serialize)]
struct Change<'a> {
    title: &'a str,
    edits: Vec<Marked<'a>>,
}

/// Findings for other programs, in the order given.
pub fn json(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    let report = Report {
        format: FORMAT,
        findings: diagnostics
            .iter()
            .map(|diagnostic| finding(diagnostic, sources))
            .collect(),
    };
    // Strings and numbers always have a JSON form.
    serde_json::to_string_pretty(&report).unwrap_or_default() + "\n"
}

fn finding<'a>(diagnostic: &'a Diagnostic, sources: &'a SourceMap) -> Finding<'a> {
    Finding {
        code: diagnostic.code.0,
        severity: diagnostic.severity,
        message: &diagnostic.message,
        place: place(diagnostic.primary.span, sources),
        label: &diagnostic.primary.text,
        labels: marked(&diagnostic.related, sources),
        hops: marked(&diagnostic.hops, sources),
        notes: &diagnostic.notes,
        help: diagnostic.help.as_deref(),
        fix: diagnostic.fix.as_ref().map(|fix| Change {
            title: &fix.title,
            edits: fix
                .edits
                .iter()
                .map(|edit| Marked {
                    place: place(edit.span, sources),
                    text: &edit.text,
                })
                .collect(),
        }),
        targets: diagnostic.targets.iter().map(smol_str::SmolStr::as_str).collect(),
    }
}

fn marked<'a>(labels: &'a [Label], sources: &'a SourceMap) -> Vec<Marked<'a>> {
    labels
        .iter()
        .map(|label| Marked {
            place: place(label.span, sources),
            text: &label.text,
        })
        .collect()
}

fn place(span: SpanId, sources: &SourceMap) -> Option<Place<'_>> {
    let range = sources.range(span)?;
    let (line, column) = sources.line_column(span)?;
    let (end_line, end_column) = sources.end_line_column(span)?;
    Some(Place {
        file: sources.file_name(span)?,
        line,
        column,
        end: Position {
            line: end_line,
            column: end_column,
        },
        bytes: Bytes {
            start: range.start,
            end: range.end,
        },
    })
}
