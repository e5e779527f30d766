//! A broken piece seen as tokens, and the place where the parser gave up.

use pest::Parser as _;
use pest::error::{ErrorVariant, InputLocation};

use crate::grammar::{Grammar, Rule};
use crate::tokens::{Kind, Token, tokens};

/// What the search for slips looks at.
pub(super) struct Look<'t> {
    pub(super) text: &'t str,
    /// Where the last line of the piece ends.
    pub(super) end: usize,
    /// Comments left out.
    pub(super) tokens: Vec<Token>,
    /// The token at which the parser gave up; one past the last when the text ends too early.
    pub(super) here: usize,
    /// What the parser would have taken.
    pub(super) wanted: Vec<Rule>,
    parenthesized: Vec<bool>,
}

impl<'t> Look<'t> {
    pub(super) fn at(text: &'t str, end: usize) -> Self {
        let tokens: Vec<Token> = tokens(text).filter(|token| token.kind != Kind::Comment).collect();
        let parenthesized = parenthesized(text, &tokens);
        let (mut place, mut wanted) = (0, Vec::new());
        if let Err(error) = Grammar::parse(Rule::piece, text) {
            place = match error.location {
                InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
            };
            if let ErrorVariant::ParsingError { positives, .. } = error.variant {
                wanted = positives;
            }
        }
        let here = tokens
            .iter()
            .position(|token| token.end > place)
            .unwrap_or(tokens.len());
        Self {
            text,
            end,
            tokens,
            here,
            wanted,
            parenthesized,
        }
    }

    pub(super) fn token(&self, index: usize) -> Option<Token> {
        self.tokens.get(index).copied()
    }

    /// A token's text; empty past the end.
    pub(super) fn word(&self, index: usize) -> &'t str {
        self.token(index)
            .map(|token| token.text(self.text))
            .unwrap_or_default()
    }

    pub(super) fn kind(&self, index: usize) -> Option<Kind> {
        self.token(index).map(|token| token.kind)
    }

    pub(super) fn is_word(&self, index: usize) -> bool {
        self.kind(index) == Some(Kind::Word)
    }

    /// The token before one, line breaks passed over.
    pub(super) fn before(&self, index: usize) -> Option<usize> {
        let earlier = self.tokens.get(..index)?;
        earlier.iter().rposition(|token| token.kind != Kind::Break)
    }

    /// Whether a token is the first on its line.
    pub(super) fn begins_line(&self, index: usize) -> bool {
        index
            .checked_sub(1)
            .is_none_or(|before| self.kind(before) == Some(Kind::Break))
    }

    /// Whether nothing but a line's or a block's end follows.
    pub(super) fn ends(&self, index: usize) -> bool {
        match self.kind(index) {
            None | Some(Kind::Break | Kind::Close | Kind::Doc) => true,
            Some(Kind::Sign) => self.word(index) == ",",
            Some(Kind::Word | Kind::Number | Kind::Text | Kind::OpenText | Kind::Comment | Kind::Open) => {
                false
            }
        }
    }

    /// The first token of the entry in which the parser gave up.
    pub(super) fn lead(&self) -> usize {
        let mut depth = 0_usize;
        let mut lead = self.here.min(self.tokens.len());
        while let Some(index) = lead.checked_sub(1) {
            let text = self.word(index);
            match self.kind(index) {
                Some(Kind::Close) => depth += 1,
                Some(Kind::Open) if depth == 0 && text == "{" => break,
                Some(Kind::Open) => depth = depth.saturating_sub(1),
                Some(Kind::Break) if depth == 0 && !self.goes_on(index) => break,
                Some(Kind::Sign) if depth == 0 && text == "," && !self.in_parentheses(index) => break,
                _ => {}
            }
            lead = index;
        }
        while matches!(self.kind(lead), Some(Kind::Break | Kind::Doc)) && lead < self.here {
            lead += 1;
        }
        lead
    }

    /// Whether the entry goes on over a line break.
    fn goes_on(&self, line_break: usize) -> bool {
        let next = self
            .tokens
            .iter()
            .skip(line_break)
            .position(|token| token.kind != Kind::Break);
        let after = next.map_or("", |skipped| self.word(line_break + skipped));
        let before = self.before(line_break).map_or("", |index| self.word(index));
        after == "->"
            || ["->", "|", "=", ":", "and", "or", "=="].contains(&before)
            || self.in_parentheses(line_break)
    }

    /// Whether a token stands in `( )` or `[ ]`.
    pub(super) fn in_parentheses(&self, index: usize) -> bool {
        self.parenthesized
            .get(index)
            .or(self.parenthesized.last())
            .copied()
            .unwrap_or_default()
    }
}

/// For each token, and for the end, whether the innermost open bracket before it is `(` or `[`.
fn parenthesized(text: &str, tokens: &[Token]) -> Vec<bool> {
    let mut open: Vec<&str> = Vec::new();
    let mut inside = Vec::with_capacity(tokens.len() + 1);
    for token in tokens {
        inside.push(matches!(open.last(), Some(&("(" | "["))));
        match token.kind {
            Kind::Open => open.push(token.text(text)),
            Kind::Close => drop(open.pop()),
            Kind::Word
            | Kind::Number
            | Kind::Text
            | Kind::OpenText
            | Kind::Doc
            | Kind::Comment
            | Kind::Break
            | Kind::Sign => {}
        }
    }
    inside.push(matches!(open.last(), Some(&("(" | "["))));
    inside
}
