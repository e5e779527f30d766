//! What things are called in Rust and in the system: `RideCompletedTopic` here is `ride_completed` there.

mod scope;

use std::collections::BTreeMap;

use proc_macro2::{Ident, Span, TokenTree};
use syn::{Item, ItemMod, Path};

use crate::attributes::{Declaring, called};
use crate::clause::plain;
use crate::complaint::Complaint;
use scope::Scope;
pub(crate) use scope::is_union;

/// The words that declare channels.
pub(crate) const CHANNELS: [&str; 4] = ["queue", "topic", "bus", "stream"];

/// The names of a system as they are seen from one of its modules.
#[derive(Debug, Default, Clone)]
pub(crate) struct Names {
    /// What stands in the system's own module.
    root: Scope,
    /// What stands in the modules of domains, by the names of those.
    domains: BTreeMap<String, Domain>,
    /// The domain that is being read.
    inside: Option<String>,
}

/// A domain's names, and what the system calls it.
#[derive(Debug, Default, Clone)]
struct Domain {
    name: String,
    scope: Scope,
}

/// A path that begins with the name of a domain: what it leads to in the system, where, and how many tokens it was.
pub(crate) type Across = (String, Span, usize);

impl Names {
    /// Reads the names that a module declares; two of one kind are the system's to complain about.
    pub(crate) fn of(module: &ItemMod, complaints: &mut Vec<Complaint>) -> Self {
        let items = module.content.iter().flat_map(|(_, items)| items);
        let domains = items.filter_map(|item| match item {
            Item::Mod(domain) if Declaring::find(&domain.attrs, &["domain"]).is_some() => Some(domain),
            _ => None,
        });
        let mut read = |domain: &ItemMod| {
            let name = called(&domain.ident, &domain.attrs);
            let scope = Scope::of(domain, complaints);
            (plain(&domain.ident), Domain { name, scope })
        };
        let domains = domains.map(&mut read).collect();
        Self {
            root: Scope::of(module, complaints),
            domains,
            inside: None,
        }
    }

    /// The same as seen from the module of a domain.
    pub(crate) fn within(&self, domain: &Ident) -> Self {
        Self {
            inside: Some(plain(domain)),
            ..self.clone()
        }
    }

    /// What is declared here as the whole system knows it: with its domain in front, if there is one.
    pub(crate) fn in_full(&self, name: &str) -> String {
        of_domain(self.domain(), name)
    }

    /// The same for a type that a path names.
    pub(crate) fn full_at(&self, path: &Path) -> Option<String> {
        let (domain, ..) = self.declared(path)?;
        Some(of_domain(domain, &self.short_at(path)?))
    }

    /// What an identifier is called in the system, when that differs.
    pub(crate) fn of_system(&self, rust: &str) -> Option<&str> {
        self.scopes()
            .find_map(|(_, scope)| scope.renamed.get(rust))
            .map(String::as_str)
    }

    /// Whether it is a type of the module, or of the one around it.
    pub(crate) fn is_type(&self, rust: &str) -> bool {
        self.scopes().any(|(_, scope)| scope.types.contains(rust))
    }

    /// Whether a path names a declared type that has fields, or is one of several that have.
    pub(crate) fn is_record(&self, path: &Path) -> bool {
        let Some((_, scope, name)) = self.declared(path) else {
            return false;
        };
        scope.records.contains(&name)
    }

    /// What a declared type is called where nobody has to say whose it is.
    pub(crate) fn short_at(&self, path: &Path) -> Option<String> {
        let (_, scope, rust) = self.declared(path)?;
        Some(scope.renamed.get(&rust).cloned().unwrap_or(rust))
    }

    /// What a path to a declared type is in the system: `super::pricing::Money` is `pricing.Money`.
    pub(crate) fn type_at(&self, path: &Path) -> Option<String> {
        Some(of_domain(self.domain_of(path), &self.short_at(path)?))
    }

    /// The value that `FareStatus::Completed` names, with the place of its last word. One that isn't there is written
    /// as if it were, for the checker to miss it.
    pub(crate) fn choice(&self, word: &Ident, behind: &[TokenTree]) -> Option<(String, Span)> {
        self.scopes().find_map(|(_, scope)| scope.choice(word, behind))
    }

    /// What `pricing::PriceChanged` is in the system.
    pub(crate) fn across(&self, word: &Ident, behind: &[TokenTree]) -> Option<Across> {
        let domain = self.domains.get(&plain(word))?;
        let (separator, behind) = separated(behind)?;
        let [TokenTree::Ident(name), behind @ ..] = behind else {
            return None;
        };
        if let Some((value, span)) = domain.scope.choice(name, behind) {
            return Some((value, span, separator + 4));
        }
        let rust = plain(name);
        let of_system = domain.scope.renamed.get(&rust).unwrap_or(&rust);
        Some((format!("{}.{of_system}", domain.name), name.span(), separator + 1))
    }

    /// The module that is read, and the one around it.
    fn scopes(&self) -> impl Iterator<Item = (Option<&Domain>, &Scope)> {
        let inside = self.domain().map(|domain| (Some(domain), &domain.scope));
        inside.into_iter().chain([(None, &self.root)])
    }

    /// The domain that is being read.
    fn domain(&self) -> Option<&Domain> {
        self.domains.get(self.inside.as_ref()?)
    }

    /// The domain that a path leads into.
    fn domain_of(&self, path: &Path) -> Option<&Domain> {
        let mut segments = path.segments.iter().rev().skip(1);
        self.domains.get(&plain(&segments.next()?.ident))
    }

    /// Where a path's type is declared, and its name there; nothing when that is Rust's.
    fn declared(&self, path: &Path) -> Option<(Option<&Domain>, &Scope, String)> {
        let name = plain(&path.segments.last()?.ident);
        if let Some(domain) = self.domain_of(path) {
            return Some((Some(domain), &domain.scope, name));
        }
        let mut before = path.segments.iter().rev().skip(1);
        let relative = before.all(|segment| is_way_up(&segment.ident));
        let mut scopes = self.scopes().filter(|_| relative);
        let (domain, scope) = scopes.find(|(_, scope)| scope.types.contains(&name))?;
        Some((domain, scope, name))
    }
}

/// A name with its domain in front, if there is one.
fn of_domain(domain: Option<&Domain>, name: &str) -> String {
    domain.map_or_else(|| name.to_owned(), |domain| format!("{}.{name}", domain.name))
}

/// `super` and its like, which lead to a module and say nothing in a system.
pub(crate) fn is_way_up(word: &Ident) -> bool {
    ["super", "self", "crate"].iter().any(|up| word == up)
}

/// What stands behind `.` or `::`, and of how many tokens that was made.
pub(crate) fn separated(behind: &[TokenTree]) -> Option<(usize, &[TokenTree])> {
    let is = |tree: &TokenTree, wanted| matches!(tree, TokenTree::Punct(mark) if mark.as_char() == wanted);
    match behind {
        [dot, rest @ ..] if is(dot, '.') => Some((1, rest)),
        [first, second, rest @ ..] if is(first, ':') && is(second, ':') => Some((2, rest)),
        _ => None,
    }
}
