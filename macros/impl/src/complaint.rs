//! What is wrong with Rust that has no meaning in a system: found before there is any text to point at.

use aqueduct_dsl::diagnostic::Diagnostic;
use aqueduct_dsl::source::SpanId;
use proc_macro2::Span;
use quote::ToTokens;

/// The code of all that is found here; its page is in `compiler/rules`.
use aqueduct_compiler::codes::RUST_OUT_OF_PLACE;

/// A finding at a token.
#[derive(Debug, Clone)]
pub(crate) struct Complaint {
    pub(crate) span: Span,
    /// Where the place ends: the same token, or the last of several.
    pub(crate) last: Span,
    message: String,
    label: String,
    help: String,
    note: Option<&'static str>,
}

impl Complaint {
    /// Says what is true, why this place is marked, and what to do.
    pub(crate) fn new(
        span: Span,
        message: impl Into<String>,
        label: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            span,
            last: span,
            message: message.into(),
            label: label.into(),
            help: help.into(),
            note: None,
        }
    }

    /// The same about all of some tokens.
    pub(crate) fn over(
        tokens: &impl ToTokens,
        message: impl Into<String>,
        label: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        let spans: Vec<Span> = tokens
            .to_token_stream()
            .into_iter()
            .map(|tree| tree.span())
            .collect();
        let first = spans.first().copied().unwrap_or_else(Span::call_site);
        Self {
            last: spans.last().copied().unwrap_or(first),
            ..Self::new(first, message, label, help)
        }
    }

    /// Says why it matters.
    pub(crate) fn note(mut self, note: &'static str) -> Self {
        self.note = Some(note);
        self
    }

    /// The finding, at a place that the caller knows.
    pub(crate) fn diagnostic(&self, place: SpanId) -> Diagnostic {
        let finding = Diagnostic::error(RUST_OUT_OF_PLACE, place, &self.message)
            .label(&self.label)
            .help(&self.help);
        match self.note {
            Some(note) => finding.note(note),
            None => finding,
        }
    }
}
