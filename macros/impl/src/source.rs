//! A Rust file for the command line: the system in it, with every place in the file itself.

use aqueduct_compiler::codes::RUST_OUT_OF_PLACE;
use aqueduct_compiler::{Already, Analysis, analyze_after};
use aqueduct_dsl::diagnostic::{self, Diagnostic};
use aqueduct_dsl::source::{FileId, SourceMap};
use proc_macro2::{Span, TokenStream};
use syn::{Attribute, Item, ItemMod, Meta};

use crate::depth;
use crate::system::System;

/// The attribute of a system's module.
const MARK: &str = "system";

/// Whether a Rust file declares a system, or means to: one that can't be read is for [`read`] to complain about.
pub fn declares_system(text: &str) -> bool {
    // Most files are told apart by the missing word.
    if !text.contains(MARK) {
        return false;
    }
    let Ok(parsed) = parsed(text) else {
        return text.contains("::system");
    };
    let mut modules = Vec::new();
    collect(&parsed.items, &mut modules);
    !modules.is_empty()
}

/// A file as Rust, unless it is nested deeper than anybody writes: reading it would exhaust the stack.
fn parsed(text: &str) -> syn::Result<syn::File> {
    let tokens: TokenStream = text.parse().map_err(syn::Error::from)?;
    if let Some(place) = depth::too_deep(tokens.clone()) {
        return Err(syn::Error::new(place, depth::REASON));
    }
    syn::parse2(tokens)
}

/// Reads the annotated system of a Rust file, without compiling anything.
///
/// `fallback_name` is only for files in which there is no system; that they have none is the finding then.
pub fn read(sources: &mut SourceMap, file: FileId, fallback_name: &str) -> Analysis {
    let text = sources.file(file).text.clone();
    let parsed = match parsed(&text) {
        Ok(parsed) => parsed,
        Err(error) => {
            let place = error.span().byte_range();
            let place = sources.span(file, place.start, place.end);
            let finding = Diagnostic::error(RUST_OUT_OF_PLACE, place, format!("this is no Rust: {error}"))
                .label("can't be read")
                .help("let `cargo check` compile the file first");
            return alone(sources, fallback_name, finding);
        }
    };
    let mut modules = Vec::new();
    collect(&parsed.items, &mut modules);
    let (settings, module) = match modules.as_slice() {
        [one] => one,
        [] => return nothing(sources, file, fallback_name),
        [_, second, ..] => {
            let place = second.1.ident.span().byte_range();
            let place = sources.span(file, place.start, place.end);
            let finding = Diagnostic::error(RUST_OUT_OF_PLACE, place, "a file declares two systems")
                .label("the second")
                .help("put each into a file of its own");
            return alone(sources, fallback_name, finding);
        }
    };
    let mut system = System::of(settings.clone(), module, std::mem::take(sources));
    *sources = std::mem::take(&mut system.sources);
    let fallback = module.ident.span().byte_range();
    for _ in &system.files {
        sources.replace_last(file, |range| {
            system
                .tokens_at(range)
                .map_or_else(|| fallback.clone(), |(first, last)| joined(first, last))
        });
    }
    let mut analysis = system.analysis;
    diagnostic::sort(&mut analysis.findings, sources);
    analysis
}

fn joined(first: Span, last: Span) -> std::ops::Range<usize> {
    let (first, last) = (first.byte_range(), last.byte_range());
    first.start.min(last.start)..first.end.max(last.end)
}

fn nothing(sources: &mut SourceMap, file: FileId, fallback_name: &str) -> Analysis {
    let place = sources.span(file, 0, 0);
    let finding = Diagnostic::error(RUST_OUT_OF_PLACE, place, "no system is declared in this file")
        .label("from here to the end")
        .help("write `#[aqueduct::system]` above an inline module");
    alone(sources, fallback_name, finding)
}

/// Nothing but one finding.
fn alone(sources: &mut SourceMap, fallback_name: &str, finding: Diagnostic) -> Analysis {
    let already = Already {
        findings: vec![finding],
        lost: Vec::new(),
    };
    analyze_after(sources, &[], fallback_name, already)
}

/// The modules that are systems, wherever they stand.
fn collect<'a>(items: &'a [Item], found: &mut Vec<(TokenStream, &'a ItemMod)>) {
    for item in items {
        let Item::Mod(module) = item else { continue };
        if let Some(attribute) = module.attrs.iter().find(|attribute| is_system(attribute)) {
            let settings = match &attribute.meta {
                Meta::List(list) => list.tokens.clone(),
                Meta::Path(_) | Meta::NameValue(_) => TokenStream::new(),
            };
            found.push((settings, module));
        } else if let Some((_, items)) = &module.content {
            collect(items, found);
        }
    }
}

/// `#[aqueduct::system]`, or `#[system]` where it is imported.
fn is_system(attribute: &Attribute) -> bool {
    let last = attribute.path().segments.last();
    last.is_some_and(|last| last.ident == MARK)
}
