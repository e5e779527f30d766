//! Patterns: the text of a row taken apart, and arguments tried on it.

use crate::ast::{Arg, Expr, Literal};

/// A pattern as the ways in which it can be written, longest first; what is optional is in some of them.
pub(super) struct Pattern {
    ways: Vec<Vec<Element>>,
}

/// A part of a pattern.
#[derive(Debug, Clone)]
pub(super) enum Element {
    /// A word of the language.
    Word(&'static str),
    /// Something of the author's.
    Hole(Hole),
}

/// A place for something of the author's.
#[derive(Debug, Clone)]
pub(super) struct Hole {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// The words it is limited to; empty when any will do.
    pub(super) choices: Vec<&'static str>,
}

/// What fits into a hole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name without dots.
    Word,
    /// A name, or several joined by `|`.
    Path,
    /// A field, or several in parentheses.
    Key,
    Expr,
    Call,
    List,
    Text,
    Number,
    /// A number, or several joined by `|`.
    Numbers,
    Duration,
    Size,
    Rate,
    Share,
    Date,
    /// Any quantity or range.
    Amount,
    /// `x2`
    Factor,
}

/// What fell into the holes.
#[derive(Debug, Clone, Default)]
pub(super) struct Bindings<'a> {
    pub(super) holes: Vec<(&'static str, &'a Expr)>,
    pub(super) words: Vec<&'static str>,
}

/// How far one way of a pattern fitted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Failure {
    /// The argument that did not fit; one past the last when more is needed.
    pub(super) at: usize,
    /// What the pattern goes on with; nothing when it has ended.
    pub(super) rest: &'static [Element],
}

impl Pattern {
    pub(super) fn compile(pattern: &'static str) -> Self {
        let after_word = pattern.find(' ').and_then(|at| pattern.get(at..));
        let mut rest = after_word.unwrap_or_default();
        let mut ways = sequence(&mut rest);
        ways.sort_by_key(|way| std::cmp::Reverse(way.len()));
        Self { ways }
    }

    /// Tries arguments on every way; the first that fits counts.
    pub(super) fn matches<'a>(&'static self, args: &'a [Expr]) -> Result<Bindings<'a>, Vec<Failure>> {
        let mut failures = Vec::new();
        for way in &self.ways {
            match attempt(way, args) {
                Ok(bindings) => return Ok(bindings),
                Err(failure) => failures.push(failure),
            }
        }
        Err(failures)
    }

    /// The shortest way, which has only what must be written.
    pub(super) fn shortest(&self) -> &[Element] {
        self.ways.last().map(Vec::as_slice).unwrap_or_default()
    }

    /// The words that a key or an expression follows, `word` being what the clause begins with.
    pub(super) fn before_groups(&self, word: &'static str) -> Vec<&'static str> {
        let mut found = Vec::new();
        for way in &self.ways {
            let mut before = Some(word);
            for element in way {
                match element {
                    Element::Word(word) => before = Some(word),
                    Element::Hole(hole) => {
                        let groups = matches!(hole.kind, Kind::Key | Kind::Expr);
                        found.extend(before.take().filter(|_| groups));
                    }
                }
            }
        }
        found
    }

    #[cfg(test)]
    pub(super) fn longest(&self) -> &[Element] {
        self.ways.first().map(Vec::as_slice).unwrap_or_default()
    }
}

fn attempt<'a>(way: &'static [Element], args: &'a [Expr]) -> Result<Bindings<'a>, Failure> {
    let mut bindings = Bindings::default();
    let mut rest = way;
    for (at, arg) in args.iter().enumerate() {
        let Some((element, later)) = rest.split_first() else {
            return Err(Failure { at, rest });
        };
        match element {
            Element::Word(word) if is_word(arg, word) => bindings.words.push(word),
            Element::Hole(hole) if hole.takes(arg) => bindings.holes.push((hole.name, arg)),
            Element::Word(_) | Element::Hole(_) => return Err(Failure { at, rest }),
        }
        rest = later;
    }
    if rest.is_empty() {
        return Ok(bindings);
    }
    Err(Failure { at: args.len(), rest })
}

/// `none` is a value to the grammar and a word to some patterns.
fn is_word(arg: &Expr, word: &str) -> bool {
    match arg.as_path() {
        Some(path) => path == word,
        None => word == "none" && arg.as_literal() == Some(&Literal::None),
    }
}

impl Hole {
    pub(super) fn takes(&self, arg: &Expr) -> bool {
        let literal = arg.as_literal();
        match self.kind {
            Kind::Word => arg.as_path().is_some_and(|path| {
                !path.contains('.') && (self.choices.is_empty() || self.choices.contains(&path.as_str()))
            }),
            Kind::Path => arg.alternatives().into_iter().all(is_path),
            Kind::Key => match arg.as_group() {
                Some(fields) => {
                    let is_field = |field: &Arg| matches!(field, Arg::Plain(expr) if is_path(expr));
                    !fields.is_empty() && fields.iter().all(is_field)
                }
                None => is_path(arg),
            },
            Kind::Expr => true,
            Kind::Call => arg.as_call().is_some(),
            Kind::List => arg.as_list().is_some(),
            Kind::Text => matches!(literal, Some(Literal::Text(_))),
            Kind::Number => is_number(arg),
            Kind::Numbers => arg.alternatives().into_iter().all(is_number),
            Kind::Duration => matches!(literal, Some(Literal::Duration(_))),
            Kind::Size => matches!(literal, Some(Literal::Size(_))),
            Kind::Rate => matches!(literal, Some(Literal::Rate(..))),
            Kind::Share => matches!(literal, Some(Literal::Share(_))),
            Kind::Date => matches!(literal, Some(Literal::Date(_))),
            Kind::Amount => matches!(
                literal,
                Some(
                    Literal::Number(_)
                        | Literal::Duration(_)
                        | Literal::Size(_)
                        | Literal::Share(_)
                        | Literal::Range(..)
                )
            ),
            Kind::Factor => arg.as_path().is_some_and(|path| is_factor(path)),
        }
    }
}

fn is_path(expr: &Expr) -> bool {
    expr.as_path().is_some()
}

fn is_number(expr: &Expr) -> bool {
    matches!(expr.as_literal(), Some(Literal::Number(_)))
}

fn is_factor(path: &str) -> bool {
    path.strip_prefix('x')
        .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

impl Kind {
    /// The kind that a pattern names.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "word" => Self::Word,
            "path" => Self::Path,
            "key" => Self::Key,
            "expr" => Self::Expr,
            "call" => Self::Call,
            "list" => Self::List,
            "text" => Self::Text,
            "number" => Self::Number,
            "numbers" => Self::Numbers,
            "duration" => Self::Duration,
            "size" => Self::Size,
            "rate" => Self::Rate,
            "share" => Self::Share,
            "date" => Self::Date,
            "amount" => Self::Amount,
            "factor" => Self::Factor,
            _ => return None,
        })
    }
}

/// The ways to write a sequence, until its `]` or the end.
fn sequence(rest: &mut &'static str) -> Vec<Vec<Element>> {
    let mut ways = vec![Vec::new()];
    loop {
        *rest = rest.trim_start();
        match rest.chars().next() {
            None => return ways,
            Some(']') => {
                skip(rest, 1);
                return ways;
            }
            Some('[') => {
                skip(rest, 1);
                let optional = sequence(rest);
                let with = ways.iter().flat_map(|way| {
                    optional
                        .iter()
                        .map(move |more| way.iter().chain(more).cloned().collect())
                });
                let with: Vec<Vec<Element>> = with.collect();
                ways.extend(with);
            }
            Some('<') => {
                let end = rest.find('>').unwrap_or(rest.len());
                let hole = hole(rest.get(1..end).unwrap_or_default());
                skip(rest, end + 1);
                for way in &mut ways {
                    way.push(Element::Hole(hole.clone()));
                }
            }
            Some(_) => {
                let end = rest.find([' ', ']']).unwrap_or(rest.len());
                let word = rest.get(..end).unwrap_or_default();
                skip(rest, end);
                for way in &mut ways {
                    way.push(Element::Word(word));
                }
            }
        }
    }
}

/// `name:kind`, `name:kind(choices)`
fn hole(text: &'static str) -> Hole {
    let (name, kind) = text.split_once(':').unwrap_or((text, "expr"));
    let (kind, choices) = kind.split_once('(').unwrap_or((kind, ""));
    let choices = choices.trim_end_matches(')').split('|');
    Hole {
        name,
        kind: Kind::named(kind).unwrap_or(Kind::Expr),
        choices: choices.filter(|choice| !choice.is_empty()).collect(),
    }
}

fn skip(rest: &mut &'static str, length: usize) {
    *rest = rest.get(length..).unwrap_or_default();
}
