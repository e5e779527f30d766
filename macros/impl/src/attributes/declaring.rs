//! The attribute that says what an item is: its word and its list.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use syn::Attribute;

use super::naming::{is_name, name_in, no_name, said_again};
use super::words::misspelt;
use super::{begins_with, is_enclosed, list};
use crate::clause::{parts, plain, without_equals};
use crate::complaint::Complaint;

/// The attribute that says what an item is.
#[derive(Debug, Clone)]
pub(crate) struct Declaring {
    /// `event`, `queue`, `handler`
    pub(crate) word: String,
    /// Where.
    pub(crate) span: Span,
    parts: Vec<TokenStream>,
}

impl Declaring {
    /// The first attribute with one of these words, or with one that is misspelt: the item is still what it was meant
    /// to be, and whoever reads its clauses complains.
    pub(crate) fn find(attributes: &[Attribute], words: &[&str]) -> Option<Self> {
        let exact = |attribute: &Attribute| {
            let ident = attribute.path().get_ident()?;
            let word = plain(ident);
            words.contains(&word.as_str()).then(|| (ident.span(), word))
        };
        let near = |attribute: &Attribute| {
            let (ident, word) = misspelt(attribute, words)?;
            Some((ident.span(), word.to_owned()))
        };
        let found = |attribute, (span, word)| Self {
            word,
            span,
            parts: parts(list(attribute)),
        };
        let mut exactly = attributes.iter().filter_map(|one| Some(found(one, exact(one)?)));
        let mut nearly = attributes.iter().filter_map(|one| Some(found(one, near(one)?)));
        exactly.next().or_else(|| nearly.next())
    }

    /// What stands in the parentheses of `#[system(…)]`.
    pub(crate) fn system(settings: TokenStream, span: Span) -> Self {
        Self {
            word: "system".to_owned(),
            span,
            parts: parts(settings),
        }
    }

    /// Takes the name of a system, with what is wrong about it.
    pub(crate) fn take_name(&mut self) -> (Option<String>, Vec<Complaint>) {
        let Some((word, tokens)) = self.take("name") else {
            return (None, Vec::new());
        };
        let name = name_in(&tokens);
        let mut complaints: Vec<Complaint> = no_name(&name, word.span()).into_iter().collect();
        while let Some((again, _)) = self.take("name") {
            complaints.push(said_again(&word, &again));
        }
        (Some(name).filter(|name| is_name(name)), complaints)
    }

    /// Takes `word rest`, `word = rest` or `word(rest)` out of the list.
    pub(crate) fn take(&mut self, word: &str) -> Option<(Ident, TokenStream)> {
        self.take_unless(word, |_| false)
    }

    /// The same for a word that begins other clauses as well.
    pub(super) fn take_unless(
        &mut self,
        word: &str,
        other: fn(TokenStream) -> bool,
    ) -> Option<(Ident, TokenStream)> {
        let is = |part: &TokenStream| begins_with(part, word) && !other(part.clone());
        let at = self.parts.iter().position(is)?;
        let part = self.parts.remove(at);
        split(part)
    }

    /// Takes a part that is this word alone.
    pub(crate) fn take_word(&mut self, word: &str) -> Option<Ident> {
        let at = self.parts.iter().position(|part| {
            let mut trees = part.clone().into_iter();
            begins_with(part, word) && trees.nth(1).is_none()
        })?;
        match self.parts.remove(at).into_iter().next() {
            Some(TokenTree::Ident(word)) => Some(word),
            _ => None,
        }
    }

    /// Takes the first part if it is a text.
    pub(crate) fn take_text(&mut self) -> Option<(String, Span)> {
        let first = self.parts.first()?.clone();
        let text = syn::parse2::<syn::LitStr>(first).ok()?;
        let _ = self.parts.remove(0);
        Some((text.value(), text.span()))
    }

    /// What is left: clauses.
    pub(crate) fn entries(self) -> Vec<TokenStream> {
        self.parts
    }
}

/// The word of a part and what follows it.
fn split(part: TokenStream) -> Option<(Ident, TokenStream)> {
    let mut trees = without_equals(part).into_iter();
    let Some(TokenTree::Ident(word)) = trees.next() else {
        return None;
    };
    let rest: Vec<TokenTree> = trees.collect();
    let rest = match rest.as_slice() {
        [TokenTree::Group(group)]
            if group.delimiter() == Delimiter::Parenthesis && is_enclosed(group.stream()) =>
        {
            group.stream()
        }
        _ => rest.into_iter().collect(),
    };
    Some((word, rest))
}
