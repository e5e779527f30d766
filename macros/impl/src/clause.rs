//! Tokens of attributes as clauses: `#[word(rest)]` is the clause `word rest`.

#[cfg(test)]
mod tests;
mod tokens;

use aqueduct_dsl::{clauses, quoted};
use proc_macro2::{Delimiter, Group, Ident, Punct, Span, TokenStream, TokenTree};
use syn::{Attribute, Lit, Meta};

use crate::complaint::Complaint;
use crate::names::{Names, is_way_up, separated};
use crate::transcript::Transcript;
use tokens::{begins_range, documentation, flat, is_colon, is_unit_of_time, misread_after_not, operator};
pub(crate) use tokens::{parts, plain, without_equals};

/// Words of the grammar after which parentheses group and do not call; the clause table knows the others.
const BEFORE_GROUPS: [&str; 6] = ["and", "if", "in", "not", "or", "sort"];

/// Words that declare with `=`, which stays.
pub(crate) const DEFINING: [&str; 6] = ["step", "pivot", "retriable", "readonly", "map", "sample"];

/// Writes tokens down, names of Rust in the place of which the system has others replaced.
pub(crate) struct Writer<'a> {
    pub(crate) out: &'a mut Transcript,
    pub(crate) names: &'a Names,
}

impl Writer<'_> {
    /// An attribute as a clause on a line of its own.
    pub(crate) fn clause(&mut self, attribute: &Attribute) {
        let Some(word) = attribute.path().get_ident() else {
            return;
        };
        self.out.line();
        match &attribute.meta {
            Meta::Path(_) => self.name(word, false),
            Meta::List(list) => {
                let delimiter = list.delimiter_kind();
                let rest = match delimiter {
                    Delimiter::Parenthesis => self.documented(list.tokens.clone()),
                    _ => list.tokens.clone(),
                };
                self.with_rest(word, delimiter, rest);
            }
            Meta::NameValue(pair) => {
                self.name(word, false);
                self.tokens(quote::ToTokens::to_token_stream(&pair.value));
            }
        }
        self.out.line();
    }

    /// `word rest`, its block from braces or from what follows commas.
    fn with_rest(&mut self, word: &Ident, delimiter: Delimiter, tokens: TokenStream) {
        self.name(word, false);
        if delimiter == Delimiter::Brace {
            self.block(parts(tokens), word.span(), word.span());
            return;
        }
        let mut parts = parts(tokens).into_iter();
        if let Some(first) = parts.next() {
            let defines = DEFINING.contains(&plain(word).as_str());
            self.tokens(if defines { first } else { without_equals(first) });
        }
        let rest: Vec<TokenStream> = parts.collect();
        if has_block(&plain(word)) && !rest.is_empty() {
            self.block(rest, word.span(), word.span());
        } else {
            for part in rest {
                self.tokens(without_equals(part));
            }
        }
    }

    /// Writes the documentation that stands before tokens; what is left.
    pub(crate) fn documented(&mut self, tokens: TokenStream) -> TokenStream {
        let trees = flat(tokens);
        let mut trees = trees.as_slice();
        while let [mark, group, rest @ ..] = trees
            && let Some(text) = documentation(mark, Some(group))
        {
            self.out.documentation("///", &text, group.span());
            trees = rest;
        }
        trees.iter().cloned().collect()
    }

    /// Entries in braces.
    pub(crate) fn block(&mut self, parts: Vec<TokenStream>, open: Span, close: Span) {
        self.out.word("{", open);
        self.entries(parts);
        self.out.line();
        self.out.glued("}", close);
    }

    /// Entries of a block, each on a line of its own.
    pub(crate) fn entries(&mut self, parts: impl IntoIterator<Item = TokenStream>) {
        for part in parts {
            self.out.line();
            self.entry(part);
            self.out.line();
        }
    }

    /// One entry: as in `.flow`, or as Rust's attributes are: `word = value`, `word(rest)`.
    fn entry(&mut self, part: TokenStream) {
        let trees: Vec<TokenTree> = self.documented(part).into_iter().collect();
        match trees.as_slice() {
            [TokenTree::Ident(word), TokenTree::Group(group), block @ ..]
                if group.delimiter() == Delimiter::Parenthesis
                    && (is_clause(word) || gives_values(group))
                    && at_most_a_block(block) =>
            {
                self.with_rest(word, Delimiter::Parenthesis, group.stream());
                self.tokens(block.iter().cloned().collect());
            }
            [TokenTree::Ident(word), ..] if !DEFINING.contains(&plain(word).as_str()) => {
                self.tokens(without_equals(trees.iter().cloned().collect()));
            }
            _ => self.tokens(trees.iter().cloned().collect()),
        }
    }

    /// Tokens as they stand.
    pub(crate) fn tokens(&mut self, tokens: TokenStream) {
        let trees = flat(tokens);
        let mut rest = trees.as_slice();
        let mut state = State::default();
        while let Some((tree, behind)) = rest.split_first() {
            let used = self.tree(tree, behind, &mut state);
            rest = behind.get(used..).unwrap_or_default();
        }
    }

    /// One token; how many of those behind it were taken with it.
    fn tree(&mut self, tree: &TokenTree, behind: &[TokenTree], state: &mut State) -> usize {
        let glue = std::mem::take(&mut state.glue);
        let was_number = std::mem::take(&mut state.number);
        let called = std::mem::take(&mut state.callable);
        match tree {
            TokenTree::Ident(word) => {
                if let Some((value, span)) = self.names.choice(word, behind) {
                    self.put(&value, span, glue);
                    return 3;
                }
                if is_way_up(word)
                    && let Some((used @ 2, _)) = separated(behind)
                {
                    state.glue = glue;
                    return used;
                }
                if let Some((path, span, used)) = self.names.across(word, behind) {
                    self.put(&path, span, glue);
                    state.callable = true;
                    return used;
                }
                let text = plain(word);
                self.name(word, glue);
                state.callable = !BEFORE_GROUPS.contains(&text.as_str()) && !clauses::groups_after(&text);
                0
            }
            TokenTree::Literal(literal) => {
                let text = if let Ok(Lit::Str(text)) = syn::parse_str::<Lit>(&literal.to_string()) {
                    quoted(&text.value())
                } else {
                    state.number = true;
                    literal.to_string()
                };
                self.put(&text, literal.span(), glue);
                0
            }
            TokenTree::Group(group) => {
                self.group(group, called || glue);
                0
            }
            TokenTree::Punct(mark) => self.mark(mark, behind, glue, was_number, state),
        }
    }

    fn mark(
        &mut self,
        mark: &Punct,
        behind: &[TokenTree],
        glue: bool,
        was_number: bool,
        state: &mut State,
    ) -> usize {
        let (operator, used) = operator(mark, behind);
        let span = mark.span();
        match operator.as_str() {
            "&&" => self.put("and", span, false),
            "||" => self.put("or", span, false),
            "!" => {
                if let Some(operator) = misread_after_not(behind) {
                    self.out.complain(two_meanings(span, &operator));
                }
                self.put("not", span, false);
            }
            ":" if is_colon(behind.first()) => {
                self.put(".", span, true);
                state.glue = true;
                return 1;
            }
            "." => {
                self.put(".", span, true);
                state.glue = true;
            }
            "..." => {
                self.put("...", span, glue);
                state.glue = true;
            }
            ".." | "..=" => {
                self.put("..", span, glue || was_number);
                state.glue = match behind.get(used) {
                    Some(TokenTree::Literal(_)) => true,
                    Some(TokenTree::Punct(mark)) => mark.as_char() == '-',
                    _ => false,
                };
            }
            "/" if was_number && is_unit_of_time(behind.first()) => {
                self.put("/", span, true);
                state.glue = true;
            }
            "-" if glue || begins_range(behind) => {
                self.put("-", span, glue);
                state.glue = true;
            }
            "-" if was_number && self.is_date(behind) => {
                self.put("-", span, true);
                state.glue = true;
            }
            "," | ":" | "?" | "%" => self.put(&operator, span, true),
            ";" => self.out.line(),
            "@" => {
                self.put("@", span, false);
                state.glue = true;
            }
            "#" => {
                let Some(text) = documentation(&TokenTree::Punct(mark.clone()), behind.first()) else {
                    self.put("#", span, glue);
                    return 0;
                };
                self.out.documentation("///", &text, span);
                return 1;
            }
            _ => self.put(&operator, span, glue),
        }
        used
    }

    fn group(&mut self, group: &Group, called: bool) {
        let (open, close) = (group.span_open(), group.span_close());
        match group.delimiter() {
            Delimiter::Parenthesis => self.enclosed(group, called, "(", ")"),
            Delimiter::Bracket => self.enclosed(group, false, "[", "]"),
            Delimiter::Brace => self.block(parts(group.stream()), open, close),
            Delimiter::None => self.tokens(group.stream()),
        }
    }

    fn enclosed(&mut self, group: &Group, glue: bool, open: &str, close: &str) {
        self.put(open, group.span_open(), glue);
        self.tokens(group.stream());
        self.out.glued(close, group.span_close());
    }

    /// A name as the system has it.
    fn name(&mut self, word: &Ident, glue: bool) {
        let text = plain(word);
        let text = self.names.of_system(&text).unwrap_or(&text);
        self.put(text, word.span(), glue);
    }

    fn put(&mut self, text: &str, span: Span, glue: bool) {
        if glue {
            self.out.glued(text, span);
        } else {
            self.out.word(text, span);
        }
    }

    /// `2027-01-01` reaches us as a number and two more.
    fn is_date(&self, behind: &[TokenTree]) -> bool {
        let digits =
            |text: &str, count: usize| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
        let before = self.out.text();
        let year = before.rsplit([' ', '(', '[', '\n']).next().unwrap_or_default();
        let month = behind.first().map(ToString::to_string).unwrap_or_default();
        digits(&month, 2) && (digits(year, 4) || year.len() == 7 && year.get(4..5) == Some("-"))
    }
}

/// What the next token has to know of the one before.
#[derive(Debug, Default)]
struct State {
    /// No blank before it.
    glue: bool,
    /// Parentheses that follow belong to a call.
    callable: bool,
    /// It was a number.
    number: bool,
}

/// How an attribute's list is enclosed.
trait DelimiterKind {
    fn delimiter_kind(&self) -> Delimiter;
}

impl DelimiterKind for syn::MetaList {
    fn delimiter_kind(&self) -> Delimiter {
        match &self.delimiter {
            syn::MacroDelimiter::Paren(_) => Delimiter::Parenthesis,
            syn::MacroDelimiter::Brace(_) => Delimiter::Brace,
            syn::MacroDelimiter::Bracket(_) => Delimiter::Bracket,
        }
    }
}

/// Whether a word begins a clause somewhere.
fn is_clause(word: &Ident) -> bool {
    let word = plain(word);
    clauses::rows().any(|row| row.word == word)
}

/// Whether what stands in parentheses is settings and no call, whatever the word before them: `(after = 5)`.
fn gives_values(group: &Group) -> bool {
    let parts = parts(group.stream());
    parts.into_iter().any(|part| {
        let count = part.clone().into_iter().count();
        without_equals(part).into_iter().count() < count
    })
}

/// Whether clauses with this word may have a block.
fn has_block(word: &str) -> bool {
    DEFINING.contains(&word) || clauses::rows().any(|row| row.word == word && row.block.is_some())
}

fn at_most_a_block(trees: &[TokenTree]) -> bool {
    match trees {
        [] => true,
        [TokenTree::Group(group)] => group.delimiter() == Delimiter::Brace,
        _ => false,
    }
}

/// `!a == b` is `(!a) == b` to whoever knows Rust and `not (a == b)` in the language.
fn two_meanings(span: Span, operator: &str) -> Complaint {
    Complaint::new(
        span,
        format!("`!a {operator} b` could be `(!a) {operator} b` or `!(a {operator} b)`"),
        "takes one side of the comparison or all of it",
        format!("write parentheses: `!(a {operator} b)`"),
    )
    .note("`!` binds tighter than a comparison in Rust, and `not` looser in a system")
}
