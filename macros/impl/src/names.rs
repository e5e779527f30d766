//! What things are called in Rust and in the system: `RideCompletedTopic` here is `ride_completed` there.

use std::collections::BTreeMap;

use heck::ToSnakeCase;
use proc_macro2::{Ident, Span, TokenTree};
use syn::{Attribute, Item, ItemEnum, ItemMod, ItemStruct, ItemTrait};

use crate::attributes::{Declaring, called_in_lower_case, name_of};
use crate::clause::plain;
use crate::complaint::Complaint;

/// The words that declare channels.
pub(crate) const CHANNELS: [&str; 4] = ["queue", "topic", "bus", "stream"];

/// The names of a module by their Rust identifiers.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// Types, channels and services whose name in the system is another.
    renamed: BTreeMap<String, String>,
    /// Types that have fields.
    records: Vec<String>,
    /// All types.
    types: Vec<String>,
    /// Enums with their variants, each with its name in the system.
    choices: BTreeMap<String, BTreeMap<String, String>>,
}

impl Names {
    /// Reads the names that a module declares; two of one kind are the system's to complain about.
    pub(crate) fn of(module: &ItemMod, complaints: &mut Vec<Complaint>) -> Self {
        let mut names = Self::default();
        let mut seen: BTreeMap<String, (bool, String)> = BTreeMap::new();
        let items = module.content.iter().flat_map(|(_, items)| items);
        for item in items {
            let declared = match item {
                Item::Struct(item) => names.structure(item),
                Item::Enum(item) => names.choice_of(item),
                Item::Type(item) => names.declare_type(&item.ident, &item.attrs),
                Item::Trait(item) => names.service(item),
                _ => continue,
            };
            let channel =
                matches!(item, Item::Struct(item) if Declaring::find(&item.attrs, &CHANNELS).is_some());
            let in_system = names.of_system(&declared.0).unwrap_or(&declared.0).to_owned();
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
        names
    }

    /// What an identifier is called in the system, when that differs.
    pub(crate) fn of_system(&self, rust: &str) -> Option<&str> {
        self.renamed.get(rust).map(String::as_str)
    }

    /// Whether it is a type of the module.
    pub(crate) fn is_type(&self, rust: &str) -> bool {
        self.types.iter().any(|name| name == rust)
    }

    /// Whether it is a type of the module that has fields.
    pub(crate) fn is_record(&self, rust: &str) -> bool {
        self.records.iter().any(|name| name == rust)
    }

    /// The value that `FareStatus::Completed` names, with the place of its last word. One that isn't there is written
    /// as if it were, for the checker to miss it.
    pub(crate) fn choice(&self, word: &Ident, behind: &[TokenTree]) -> Option<(String, Span)> {
        let values = self.choices.get(&plain(word))?;
        let [
            TokenTree::Punct(first),
            TokenTree::Punct(second),
            TokenTree::Ident(value),
            ..,
        ] = behind
        else {
            return None;
        };
        if first.as_char() != ':' || second.as_char() != ':' {
            return None;
        }
        let name = values.get(&plain(value)).cloned();
        Some((name.unwrap_or_else(|| plain(value).to_snake_case()), value.span()))
    }

    fn structure(&mut self, item: &ItemStruct) -> (String, Span) {
        if let Some(kind) = Declaring::find(&item.attrs, &CHANNELS) {
            let rust = plain(&item.ident);
            let name = name_of(&item.attrs).unwrap_or_else(|| channel_name(&rust, &kind.word));
            self.rename(&rust, name);
            return (rust, item.ident.span());
        }
        self.records.push(plain(&item.ident));
        // A renamed one answers to both of its names.
        self.records.extend(name_of(&item.attrs));
        self.declare_type(&item.ident, &item.attrs)
    }

    fn choice_of(&mut self, item: &ItemEnum) -> (String, Span) {
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
        let rust = plain(ident);
        if let Some(name) = name_of(attributes) {
            self.rename(&rust, name);
        }
        self.types.push(rust.clone());
        (rust, ident.span())
    }

    fn service(&mut self, item: &ItemTrait) -> (String, Span) {
        let rust = plain(&item.ident);
        if let Some(name) = name_of(&item.attrs) {
            self.rename(&rust, name);
        }
        (rust, item.ident.span())
    }

    fn rename(&mut self, rust: &str, name: String) {
        if name != rust {
            let _ = self.renamed.insert(rust.to_owned(), name);
        }
    }
}

/// `RideCompletedTopic` is `ride_completed`: in lower case, without the kind at its end.
fn channel_name(rust: &str, kind: &str) -> String {
    let name = rust.to_snake_case();
    let short = name.strip_suffix(kind).and_then(|short| short.strip_suffix('_'));
    short.map(str::to_owned).unwrap_or(name)
}
