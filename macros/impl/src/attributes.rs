//! Which attribute declares an item, and what its list holds: words of the signature, and clauses.

mod declaring;
mod naming;
mod words;

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::{Attribute, Meta};

use crate::clause::{parts, plain};
pub(crate) use declaring::Declaring;
pub(crate) use naming::{called, called_in_lower_case, doubles, name_of, said_again, unspeakable};
pub(crate) use words::{foreign, is_entrance, is_judgement, is_line, misspelt, nameless, says_nothing};

/// What stands in an attribute's parentheses, or behind its `=`.
pub(crate) fn list(attribute: &Attribute) -> TokenStream {
    match &attribute.meta {
        Meta::Path(_) => TokenStream::new(),
        Meta::List(list) => list.tokens.clone(),
        Meta::NameValue(pair) => pair.value.to_token_stream(),
    }
}

/// The attribute with this word.
pub(crate) fn find<'a>(attributes: &'a [Attribute], word: &str) -> Option<&'a Attribute> {
    attributes.iter().find(|attribute| is(attribute, word))
}

/// Whether an attribute has this word.
pub(crate) fn is(attribute: &Attribute, word: &str) -> bool {
    attribute
        .path()
        .get_ident()
        .is_some_and(|ident| plain(ident) == word)
}

/// What a word of a signature says, in the list of what declares or in an attribute of its own.
pub(crate) fn said(
    declaring: &mut Declaring,
    attributes: &[Attribute],
    word: &str,
) -> Option<(Span, TokenStream)> {
    if let Some((word, rest)) = declaring.take_unless(word, reacts) {
        return Some((word.span(), rest));
    }
    let own = attributes
        .iter()
        .find(|attribute| is(attribute, word) && !is_reaction(attribute))?;
    let rest = list(own);
    let rest = if is_enclosed(rest.clone()) {
        rest
    } else {
        quote!((#rest))
    };
    Some((own.path().span(), rest))
}

/// Whether `on` says what a failure leads to: `#[on(CardDeclined { … })]` and `#[on(Busy retry 5)]` do, `#[on(accounting)]`
/// listens.
pub(crate) fn is_reaction(attribute: &Attribute) -> bool {
    is(attribute, "on") && reacts(list(attribute))
}

fn reacts(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Ident(word) => word == "retry",
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// `by(a, b)` is a tuple and keeps its parentheses; `on(accounting)` is not.
fn is_enclosed(inner: TokenStream) -> bool {
    parts(inner).len() <= 1
}

fn begins_with(part: &TokenStream, word: &str) -> bool {
    let first = part.clone().into_iter().next();
    matches!(first, Some(TokenTree::Ident(ident)) if plain(&ident) == word)
}
