//! What the words of attributes are: which declare, which are said once, which are lines of the file, which mean nothing.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use aqueduct_dsl::clauses::{self, Owner};
use aqueduct_dsl::diagnostic::nearest;
use proc_macro2::{Ident, TokenTree};
use quote::ToTokens;
use syn::Attribute;
use syn::spanned::Spanned;

use super::{is, list};
use crate::clause::{DEFINING, parts, plain, without_equals};
use crate::complaint::Complaint;

/// The words that say what an item is.
pub(super) const DECLARING: [&str; 18] = [
    "event",
    "command",
    "query",
    "document",
    "fault",
    "queue",
    "topic",
    "bus",
    "stream",
    "service",
    "store",
    "handler",
    "saga",
    "scatter",
    "tentative",
    "scenario",
    "choreography",
    "domain",
];

/// Words that are no clauses: what a second one says would be lost.
pub(super) const ONCE: [&str; 11] = [
    "name", "version", "on", "by", "sort", "fails", "reply", "limits", "default", "field", "spread",
];

/// Words about a field, `@pii` in the language.
const TAGS: [&str; 7] = ["key", "pii", "secret", "seq", "time", "wide", "origin"];

/// Words of what declares without a name of its own in Rust: lines of the file that stand above any item.
const LINES: [&str; 2] = ["route", "sample"];

/// Words of what leads into a service, and stands above what it leads to: `api`, `schedule`.
static ENTRANCES: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
    let leading = clauses::rows().filter(|row| row.leads && row.owners.contains(&Owner::Service));
    leading.map(|row| row.word).collect()
});

/// Whether an attribute leads to what it stands above.
pub(crate) fn is_entrance(attribute: &Attribute) -> bool {
    let word = attribute.path().get_ident().map(plain);
    word.is_some_and(|word| ENTRANCES.contains(word.as_str()))
}

/// Whether an attribute is a line of the file, whatever it stands above: routes, samples, and the clauses that belong
/// to nothing but a file or a domain.
pub(crate) fn is_line(attribute: &Attribute) -> bool {
    let Some(word) = attribute.path().get_ident().map(plain) else {
        return false;
    };
    LINES.contains(&word.as_str()) || STATED.contains(word.as_str())
}

/// Words of clauses that only a file or a domain has: `outcome`, `convert`, `target`. What another file holds is a module
/// in Rust.
static STATED: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
    let alone = |word: &str| {
        let mut owners = clauses::rows()
            .filter(|row| row.word == word)
            .flat_map(|row| row.owners);
        owners.all(|owner| matches!(owner, Owner::File | Owner::Domain))
    };
    let of_files = clauses::rows().filter(|row| row.owners.contains(&Owner::File));
    let words = of_files.map(|row| row.word).filter(|word| *word != "use");
    words.filter(|word| alone(word)).collect()
});

/// Whether `#[allow(CODE because "…")]` is the system's, and not the level of a lint.
pub(crate) fn is_judgement(attribute: &Attribute) -> bool {
    let mut tokens = list(attribute).into_iter();
    is(attribute, "allow") && tokens.any(|tree| matches!(tree, TokenTree::Ident(word) if word == "because"))
}

/// One of these words that an attribute misspells: it is no word of the language, and this is the nearest.
pub(crate) fn misspelt<'a>(attribute: &'a Attribute, words: &[&str]) -> Option<(&'a Ident, &'static str)> {
    let ident = attribute.path().get_ident()?;
    let word = plain(ident);
    let entrances = ENTRANCES.iter().copied();
    let mut own = DECLARING.into_iter().chain(ONCE).chain(LINES).chain(entrances);
    // Nearly every attribute means something, and looking for neighbors takes its time.
    if word == "doc"
        || TAGS.contains(&word.as_str())
        || own.clone().any(|known| known == word)
        || clauses::rows().any(|row| row.word == word)
        || foreign(attribute).is_some()
    {
        return None;
    }
    let near = nearest(&word, own.clone()).filter(|near| words.contains(near))?;
    Some((ident, own.find(|known| *known == near)?))
}

/// What is said of a misspelt attribute.
pub(crate) fn says_nothing(ident: &Ident, near: &str) -> Complaint {
    Complaint::new(
        ident.span(),
        format!("`#[{ident}]` says nothing"),
        format!("did you mean `#[{near}]`?"),
        format!("write `#[{near}]`"),
    )
}

/// Complains about attributes that mean something to Rust and nothing here.
pub(crate) fn foreign(attribute: &Attribute) -> Option<Complaint> {
    let path = attribute.path();
    let span = path.segments.first().map(|segment| segment.ident.span())?;
    let word = path.to_token_stream().to_string().replace(' ', "");
    let (what, help) = match word.as_str() {
        "allow" if is_judgement(attribute) => return None,
        "cfg" | "cfg_attr" => (
            "a system is the same in every build",
            "declare two systems, or decide in the handlers".to_owned(),
        ),
        "derive" => (
            "what a system declares derives what it needs by itself",
            "leave it out; write an `impl` outside the module for anything else".to_owned(),
        ),
        "allow" | "expect" | "warn" | "deny" | "forbid" => (
            "levels of lints hold for the whole module",
            format!("put `#[{word}(…)]` above the module"),
        ),
        _ if path.get_ident().is_none()
            || ["serde", "repr", "inline", "must_use", "non_exhaustive", "test"].contains(&word.as_str()) =>
        {
            (
                "the attributes in a system are clauses of the language",
                "leave it out, or put what it belongs to outside the module".to_owned(),
            )
        }
        _ => return None,
    };
    Some(Complaint::new(
        span,
        format!("`#[{word}]` has no meaning here: {what}"),
        "inside a system",
        help,
    ))
}

/// Complains about what declares something and gives it no name: `#[step(S::h())]`.
pub(crate) fn nameless(attribute: &Attribute) -> Option<Complaint> {
    let word = attribute.path().get_ident().map(plain)?;
    let named = DEFINING.contains(&word.as_str());
    let first = parts(list(attribute)).into_iter().next().filter(|_| named)?;
    let tokens = first.clone().into_iter().count();
    (without_equals(first).into_iter().count() == tokens).then(|| {
        Complaint::new(
            attribute.path().span(),
            format!("this `#[{word}]` has no name"),
            "nothing could refer to it",
            format!("write its name and `=`: `#[{word}(name = …)]`"),
        )
    })
}
