//! Services: traits with a method for each handler and saga, and a type for each store.

use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::{Attribute, ItemTrait, TraitItem, TraitItemType};

use super::{Reader, out_of_place};
use crate::attributes::{Declaring, called, called_in_lower_case, is, list, said};
use crate::clause::{parts, plain};
use crate::complaint::Complaint;

/// Attributes of a service that are no clauses.
const READ: [&str; 2] = ["service", "api"];

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
        let _ = self.places.services.insert(name.clone(), item.ident.clone());
        // Stores first: whoever reads the text meets what is kept before who keeps it.
        for inner in &item.items {
            if let TraitItem::Type(store) = inner {
                self.store(store, &name);
            }
        }
        for attribute in item.attrs.iter().filter(|attribute| is(attribute, "api")) {
            self.api(attribute, None);
        }
        for inner in &item.items {
            match inner {
                TraitItem::Fn(method) => self.operation(method, &name, external.is_some()),
                TraitItem::Type(store) => self.apis(&store.attrs, &store_path(store)),
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

    /// `#[store(by ride_id)] type Rides = Ride;` is `store rides: Ride by ride_id`.
    fn store(&mut self, item: &TraitItemType, service: &str) {
        let Some(mut declaring) = Declaring::find(&item.attrs, &["store"]) else {
            let what = format!("type `{}`", item.ident);
            let help = "write `#[store(by …)]` above it, with the field that its rows are told apart by";
            self.writer
                .out
                .complain(out_of_place(item.ident.span(), &what, help));
            self.writer
                .out
                .leave_out(&called_in_lower_case(&item.ident, &item.attrs));
            return;
        };
        self.refuse_doubles(&item.attrs);
        self.refuse_generics(&item.generics, "a store");
        let _ = declaring.take("name");
        let name = called_in_lower_case(&item.ident, &item.attrs);
        let Some((_, row)) = &item.default else {
            self.writer.out.complain(Complaint::new(
                item.ident.span(),
                format!("store `{}` has no rows", item.ident),
                "nothing behind the name",
                format!("write `type {} = Row;` with the type of its rows", item.ident),
            ));
            self.writer.out.leave_out(&name);
            return;
        };
        let Some((by, key)) = said(&mut declaring, &item.attrs, "by") else {
            self.writer.out.complain(Complaint::new(
                item.ident.span(),
                format!("store `{}` has no key", item.ident),
                "its rows can't be told apart",
                "name the field that is: `#[store(by customer)]`",
            ));
            self.writer.out.leave_out(&name);
            return;
        };
        self.documentation(&item.attrs);
        self.writer.out.line();
        self.writer.out.word("store", declaring.span);
        self.writer.out.word(&name, item.ident.span());
        self.writer.out.glued(":", item.ident.span());
        self.writer.ty(row, None);
        self.writer.out.word("by", by);
        self.writer.tokens(key);
        if let Some((sort, key)) = said(&mut declaring, &item.attrs, "sort") {
            self.writer.out.word("sort", sort);
            self.writer.tokens(key);
        }
        let span = declaring.span;
        self.block(
            Some(declaring),
            &item.attrs,
            &["store", "api", "by", "sort"],
            span,
        );
        self.writer.out.line();
        let _ = self
            .places
            .services
            .insert(format!("{service}.{name}"), item.ident.clone());
    }

    /// The apis that lead to what their attributes stand on.
    pub(super) fn apis(&mut self, attributes: &[Attribute], target: &str) {
        for attribute in attributes.iter().filter(|attribute| is(attribute, "api")) {
            self.api(attribute, Some(target));
        }
    }

    /// `#[api(POST "/rides", returns 201)]` is `api POST "/rides" -> submit { returns 201 }`.
    fn api(&mut self, attribute: &Attribute, target: Option<&str>) {
        let span = attribute.path().span();
        let mut rest = parts(list(attribute)).into_iter();
        self.writer.out.line();
        self.writer.out.word("api", span);
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

/// What a row is read by.
fn store_path(item: &TraitItemType) -> String {
    format!("{}.get", called_in_lower_case(&item.ident, &item.attrs))
}
