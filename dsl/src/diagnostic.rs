//! What is wrong, as data; `render` turns it into text.

use std::fmt;

use serde::Serialize;
use smol_str::SmolStr;

use crate::source::{SourceMap, SpanId};

/// The name of a finding, such as `DEL004`; its page is `aqueduct explain DEL004`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Code(pub &'static str);

impl Code {
    /// Whether it speaks of what targets can carry, and not of the system itself.
    pub fn is_about_targets(self) -> bool {
        self.0.starts_with("TAR")
    }

    /// Whether it speaks of what couldn't be read, which hides whatever else is wrong there.
    pub fn is_about_reading(self) -> bool {
        self.0.starts_with("SYN")
    }
}

impl fmt::Display for Code {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.0)
    }
}

/// How much it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Cannot be built, contradicts a declaration, or loses or repeats effects.
    Error,
    /// Right on a good day, an incident on a bad one.
    Warn,
    /// A smell; never fails a build.
    Hint,
}

/// A place with what is to be said about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Label {
    /// The place.
    pub span: SpanId,
    /// Why this place; may be empty.
    pub text: String,
}

/// What to change in the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Edit {
    /// The text replaced; an insertion has an empty span.
    pub span: SpanId,
    /// The new text.
    pub text: String,
}

/// A change that mends the finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fix {
    /// The change in words, an imperative.
    pub title: String,
    /// The change itself.
    pub edits: Vec<Edit>,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// Its name.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// What is true: one line, lower case, no full stop, stands alone.
    pub message: String,
    /// The place to change.
    pub primary: Label,
    /// The other facts, in other places.
    pub related: Vec<Label>,
    /// The path that is the evidence, hop by hop.
    pub hops: Vec<Label>,
    /// Why it matters, one sentence each.
    pub notes: Vec<String>,
    /// The smallest change, an imperative sentence.
    pub help: Option<String>,
    /// The smallest change as edits.
    pub fix: Option<Fix>,
    /// What holds only for some targets names them.
    pub targets: Vec<SmolStr>,
}

impl Diagnostic {
    /// A finding at a place.
    pub fn new(code: Code, severity: Severity, span: SpanId, message: impl Into<String>) -> Self {
        Self {
            code,
            severity,
            message: message.into(),
            primary: Label {
                span,
                text: String::new(),
            },
            related: Vec::new(),
            hops: Vec::new(),
            notes: Vec::new(),
            help: None,
            fix: None,
            targets: Vec::new(),
        }
    }

    /// An error at a place.
    pub fn error(code: Code, span: SpanId, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, span, message)
    }

    /// Says why this place is marked.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.primary.text = text.into();
        self
    }

    /// Marks another place.
    #[must_use]
    pub fn related(mut self, span: SpanId, text: impl Into<String>) -> Self {
        self.related.push(Label {
            span,
            text: text.into(),
        });
        self
    }

    /// Adds a hop of the evidence.
    #[must_use]
    pub fn hop(mut self, span: SpanId, text: impl Into<String>) -> Self {
        self.hops.push(Label {
            span,
            text: text.into(),
        });
        self
    }

    /// Says why it matters.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Says that it holds for this target, and not for those that nobody names.
    #[must_use]
    pub fn holds_for(mut self, target: &str) -> Self {
        self.targets.push(target.into());
        self
    }

    /// Offers one replacement as the fix.
    #[must_use]
    pub fn replace(mut self, title: impl Into<String>, span: SpanId, text: impl Into<String>) -> Self {
        self.fix = Some(Fix {
            title: title.into(),
            edits: vec![Edit {
                span,
                text: text.into(),
            }],
        });
        self
    }
}

/// Sorts as a reader goes through the text, and drops what is said twice.
pub fn sort(diagnostics: &mut Vec<Diagnostic>, sources: &SourceMap) {
    diagnostics.sort_by(|a, b| {
        let key = |d: &Diagnostic| (sources.range(d.primary.span), d.code);
        key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message))
    });
    diagnostics.dedup_by(|a, b| {
        a.code == b.code
            && a.message == b.message
            && sources.range(a.primary.span) == sources.range(b.primary.span)
    });
}

/// The name nearest to a misspelt one: at most a third of its letters differ.
///
/// Upper and lower case count as equal, so that `ridecompleted` finds `RideCompleted`.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_lowercase();
    let limit = name.chars().count().div_ceil(3).max(1);
    candidates
        .into_iter()
        .filter(|candidate| *candidate != name)
        .map(|candidate| {
            (
                strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, candidate)| (*distance, candidate.len()))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_name_finds_its_neighbour_and_nothing_far_away() {
        assert_eq!(
            nearest("ridecompletd", ["RideCompleted", "Ride"]),
            Some("RideCompleted")
        );
        assert_eq!(nearest("rides", ["accounting", "loyalty"]), None);
    }
}
