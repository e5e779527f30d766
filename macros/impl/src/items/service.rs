//! Services: traits with a method for each handler and saga, and a type for each store.

use syn::spanned::Spanned;
use syn::{Attribute, ItemTrait, TraitItem};

use super::field::fields_in;
use super::store::store_path;
use super::{Reader, out_of_place};
use crate::attributes::{Declaring, called, is, list};
use crate::clause::plain;
use crate::complaint::Complaint;

/// Attributes of a service that are no clauses.
const READ: [&str; 4] = ["service", "config", "api", "schedule"];

impl Reader<'_> {
    /// `#[service(auth jwt)] trait S { … }` is `service S { auth jwt … }`.
    pub(super) fn service(&mut self, item: &ItemTrait) {
        let Some(mut declaring) = Declaring::find(&item.attrs, &["service"]) else {
            let what = format!("trait `{}`", item.ident);
            let help = "write `#[service]` above it, or move it out of the module";
            self.writer
                .out
                .complain(out_of_place(item.ident.span(), &what, help));
            self.writer.out.leave_out(&plain(&item.ident));
            return;
        };
        self.refuse_generics(&item.generics, "a service");
        if let Some(word) = &item.unsafety {
            self.writer.out.complain(Complaint::over(
                word,
                format!("service `{}` is `unsafe`", item.ident),
                "promises that nobody keeps",
                "leave it out",
            ));
        }
        if let Some(bound) = item.supertraits.first() {
            self.writer.out.complain(Complaint::new(
                bound.span(),
                format!("service `{}` has supertraits", item.ident),
                "asks more of whoever implements it",
                "leave them out: every service is `Send + Sync + 'static`",
            ));
        }
        let _ = declaring.take("name");
        self.documentation(&item.attrs);
        self.writer.out.line();
        let external = declaring.take_word("extern");
        if let Some(word) = &external {
            self.writer.out.word("extern", word.span());
        }
        self.writer.out.word("service", declaring.span);
        let name = called(&item.ident, &item.attrs);
        self.writer.out.word(&name, item.ident.span());
        if let Some((word, instances)) = declaring.take("each") {
            self.writer.out.word("each", word.span());
            self.writer.tokens(instances);
        }
        self.writer.out.word("{", item.brace_token.span.open());
        self.writer.entries(declaring.entries());
        self.clauses(&item.attrs, &READ);
        for attribute in item.attrs.iter().filter(|attribute| is(attribute, "config")) {
            self.config(attribute);
        }
        let _ = self
            .places
            .services
            .insert(self.writer.names.in_full(&name), item.ident.clone());
        // Stores first: whoever reads the text meets what is kept before who keeps it.
        for inner in &item.items {
            if let TraitItem::Type(store) = inner {
                self.store(store, &name);
            }
        }
        self.entrances(&item.attrs, None);
        for inner in &item.items {
            match inner {
                TraitItem::Fn(method) => self.operation(method, &name, external.is_some()),
                TraitItem::Type(store) => self.entrances(&store.attrs, Some(&store_path(store))),
                other => {
                    let (span, what) = match other {
                        TraitItem::Const(item) => (item.ident.span(), format!("constant `{}`", item.ident)),
                        _ => (inner.span(), "this item".to_owned()),
                    };
                    let help = "leave it out: a service has methods with `#[handler]` or `#[saga]`, and types with `#[store]`";
                    self.writer.out.complain(out_of_place(span, &what, help));
                }
            }
        }
        self.writer.out.line();
        self.writer.out.glued("}", item.brace_token.span.close());
        self.writer.out.line();
    }

    /// `#[config(#[limits(1..5)] #[default = 1] speed: i64)]` is `config { speed: int(1..5) = 1 }`.
    fn config(&mut self, attribute: &Attribute) {
        let Ok(fields) = fields_in(list(attribute)) else {
            self.writer.out.complain(Complaint::over(
                &list(attribute),
                "`#[config]` holds something that is no field",
                "what differs between the members of a role",
                "write fields as in a struct: `#[config(speed: i64)]`",
            ));
            return;
        };
        let span = attribute.path().span();
        self.writer.out.line();
        self.writer.out.word("config", span);
        self.writer.out.word("{", span);
        for field in &fields {
            if let Some(ident) = &field.ident {
                let _ = self.field(&field.attrs, ident, &field.ty);
            }
        }
        self.writer.out.line();
        self.writer.out.glued("}", span);
        self.writer.out.line();
    }
}
