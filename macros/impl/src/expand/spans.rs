//! The user's own words get their places back: hover and go-to-definition work on fields, traits and methods.

use aqueduct_compiler::model::{Domain, Id, Model, TypeKind};
use aqueduct_targets::names::{ident, service_name, snake, store_name, type_name, variant};
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

use super::Marks;
use crate::places::Places;

/// What the system calls something, with its domain in front if there is one.
pub(super) fn in_full(model: &Model, domain: Option<Id<Domain>>, name: &str) -> String {
    domain.map_or_else(
        || name.to_owned(),
        |domain| format!("{}.{name}", model.domains[domain].label.name),
    )
}

/// Places of words by `file.rs` and the path of the item: `messages.rs RideCompleted fare`.
#[derive(Debug, Default)]
pub(crate) struct Spans {
    marks: Marks,
}

impl Spans {
    /// What the generated code calls the user's words, and where those stand.
    pub(crate) fn of(model: &Model, places: &Places) -> Self {
        let mut spans = Self::default();
        for (id, declared) in model.types.iter() {
            let name = in_full(model, declared.domain, &declared.label.name);
            let rust = type_name(model, id);
            let mut add = |path: String, of: &str| {
                if let Some(there) = places.types.get(of) {
                    let _ = spans.marks.insert(path, there.span());
                }
            };
            add(format!("messages.rs {rust}"), &name);
            match &declared.kind {
                TypeKind::Choice(values) => {
                    for value in values {
                        let path = format!("messages.rs {rust} {}", variant(&value.name));
                        add(path, &format!("{name}.{}", value.name));
                    }
                }
                TypeKind::Message { fields, .. } | TypeKind::Record { fields, .. } => {
                    for field in fields {
                        let path = format!("messages.rs {rust} {}", ident(&field.label.name));
                        add(path, &format!("{name}.{}", field.label.name));
                    }
                }
                TypeKind::Alias(_) | TypeKind::Union(_) => {}
            }
        }
        for (id, service) in model.own_services() {
            let name = in_full(model, service.domain, &service.label.name);
            let file = format!(
                "services/{}.rs",
                snake(&service.label.name).trim_start_matches("r#")
            );
            let mut add = |path: String, of: &str| {
                if let Some(there) = places.services.get(of) {
                    let _ = spans.marks.insert(path, there.span());
                }
            };
            let rust = service_name(model, id);
            add(format!("{file} {rust}"), &name);
            for handler in &service.handlers {
                let handler = &model.handlers[*handler].label.name;
                add(
                    format!("{file} {rust} {}", ident(handler)),
                    &format!("{name}.{handler}"),
                );
            }
            for store in &service.stores {
                let label = &model.stores[*store].label.name;
                add(
                    format!("{file} {}", store_name(model, *store)),
                    &format!("{name}.{label}"),
                );
            }
        }
        spans
    }

    /// The tokens of a file with the places of the words that are the user's.
    pub(super) fn restored(&self, file: &str, tokens: TokenStream) -> TokenStream {
        if self.marks.is_empty() {
            return tokens;
        }
        let trees: Vec<TokenTree> = tokens.into_iter().collect();
        let mut out = Vec::with_capacity(trees.len());
        let mut item: Option<String> = None;
        let mut declares = false;
        for tree in trees {
            match tree {
                TokenTree::Ident(word) if declares => {
                    declares = false;
                    let path = format!("{file} {word}");
                    out.push(self.placed(word, &path).into());
                    item = Some(path);
                }
                TokenTree::Ident(word) => {
                    declares = ["struct", "enum", "type", "trait"]
                        .iter()
                        .any(|keyword| word == keyword);
                    out.push(word.into());
                }
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace && item.is_some() => {
                    let path = item.take().unwrap_or_default();
                    let mut made = Group::new(Delimiter::Brace, self.members(&path, group.stream()));
                    made.set_span(group.span());
                    out.push(made.into());
                }
                TokenTree::Punct(mark) => {
                    if mark.as_char() == ';' {
                        item = None;
                    }
                    out.push(mark.into());
                }
                other => out.push(other),
            }
        }
        out.into_iter().collect()
    }

    /// Fields, variants and methods: the words that are followed by a colon, a comma or parentheses.
    ///
    /// A method has its place with all of its signature: whoever implements it otherwise is led to its declaration.
    fn members(&self, path: &str, tokens: TokenStream) -> TokenStream {
        let trees: Vec<TokenTree> = tokens.into_iter().collect();
        let mut method: Option<Span> = None;
        let mut out = Vec::with_capacity(trees.len());
        for (at, tree) in trees.iter().enumerate() {
            if let [TokenTree::Ident(keyword), TokenTree::Ident(word), ..] =
                trees.get(at..).unwrap_or_default()
                && keyword == "fn"
            {
                method = self.marks.get(&format!("{path} {word}")).copied();
            }
            out.push(match (tree, method) {
                (tree, Some(span)) => located(tree.clone(), span),
                (TokenTree::Ident(word), None) if introduces(&trees, at) => {
                    self.placed(word.clone(), &format!("{path} {word}")).into()
                }
                (other, None) => other.clone(),
            });
            if matches!(tree, TokenTree::Punct(mark) if mark.as_char() == ';') {
                method = None;
            }
        }
        out.into_iter().collect()
    }

    fn placed(&self, word: Ident, path: &str) -> Ident {
        let Some(span) = self.marks.get(path) else {
            return word;
        };
        respanned(&word, *span)
    }
}

/// Whether the word at a place names a member: after `pub` or `fn`, or a variant, which is alone.
fn introduces(trees: &[TokenTree], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| trees.get(before));
    match before {
        Some(TokenTree::Ident(word)) => word == "pub" || word == "fn",
        Some(TokenTree::Punct(mark)) => mark.as_char() == ',',
        Some(TokenTree::Group(group)) => group.delimiter() == Delimiter::Bracket,
        Some(TokenTree::Literal(_)) => false,
        None => true,
    }
}

/// A token at a place, with all that it encloses.
fn located(mut tree: TokenTree, span: Span) -> TokenTree {
    if let TokenTree::Group(group) = &tree {
        let inner = group.stream().into_iter().map(|tree| located(tree, span));
        tree = Group::new(group.delimiter(), inner.collect()).into();
    }
    tree.set_span(span);
    tree
}

fn respanned(word: &Ident, span: Span) -> Ident {
    let mut word = word.clone();
    word.set_span(span);
    word
}
