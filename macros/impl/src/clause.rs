//! Tokens of attributes as clauses: `#[word(rest)]` is the clause `word rest`.

use aqueduct_dsl::clauses;
use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use syn::{Attribute, Lit, Meta};

use crate::names::Names;
use crate::transcript::Transcript;

/// Words after which parentheses group and do not call.
const BEFORE_GROUPS: [&str; 15] = [
    "and",
    "by",
    "fail",
    "has",
    "if",
    "in",
    "is",
    "lacks",
    "not",
    "or",
    "recipients",
    "sort",
    "until",
    "where",
    "with",
];

/// Operators of more than one character, the longest first.
const OPERATORS: [&str; 10] = ["...", "..=", "..", "->", "==", "!=", "<=", ">=", "&&", "||"];

/// Words that declare with `=`, which stays.
const DEFINING: [&str; 6] = ["step", "pivot", "retriable", "readonly", "map", "sample"];

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
            Meta::List(list) => self.with_rest(word, list.delimiter_kind(), list.tokens.clone()),
            Meta::NameValue(pair) => {
                self.name(word, false);
                self.tokens(quote::ToTokens::to_token_stream(&pair.value));
            }
        }
        self.out.line();
    }

    /// `word rest`, its block from braces or from what follows commas.
    fn with_rest(&mut self, word: &Ident, delimiter: Delimiter, tokens: TokenStream) {
        let text = plain(word);
        if delimiter == Delimiter::Brace {
            self.name(word, false);
            self.braced(tokens, word.span(), word.span());
            return;
        }
        let parts = parts(tokens);
        self.name(word, false);
        let mut rest = parts.into_iter();
        if let Some(first) = rest.next() {
            let first = if DEFINING.contains(&text.as_str()) {
                first
            } else {
                without_equals(first)
            };
            self.tokens(first);
        }
        let rest: Vec<TokenStream> = rest.collect();
        if rest.is_empty() {
            return;
        }
        if has_block(&text) {
            self.out.word("{", word.span());
            self.entries(rest);
            self.out.line();
            self.out.word("}", word.span());
        } else {
            for part in rest {
                self.tokens(without_equals(part));
            }
        }
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
        let trees: Vec<TokenTree> = part.clone().into_iter().collect();
        if let [TokenTree::Ident(word), TokenTree::Group(group)] = trees.as_slice()
            && group.delimiter() == Delimiter::Parenthesis
            && (clauses::rows().any(|row| plain(word) == row.word) || gives_values(group))
        {
            self.with_rest(word, Delimiter::Parenthesis, group.stream());
            return;
        }
        self.tokens(without_equals_after_word(part));
    }

    /// Tokens as they stand.
    pub(crate) fn tokens(&mut self, tokens: TokenStream) {
        let trees: Vec<TokenTree> = tokens.into_iter().collect();
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
                    self.put(value, span, glue);
                    return 3;
                }
                let text = plain(word);
                self.name(word, glue);
                state.callable = !BEFORE_GROUPS.contains(&text.as_str());
                0
            }
            TokenTree::Literal(literal) => {
                let text = match syn::parse_str::<Lit>(&literal.to_string()) {
                    Ok(Lit::Str(text)) => quoted(&text.value()),
                    _ => {
                        state.number = true;
                        literal.to_string()
                    }
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
            "!" => self.put("not", span, false),
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
                state.glue = matches!(behind.get(used), Some(TokenTree::Literal(_)));
            }
            "/" if was_number && is_unit(behind.first()) => {
                self.put("/", span, true);
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
            "#" if is_doc(behind.first()) => {
                if let Some(TokenTree::Group(group)) = behind.first() {
                    self.documentation(group);
                }
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
            Delimiter::Brace => self.braced(group.stream(), open, close),
            Delimiter::None => self.tokens(group.stream()),
        }
    }

    fn enclosed(&mut self, group: &Group, glue: bool, open: &str, close: &str) {
        self.put(open, group.span_open(), glue);
        self.tokens(group.stream());
        self.out.glued(close, group.span_close());
    }

    fn braced(&mut self, tokens: TokenStream, open: Span, close: Span) {
        self.out.word("{", open);
        for part in parts(tokens) {
            self.out.line();
            self.tokens(part);
        }
        self.out.line();
        self.out.glued("}", close);
    }

    /// `/// text` inside an attribute reaches us as `#[doc = "text"]`.
    fn documentation(&mut self, group: &Group) {
        let text = group.stream().into_iter().nth(2);
        let text = text.and_then(|tree| syn::parse_str::<syn::LitStr>(&tree.to_string()).ok());
        if let Some(text) = text {
            self.out.documentation("///", &text.value(), group.span());
        }
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
        let year = before.rsplit([' ', '(', '\n']).next().unwrap_or_default();
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

/// What stands between commas and semicolons.
pub(crate) fn parts(tokens: TokenStream) -> Vec<TokenStream> {
    let mut parts = vec![TokenStream::new()];
    for tree in tokens {
        match &tree {
            TokenTree::Punct(mark) if matches!(mark.as_char(), ',' | ';') => parts.push(TokenStream::new()),
            _ => parts.extend_last(tree),
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

trait ExtendLast {
    fn extend_last(&mut self, tree: TokenTree);
}

impl ExtendLast for Vec<TokenStream> {
    fn extend_last(&mut self, tree: TokenTree) {
        if let Some(last) = self.last_mut() {
            last.extend([tree]);
        }
    }
}

/// A word without the `r#` that Rust wants before its own.
pub(crate) fn plain(word: &Ident) -> String {
    let text = word.to_string();
    text.strip_prefix("r#").map(str::to_owned).unwrap_or(text)
}

/// Whether what stands in parentheses is settings and no call, whatever the word before them: `(after = 5)`.
fn gives_values(group: &Group) -> bool {
    let parts = parts(group.stream());
    parts.into_iter().any(|part| {
        let count = part.clone().into_iter().count();
        without_equals(part).into_iter().count() < count
    })
}

/// `word = value` without its `=`.
fn without_equals_after_word(part: TokenStream) -> TokenStream {
    let word = part.clone().into_iter().next();
    match word {
        Some(TokenTree::Ident(word)) if !DEFINING.contains(&plain(&word).as_str()) => without_equals(part),
        _ => part,
    }
}

/// Without the `=` behind the first word.
pub(crate) fn without_equals(part: TokenStream) -> TokenStream {
    let trees: Vec<TokenTree> = part.into_iter().collect();
    let lone = |tree: &TokenTree| matches!(tree, TokenTree::Punct(mark) if mark.as_char() == '=' && mark.spacing() == Spacing::Alone);
    let drops = trees.get(1).is_some_and(lone);
    let kept = trees.into_iter().enumerate().filter(|(at, _)| !drops || *at != 1);
    kept.map(|(_, tree)| tree).collect()
}

/// The operator that a mark begins, and how many more marks belong to it.
fn operator(first: &Punct, behind: &[TokenTree]) -> (String, usize) {
    let mut run = String::from(first.as_char());
    let mut joint = first.spacing() == Spacing::Joint;
    for tree in behind {
        let TokenTree::Punct(mark) = tree else { break };
        if !joint {
            break;
        }
        run.push(mark.as_char());
        joint = mark.spacing() == Spacing::Joint;
    }
    let longest = OPERATORS.into_iter().find(|operator| run.starts_with(operator));
    match longest {
        Some(operator) => (operator.to_owned(), operator.len() - 1),
        None => (first.as_char().to_string(), 0),
    }
}

fn is_colon(tree: Option<&TokenTree>) -> bool {
    matches!(tree, Some(TokenTree::Punct(mark)) if mark.as_char() == ':')
}

fn is_unit(tree: Option<&TokenTree>) -> bool {
    matches!(tree, Some(TokenTree::Ident(unit)) if ["s", "m", "h", "d"].contains(&unit.to_string().as_str()))
}

fn is_doc(tree: Option<&TokenTree>) -> bool {
    let Some(TokenTree::Group(group)) = tree else {
        return false;
    };
    let first = group.stream().into_iter().next();
    matches!(first, Some(TokenTree::Ident(word)) if word == "doc")
}

/// Whether clauses with this word may have a block.
fn has_block(word: &str) -> bool {
    DEFINING.contains(&word) || clauses::rows().any(|row| row.word == word && row.block.is_some())
}

/// A text as `.flow` writes it.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            other if other.is_control() => quoted.push_str(&format!("\\u{{{:x}}}", u32::from(other))),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
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
