//! Stores: `#[store(by ride_id)] type Rides = Ride;` in a service's trait.

use syn::TraitItemType;

use super::{Reader, out_of_place};
use crate::attributes::{Declaring, called_in_lower_case, said};
use crate::complaint::Complaint;

/// Attributes of a store that are no clauses.
const READ: [&str; 5] = ["store", "by", "sort", "api", "schedule"];

impl Reader<'_> {
    /// `#[store(by ride_id)] type Rides = Ride;` is `store rides: Ride by ride_id`.
    pub(super) fn store(&mut self, item: &TraitItemType, service: &str) {
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
        self.refuse_lines(&item.attrs);
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
        self.block(Some(declaring), &item.attrs, &READ, span);
        self.writer.out.line();
        let _ = self.places.services.insert(
            self.writer.names.in_full(&format!("{service}.{name}")),
            item.ident.clone(),
        );
    }
}

/// What a row is read by.
pub(super) fn store_path(item: &TraitItemType) -> String {
    format!("{}.get", called_in_lower_case(&item.ident, &item.attrs))
}
