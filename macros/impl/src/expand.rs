//! The code of a system as tokens at the place of a macro: what `build` writes as a package, as modules.
//!
//! Nothing is generated here. The files of `aqueduct-targets` are read as tokens, modules are put where they are named,
//! paths are made to lead to where the code stands now, and the user's own words get their places back.

mod spans;

use std::collections::BTreeMap;

use aqueduct_compiler::check::Checked;
use aqueduct_compiler::model::Model;
use aqueduct_targets::files::Files;
use aqueduct_targets::names::type_name;
use aqueduct_targets::{Inputs, Origin, QueryLanguage};
use proc_macro_crate::FoundCrate;
use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};

use crate::places::{Channel, Places};
pub(crate) use spans::Spans;

/// What the code says about where it comes from.
pub(crate) fn origin(source: &str) -> Origin {
    Origin {
        source: source.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        query: QueryLanguage::default(),
        linked: None,
    }
}

/// The items of a system.
pub(crate) fn code(checked: Checked<'_>, origin: &Origin, inputs: Inputs, spans: &Spans) -> TokenStream {
    let files = aqueduct_targets::system(checked, origin, inputs);
    let runtime = runtime();
    let expander = Expander {
        files: &files,
        runtime: &runtime,
        spans,
    };
    expander.file("lib.rs", "", 0)
}

/// A marker for each channel, so that its name leads to its declaration.
pub(crate) fn channels(places: &Places) -> TokenStream {
    let own = places.channels.iter().filter(|channel| channel.domain.is_none());
    let own = own.map(marker);
    let mut domains: Vec<&Ident> = Vec::new();
    for domain in places
        .channels
        .iter()
        .filter_map(|channel| channel.domain.as_ref())
    {
        if !domains.contains(&domain) {
            domains.push(domain);
        }
    }
    let domains = domains.into_iter().map(|domain| {
        let docs = format!("The channels of the domain `{domain}`.");
        let of_domain = places
            .channels
            .iter()
            .filter(|channel| channel.domain.as_ref() == Some(domain));
        let markers = of_domain.map(marker);
        quote! {
            #[doc = #docs]
            pub mod #domain {
                #(#markers)*
            }
        }
    });
    quote! {
        /// The channels of the system.
        pub mod channels {
            #(#own)*
            #(#domains)*
        }
    }
}

fn marker(channel: &Channel) -> TokenStream {
    let Channel {
        name, ident, docs, ..
    } = channel;
    let otherwise = format!("The channel `{name}`.");
    let docs = if docs.is_empty() {
        quote!(#[doc = #otherwise])
    } else {
        docs.clone()
    };
    let marker = Ident::new(&ident.to_string(), ident.span());
    quote! {
        #docs
        #[derive(Debug, Clone, Copy)]
        pub struct #marker;

        impl #marker {
            /// The name of the channel.
            pub const NAME: &'static str = #name;
        }
    }
}

/// Types named where the user names them: the code that is made names them elsewhere, and an editor would not know
/// where these words lead.
pub(crate) fn named_types(model: &Model, named: &[(String, Ident)]) -> TokenStream {
    let declared = |name: &str| {
        let mut types = model.types.iter();
        types
            .find(|(_, declared)| spans::in_full(model, declared.domain, &declared.label.name) == name)
            .map(|(id, _)| id)
    };
    let named = named.iter().filter_map(|(name, ident)| {
        let ident = Ident::new(&type_name(model, declared(name)?), ident.span());
        Some(quote!(let _: ::core::option::Option<messages::#ident>;))
    });
    quote! {
        const _: fn() = || {
            #(#named)*
        };
    }
}

/// The path under which the user's package knows the runtime.
fn runtime() -> TokenStream {
    let name = match proc_macro_crate::crate_name("aqueduct") {
        Ok(FoundCrate::Name(name)) => name,
        Ok(FoundCrate::Itself) | Err(_) => "aqueduct".to_owned(),
    };
    let name = Ident::new(&name, Span::call_site());
    quote!(::#name)
}

struct Expander<'a> {
    files: &'a Files,
    runtime: &'a TokenStream,
    spans: &'a Spans,
}

impl Expander<'_> {
    /// The items of a file, `depth` modules below where the code stands; modules it names are in `folder`.
    fn file(&self, path: &str, folder: &str, depth: usize) -> TokenStream {
        let text = self
            .files
            .get(path)
            .map(|file| file.text.as_str())
            .unwrap_or_default();
        let tokens: TokenStream = text.parse().expect("what we generate is Rust");
        // A module says what it is; what the whole is, the user's own module says.
        let tokens = if depth == 0 {
            without_inner_docs(tokens)
        } else {
            tokens
        };
        let tokens = self.spans.restored(path, tokens);
        self.tokens(tokens, folder, depth)
    }

    fn tokens(&self, tokens: TokenStream, folder: &str, depth: usize) -> TokenStream {
        let trees: Vec<TokenTree> = tokens.into_iter().collect();
        let mut out = TokenStream::new();
        let mut rest = trees.as_slice();
        while let Some((tree, behind)) = rest.split_first() {
            let (made, used) = self
                .special(tree, behind, folder, depth)
                .unwrap_or_else(|| (self.plain(tree, folder, depth), 0));
            out.extend(made);
            rest = behind.get(used..).unwrap_or_default();
        }
        out
    }

    /// What has to change on its way into the user's code, with how many tokens behind it go with it.
    fn special(
        &self,
        tree: &TokenTree,
        behind: &[TokenTree],
        folder: &str,
        depth: usize,
    ) -> Option<(TokenStream, usize)> {
        if let (TokenTree::Punct(mark), Some(TokenTree::Group(group))) = (tree, behind.first())
            && mark.as_char() == '#'
            && is_serde_derive(group)
        {
            let path = format!("{}::private::serde", self.runtime.to_string().replace(' ', ""));
            return Some((quote!(#tree #group #[serde(crate = #path)]), 1));
        }
        let TokenTree::Ident(word) = tree else { return None };
        let runtime = self.runtime;
        match word.to_string().as_str() {
            "crate" => {
                let supers = std::iter::repeat_n(quote!(super), depth.max(1));
                let path = if depth == 0 {
                    quote!(self)
                } else {
                    quote!(#(#supers)::*)
                };
                Some((path, 0))
            }
            "aqueduct" if is_path(behind) => Some((runtime.clone(), 0)),
            "serde" if is_path(behind) => Some((quote!(#runtime::private::serde), 0)),
            "mod" => self.module(word, behind, folder, depth),
            // Only the newest prelude has it.
            "impl" if matches!(behind.first(), Some(TokenTree::Ident(next)) if next == "Future") => {
                Some((quote_spanned!(word.span()=> #word ::core::future::Future), 1))
            }
            "include_str" => self.included(behind),
            _ => None,
        }
    }

    /// `mod x;` with the file in braces.
    fn module(
        &self,
        word: &Ident,
        behind: &[TokenTree],
        folder: &str,
        depth: usize,
    ) -> Option<(TokenStream, usize)> {
        let [TokenTree::Ident(name), TokenTree::Punct(_), ..] = behind else {
            return None;
        };
        let file = name.to_string();
        let file = file.trim_start_matches("r#");
        let inner = self.file(
            &format!("{folder}{file}.rs"),
            &format!("{folder}{file}/"),
            depth + 1,
        );
        let lints = (file == "messages").then(|| {
            quote! {
                #![allow(missing_docs, reason = "what a field means is said where it is declared, or not at all")]
                #![allow(clippy::derive_partial_eq_without_eq, reason = "whether numbers among the fields may be NaN is no promise")]
            }
        });
        Some((quote!(#word #name { #lints #inner }), 2))
    }

    /// `include_str!("x")` as the text itself.
    fn included(&self, behind: &[TokenTree]) -> Option<(TokenStream, usize)> {
        let [TokenTree::Punct(_), TokenTree::Group(group), ..] = behind else {
            return None;
        };
        // A long call has a comma behind its only argument.
        let path = group.stream().into_iter().next()?;
        let path: syn::LitStr = syn::parse2(path.into()).ok()?;
        let text = &self.files.get(&path.value())?.text;
        Some((Literal::string(text).into_token_stream(), 2))
    }

    fn plain(&self, tree: &TokenTree, folder: &str, depth: usize) -> TokenStream {
        match tree {
            TokenTree::Group(group) => {
                let inner = self.tokens(group.stream(), folder, depth);
                let mut made = Group::new(group.delimiter(), inner);
                made.set_span(group.span());
                made.into_token_stream()
            }
            TokenTree::Literal(literal) => self.literal(literal),
            other => other.to_token_stream(),
        }
    }

    /// serde names functions in texts.
    fn literal(&self, literal: &Literal) -> TokenStream {
        let text = literal.to_string();
        match text.strip_prefix("\"aqueduct::wire::") {
            Some(rest) => {
                let path = format!(
                    "{}::wire::{}",
                    self.runtime.to_string().replace(' ', ""),
                    rest.trim_end_matches('"')
                );
                Literal::string(&path).into_token_stream()
            }
            None => literal.to_token_stream(),
        }
    }
}

fn is_path(behind: &[TokenTree]) -> bool {
    matches!(behind, [TokenTree::Punct(first), TokenTree::Punct(second), ..]
        if first.as_char() == ':' && second.as_char() == ':')
}

fn is_serde_derive(group: &Group) -> bool {
    let mut trees = group.stream().into_iter();
    let derive = matches!(trees.next(), Some(TokenTree::Ident(word)) if word == "derive");
    let Some(TokenTree::Group(traits)) = trees.next().filter(|_| derive) else {
        return false;
    };
    let mut traits = traits.stream().into_iter();
    traits.any(|tree| matches!(tree, TokenTree::Ident(word) if word == "Serialize"))
}

/// Without the `//!` lines at the top.
fn without_inner_docs(tokens: TokenStream) -> TokenStream {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let inner = |at: usize| {
        let mark = |at: usize, character| matches!(trees.get(at), Some(TokenTree::Punct(mark)) if mark.as_char() == character);
        let brackets = |at: usize| matches!(trees.get(at), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Bracket);
        mark(at, '#') && mark(at + 1, '!') && brackets(at + 2)
    };
    let mut at = 0;
    while inner(at) {
        at += 3;
    }
    trees.into_iter().skip(at).collect()
}

/// Words of the generated code by the place where the user wrote them.
type Marks = BTreeMap<String, Span>;

#[cfg(test)]
mod tests;
