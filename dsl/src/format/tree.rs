//! A text as lists of items: every word and every comment, and no blanks.

use super::marks::{Marks, Shape};
use crate::clauses::Owner;
use crate::tokens::{self, Kind, Token};

/// A file, a block, or what stands in parentheses or brackets.
#[derive(Debug)]
pub(super) struct List<'t> {
    /// The bracket; empty for a file.
    pub(super) open: &'t str,
    /// The other bracket.
    pub(super) close: &'t str,
    /// Whose block it is, where that matters.
    pub(super) owner: Option<Owner>,
    /// A comment in the line of the opening bracket.
    pub(super) remark: Option<&'t str>,
    pub(super) items: Vec<Item<'t>>,
    /// Comments after the last item.
    pub(super) rest: Vec<Line<'t>>,
}

/// One item of a list.
#[derive(Debug)]
pub(super) struct Item<'t> {
    pub(super) shape: Shape,
    /// Comments and documentation in lines of their own.
    pub(super) before: Vec<Line<'t>>,
    /// Whether a blank line stands right before it.
    pub(super) gap: bool,
    pub(super) parts: Vec<Part<'t>>,
    /// A comment or documentation in its last line.
    pub(super) remark: Option<&'t str>,
}

/// A line of comment or documentation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'t> {
    /// Whether a blank line stands before it.
    pub(super) gap: bool,
    pub(super) text: &'t str,
}

/// A piece of an item.
#[derive(Debug)]
pub(super) struct Part<'t> {
    /// Whether no blank stands before it.
    pub(super) tight: bool,
    pub(super) what: What<'t>,
}

#[derive(Debug)]
pub(super) enum What<'t> {
    /// A word, a value, a sign.
    Word(&'t str),
    /// A comment in the midst of an item, in a line of its own or not.
    Remark {
        text: &'t str,
        own_line: bool,
    },
    List(List<'t>),
}

impl<'t> Part<'t> {
    /// The word that it is.
    pub(super) fn word(&self) -> Option<&'t str> {
        let What::Word(text) = self.what else { return None };
        Some(text)
    }

    /// The list that it is.
    pub(super) fn list(&self) -> Option<&List<'t>> {
        let What::List(list) = &self.what else { return None };
        Some(list)
    }
}

/// Reads a text that the grammar has read before.
pub(super) fn read<'t>(text: &'t str, marks: &Marks) -> List<'t> {
    let mut reader = Reader {
        text,
        marks,
        tokens: words(text, marks),
        at: 0,
    };
    reader.list("")
}

/// Tokens as the grammar tells them apart: a value is one, and the `>=` of `list<int>=[]` is two.
fn words(text: &str, marks: &Marks) -> Vec<Token> {
    let mut found: Vec<Token> = Vec::new();
    for mut token in tokens::tokens(text) {
        let end = found.last().map_or(0, |last| last.end);
        if token.start < end || token.text(text) == "\u{feff}" {
            continue;
        }
        if let Some(end) = marks.values.get(&token.start) {
            token.end = *end;
        }
        if token.text(text) == ">=" && marks.closing_angles.contains(&token.start) {
            let middle = token.start + 1;
            found.push(Token { end: middle, ..token });
            token.start = middle;
        }
        found.push(token);
    }
    found
}

struct Reader<'t, 'm> {
    text: &'t str,
    marks: &'m Marks,
    tokens: Vec<Token>,
    at: usize,
}

impl<'t> Reader<'t, '_> {
    fn peek(&self) -> Option<Token> {
        self.tokens.get(self.at).copied()
    }

    fn text_of(&self, token: Token) -> &'t str {
        token.text(self.text).trim_end()
    }

    /// Reads up to the closing bracket, which is consumed, or to the end.
    fn list(&mut self, open: &'t str) -> List<'t> {
        let mut list = List {
            open,
            close: "",
            owner: None,
            remark: None,
            items: Vec::new(),
            rest: Vec::new(),
        };
        let (mut breaks, mut comma) = (0, false);
        while let Some(token) = self.peek() {
            // What documentation belongs to follows it at once, and nothing is blank after the bracket.
            let is_first = list.items.is_empty() && list.rest.is_empty();
            let documented = list.rest.last().is_some_and(|line| is_entry_doc(line.text));
            let gap = breaks > 1 && !is_first && !documented;
            let text = self.text_of(token);
            match token.kind {
                Kind::Break => {
                    breaks += 1;
                    self.at += 1;
                    continue;
                }
                Kind::Close => {
                    self.at += 1;
                    list.close = text;
                    break;
                }
                Kind::Sign if text == "," => {
                    comma = true;
                    self.at += 1;
                    continue;
                }
                Kind::Comment | Kind::Doc => {
                    self.at += 1;
                    let beside = breaks == 0 && list.rest.is_empty();
                    match list.items.last_mut() {
                        Some(item) if beside && !(comma && token.kind == Kind::Doc) => {
                            item.remark = Some(text);
                        }
                        None if beside && token.kind == Kind::Comment && !open.is_empty() => {
                            list.remark = Some(text);
                        }
                        _ => list.rest.push(Line { gap, text }),
                    }
                }
                Kind::Word | Kind::Number | Kind::Text | Kind::OpenText | Kind::Open | Kind::Sign => {
                    let before = std::mem::take(&mut list.rest);
                    let item = self.item(token, before, gap);
                    list.items.push(item);
                }
            }
            (breaks, comma) = (0, false);
        }
        list
    }

    fn item(&mut self, first: Token, before: Vec<Line<'t>>, gap: bool) -> Item<'t> {
        let mut parts = Vec::new();
        let mut previous: Option<Token> = None;
        let mut own_line = false;
        let mut angles = 0_usize;
        while let Some(token) = self.peek() {
            if previous.is_some() && !self.goes_on(angles) {
                break;
            }
            self.at += 1;
            let text = self.text_of(token);
            if token.kind == Kind::Break {
                own_line = true;
                continue;
            }
            let mut tight = previous.is_none_or(|previous| self.tight(previous, token));
            let mut last = token;
            let what = match token.kind {
                Kind::Comment => {
                    tight = false;
                    last = previous.unwrap_or(token);
                    What::Remark { text, own_line }
                }
                Kind::Open => {
                    let list = self.list(text);
                    last = self.tokens.get(self.at - 1).copied().unwrap_or(token);
                    What::List(list)
                }
                Kind::Word
                | Kind::Number
                | Kind::Text
                | Kind::OpenText
                | Kind::Doc
                | Kind::Close
                | Kind::Break
                | Kind::Sign => What::Word(text),
            };
            angles += usize::from(self.marks.opening_angles.contains(&token.start));
            angles = angles.saturating_sub(usize::from(self.marks.closing_angles.contains(&token.start)));
            parts.push(Part { tight, what });
            previous = Some(last);
            own_line = false;
        }
        Item {
            shape: self.marks.items.get(&first.start).copied().unwrap_or(Shape::Data),
            before,
            gap,
            parts,
            remark: None,
        }
    }

    /// Whether the next word still belongs to the item; commas do only among the arguments of a type.
    fn goes_on(&self, angles: usize) -> bool {
        let rest = self.tokens.get(self.at..).unwrap_or_default();
        let next = rest
            .iter()
            .find(|token| !matches!(token.kind, Kind::Break | Kind::Comment));
        next.is_some_and(|token| {
            let separates = angles == 0 && token.text(self.text) == ",";
            let ends = matches!(token.kind, Kind::Close | Kind::Doc);
            !separates && !ends && !self.marks.items.contains_key(&token.start)
        })
    }

    fn tight(&self, before: Token, token: Token) -> bool {
        let marks = self.marks;
        let word_before = before.text(self.text);
        match token.text(self.text) {
            "," | ":" => true,
            "(" if marks.minus_signs.contains(&before.start) => true,
            "(" => word_before != "->" && !marks.groups.contains(&token.start),
            _ => {
                matches!(word_before, "@" | "...")
                    || marks.minus_signs.contains(&before.start)
                    || marks.opening_angles.contains(&before.start)
                    || marks.opening_angles.contains(&token.start)
                    || marks.closing_angles.contains(&token.start)
                    || marks.optionals.contains(&token.start)
            }
        }
    }
}

fn is_entry_doc(line: &str) -> bool {
    line.starts_with("///") && !line.starts_with("////")
}
