//! The names of one module.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToSnakeCase;
use proc_macro2::{Ident, Span, TokenTree};
use syn::{Attribute, Fields, Item, ItemEnum, ItemMod, ItemStruct};

use super::{CHANNELS, separated};
use crate::attributes::{Declaring, called, called_in_lower_case, name_of};
use crate::clause::plain;
use crate::complaint::Complaint;

/// The names of a module by their Rust identifiers.
#[derive(Debug, Default, Clone)]
pub(super) struct Scope {
    /// Types, channels and services whose name in the system is another.
    pub(super) renamed: BTreeMap<String, String>,
    /// Types that have fields, or are one of several that have.
    pub(super) records: BTreeSet<String>,
    /// All types.
    pub(super) types: BTreeSet<String>,
    /// Enums with their variants, each with its name in the system.
    choices: BTreeMap<String, BTreeMap<String, String>>,
}

impl Scope {
    /// Reads the names that a module declares.
    pub(super) fn of(module: &ItemMod, complaints: &mut Vec<Complaint>) -> Self {
        let mut scope = Self::default();
        let mut seen: BTreeMap<String, (bool, String)> = BTreeMap::new();
        let items = module.content.iter().flat_map(|(_, items)| items);
        for item in items {
            let declared = match item {
                Item::Struct(item) => scope.structure(item),
                Item::Enum(item) => scope.choice_of(item),
                Item::Type(item) => scope.declare_type(&item.ident, &item.attrs),
                Item::Trait(item) => scope.declare(&item.ident, name_of(&item.attrs)),
                _ => continue,
            };
            let channel =
                matches!(item, Item::Struct(item) if Declaring::find(&item.attrs, &CHANNELS).is_some());
            let in_system = scope.renamed.get(&declared.0).unwrap_or(&declared.0).clone();
            let before = seen.insert(declared.0.clone(), (channel, in_system.clone()));
            if before.is_some_and(|before| before != (channel, in_system)) {
                complaints.push(
                    Complaint::new(
                        declared.1,
                        format!("`{}` is declared twice", declared.0),
                        "declared again here",
                        "call one of them otherwise; `name = …` keeps its name in the system",
                    )
                    .note("types, channels and services share their names in Rust, as structs and traits do"),
                );
            }
        }
        scope
    }

    /// The value that `Status::Paid` names.
    pub(super) fn choice(&self, word: &Ident, behind: &[TokenTree]) -> Option<(String, Span)> {
        let values = self.choices.get(&plain(word))?;
        let (2, [TokenTree::Ident(value), ..]) = separated(behind)? else {
            return None;
        };
        let name = values.get(&plain(value)).cloned();
        Some((name.unwrap_or_else(|| plain(value).to_snake_case()), value.span()))
    }

    fn structure(&mut self, item: &ItemStruct) -> (String, Span) {
        if let Some(kind) = Declaring::find(&item.attrs, &CHANNELS) {
            let name = name_of(&item.attrs);
            let name = name.unwrap_or_else(|| channel_name(&plain(&item.ident), &kind.word));
            return self.declare(&item.ident, Some(name));
        }
        let _ = self.records.insert(plain(&item.ident));
        // A renamed one answers to both of its names.
        self.records.extend(name_of(&item.attrs));
        self.declare_type(&item.ident, &item.attrs)
    }

    fn choice_of(&mut self, item: &ItemEnum) -> (String, Span) {
        if is_union(item) {
            let _ = self.records.insert(plain(&item.ident));
            return self.declare_type(&item.ident, &item.attrs);
        }
        let values = item.variants.iter();
        let values = values.map(|variant| {
            (
                plain(&variant.ident),
                called_in_lower_case(&variant.ident, &variant.attrs),
            )
        });
        let _ = self.choices.insert(plain(&item.ident), values.collect());
        self.declare_type(&item.ident, &item.attrs)
    }

    fn declare_type(&mut self, ident: &Ident, attributes: &[Attribute]) -> (String, Span) {
        let _ = self.types.insert(plain(ident));
        self.declare(ident, Some(called(ident, attributes)))
    }

    fn declare(&mut self, ident: &Ident, name: Option<String>) -> (String, Span) {
        let rust = plain(ident);
        if let Some(name) = name.filter(|name| *name != rust) {
            let _ = self.renamed.insert(rust.clone(), name);
        }
        (rust, ident.span())
    }
}

/// Whether an enum is one of several records, each of its variants being one: `enum Payment { Card(Card), Cash(Cash) }`.
pub(crate) fn is_union(item: &ItemEnum) -> bool {
    let holds = |fields: &Fields| matches!(fields, Fields::Unnamed(fields) if fields.unnamed.len() == 1);
    !item.variants.is_empty() && item.variants.iter().all(|variant| holds(&variant.fields))
}

/// `RideCompletedTopic` is `ride_completed`: in lower case, without the kind at its end.
fn channel_name(rust: &str, kind: &str) -> String {
    let name = rust.to_snake_case();
    let short = name.strip_suffix(kind).and_then(|short| short.strip_suffix('_'));
    short.map(str::to_owned).unwrap_or(name)
}
