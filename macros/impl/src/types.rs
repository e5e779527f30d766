//! Types of Rust as types of the language: `Option<Vec<String>>` is `list<string>?`.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::{GenericArgument, Path, PathArguments, PathSegment, Type};

use crate::clause::{Writer, parts, plain, without_equals};
use crate::complaint::Complaint;

/// What messages are made of, in Rust and in the language.
const SCALARS: [(&str, &str); 10] = [
    ("String", "string"),
    ("bool", "bool"),
    ("i64", "int"),
    ("f64", "float"),
    ("Decimal", "decimal"),
    ("Uuid", "uuid"),
    ("Timestamp", "instant"),
    ("SignedDuration", "duration"),
    ("Value", "json"),
    ("Any", "any"),
];

/// Words of the language that Rust has others for.
pub(crate) const WORDS: [(&str, &str); 10] = [
    ("string", "`String`"),
    ("int", "`i64`"),
    ("float", "`f64`"),
    ("decimal", "`Decimal`"),
    ("uuid", "`Uuid`"),
    ("instant", "`Timestamp`"),
    ("duration", "`SignedDuration`"),
    ("json", "`Value`"),
    ("bytes", "`Vec<u8>`"),
    ("any", "`Any`"),
];

/// What people write and messages don't have, with what they have.
const OTHERS: [(&str, &str); 16] = [
    ("u8", "`i64` with `#[limits(0..255)]`"),
    ("u16", "`i64` with `#[limits(0..65_535)]`"),
    ("u32", "`i64` with `#[limits(0..4_294_967_295)]`"),
    ("u64", "`i64` with `#[limits(0..)]`"),
    ("usize", "`i64` with `#[limits(0..)]`"),
    ("i8", "`i64`"),
    ("i16", "`i64`"),
    ("i32", "`i64`"),
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
    /// A type with its limits, which belong to it and not to the `Option` around it; those in `items(…)` belong to the
    /// items of a list and the values of a map.
    pub(crate) fn ty(&mut self, ty: &Type, limits: Option<TokenStream>) {
        let ty = bare(ty);
        if let Some(inner) = argument_of(ty, "Option") {
            if argument_of(inner, "Option").is_some() {
                self.refuse_type(ty, "one `Option` is enough: what is missing is missing once");
                return;
            }
            if argument_of(inner, "OneOf").is_some() {
                self.refuse_type(
                    ty,
                    "give the types a name, `type Payment = OneOf<Card, Cash>;`, and write `Option<Payment>`",
                );
                return;
            }
            self.ty(inner, limits);
            self.out.glued("?", ty.span());
            return;
        }
        let Type::Path(path) = ty else {
            let help = match ty {
                Type::Reference(_) => {
                    "write the type itself, `String` for `str`: a message owns what it carries"
                }
                Type::Tuple(_) => "give it a name and its parts names: `struct Place { x: f64, y: f64 }`",
                Type::Array(_) | Type::Slice(_) => "write `Vec<T>`, its length in `#[limits(…)]`",
                _ => "messages carry values: texts, numbers, lists, maps and declared types",
            };
            self.refuse_type(ty, help);
            return;
        };
        let Some(last) = path.path.segments.last() else {
            return;
        };
        let (items, limits) = limits.map(of_items).unwrap_or_default();
        match &last.arguments {
            PathArguments::None => {
                self.named(&path.path, last);
                if let Some(items) = items {
                    self.refuse_items(&last.ident, items);
                }
            }
            PathArguments::AngleBracketed(_) => self.container(ty, last, items),
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

    fn named(&mut self, path: &Path, segment: &PathSegment) {
        let (rust, span) = (plain(&segment.ident), segment.ident.span());
        // A declared `Uuid` hides the scalar; `aqueduct::Uuid` still names it.
        if let Some(name) = self.names.type_at(path) {
            self.out.word(&name, span);
            let full = self.names.full_at(path).unwrap_or(name);
            self.out.names_type(&full, &segment.ident);
        } else if let Some((_, scalar)) = SCALARS.iter().find(|(name, _)| *name == rust) {
            self.out.word(scalar, span);
        } else if let Some((_, instead)) = OTHERS.iter().chain(&WORDS).find(|(name, _)| *name == rust) {
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

    fn container(&mut self, ty: &Type, segment: &PathSegment, items: Option<TokenStream>) {
        let span = segment.ident.span();
        if let Some(item) = argument_of(ty, "Vec") {
            if item.to_token_stream().to_string() == "u8" {
                self.out.word("bytes", span);
                if let Some(items) = items {
                    self.refuse_items(&segment.ident, items);
                }
                return;
            }
            self.out.word("list<", span);
            self.ty(item, items);
            self.out.glued(">", span);
            return;
        }
        let arguments = arguments(segment);
        if segment.ident == "OneOf" && arguments.len() > 1 {
            for (at, one) in arguments.into_iter().enumerate() {
                if at > 0 {
                    self.out.word("|", one.span());
                }
                self.ty(one, None);
            }
            return;
        }
        if let ("BTreeMap", [key, value]) = (plain(&segment.ident).as_str(), arguments.as_slice()) {
            if key.to_token_stream().to_string() != "String" {
                self.refuse_type(key, "keys of maps are texts: write `BTreeMap<String, …>`");
                return;
            }
            self.out.word("map<string,", span);
            self.ty(value, items);
            self.out.glued(">", span);
            return;
        }
        let rust = plain(&segment.ident);
        match OTHERS.iter().find(|(name, _)| *name == rust) {
            Some((_, instead)) => self.refuse_type(ty, &format!("write {instead}")),
            None => self.refuse_type(
                ty,
                "the generic types of messages are `Option<T>`, `Vec<T>`, `BTreeMap<String, T>` and `OneOf<T, U>`",
            ),
        }
    }

    fn refuse_items(&mut self, ty: &Ident, items: TokenStream) {
        let span = items.into_iter().next().map_or(ty.span(), |tree| tree.span());
        self.out.complain(Complaint::new(
            span,
            format!("`{ty}` has no items"),
            "limits of items",
            "write them as its own: `#[limits(1..64)]`; lists and maps have items",
        ));
    }

    fn refuse_type(&mut self, ty: &Type, help: &str) {
        let text = compact(&ty.to_token_stream().to_string());
        let complaint = Complaint::over(ty, format!("messages carry no `{text}`"), "of this type", help);
        self.out.complain(complaint);
        self.out.lose("Unreadable", ty.span());
    }
}

/// Tokens as people write them: blanks between words and behind commas.
fn compact(tokens: &str) -> String {
    let mut text = String::new();
    for token in tokens.split(' ') {
        let word =
            |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
        if text.ends_with([',', ';']) || word(text.chars().last()) && word(token.chars().next()) {
            text.push(' ');
        }
        text.push_str(token);
    }
    text
}

/// The `T` of `Option<T>`.
pub(crate) fn argument_of<'a>(ty: &'a Type, generic: &str) -> Option<&'a Type> {
    let Type::Path(path) = bare(ty) else {
        return None;
    };
    let last = path.path.segments.last().filter(|last| last.ident == generic)?;
    arguments(last).into_iter().next()
}

/// A type without parentheses, and without the invisible ones around what a `macro_rules!` puts in.
fn bare(mut ty: &Type) -> &Type {
    loop {
        ty = match ty {
            Type::Group(group) => &group.elem,
            Type::Paren(paren) => &paren.elem,
            _ => return ty,
        };
    }
}

/// Every type in the angle brackets of a path.
pub(crate) fn arguments_of(ty: &Type) -> Vec<&Type> {
    let Type::Path(path) = bare(ty) else {
        return Vec::new();
    };
    path.path.segments.last().map(arguments).unwrap_or_default()
}

/// Whether a name is one of the types that messages are made of, or one that they are never made of.
pub(crate) fn is_known(name: &str) -> bool {
    SCALARS.iter().chain(&OTHERS).any(|(known, _)| *known == name)
        || WORDS.iter().any(|(word, _)| *word == name)
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

/// `1..20, items(1..120)` taken apart: the limits of the items, and the others.
fn of_items(limits: TokenStream) -> (Option<TokenStream>, Option<TokenStream>) {
    let mut items = None;
    let mut own = Vec::new();
    for part in parts(limits) {
        let trees: Vec<TokenTree> = part.clone().into_iter().collect();
        match trees.as_slice() {
            [TokenTree::Ident(word), TokenTree::Group(group)] if word == "items" => {
                items = Some(group.stream());
            }
            _ => own.push(without_equals(part)),
        }
    }
    let own = (items.is_none() || !own.is_empty()).then(|| quote!(#(#own),*));
    (items, own)
}
