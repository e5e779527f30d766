//! What an item is called in the system, and what is said of it once.

use heck::ToSnakeCase;
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use syn::Attribute;

use super::words::{DECLARING, ONCE};
use super::{Declaring, begins_with, find, is, is_reaction, list, reacts};
use crate::clause::{parts, plain};
use crate::complaint::Complaint;

/// What an item is called in the system: `#[name(x)]`, or `name = x` in the list of what declares it.
pub(crate) fn name_of(attributes: &[Attribute]) -> Option<String> {
    let (name, _) = written_name(attributes)?;
    is_name(&name).then_some(name)
}

/// What an item is called in the system when nothing says otherwise: as in Rust, `BasketChangedV2` of version 2 without
/// the number at its end.
pub(crate) fn called(ident: &Ident, attributes: &[Attribute]) -> String {
    let rust = plain(ident);
    let named = name_of(attributes);
    let Some(version) = written(attributes, "version").and_then(|tokens| version_in(&tokens)) else {
        return named.unwrap_or(rust);
    };
    let name = named.unwrap_or_else(|| match rust.strip_suffix(&format!("V{version}")) {
        Some(name) if !name.is_empty() => name.to_owned(),
        _ => rust,
    });
    format!("{name}.v{version}")
}

/// The same for what begins with a small letter there: values of enums, stores.
pub(crate) fn called_in_lower_case(ident: &Ident, attributes: &[Attribute]) -> String {
    name_of(attributes).unwrap_or_else(|| plain(ident).to_snake_case())
}

/// What a word says in an attribute of its own, or in the list of what declares.
fn written(attributes: &[Attribute], word: &str) -> Option<TokenStream> {
    let own = find(attributes, word).map(list);
    let listed = || {
        Declaring::find(attributes, &DECLARING)?
            .take(word)
            .map(|(_, rest)| rest)
    };
    own.or_else(listed)
}

/// `2`, from 1 upwards.
fn version_in(tokens: &TokenStream) -> Option<u32> {
    let version: u32 = tokens.to_string().parse().ok()?;
    (version > 0).then_some(version)
}

fn written_name(attributes: &[Attribute]) -> Option<(String, Span)> {
    let tokens = written(attributes, "name")?;
    let span = tokens.clone().into_iter().next().map(|tree| tree.span())?;
    Some((name_in(&tokens), span))
}

/// A name as it stands, or in quotes.
pub(super) fn name_in(tokens: &TokenStream) -> String {
    match syn::parse2::<syn::LitStr>(tokens.clone()) {
        Ok(text) => text.value(),
        Err(_) => tokens.to_string().replace(' ', "").replace("r#", ""),
    }
}

/// Complains about a name that the system can't have; what it names keeps the one that it has in Rust.
pub(crate) fn unspeakable(attributes: &[Attribute]) -> Option<Complaint> {
    let version = written(attributes, "version").filter(|tokens| version_in(tokens).is_none());
    if let Some(version) = version {
        return Some(Complaint::over(
            &version,
            format!("`{}` is no version", version.to_string().escape_default()),
            "versions are counted",
            "write a number from 1 upwards: `version = 2`",
        ));
    }
    let (name, span) = written_name(attributes)?;
    let numbered = name.contains('.') && written(attributes, "version").is_some();
    if numbered {
        return Some(Complaint::new(
            span,
            format!("`{name}` has a version, and `version` says one too"),
            "says it as well",
            "leave it out of the name",
        ));
    }
    no_name(&name, span)
}

pub(super) fn no_name(name: &str, span: Span) -> Option<Complaint> {
    (!is_name(name)).then(|| {
        Complaint::new(
            span,
            format!("`{}` is no name", name.escape_default()),
            "the name in the system",
            "begin with a letter and use letters, digits and `_`; a version stands behind a dot, as in `Paid.v2`",
        )
    })
}

/// Complains about what is said once and stands twice: the second would go unheard.
pub(crate) fn said_again(first: &Ident, second: &Ident) -> Complaint {
    Complaint::new(
        second.span(),
        format!("`{second}` is said after `{first}`"),
        "says it again",
        "leave one of them out",
    )
    .note("an item is declared once, and so is each part of its signature")
}

pub(super) fn is_name(text: &str) -> bool {
    let word = |word: &str| {
        word.starts_with(|first: char| first.is_ascii_alphabetic())
            && word.chars().all(|one| one.is_ascii_alphanumeric() || one == '_')
    };
    text.split('.').all(word)
}

/// Words that are heard once, in the list of what declares an item or in attributes of their own, with the words before
/// that say the same.
pub(crate) fn doubles(attributes: &[Attribute]) -> Vec<(Ident, Ident)> {
    let own = attributes
        .iter()
        .filter(|attribute| !is_reaction(attribute))
        .filter_map(|attribute| attribute.path().get_ident().cloned());
    let declaring = attributes
        .iter()
        .filter(|attribute| DECLARING.iter().any(|word| is(attribute, word)));
    let listed = declaring
        .flat_map(|attribute| parts(list(attribute)))
        .filter(|part| !(begins_with(part, "on") && reacts(part.clone())))
        .filter_map(|part| match part.into_iter().next() {
            Some(TokenTree::Ident(word)) if ONCE.contains(&plain(&word).as_str()) => Some(word),
            _ => None,
        });
    let mut heard: Vec<(&str, Ident)> = Vec::new();
    let mut doubles = Vec::new();
    for word in own.chain(listed) {
        let text = plain(&word);
        // Whatever declares an item declares it wholly.
        let same = if DECLARING.contains(&text.as_str()) {
            DECLARING.first()
        } else {
            ONCE.iter().find(|known| **known == text)
        };
        let Some(same) = same else { continue };
        match heard.iter().find(|(known, _)| known == same) {
            Some((_, first)) => doubles.push((first.clone(), word)),
            None => heard.push((same, word)),
        }
    }
    doubles
}
