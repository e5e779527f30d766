//! Channels: `#[queue(dead_letter after 5)] struct Accounting(RideCompleted);`.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Fields, ItemStruct};

use super::Reader;
use crate::attributes::{Declaring, is, name_of};
use crate::clause::plain;
use crate::complaint::Complaint;
use crate::names::CHANNELS;
use crate::places::Channel;

impl Reader<'_> {
    /// A channel that carries what stands in the parentheses, one of several if there are several.
    pub(super) fn channel(&mut self, item: &ItemStruct, mut declaring: Declaring) {
        self.refuse_generics(&item.generics, "a channel");
        let _ = declaring.take("name");
        self.documentation(&item.attrs);
        self.writer.out.line();
        if let Some((word, direction)) = declaring.take("extern") {
            let external = format!("extern {direction}");
            self.writer.out.word(external.trim_end(), word.span());
        }
        self.writer.out.word(&declaring.word, declaring.span);
        let rust = plain(&item.ident);
        let name = name_of(&item.attrs);
        let name = name.unwrap_or_else(|| self.writer.names.of_system(&rust).unwrap_or(&rust).to_owned());
        self.writer.out.word(&name, item.ident.span());
        match &item.fields {
            Fields::Unit | Fields::Unnamed(_) => {}
            Fields::Named(fields) => {
                let first = fields.named.first().map_or_else(
                    || "Message".to_owned(),
                    |field| quote::ToTokens::to_token_stream(&field.ty).to_string(),
                );
                self.writer.out.complain(Complaint::new(
                    item.ident.span(),
                    format!("{} `{rust}` has fields with names", declaring.word),
                    "a channel carries messages and has no fields",
                    format!("name the message alone: `struct {rust}({first});`"),
                ));
            }
        }
        for (at, field) in item.fields.iter().enumerate() {
            if at == 0 {
                self.writer.out.glued(":", item.ident.span());
            } else {
                self.writer.out.word("|", field.span());
            }
            self.writer.ty(&field.ty, None);
            self.refuse_clauses(&field.attrs, &[], "what a channel carries");
        }
        let span = declaring.span;
        self.block(Some(declaring), &item.attrs, &CHANNELS, span);
        self.writer.out.line();
        let docs: TokenStream = item
            .attrs
            .iter()
            .filter(|attribute| is(attribute, "doc"))
            .map(ToTokens::to_token_stream)
            .collect();
        self.places.channels.push(Channel {
            domain: self.domain.cloned(),
            name,
            ident: item.ident.clone(),
            docs,
        });
    }
}
