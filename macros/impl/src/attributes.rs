//! Which attribute declares an item, and what its list holds: words of the signature, and clauses.

use aqueduct_dsl::clauses::{self, Owner};
use aqueduct_dsl::diagnostic::nearest;
use heck::ToSnakeCase;
use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::{Attribute, Meta};

use crate::clause::{DEFINING, parts, plain, without_equals};
use crate::complaint::Complaint;

/// The words that say what an item is.
const DECLARING: [&str; 18] = [
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
const ONCE: [&str; 11] = [
    "name", "version", "on", "by", "sort", "fails", "reply", "limits", "default", "field", "spread",
];

/// Words about a field, `@pii` in the language.
const TAGS: [&str; 6] = ["key", "pii", "secret", "seq", "time", "origin"];

/// Words of what declares without a name of its own in Rust: lines of the file that stand above any item.
const LINES: [&str; 2] = ["route", "sample"];

/// What begins with this word, stands above what it leads to, and is a line of its own there: `api`, `schedule`.
pub(crate) fn is_entrance(attribute: &Attribute) -> bool {
    let word = attribute.path().get_ident().map(plain);
    word.is_some_and(|word| clauses::rows().any(|row| row.word == word && row.leads))
}

/// Whether an attribute is a line of the file, whatever it stands above: routes, samples, and the clauses that belong
/// to nothing but a file or a domain.
pub(crate) fn is_line(attribute: &Attribute) -> bool {
    let Some(word) = attribute.path().get_ident().map(plain) else {
        return false;
    };
    LINES.contains(&word.as_str()) || is_stated_alone(&word)
}

/// Whether only a file or a domain has clauses with this word: `outcome`, `convert`, `target`.
fn is_stated_alone(word: &str) -> bool {
    let mut rows = clauses::rows().filter(|row| row.word == word).peekable();
    rows.peek().is_some()
        && rows.all(|row| row.owners.contains(&Owner::File))
        && clauses::rows()
            .filter(|row| row.word == word)
            .flat_map(|row| row.owners)
            .all(|owner| matches!(owner, Owner::File | Owner::Domain))
}

/// Whether `#[allow(CODE because "…")]` is the system's, and not the level of a lint.
pub(crate) fn is_judgement(attribute: &Attribute) -> bool {
    let mut tokens = list(attribute).into_iter();
    is(attribute, "allow") && tokens.any(|tree| matches!(tree, TokenTree::Ident(word) if word == "because"))
}

/// The attribute that says what an item is.
#[derive(Debug, Clone)]
pub(crate) struct Declaring {
    /// `event`, `queue`, `handler`
    pub(crate) word: String,
    /// Where.
    pub(crate) span: Span,
    parts: Vec<TokenStream>,
}

impl Declaring {
    /// The first attribute with one of these words, or with one that is misspelt: the item is still what it was meant
    /// to be, and whoever reads its clauses complains.
    pub(crate) fn find(attributes: &[Attribute], words: &[&str]) -> Option<Self> {
        let exact = |attribute: &Attribute| {
            let ident = attribute.path().get_ident()?;
            let word = plain(ident);
            words.contains(&word.as_str()).then(|| (ident.span(), word))
        };
        let near = |attribute: &Attribute| {
            let (ident, word) = misspelt(attribute, words)?;
            Some((ident.span(), word.to_owned()))
        };
        let found = |attribute, (span, word)| Self {
            word,
            span,
            parts: parts(list(attribute)),
        };
        let mut exactly = attributes.iter().filter_map(|one| Some(found(one, exact(one)?)));
        let mut nearly = attributes.iter().filter_map(|one| Some(found(one, near(one)?)));
        exactly.next().or_else(|| nearly.next())
    }

    /// What stands in the parentheses of `#[system(…)]`.
    pub(crate) fn system(settings: TokenStream, span: Span) -> Self {
        Self {
            word: "system".to_owned(),
            span,
            parts: parts(settings),
        }
    }

    /// Takes the name of a system, with what is wrong about it.
    pub(crate) fn take_name(&mut self) -> (Option<String>, Vec<Complaint>) {
        let Some((word, tokens)) = self.take("name") else {
            return (None, Vec::new());
        };
        let name = name_in(&tokens);
        let mut complaints: Vec<Complaint> = no_name(&name, word.span()).into_iter().collect();
        while let Some((again, _)) = self.take("name") {
            complaints.push(said_again(&word, &again));
        }
        (Some(name).filter(|name| is_name(name)), complaints)
    }

    /// Takes `word rest`, `word = rest` or `word(rest)` out of the list.
    pub(crate) fn take(&mut self, word: &str) -> Option<(Ident, TokenStream)> {
        self.take_unless(word, |_| false)
    }

    /// The same for a word that begins other clauses as well.
    fn take_unless(&mut self, word: &str, other: fn(TokenStream) -> bool) -> Option<(Ident, TokenStream)> {
        let is = |part: &TokenStream| begins_with(part, word) && !other(part.clone());
        let at = self.parts.iter().position(is)?;
        let part = self.parts.remove(at);
        split(part)
    }

    /// Takes a part that is this word alone.
    pub(crate) fn take_word(&mut self, word: &str) -> Option<Ident> {
        let at = self.parts.iter().position(|part| {
            let mut trees = part.clone().into_iter();
            begins_with(part, word) && trees.nth(1).is_none()
        })?;
        match self.parts.remove(at).into_iter().next() {
            Some(TokenTree::Ident(word)) => Some(word),
            _ => None,
        }
    }

    /// Takes the first part if it is a text.
    pub(crate) fn take_text(&mut self) -> Option<(String, Span)> {
        let first = self.parts.first()?.clone();
        let text = syn::parse2::<syn::LitStr>(first).ok()?;
        let _ = self.parts.remove(0);
        Some((text.value(), text.span()))
    }

    /// What is left: clauses.
    pub(crate) fn entries(self) -> Vec<TokenStream> {
        self.parts
    }
}

/// What stands in an attribute's parentheses, or behind its `=`.
pub(crate) fn list(attribute: &Attribute) -> TokenStream {
    match &attribute.meta {
        Meta::Path(_) => TokenStream::new(),
        Meta::List(list) => list.tokens.clone(),
        Meta::NameValue(pair) => pair.value.to_token_stream(),
    }
}

/// The attribute with this word.
pub(crate) fn find<'a>(attributes: &'a [Attribute], word: &str) -> Option<&'a Attribute> {
    attributes.iter().find(|attribute| is(attribute, word))
}

/// Whether an attribute has this word.
pub(crate) fn is(attribute: &Attribute, word: &str) -> bool {
    attribute
        .path()
        .get_ident()
        .is_some_and(|ident| plain(ident) == word)
}

/// One of these words that an attribute misspells: it is no word of the language, and this is the nearest.
pub(crate) fn misspelt<'a>(attribute: &'a Attribute, words: &[&str]) -> Option<(&'a Ident, &'static str)> {
    let ident = attribute.path().get_ident()?;
    let word = plain(ident);
    let mut own = DECLARING.into_iter().chain(ONCE).chain(LINES).chain(TAGS);
    // Nearly every attribute means something, and looking for neighbors takes its time.
    if word == "doc"
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
fn name_in(tokens: &TokenStream) -> String {
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
    no_name(&name, span)
}

fn no_name(name: &str, span: Span) -> Option<Complaint> {
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

fn is_name(text: &str) -> bool {
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

fn begins_with(part: &TokenStream, word: &str) -> bool {
    let first = part.clone().into_iter().next();
    matches!(first, Some(TokenTree::Ident(ident)) if plain(&ident) == word)
}

/// The word of a part and what follows it.
fn split(part: TokenStream) -> Option<(Ident, TokenStream)> {
    let mut trees = without_equals(part).into_iter();
    let Some(TokenTree::Ident(word)) = trees.next() else {
        return None;
    };
    let rest: Vec<TokenTree> = trees.collect();
    let rest = match rest.as_slice() {
        [TokenTree::Group(group)]
            if group.delimiter() == Delimiter::Parenthesis && is_enclosed(group.stream()) =>
        {
            group.stream()
        }
        _ => rest.into_iter().collect(),
    };
    Some((word, rest))
}

/// What a word of a signature says, in the list of what declares or in an attribute of its own.
pub(crate) fn said(
    declaring: &mut Declaring,
    attributes: &[Attribute],
    word: &str,
) -> Option<(Span, TokenStream)> {
    if let Some((word, rest)) = declaring.take_unless(word, reacts) {
        return Some((word.span(), rest));
    }
    let own = attributes
        .iter()
        .find(|attribute| is(attribute, word) && !is_reaction(attribute))?;
    let rest = list(own);
    let rest = if is_enclosed(rest.clone()) {
        rest
    } else {
        quote!((#rest))
    };
    Some((own.path().span(), rest))
}

/// Whether `on` says what a failure leads to: `#[on(CardDeclined { … })]` and `#[on(Busy retry 5)]` do, `#[on(accounting)]`
/// listens.
pub(crate) fn is_reaction(attribute: &Attribute) -> bool {
    is(attribute, "on") && reacts(list(attribute))
}

fn reacts(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Ident(word) => word == "retry",
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// `by(a, b)` is a tuple and keeps its parentheses; `on(accounting)` is not.
fn is_enclosed(inner: TokenStream) -> bool {
    parts(inner).len() <= 1
}
