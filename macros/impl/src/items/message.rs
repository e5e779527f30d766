//! Messages, records, aliases and enums: structs, type aliases and enums of Rust.

use proc_macro2::{Ident, Span};
use syn::spanned::Spanned;
use syn::{Attribute, Field, Fields, ItemEnum, ItemStruct, ItemType, Type};

use super::{MESSAGES, Reader};
use crate::attributes::{Declaring, called, called_in_lower_case, find, list};
use crate::clause::plain;
use crate::complaint::Complaint;
use crate::names::is_union;

impl Reader<'_> {
    /// `#[event] struct E { … }` is `event E { … }`; without a kind it is `type E { … }`.
    pub(super) fn message(&mut self, item: &ItemStruct) {
        self.refuse_generics(&item.generics, "a message");
        let mut declaring = Declaring::find(&item.attrs, &MESSAGES);
        for word in ["name", "version"] {
            let _ = declaring.as_mut().and_then(|declaring| declaring.take(word));
        }
        let span = declaring
            .as_ref()
            .map_or(item.struct_token.span, |declaring| declaring.span);
        self.documentation(&item.attrs);
        self.writer.out.line();
        for modifier in ["public", "summary", "notification"] {
            let found = declaring
                .as_mut()
                .and_then(|declaring| declaring.take_word(modifier));
            if let Some(word) = found {
                self.writer.out.word(modifier, word.span());
            }
        }
        let kind = declaring
            .as_ref()
            .map_or("type", |declaring| declaring.word.as_str())
            .to_owned();
        let name = self.type_name(&kind, span, &item.ident, &item.attrs);
        let full = self.writer.names.in_full(&name);
        let (open, close) = self.braces(item, &kind);
        let entries = declaring.map(Declaring::entries).unwrap_or_default();
        let empty =
            item.fields.is_empty() && entries.is_empty() && !Self::has_clauses(&item.attrs, &MESSAGES);
        if empty && kind != "type" {
            self.writer.out.line();
            return;
        }
        self.writer.out.word("{", open);
        self.writer.out.line();
        for field in &item.fields {
            let Some(ident) = &field.ident else { continue };
            if find(&field.attrs, "spread").is_some() {
                self.spread(field);
                self.refuse_clauses(&field.attrs, &["spread"], "a spread");
                continue;
            }
            let field = self.field(&field.attrs, ident, &field.ty);
            let _ = self.places.types.insert(format!("{full}.{field}"), ident.clone());
        }
        self.writer.entries(entries);
        self.clauses(&item.attrs, &MESSAGES);
        self.writer.out.line();
        self.writer.out.glued("}", close);
        self.writer.out.line();
    }

    /// The word and the name of a type, which has its place from then on.
    pub(super) fn type_name(
        &mut self,
        word: &str,
        span: Span,
        ident: &Ident,
        attributes: &[Attribute],
    ) -> String {
        self.writer.out.word(word, span);
        let name = called(ident, attributes);
        self.writer.out.word(&name, ident.span());
        let place = self.places.types.entry(self.writer.names.in_full(&name));
        let _ = place.or_insert_with(|| ident.clone());
        name
    }

    /// `#[spread] ride: SubmitRide` is `...SubmitRide`.
    fn spread(&mut self, field: &Field) {
        let alone = match &field.ty {
            Type::Path(path) => path
                .path
                .segments
                .last()
                .filter(|last| last.arguments.is_empty())
                .map(|last| (last, &path.path)),
            _ => None,
        };
        let Some((last, path)) = alone else {
            self.writer.out.complain(Complaint::new(
                field.ty.span(),
                "only the fields of a declared type can be spread",
                "has none",
                "name a struct of this module, or leave `#[spread]` out",
            ));
            return;
        };
        self.documentation(&field.attrs);
        self.writer.out.line();
        let names = self.writer.names;
        let name = names.type_at(path).unwrap_or_else(|| plain(&last.ident));
        self.writer.out.word(&format!("...{name}"), field.ty.span());
        if let Some(full) = names.full_at(path) {
            self.writer.out.names_type(&full, &last.ident);
        }
        self.writer.out.line();
    }

    /// Where the braces are; fields without names are complained about.
    fn braces(&mut self, item: &ItemStruct, kind: &str) -> (Span, Span) {
        match &item.fields {
            Fields::Named(fields) => (fields.brace_token.span.open(), fields.brace_token.span.close()),
            Fields::Unit => (item.ident.span(), item.ident.span()),
            Fields::Unnamed(fields) => {
                self.writer.out.complain(Complaint::new(
                    fields.span(),
                    format!("the fields of {kind} `{}` have no names", item.ident),
                    "a tuple",
                    format!("name them: `struct {} {{ amount: Decimal }}`; channels are tuples, with `#[queue]` or `#[topic]`", item.ident),
                ));
                (item.ident.span(), item.ident.span())
            }
        }
    }

    /// `#[limits(1..64)] type Name = String` is `type Name = string(1..64)`.
    pub(super) fn alias(&mut self, item: &ItemType) {
        self.refuse_generics(&item.generics, "an alias");
        self.documentation(&item.attrs);
        self.writer.out.line();
        let _ = self.type_name("type", item.type_token.span, &item.ident, &item.attrs);
        self.writer.out.word("=", item.ident.span());
        self.writer.ty(&item.ty, find(&item.attrs, "limits").map(list));
        self.writer.out.line();
        self.refuse_clauses(&item.attrs, &["limits"], "an alias");
    }

    /// `enum E { A, B }` is `enum E { a, b }`.
    pub(super) fn choice(&mut self, item: &ItemEnum) {
        if is_union(item) {
            self.union(item);
            return;
        }
        self.refuse_generics(&item.generics, "an enum");
        self.documentation(&item.attrs);
        self.writer.out.line();
        let name = self.type_name("enum", item.enum_token.span, &item.ident, &item.attrs);
        let full = self.writer.names.in_full(&name);
        self.writer.out.word("{", item.brace_token.span.open());
        self.writer.out.line();
        for variant in &item.variants {
            if !matches!(variant.fields, Fields::Unit) || variant.discriminant.is_some() {
                self.writer.out.complain(Complaint::new(
                    variant.ident.span(),
                    format!(
                        "value `{}` of enum `{}` is more than a word",
                        variant.ident, item.ident
                    ),
                    "carries something",
                    "leave the word alone, and put what it carries into fields of the message",
                ));
            }
            self.documentation(&variant.attrs);
            self.writer.out.line();
            self.refuse_clauses(&variant.attrs, &[], "a value");
            let value = called_in_lower_case(&variant.ident, &variant.attrs);
            self.writer.out.word(&value, variant.ident.span());
            self.writer.out.line();
            let _ = self
                .places
                .types
                .insert(format!("{full}.{value}"), variant.ident.clone());
        }
        self.writer.out.glued("}", item.brace_token.span.close());
        self.writer.out.line();
        self.refuse_clauses(&item.attrs, &[], "an enum");
    }

    /// Clauses on what has none.
    pub(super) fn refuse_clauses(&mut self, attributes: &[Attribute], read: &[&str], what: &str) {
        for attribute in attributes {
            let one = std::slice::from_ref(attribute);
            if !Self::has_clauses(one, read) {
                continue;
            }
            let word = quote::ToTokens::to_token_stream(attribute.path()).to_string();
            let complaint = crate::attributes::foreign(attribute).unwrap_or_else(|| {
                Complaint::new(
                    attribute.path().span(),
                    format!("`#[{word}]` has no meaning on {what}"),
                    "says nothing about it",
                    "leave it out, or put it on the fields of this type",
                )
            });
            self.writer.out.complain(complaint);
        }
    }
}
