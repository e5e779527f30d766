//! Types of Rust as types of the language: `Option<Vec<String>>` is `list<string>?`.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{GenericArgument, PathArguments, PathSegment, Type};

use crate::clause::{Writer, plain};
use crate::complaint::Complaint;

/// What messages are made of, in Rust and in the language.
const SCALARS: [(&str, &str); 9] = [
    ("String", "string"),
    ("bool", "bool"),
    ("i64", "int"),
    ("f64", "float"),
    ("Decimal", "decimal"),
    ("Uuid", "uuid"),
    ("Timestamp", "instant"),
    ("SignedDuration", "duration"),
    ("Value", "json"),
];

/// What people write and messages don't have, with what they have.
const OTHERS: [(&str, &str); 16] = [
    ("u8", "`i64` with `#[limits(0..255)]`"),
    ("u16", "`i64` with `#[limits(0..65_535)]`"),
    ("u32", "`i64` with `#[limits(0..4_294_967_295)]`"),
    ("u64", "`i64` with `#[limits(0..)]`"),
    ("usize", "`i64` with `#[limits(0..)]`"),
    ("i8", "`i64` with `#[limits(-128..127)]`"),
    ("i16", "`i64` with `#[limits(-32_768..32_767)]`"),
    ("i32", "`i64` with `#[limits(-2_147_483_648..2_147_483_647)]`"),
    ("isize", "`i64`"),
    ("f32", "`f64`, or `Decimal` where nothing may be rounded"),
    ("str", "`String`"),
    ("char", "`String` with `#[limits(1)]`"),
    ("HashMap", "`BTreeMap<String, T>`"),
    ("HashSet", "`Vec<T>`"),
    ("Duration", "`SignedDuration`"),
    ("Box", "the type in it"),
];

impl Writer<'_> {
    /// A type with its limits, which belong to it and not to the `Option` around it.
    pub(crate) fn ty(&mut self, ty: &Type, limits: Option<TokenStream>) {
        if let Some(inner) = argument_of(ty, "Option") {
            self.ty(inner, limits);
            self.out.glued("?", ty.span());
            return;
        }
        let Type::Path(path) = ty else {
            self.refuse_type(
                ty,
                "messages carry values: texts, numbers, lists, maps and declared types",
            );
            return;
        };
        let Some(last) = path.path.segments.last() else {
            return;
        };
        let alone = path.path.segments.len() == 1;
        match &last.arguments {
            PathArguments::None => self.named(last, alone),
            PathArguments::AngleBracketed(_) => self.container(ty, last),
            PathArguments::Parenthesized(_) => {
                self.refuse_type(ty, "a message carries no functions");
                return;
            }
        }
        if let Some(limits) = limits {
            self.out.glued("(", last.ident.span());
            self.tokens(limits);
            self.out.glued(")", last.ident.span());
        }
    }

    fn named(&mut self, segment: &PathSegment, alone: bool) {
        let (rust, span) = (plain(&segment.ident), segment.ident.span());
        // A declared `Uuid` hides the scalar; `aqueduct::Uuid` still names it.
        if alone && self.names.is_type(&rust) {
            let name = self.names.of_system(&rust).unwrap_or(&rust).to_owned();
            self.out.word(&name, span);
        } else if let Some((_, scalar)) = SCALARS.iter().find(|(name, _)| *name == rust) {
            self.out.word(scalar, span);
        } else if let Some((_, instead)) = OTHERS.iter().find(|(name, _)| *name == rust) {
            self.out.complain(
                Complaint::new(
                    span,
                    format!("messages carry no `{rust}`"),
                    "of this type",
                    format!("write {instead}"),
                )
                .note("every target and every language on the other side has to read it alike"),
            );
            self.out.lose(&rust, span);
        } else {
            self.out.word(&rust, span);
        }
    }

    fn container(&mut self, ty: &Type, segment: &PathSegment) {
        let span = segment.ident.span();
        if let Some(item) = argument_of(ty, "Vec") {
            if item.to_token_stream().to_string() == "u8" {
                self.out.word("bytes", span);
                return;
            }
            self.out.word("list<", span);
            self.ty(item, None);
            self.out.glued(">", span);
            return;
        }
        let arguments = arguments(segment);
        if let ("BTreeMap", [key, value]) = (plain(&segment.ident).as_str(), arguments.as_slice()) {
            if key.to_token_stream().to_string() != "String" {
                self.refuse_type(key, "keys of maps are texts: write `BTreeMap<String, …>`");
                return;
            }
            self.out.word("map<string,", span);
            self.ty(value, None);
            self.out.glued(">", span);
            return;
        }
        let rust = plain(&segment.ident);
        match OTHERS.iter().find(|(name, _)| *name == rust) {
            Some((_, instead)) => self.refuse_type(ty, &format!("write {instead}")),
            None => self.refuse_type(
                ty,
                "the generic types of messages are `Option<T>`, `Vec<T>` and `BTreeMap<String, T>`",
            ),
        }
    }

    fn refuse_type(&mut self, ty: &Type, help: &str) {
        let text = spoken(ty.to_token_stream());
        let complaint = Complaint::over(ty, format!("messages carry no `{text}`"), "of this type", help);
        self.out.complain(complaint);
        self.out.lose("Unreadable", ty.span());
    }
}

/// Tokens as people write them: blanks between words and behind commas only.
fn spoken(tokens: TokenStream) -> String {
    let mut text = String::new();
    let mut behind_word = false;
    for tree in tokens {
        let lifetime = text.ends_with('\'');
        let word = matches!(tree, TokenTree::Ident(_) | TokenTree::Literal(_));
        if text.ends_with(',') || word && behind_word {
            text.push(' ');
        }
        text.push_str(&match tree {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {
                format!("({})", spoken(group.stream()))
            }
            other => other.to_string(),
        });
        behind_word = word || lifetime;
    }
    text
}

/// The `T` of `Option<T>`.
pub(crate) fn argument_of<'a>(ty: &'a Type, generic: &str) -> Option<&'a Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == generic)?;
    arguments(last).into_iter().next()
}

fn arguments(segment: &PathSegment) -> Vec<&Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return Vec::new();
    };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    types.collect()
}
