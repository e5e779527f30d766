//! What everything that is declared has: a name, a place, what is written above it.

use aqueduct_compiler::model;
use aqueduct_dsl::source::SpanId;
use schemars::JsonSchema;
use serde::Serialize;
use serde_with::skip_serializing_none;
use smol_str::SmolStr;

use crate::reader::Reader;

/// What is declared, with its place.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Label {
    /// Its name, as written where it is declared.
    name: String,
    /// What is written above it; lines end with a line feed.
    docs: Option<String>,
    /// Where it is named.
    at: Option<Place>,
}

/// A place in a file of the system.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Place {
    /// The file, as it was named on the command line or found from there.
    file: String,
    /// Its line, from 1.
    line: u32,
    /// Its column in characters, from 1.
    column: u32,
}

/// A value that is in force, whether it was written or not.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Setting_{T}")]
pub(crate) struct Setting<T> {
    /// The value; the member's name says its unit.
    value: T,
    /// There, and true, when nobody has written it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    default: bool,
}

impl<T: Copy> From<model::Setting<T>> for Setting<T> {
    fn from(of: model::Setting<T>) -> Self {
        let model::Setting { value, span } = of;
        Self::of(value, span)
    }
}

impl<T> Setting<T> {
    /// A value, and where it was written.
    pub(crate) fn of(value: T, span: SpanId) -> Self {
        Self {
            value,
            default: !span.is_somewhere(),
        }
    }
}

/// A setting that need not be there.
pub(crate) fn setting<T: Copy>(of: Option<model::Setting<T>>) -> Option<Setting<T>> {
    of.map(Setting::from)
}

/// The author's words for a reason.
pub(crate) fn reason(of: &model::Reason) -> String {
    let model::Reason { text, span: _ } = of;
    text.to_string()
}

/// Lines of documentation as one text.
pub(crate) fn docs(lines: &[SmolStr]) -> Option<String> {
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// `address.zip`
pub(crate) fn path(segments: &[SmolStr]) -> String {
    segments.join(".")
}

/// Each path of a key.
pub(crate) fn key(of: &[Vec<SmolStr>]) -> Vec<String> {
    of.iter().map(|segments| path(segments)).collect()
}

/// Texts as they are.
pub(crate) fn texts(of: &[SmolStr]) -> Vec<String> {
    of.iter().map(SmolStr::to_string).collect()
}

impl Reader<'_> {
    /// A label of the model.
    pub(crate) fn label(&self, of: &model::Label) -> Label {
        let model::Label {
            name,
            span,
            entry: _,
            docs: lines,
        } = of;
        Label {
            name: name.to_string(),
            docs: docs(lines),
            at: self.at(*span),
        }
    }

    /// A place, if somebody wrote it.
    pub(crate) fn at(&self, span: SpanId) -> Option<Place> {
        let (line, column) = self.sources.line_column(span)?;
        Some(Place {
            file: self.sources.file_name(span)?.to_owned(),
            line,
            column,
        })
    }
}
