//! Fields of messages and parameters of handlers: `#[pii] customer: String` is `customer: string @pii`.

use proc_macro2::{Ident, TokenStream};
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Attribute, Field, Token, Type};

use super::Reader;
use crate::attributes::{called, find, foreign, is, list, misspelt, says_nothing};
use crate::clause::plain;

/// Attributes of fields that are no tags.
const READ: [&str; 6] = ["doc", "name", "limits", "default", "field", "spread"];

impl Reader<'_> {
    /// A field on a line of its own; its name in the system.
    pub(super) fn field(&mut self, attributes: &[Attribute], ident: &Ident, ty: &Type) -> String {
        self.refuse_doubles(attributes);
        self.documentation(attributes);
        self.writer.out.line();
        let name = called(ident, attributes);
        self.writer.out.word(&name, ident.span());
        self.writer.out.glued(":", ident.span());
        self.writer.ty(ty, find(attributes, "limits").map(list));
        for attribute in attributes {
            if let Some(complaint) = foreign(attribute) {
                self.writer.out.complain(complaint);
            } else if let Some((ident, near)) = misspelt(attribute, &READ) {
                self.writer.out.complain(says_nothing(ident, near));
            } else if !READ.iter().any(|word| is(attribute, word)) {
                self.tag(attribute);
            }
        }
        if let Some(default) = find(attributes, "default") {
            let span = default.pound_token.span;
            self.writer.out.word("=", span);
            self.writer.tokens(list(default));
        }
        self.writer.out.line();
        name
    }

    /// `@pii`, `@origin(Customers)`
    fn tag(&mut self, attribute: &Attribute) {
        let Some(word) = attribute.path().get_ident() else {
            return;
        };
        self.writer.out.word(&format!("@{}", plain(word)), word.span());
        let rest = list(attribute);
        if !rest.is_empty() {
            self.writer.out.glued("(", word.span());
            self.writer.tokens(rest);
            self.writer.out.glued(")", word.span());
        }
    }
}

/// Fields that stand in an attribute, as in a struct.
pub(super) fn fields_in(tokens: TokenStream) -> syn::Result<Punctuated<Field, Token![,]>> {
    let parser = Punctuated::parse_terminated_with;
    (|input: ParseStream<'_>| parser(input, Field::parse_named)).parse2(tokens)
}
