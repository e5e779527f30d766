//! What leads into a service: `#[api(POST "/rides")]` and `#[schedule(sweep every 5m)]` above what they lead to.

use proc_macro2::{TokenStream, TokenTree};
use syn::Attribute;
use syn::spanned::Spanned;

use super::Reader;
use crate::attributes::{is_entrance, list};
use crate::clause::{parts, plain};

impl Reader<'_> {
    /// The ways in that lead to what their attributes stand on; above a service each says with an arrow where it leads.
    pub(super) fn entrances(&mut self, attributes: &[Attribute], target: Option<&str>) {
        for attribute in attributes.iter().filter(|attribute| is_entrance(attribute)) {
            self.entrance(attribute, target);
        }
    }

    /// `#[api(POST "/rides", returns 201)]` is `api POST "/rides" -> submit { returns 201 }`.
    fn entrance(&mut self, attribute: &Attribute, target: Option<&str>) {
        let Some(word) = attribute.path().get_ident() else {
            return;
        };
        let span = attribute.path().span();
        self.writer.out.line();
        let mut rest = parts(self.writer.documented(list(attribute))).into_iter();
        self.writer.out.word(&plain(word), span);
        let first = rest.next().unwrap_or_default();
        let leads = leads(first.clone());
        self.writer.tokens(first);
        if let Some(target) = target.filter(|_| !leads) {
            self.writer.out.word("->", span);
            self.writer.out.word(target, span);
        }
        let rest: Vec<TokenStream> = rest.collect();
        if !rest.is_empty() {
            self.writer.out.word("{", span);
            self.writer.entries(rest);
            self.writer.out.line();
            self.writer.out.glued("}", span);
        }
        self.writer.out.line();
    }
}

/// Whether an arrow says where it leads.
pub(super) fn leads(tokens: TokenStream) -> bool {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    trees.windows(2).any(|pair| {
        matches!(pair, [TokenTree::Punct(first), TokenTree::Punct(second)]
            if first.as_char() == '-' && second.as_char() == '>')
    })
}
