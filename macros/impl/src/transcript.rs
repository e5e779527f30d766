//! `.flow` text that remembers which Rust tokens each of its words stands for.
//!
//! Annotated Rust is read by writing it down as `.flow`: so there is one grammar, one clause table and one lowering,
//! and whatever is found is found in a text whose places lead back to the user's tokens.

use proc_macro2::{Ident, Span};
use smol_str::SmolStr;

use crate::complaint::Complaint;

/// A stretch of the text with the token that it stands for.
#[derive(Debug, Clone, Copy)]
struct Piece {
    start: usize,
    end: usize,
    span: Span,
}

/// A text that grows, and what was wrong on the way.
#[derive(Debug, Clone, Default)]
pub(crate) struct Transcript {
    text: String,
    pieces: Vec<Piece>,
    complaints: Vec<Complaint>,
    lost: Vec<SmolStr>,
    /// Where types of the system are named, by their names there.
    named: Vec<(String, Ident)>,
    /// Where files begin behind the first one.
    cuts: Vec<usize>,
    /// How many brackets are open. Lines are indented by it: that is how a file is cut when a part can't be read.
    depth: usize,
}

impl Transcript {
    /// What was written.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// What was written, file by file.
    pub(crate) fn files(&self) -> impl Iterator<Item = &str> {
        let ends = self.cuts.iter().copied().chain([self.text.len()]);
        self.starts()
            .zip(ends)
            .map(|(start, end)| self.text.get(start..end).unwrap_or_default())
    }

    /// Where a file begins in the whole text.
    pub(crate) fn start_of(&self, file: usize) -> usize {
        self.starts().nth(file).unwrap_or_default()
    }

    fn starts(&self) -> impl Iterator<Item = usize> {
        [0].into_iter().chain(self.cuts.iter().copied())
    }

    /// Begins another file.
    pub(crate) fn cut(&mut self) {
        self.line();
        self.cuts.push(self.text.len());
    }

    /// What Rust itself was wrong about, each with a place behind the text that leads to its token.
    pub(crate) fn complaints(&mut self) -> Vec<(std::ops::Range<usize>, Complaint)> {
        let complaints = std::mem::take(&mut self.complaints).into_iter().enumerate();
        let placed = complaints.map(|(at, complaint)| {
            let start = self.text.len() + 1 + 2 * at;
            for (start, span) in [(start, complaint.span), (start + 1, complaint.last)] {
                self.pieces.push(Piece {
                    start,
                    end: start + 1,
                    span,
                });
            }
            (start..start + 2, complaint)
        });
        placed.collect()
    }

    /// Says that something has no meaning in a system.
    pub(crate) fn complain(&mut self, complaint: Complaint) {
        self.complaints.push(complaint);
    }

    /// Writes something that is wrong and was complained about: nobody else is to blame for it.
    pub(crate) fn lose(&mut self, word: &str, span: Span) {
        self.word(word, span);
        self.leave_out(word);
    }

    /// Something with this name is not written, since it is wrong and was complained about.
    pub(crate) fn leave_out(&mut self, name: &str) {
        self.lost.push(name.into());
    }

    /// Remembers that a type of the system is named here.
    pub(crate) fn names_type(&mut self, name: &str, ident: &Ident) {
        self.named.push((name.to_owned(), ident.clone()));
    }

    /// Where types of the system are named.
    pub(crate) fn named_types(&self) -> &[(String, Ident)] {
        &self.named
    }

    /// The words that stand for what was wrong.
    pub(crate) fn lost(&mut self) -> Vec<SmolStr> {
        std::mem::take(&mut self.lost)
    }

    /// A word with a blank before it.
    pub(crate) fn word(&mut self, word: &str, span: Span) {
        if !self.text.ends_with([' ', '\n', '(', '[']) && !self.text.is_empty() {
            self.text.push(' ');
        }
        self.glued(word, span);
    }

    /// A word right behind what is there.
    pub(crate) fn glued(&mut self, word: &str, span: Span) {
        if matches!(word, "}" | ")" | "]") {
            self.depth = self.depth.saturating_sub(1);
        }
        if self.text.ends_with('\n') {
            self.text.push_str(&"  ".repeat(self.depth));
        }
        if matches!(word, "{" | "(" | "[") {
            self.depth += 1;
        }
        let start = self.text.len();
        self.text.push_str(word);
        self.pieces.push(Piece {
            start,
            end: self.text.len(),
            span,
        });
    }

    /// The end of an entry.
    pub(crate) fn line(&mut self) {
        if !self.text.ends_with('\n') && !self.text.is_empty() {
            self.text.push('\n');
        }
    }

    /// A line of documentation with its mark, `///` or `//!`.
    pub(crate) fn documentation(&mut self, mark: &str, text: &str, span: Span) {
        // `lines` gives nothing for an empty line that stands alone.
        for line in if text.is_empty() { "\n" } else { text }.lines() {
            self.line();
            let line = format!("{mark} {}", line.strip_prefix(' ').unwrap_or(line));
            self.glued(line.trim_end(), span);
            self.text.push('\n');
        }
    }

    /// The first and the last token that a place of the text stands for.
    pub(crate) fn tokens_at(&self, place: std::ops::Range<usize>) -> Option<(Span, Span)> {
        let (start, end) = (place.start, place.end);
        let first = self.pieces.partition_point(|piece| piece.end <= start);
        let behind = self
            .pieces
            .partition_point(|piece| piece.start < end.max(start + 1));
        // A place between two tokens belongs to the one before it.
        let first = first.min(behind.saturating_sub(1));
        let last = behind.saturating_sub(1).max(first);
        Some((self.pieces.get(first)?.span, self.pieces.get(last)?.span))
    }
}
