//! The items of a module, one file for each kind: what each says in `.flow`.

mod channel;
mod domain;
mod entrance;
mod field;
mod function;
mod message;
mod operation;
mod service;
mod signature;
mod store;
#[cfg(test)]
mod tests;
mod union;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::{Attribute, Generics, Item, ItemMod, Meta, Signature};

use crate::attributes::{self, Declaring};
use crate::clause::Writer;
use crate::complaint::Complaint;
use crate::names::{CHANNELS, Names};
use crate::places::Places;
use crate::transcript::Transcript;

/// The words that declare messages.
pub(crate) const MESSAGES: [&str; 5] = ["event", "command", "query", "document", "fault"];

/// A module as `.flow`, with what else it holds.
#[derive(Debug, Default)]
pub(crate) struct Read {
    pub(crate) transcript: Transcript,
    /// Where the user's own words for types, fields, services and handlers stand.
    pub(crate) places: Places,
    /// What is the user's own and goes through: imports and implementations.
    pub(crate) kept: TokenStream,
}

/// Reads the items of a system's module.
pub(crate) fn read(module: &ItemMod, head: Transcript) -> Read {
    let mut read = Read {
        transcript: head,
        ..Read::default()
    };
    let mut complaints = Vec::new();
    let names = Names::of(module, &mut complaints);
    for complaint in complaints {
        read.transcript.complain(complaint);
    }
    let Some((_, items)) = &module.content else {
        read.transcript.complain(
            Complaint::new(
                module.ident.span(),
                format!("module `{}` is in another file", module.ident),
                "without a body",
                "write the body here, in braces: `mod name { … }`",
            )
            .note("a macro sees one item, and the whole system is checked at once"),
        );
        return read;
    };
    let mut reader = Reader {
        writer: Writer {
            out: &mut read.transcript,
            names: &names,
        },
        places: &mut read.places,
        domain: None,
    };
    for attribute in &module.attrs {
        // What is promised above a system is the file's; messages and domains have promises of their own.
        if attributes::is(attribute, "assume") {
            reader.writer.clause(attribute);
        }
        reader.lines(std::slice::from_ref(attribute));
    }
    let mut domains = Vec::new();
    for item in items {
        match item {
            Item::Mod(domain) if is_domain(domain) => domains.push(domain),
            _ if reader.item(item) => {}
            _ => read.kept.extend(kept(item)),
        }
    }
    for domain in domains {
        reader.domain(domain);
    }
    read
}

/// Whether a module within a system's is a domain of it.
fn is_domain(module: &ItemMod) -> bool {
    Declaring::find(&module.attrs, &["domain"]).is_some()
}

/// The user's own item as it is; imports may be for readers only, since the code that is made names everything in full.
fn kept(item: &Item) -> TokenStream {
    match item {
        Item::Use(_) => {
            quote!(#[allow(unused_imports, reason = "it is there for whoever reads the system")] #item)
        }
        other => other.to_token_stream(),
    }
}

/// Writes items down.
struct Reader<'a> {
    writer: Writer<'a>,
    places: &'a mut Places,
    /// The domain that is being read.
    domain: Option<&'a Ident>,
}

impl Reader<'_> {
    /// Whether the item says something about the system; what doesn't is kept as it is.
    fn item(&mut self, item: &Item) -> bool {
        let attributes: &[Attribute] = match item {
            Item::Struct(item) => &item.attrs,
            Item::Enum(item) => &item.attrs,
            Item::Type(item) => &item.attrs,
            Item::Trait(item) => &item.attrs,
            Item::Fn(item) => &item.attrs,
            Item::Use(_) => return false,
            other => {
                let (span, what) = named(other);
                let help = match other {
                    Item::Impl(_) => "move it out of the module, and name the type as `messages::…`",
                    Item::Mod(_) => "write `#[domain]` above it, or move it out of the module",
                    _ => {
                        "move it out of the module; a system has structs, enums, types, traits and scenarios"
                    }
                };
                self.writer.out.complain(out_of_place(span, &what, help));
                return true;
            }
        };
        self.refuse_doubles(attributes);
        if !matches!(item, Item::Fn(_)) {
            self.lines(attributes);
        }
        match item {
            Item::Struct(item) => match Declaring::find(attributes, &CHANNELS) {
                Some(declaring) => self.channel(item, declaring),
                None => self.message(item),
            },
            Item::Enum(item) => self.choice(item),
            Item::Type(item) => self.alias(item),
            Item::Trait(item) => self.service(item),
            Item::Fn(item) => self.function(item),
            _ => {}
        }
        true
    }

    /// Lines of the file that stand above some item: routes, samples, outcomes and their like.
    fn lines(&mut self, attributes: &[Attribute]) {
        for attribute in attributes {
            if attributes::is(attribute, "route") {
                if !entrance::leads(attributes::list(attribute)) {
                    self.writer.out.complain(Complaint::new(
                        attribute.path().span(),
                        "`#[route]` leads nowhere",
                        "has no arrow",
                        "say from where to where: `#[route(OrdersTopic -> Billing)]`",
                    ));
                    continue;
                }
                self.writer.out.line();
                self.writer.tokens(attributes::list(attribute));
                self.writer.out.line();
            } else if attributes::is_line(attribute) {
                match attributes::nameless(attribute) {
                    Some(complaint) => self.writer.out.complain(complaint),
                    None => self.writer.clause(attribute),
                }
            }
        }
    }

    /// The lines of documentation above an item.
    fn documentation(&mut self, attributes: &[Attribute]) {
        for attribute in attributes {
            self.writer.documentation_of(attribute, "///");
        }
    }

    /// The attributes that are clauses: all but those that were read already.
    fn clauses(&mut self, attributes: &[Attribute], read: &[&str]) {
        for attribute in attributes {
            let all: Vec<&str> = ["name", "version", "route", "sample"]
                .iter()
                .chain(read)
                .copied()
                .collect();
            if let Some((ident, near)) = attributes::misspelt(attribute, &all) {
                self.writer.out.complain(attributes::says_nothing(ident, near));
                continue;
            }
            let complaint = attributes::foreign(attribute).or_else(|| attributes::nameless(attribute));
            if let Some(complaint) = complaint.filter(|_| !attributes::is(attribute, "sample")) {
                self.writer.out.complain(complaint);
                continue;
            }
            if !is_read(attribute, read) {
                self.writer.clause(attribute);
            }
        }
    }

    /// Whether any attribute is left that is a clause.
    fn has_clauses(attributes: &[Attribute], read: &[&str]) -> bool {
        let mut all = attributes.iter();
        all.any(|attribute| attributes::foreign(attribute).is_some() || !is_read(attribute, read))
    }

    /// `{ clauses }`, from the list of what declares an item and from its other attributes; nothing when there are none.
    fn block(&mut self, declaring: Option<Declaring>, attributes: &[Attribute], read: &[&str], at: Span) {
        let entries = declaring.map(Declaring::entries).unwrap_or_default();
        if entries.is_empty() && !Self::has_clauses(attributes, read) {
            return;
        }
        self.writer.out.word("{", at);
        self.writer.entries(entries);
        self.clauses(attributes, read);
        self.writer.out.line();
        self.writer.out.glued("}", at);
    }

    /// What is said once: a second time would go unheard.
    fn refuse_doubles(&mut self, attributes: &[Attribute]) {
        if let Some(complaint) = attributes::unspeakable(attributes) {
            self.writer.out.complain(complaint);
        }
        for (first, second) in attributes::doubles(attributes) {
            self.writer.out.complain(attributes::said_again(&first, &second));
        }
    }

    /// Complains about lines of the file within an item: they would go unheard.
    fn refuse_lines(&mut self, attributes: &[Attribute]) {
        for attribute in attributes
            .iter()
            .filter(|attribute| attributes::is_line(attribute))
        {
            let word = attribute.path().to_token_stream();
            self.writer.out.complain(Complaint::new(
                attribute.path().span(),
                format!("`#[{word}]` stands within a service"),
                "a line of the system",
                "put it above the trait, or above any other item of the module",
            ));
        }
    }

    fn refuse_generics(&mut self, generics: &Generics, what: &str) {
        if let Some(bounds) = &generics.where_clause {
            self.writer.out.complain(Complaint::over(
                bounds,
                format!("{what} has no bounds"),
                "asks something of Rust's types",
                "leave it out",
            ));
        }
        let Some(first) = generics.params.first() else {
            return;
        };
        self.writer.out.complain(
            Complaint::new(
                first.span(),
                format!("{what} has no generic parameters: it is the same for every message"),
                "a parameter of Rust",
                "declare one for each type that it is needed for",
            )
            .note("what crosses a queue or is written down has one shape that both sides know"),
        );
    }
}

/// What a signature says to rustc alone, word for word.
fn unheard(signature: &Signature) -> Vec<Complaint> {
    let name = &signature.ident;
    let words = [
        signature.constness.as_ref().map(ToTokens::to_token_stream),
        Some(signature.safety.to_token_stream()),
        signature.abi.as_ref().map(ToTokens::to_token_stream),
    ];
    let said = words.into_iter().flatten().filter(|word| !word.is_empty());
    let complaints = said.map(|word| {
        Complaint::over(
            &word,
            format!("`{name}` is `{word}`"),
            "says nothing in a system",
            "leave it out",
        )
    });
    complaints.collect()
}

impl Writer<'_> {
    /// The lines of a doc comment with this mark. `///` above a module and `//!` in it are one to Rust.
    pub(crate) fn documentation_of(&mut self, attribute: &Attribute, mark: &str) {
        if !attributes::is(attribute, "doc") {
            return;
        }
        let Meta::NameValue(pair) = &attribute.meta else {
            return;
        };
        if let Ok(text) = syn::parse2::<syn::LitStr>(pair.value.to_token_stream()) {
            self.out.documentation(mark, &text.value(), text.span());
        }
    }
}

/// Whether an attribute is no clause: read already with its item, or a line of the file.
fn is_read(attribute: &Attribute, read: &[&str]) -> bool {
    let mut known = ["doc", "name", "version"].iter().chain(read);
    known.any(|word| attributes::is(attribute, word)) || attributes::is_line(attribute)
}

/// What no system has.
fn out_of_place(span: Span, what: &str, help: &str) -> Complaint {
    Complaint::new(
        span,
        format!("{what} has no meaning in a system"),
        "inside a system",
        help,
    )
}

/// What an item is called, and where.
fn named(item: &Item) -> (Span, String) {
    let (ident, kind) = match item {
        Item::Const(item) => (&item.ident, "constant"),
        Item::Static(item) => (&item.ident, "static"),
        Item::Mod(item) => (&item.ident, "module"),
        Item::Union(item) => (&item.ident, "union"),
        Item::Impl(item) => {
            return (item.impl_token.span, "an implementation".to_owned());
        }
        Item::Macro(_) => return (item.span(), "a macro".to_owned()),
        _ => return (item.span(), "this item".to_owned()),
    };
    (ident.span(), format!("{kind} `{ident}`"))
}

/// An identifier that must be what the generated code calls it.
fn must_be(ident: &Ident, wanted: &str, why: &str) -> Option<Complaint> {
    let is = ident.to_string();
    (is != wanted).then(|| {
        Complaint::new(
            ident.span(),
            format!("{why} is called `{wanted}`"),
            format!("not `{is}`"),
            format!("write `{wanted}`"),
        )
    })
}
