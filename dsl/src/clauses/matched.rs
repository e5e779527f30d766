//! What a matched clause says: the author's words, by the names of the pattern's holes.

use smol_str::SmolStr;

use super::Row;
use super::pattern::Bindings;
use crate::ast::{Arg, Call, Clause, Entry, Expr, Literal, Name};
use crate::source::SpanId;

/// The entries of a block, sorted into options and the rest.
#[derive(Debug, Clone, Default)]
pub struct Options<'a> {
    /// The clauses that matched a row, in order.
    pub clauses: Vec<Matched<'a>>,
    /// Everything that is no clause: fields, declarations, flows with arrows, in order.
    pub others: Vec<&'a Entry>,
}

impl<'a> Options<'a> {
    /// The first clause that begins with a word.
    pub fn get(&self, word: &str) -> Option<&Matched<'a>> {
        self.clauses.iter().find(|matched| matched.row.word == word)
    }

    /// All clauses that begin with a word.
    pub fn all<'s>(&'s self, word: &'s str) -> impl Iterator<Item = &'s Matched<'a>> {
        self.clauses
            .iter()
            .filter(move |matched| matched.row.word == word)
    }
}

/// A clause with the row it matched. Every reader gives `None` for a hole that the clause left out.
#[derive(Debug, Clone)]
pub struct Matched<'a> {
    /// The row.
    pub row: &'static Row,
    /// The clause.
    pub clause: &'a Clause,
    bindings: Bindings<'a>,
}

impl<'a> Matched<'a> {
    pub(super) fn new(row: &'static Row, clause: &'a Clause, bindings: Bindings<'a>) -> Self {
        Self {
            row,
            clause,
            bindings,
        }
    }

    /// The whole clause.
    pub fn span(&self) -> SpanId {
        self.clause.span
    }

    /// The entries of its block; none when it has no block.
    pub fn block(&self) -> &'a [Entry] {
        self.clause
            .block
            .as_ref()
            .map(|block| block.entries.as_slice())
            .unwrap_or_default()
    }

    /// Whether a word of the pattern was written, such as the `outbox` of `via outbox`.
    pub fn has(&self, word: &str) -> bool {
        self.bindings.words.contains(&word)
    }

    /// What fell into a hole, whatever its kind.
    pub fn expr(&self, hole: &str) -> Option<&'a Expr> {
        self.bindings
            .holes
            .iter()
            .find(|(name, _)| *name == hole)
            .map(|(_, expr)| *expr)
    }

    /// A name; the first when there are several joined by `|`.
    pub fn path(&self, hole: &str) -> Option<Name> {
        self.paths(hole).into_iter().next()
    }

    /// All names that are joined by `|`.
    pub fn paths(&self, hole: &str) -> Vec<Name> {
        let all = self.expr(hole).map(Expr::alternatives).unwrap_or_default();
        all.into_iter().filter_map(name).collect()
    }

    /// A name without dots.
    pub fn word(&self, hole: &str) -> Option<Name> {
        self.path(hole)
    }

    /// The fields of a key: one, or several in parentheses.
    pub fn key(&self, hole: &str) -> Option<Vec<Name>> {
        let key = self.expr(hole)?;
        let fields = match key.as_group() {
            Some(fields) => fields.iter().filter_map(plain).filter_map(name).collect(),
            None => name(key).into_iter().collect(),
        };
        Some(fields)
    }

    /// A call.
    pub fn call(&self, hole: &str) -> Option<&'a Call> {
        self.expr(hole)?.as_call()
    }

    /// The items of a list.
    pub fn list(&self, hole: &str) -> Option<&'a [Expr]> {
        self.expr(hole)?.as_list()
    }

    /// A number as it was written, without `_`.
    pub fn number(&self, hole: &str) -> Option<(SmolStr, SpanId)> {
        self.numbers(hole).into_iter().next()
    }

    /// All numbers that are joined by `|`.
    pub fn numbers(&self, hole: &str) -> Vec<(SmolStr, SpanId)> {
        let all = self.expr(hole).map(Expr::alternatives).unwrap_or_default();
        all.into_iter()
            .filter_map(|one| {
                let Literal::Number(number) = one.as_literal()? else {
                    return None;
                };
                Some((number.clone(), one.span))
            })
            .collect()
    }

    /// Milliseconds.
    pub fn duration(&self, hole: &str) -> Option<(u64, SpanId)> {
        let (Literal::Duration(milliseconds), span) = self.literal(hole)? else {
            return None;
        };
        Some((*milliseconds, span))
    }

    /// Bytes.
    pub fn size(&self, hole: &str) -> Option<(u64, SpanId)> {
        let (Literal::Size(bytes), span) = self.literal(hole)? else {
            return None;
        };
        Some((*bytes, span))
    }

    /// A text, escapes resolved.
    pub fn text(&self, hole: &str) -> Option<(&'a str, SpanId)> {
        let (Literal::Text(text), span) = self.literal(hole)? else {
            return None;
        };
        Some((text, span))
    }

    /// Any value that stands for itself: a rate, a share, a date, a range.
    pub fn literal(&self, hole: &str) -> Option<(&'a Literal, SpanId)> {
        let expr = self.expr(hole)?;
        Some((expr.as_literal()?, expr.span))
    }
}

fn name(expr: &Expr) -> Option<Name> {
    let text = expr.as_path()?.clone();
    Some(Name {
        text,
        span: expr.span,
    })
}

fn plain(arg: &Arg) -> Option<&Expr> {
    let Arg::Plain(expr) = arg else { return None };
    Some(expr)
}
