//! Runs of tokens: where entries end, and what an operator is.

use proc_macro2::{Delimiter, Ident, Punct, Spacing, TokenStream, TokenTree};

/// Operators of more than one character, the longest first.
const OPERATORS: [&str; 10] = ["...", "..=", "..", "->", "==", "!=", "<=", ">=", "&&", "||"];

/// What binds looser than `!` in Rust and tighter than `not` in a system.
const BELOW_NOT: [&str; 10] = ["==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/"];

/// The entries of a list: commas and semicolons end them, and so do the braces of a block, as in Rust.
pub(crate) fn parts(tokens: TokenStream) -> Vec<TokenStream> {
    let mut parts: Vec<Vec<TokenTree>> = vec![Vec::new()];
    for tree in flat(tokens) {
        let ends = matches!(&tree, TokenTree::Punct(mark) if matches!(mark.as_char(), ',' | ';'));
        let begins =
            || parts.last().and_then(|part| part.last()).is_some_and(is_block) && begins_entry(&tree);
        if ends || begins() {
            parts.push(Vec::new());
        }
        if let Some(last) = parts.last_mut().filter(|_| !ends) {
            last.push(tree);
        }
    }
    parts.retain(|part| !part.is_empty());
    parts.into_iter().map(TokenStream::from_iter).collect()
}

/// Tokens without the invisible brackets around what a `macro_rules!` puts in.
pub(crate) fn flat(tokens: TokenStream) -> Vec<TokenTree> {
    let mut out = Vec::new();
    for tree in tokens {
        match tree {
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
                out.extend(flat(group.stream()));
            }
            tree => out.push(tree),
        }
    }
    out
}

fn is_block(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

/// Behind a block only `else` and operators go on with the same entry; `#` begins the documentation of the next.
fn begins_entry(tree: &TokenTree) -> bool {
    match tree {
        TokenTree::Ident(word) => word != "else",
        TokenTree::Punct(mark) => mark.as_char() == '#',
        TokenTree::Group(_) | TokenTree::Literal(_) => false,
    }
}

/// A word without the `r#` that Rust wants before its own.
pub(crate) fn plain(word: &Ident) -> String {
    let text = word.to_string();
    text.strip_prefix("r#").map(str::to_owned).unwrap_or(text)
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
pub(super) fn operator(first: &Punct, behind: &[TokenTree]) -> (String, usize) {
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

/// The operator behind the operand of a `!`, where Rust and the language read `!a == b` in two ways.
pub(super) fn misread_after_not(behind: &[TokenTree]) -> Option<String> {
    let mut trees = behind;
    let mut complete = false;
    while let [tree, rest @ ..] = trees {
        trees = rest;
        match tree {
            TokenTree::Punct(mark) => {
                let (found, more) = operator(mark, rest);
                match (complete, found.as_str()) {
                    (true, "." | ":") => complete = false,
                    // Of several `!` the last one is misread.
                    (false, "-" | ":") => {}
                    (true, found) if BELOW_NOT.contains(&found) => return Some(found.to_owned()),
                    _ => return None,
                }
                trees = rest.get(more..).unwrap_or_default();
            }
            TokenTree::Ident(word) if complete => return (word == "in").then(|| "in".to_owned()),
            TokenTree::Group(group) if complete && group.delimiter() != Delimiter::Parenthesis => {
                return None;
            }
            TokenTree::Ident(_) | TokenTree::Literal(_) | TokenTree::Group(_) => complete = true,
        }
    }
    None
}

/// `/// text` of documentation reaches us as `#[doc = "text"]`: its text, if these two tokens are that.
pub(super) fn documentation(mark: &TokenTree, behind: Option<&TokenTree>) -> Option<String> {
    let (TokenTree::Punct(mark), Some(TokenTree::Group(group))) = (mark, behind) else {
        return None;
    };
    let mut inner = group.stream().into_iter();
    let is_doc =
        mark.as_char() == '#' && matches!(inner.next(), Some(TokenTree::Ident(word)) if word == "doc");
    let text = inner.nth(1).filter(|_| is_doc)?;
    Some(syn::parse_str::<syn::LitStr>(&text.to_string()).ok()?.value())
}

/// Whether a number and `..` follow: a `-` before them is the number's.
pub(super) fn begins_range(behind: &[TokenTree]) -> bool {
    let dot = |tree: &TokenTree| matches!(tree, TokenTree::Punct(mark) if mark.as_char() == '.');
    matches!(behind, [TokenTree::Literal(_), first, second, ..] if dot(first) && dot(second))
}

pub(super) fn is_colon(tree: Option<&TokenTree>) -> bool {
    matches!(tree, Some(TokenTree::Punct(mark)) if mark.as_char() == ':')
}

pub(super) fn is_unit_of_time(tree: Option<&TokenTree>) -> bool {
    matches!(tree, Some(TokenTree::Ident(unit)) if ["s", "m", "h", "d"].contains(&unit.to_string().as_str()))
}
