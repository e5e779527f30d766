//! `#[system] mod …`: what the module says as a system, and the module with the system's code in its place.

use aqueduct_compiler::codes::RUST_OUT_OF_PLACE;
use aqueduct_compiler::{Already, Analysis, analyze_after};
use aqueduct_dsl::clauses::{self, Owner};
use aqueduct_dsl::diagnostic::Diagnostic;
use aqueduct_dsl::source::{FileId, Range, SourceMap, SpanId};
use aqueduct_targets::Inputs;
use heck::ToUpperCamelCase;
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::quote;
use syn::{AttrStyle, Attribute, ItemMod};

use crate::attributes::{self, Declaring};
use crate::clause::{Writer, plain};
use crate::depth;
use crate::expand::{self, Spans};
use crate::items::{self, Read};
use crate::names::Names;
use crate::speech::speak_rust;
use crate::{report, transcript::Transcript};

/// A module that was read, with what was found.
#[derive(Debug)]
pub(crate) struct System {
    pub(crate) read: Read,
    pub(crate) analysis: Analysis,
    /// The text that the module was written down as; spans lead into it until somebody replaces it.
    pub(crate) sources: SourceMap,
    /// The files of that text.
    pub(crate) files: Vec<FileId>,
}

impl System {
    /// Reads a module. The texts, one for itself and one for each domain, are the last files of `sources`.
    pub(crate) fn of(settings: TokenStream, module: &ItemMod, mut sources: SourceMap) -> Self {
        let (mut read, name) = transcribed(settings, module);
        let files = read.transcript.files();
        let files: Vec<FileId> = files.map(|text| sources.add("annotated Rust", text)).collect();
        let complaints = read.transcript.complaints().into_iter();
        let findings: Vec<Diagnostic> = complaints
            .filter_map(|(place, complaint)| {
                let last = files.last()?;
                let start = read.transcript.start_of(files.len() - 1);
                Some(complaint.diagnostic(sources.mark(*last, place.start - start, place.end - start)))
            })
            .collect();
        let lost = read.transcript.lost();
        let analysis = analyze_after(&mut sources, &files, &name, Already { findings, lost });
        let mut system = Self {
            read,
            analysis,
            sources,
            files,
        };
        for finding in &mut system.analysis.findings {
            speak_rust(finding);
        }
        system
    }

    /// The first and the last token that a stretch of the text stands for.
    pub(crate) fn tokens_at(&self, range: Range) -> Option<(Span, Span)> {
        let file = self.files.iter().position(|file| *file == range.file)?;
        let start = self.read.transcript.start_of(file);
        let place = start + range.start as usize..start + range.end as usize;
        self.read.transcript.tokens_at(place)
    }
}

/// A module as `.flow`, and the name of its system.
fn transcribed(settings: TokenStream, module: &ItemMod) -> (Read, String) {
    let mut head = Transcript::default();
    let names = Names::default();
    let mut writer = Writer {
        out: &mut head,
        names: &names,
    };
    for attribute in &module.attrs {
        writer.documentation_of(attribute, "//!");
    }
    let mut declaring = Declaring::system(settings, module.ident.span());
    let (name, complaints) = declaring.take_name();
    for complaint in complaints {
        writer.out.complain(complaint);
    }
    let name = name.unwrap_or_else(|| plain(&module.ident).to_upper_camel_case());
    writer.out.line();
    writer.out.word("system", module.ident.span());
    writer.out.word(&name, module.ident.span());
    let mut settings = declaring.entries();
    let clauses = module.attrs.iter().filter(|attribute| is_clause(attribute));
    settings.extend(clauses.map(|attribute| {
        let (word, rest) = (attribute.path(), attributes::list(attribute));
        quote!(#word #rest)
    }));
    if !settings.is_empty() {
        writer.block(settings, module.ident.span(), module.ident.span());
    }
    writer.out.line();
    (items::read(module, head), name)
}

/// Whether an attribute above the module is a clause of the system; others are Rust's.
fn is_clause(attribute: &Attribute) -> bool {
    let word = attribute.path().get_ident().map(plain);
    // The levels of lints have the word as well, and stand above modules.
    let of_rust = word.as_deref() == Some("allow") && !attributes::is_judgement(attribute);
    word.is_some_and(|word| !of_rust && clauses::has_word(Owner::System, &word))
}

/// What is no module at all, or a module that isn't Rust: then the place of the slip matters.
fn unreadable(item: TokenStream, error: &syn::Error) -> TokenStream {
    let trees: Vec<TokenTree> = item.into_iter().collect();
    let is_module = trees
        .iter()
        .any(|tree| matches!(tree, TokenTree::Ident(word) if word == "mod"));
    if is_module {
        return report::error(
            error.span(),
            error.span(),
            &format!("this can't be read as Rust: {error}"),
        );
    }
    let whole = |tree: Option<&TokenTree>| tree.map_or_else(Span::call_site, TokenTree::span);
    let text = "a system is an inline module\n  help: write `#[aqueduct::system]` above `mod name { … }`";
    report::error(whole(trees.first()), whole(trees.last()), text)
}

/// What `#[system]` makes of a module: its code, or what is wrong with it at the words that say it.
pub fn system(settings: TokenStream, module: TokenStream) -> TokenStream {
    if let Some(place) = depth::too_deep(module.clone()) {
        let text = format!("[{}] {}", RUST_OUT_OF_PLACE.0, depth::REASON);
        return report::error(place, place, &text);
    }
    let item = match syn::parse2::<ItemMod>(module.clone()) {
        Ok(item) => item,
        Err(error) => return unreadable(module, &error),
    };
    let system = System::of(settings, &item, SourceMap::default());
    let reports = report::findings(&system.analysis, |span: SpanId| {
        system
            .sources
            .range(span)
            .and_then(|range| system.tokens_at(range))
    });
    let checked = system.analysis.beside_errors();
    let spans = Spans::of(checked.model(), &system.read.places);
    let code = expand::code(checked, &expand::origin("annotated Rust"), Inputs::Spread, &spans);
    let channels = expand::channels(&system.read.places);
    let named = expand::named_types(checked.model(), system.read.transcript.named_types());
    let kept = &system.read.kept;
    let above = item.attrs.iter().filter(|attribute| {
        matches!(attribute.style, AttrStyle::Outer)
            && !attributes::is_line(attribute)
            && !attributes::is(attribute, "assume")
            && !is_clause(attribute)
    });
    let (visibility, name) = (&item.vis, &item.ident);
    quote! {
        #(#above)*
        #visibility mod #name {
            #kept
            #channels
            #code
            #named
            #reports
        }
    }
}
