//! Text to tree: pest's pairs become shapes, with spans that end where the words end.
#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "the rules are pest's enum; what a rule contains is settled by the grammar, the rest cannot come"
)]

mod clause;
mod declaration;
mod expression;
mod literal;
mod types;

use std::iter::{Filter, Peekable};

use pest::Parser as _;
use pest::iterators::{Pair, Pairs};
use smol_str::SmolStr;

use crate::ast::{Block, Entry, File, Name, Shape};
use crate::codes::UNREADABLE_ENTRY;
use crate::diagnostic::{self, Diagnostic};
use crate::grammar::{Grammar, Rule};
use crate::recover;
use crate::source::{FileId, SourceMap, SpanId};
use crate::tokens;

/// What a text turned out to be.
#[derive(Debug, Clone, Default)]
pub struct Parsed {
    /// All that could be read.
    pub file: File,
    /// Why the rest could not; in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
    /// Names that unreadable entries seem to declare: what refers to them is not to blame.
    pub lost: Vec<SmolStr>,
}

/// Reads a file. It never fails: what is broken is left out and has a diagnostic.
pub fn parse(sources: &mut SourceMap, file: FileId) -> Parsed {
    let text = sources.file(file).text.clone();
    let survey = tokens::survey(&text);
    let mut diagnostics = Vec::new();
    let mut builder = Builder {
        sources,
        file,
        base: 0,
        comments: &survey.comments,
        out: &mut diagnostics,
    };
    let whole = match survey.too_deep {
        None => Grammar::parse(Rule::file, &text).ok(),
        Some(_) => None,
    };
    let (tree, lost) = match whole {
        Some(pairs) => (builder.file(pairs), Vec::new()),
        None => recover::file(&mut builder, &text),
    };
    diagnostic::sort(&mut diagnostics, sources);
    Parsed {
        file: tree,
        diagnostics,
        lost,
    }
}

/// Makes the tree of one text, or of a part of it that begins at `base`.
pub(crate) struct Builder<'a> {
    pub(crate) sources: &'a mut SourceMap,
    pub(crate) file: FileId,
    pub(crate) base: usize,
    pub(crate) comments: &'a [(usize, usize)],
    pub(crate) out: &'a mut Vec<Diagnostic>,
}

impl Builder<'_> {
    fn file(&mut self, pairs: Pairs<'_, Rule>) -> File {
        let mut file = File::default();
        for pair in pairs.flat_map(Pair::into_inner) {
            match pair.as_rule() {
                Rule::file_doc => file.docs.push(documentation(pair.as_str())),
                Rule::entry => file.entries.push(self.entry(pair)),
                _ => {}
            }
        }
        file
    }

    /// The entries of a part; nothing when it cannot be read.
    pub(crate) fn piece(&mut self, text: &str, base: usize) -> Option<Vec<Entry>> {
        let pairs = Grammar::parse(Rule::piece, text).ok()?;
        self.base = base;
        Some(self.entries(pairs.flat_map(Pair::into_inner)))
    }

    fn entries<'i>(&mut self, pairs: impl Iterator<Item = Pair<'i, Rule>>) -> Vec<Entry> {
        pairs
            .filter(|pair| pair.as_rule() == Rule::entry)
            .map(|pair| self.entry(pair))
            .collect()
    }

    fn entry(&mut self, pair: Pair<'_, Rule>) -> Entry {
        let mut docs = Vec::new();
        let mut shape = None;
        let mut span = SpanId::NOWHERE;
        for part in pair.into_inner() {
            if part.as_rule() == Rule::doc {
                docs.push(documentation(part.as_str()));
            } else if part.as_rule() != Rule::declares {
                span = self.span(&part);
                shape = Some(self.shape(part));
            }
        }
        Entry {
            docs,
            shape: shape.unwrap_or(Shape::Spread(nameless(span))),
            span,
        }
    }

    fn shape(&mut self, pair: Pair<'_, Rule>) -> Shape {
        match pair.as_rule() {
            Rule::field => Shape::Field(self.field(pair)),
            Rule::declaration => self.declaration(pair),
            Rule::branching => Shape::Branching(self.branching(pair)),
            Rule::flow => Shape::Flow(self.flow(pair)),
            _ => Shape::Spread(self.spread(pair)),
        }
    }

    fn spread(&mut self, pair: Pair<'_, Rule>) -> Name {
        let mut parts = Parts::of(self, pair);
        self.name(&mut parts, Rule::path)
    }

    fn block(&mut self, pair: Pair<'_, Rule>) -> Block {
        let span = self.span(&pair);
        Block {
            entries: self.entries(pair.into_inner()),
            span: Some(span),
        }
    }

    /// A block that may be left out.
    fn optional_block(&mut self, parts: &mut Parts<'_>) -> Block {
        parts
            .take(Rule::block)
            .map(|pair| self.block(pair))
            .unwrap_or_default()
    }

    fn name(&mut self, parts: &mut Parts<'_>, rule: Rule) -> Name {
        match parts.take(rule) {
            Some(pair) => self.name_of(&pair),
            None => nameless(parts.span),
        }
    }

    fn optional_name(&mut self, parts: &mut Parts<'_>, rule: Rule) -> Option<Name> {
        parts.take(rule).map(|pair| self.name_of(&pair))
    }

    fn name_of(&mut self, pair: &Pair<'_, Rule>) -> Name {
        let span = self.span(pair);
        Name {
            text: SmolStr::new(pair.as_str()),
            span,
        }
    }

    /// Where a pair is, blanks and comments at its end left out: pest's spans run over them.
    fn span(&mut self, pair: &Pair<'_, Rule>) -> SpanId {
        let (start, end) = self.bounds(pair);
        self.sources.span(self.file, start, end)
    }

    fn bounds(&self, pair: &Pair<'_, Rule>) -> (usize, usize) {
        let span = pair.as_span();
        let start = self.base + span.start();
        let mut text = span.as_str();
        loop {
            text = text.trim_end_matches([' ', '\t', '\r', '\n']);
            let end = start + text.len();
            let comment = self
                .comments
                .binary_search_by_key(&end, |(_, end)| *end)
                .ok()
                .and_then(|found| self.comments.get(found))
                .and_then(|(from, _)| text.get(..from.checked_sub(start)?));
            match comment {
                Some(before) => text = before,
                None => return (start, end),
            }
        }
    }
}

type Wanted<'i> = fn(&Pair<'i, Rule>) -> bool;

/// What a rule contains, its keywords left out.
struct Parts<'i> {
    pairs: Peekable<Filter<Pairs<'i, Rule>, Wanted<'i>>>,
    span: SpanId,
}

impl<'i> Parts<'i> {
    fn of(builder: &mut Builder<'_>, pair: Pair<'i, Rule>) -> Self {
        let span = builder.span(&pair);
        let wanted: Wanted<'i> = |part| !is_keyword(part.as_rule());
        Self {
            pairs: pair.into_inner().filter(wanted).peekable(),
            span,
        }
    }

    /// The next part if it is of this rule.
    fn take(&mut self, rule: Rule) -> Option<Pair<'i, Rule>> {
        self.pairs.next_if(|pair| pair.as_rule() == rule)
    }

    /// The next part of whatever rule.
    fn next(&mut self) -> Option<Pair<'i, Rule>> {
        self.pairs.next()
    }
}

/// Words that say which rule it is, which the rule itself says as well.
fn is_keyword(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::kw_store
            | Rule::kw_service
            | Rule::kw_each
            | Rule::kw_on
            | Rule::kw_as
            | Rule::kw_by
            | Rule::kw_sort
            | Rule::kw_fails
            | Rule::kw_sample
            | Rule::kw_scenario
            | Rule::kw_if
            | Rule::kw_else
    )
}

/// A syntax error that only the tree shows.
fn refuse(span: SpanId, message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(UNREADABLE_ENTRY, span, message)
}

/// Stands where the grammar promises a name; never seen.
fn nameless(span: SpanId) -> Name {
    Name {
        text: SmolStr::default(),
        span,
    }
}

/// A line of documentation without its mark and one blank.
pub(crate) fn documentation(line: &str) -> SmolStr {
    let text = line.get(3..).unwrap_or_default();
    SmolStr::new(text.strip_prefix(' ').unwrap_or(text).trim_end())
}

#[cfg(test)]
mod tests;
