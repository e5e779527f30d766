//! `include_flow!` and build scripts: a `.flow` file as the code that `build` writes.

use std::path::{Path, PathBuf};

use aqueduct_compiler::analyze;
use aqueduct_dsl::diagnostic::Severity;
use aqueduct_dsl::render::{self, Style};
use aqueduct_dsl::source::SourceMap;
use aqueduct_targets::Inputs;
use heck::ToUpperCamelCase;
use proc_macro2::TokenStream;
use quote::quote;
use syn::LitStr;

use crate::expand::{self, Spans};
use crate::report;

/// How wide messages are drawn; rustc indents them.
const WIDTH: usize = 110;

/// What `include_flow!("x.flow")` becomes: the code, or what is wrong with the file.
pub fn include_flow(path: TokenStream) -> TokenStream {
    let path: LitStr = match syn::parse2(path) {
        Ok(path) => path,
        Err(error) => {
            let text = "name a file: `aqueduct::include_flow!(\"shop.flow\")`, from the folder of Cargo.toml";
            return report::error(error.span(), error.span(), text);
        }
    };
    let folder = std::env::var_os("CARGO_MANIFEST_DIR")
        .map(PathBuf::from)
        .unwrap_or_default();
    let file = folder.join(path.value());
    // The compiler watches what is included: a change makes it read again.
    let watched = file.display().to_string();
    let watch = quote!(
        const _: &str = ::core::include_str!(#watched);
    );
    match generated(&file, &path.value()) {
        Ok(made) => {
            let warnings = made
                .warnings
                .iter()
                .map(|text| report::warning(path.span(), "FLOW", text));
            let code = made.code;
            quote!(#watch #code #(#warnings)*)
        }
        Err(problems) => {
            let errors = problems
                .iter()
                .map(|text| report::error(path.span(), path.span(), text));
            let errors: TokenStream = errors.collect();
            if file.exists() {
                quote!(#watch #errors)
            } else {
                errors
            }
        }
    }
}

/// The code of a `.flow` file.
#[derive(Debug)]
pub struct Generated {
    /// Items: `messages`, `services`, and what wires them.
    pub code: TokenStream,
    /// What is doubtful, each with its place and the lines around it.
    pub warnings: Vec<String>,
}

/// Reads a `.flow` file and makes its code.
///
/// # Errors
/// What is wrong with the file, each with its place and the lines around it, as `aqueduct check` draws it.
pub fn generated(file: &Path, shown: &str) -> Result<Generated, Vec<String>> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        vec![format!(
            "can't read {shown}: {error}\n  help: the path is relative to the folder of Cargo.toml"
        )]
    })?;
    let mut sources = SourceMap::default();
    let id = sources.add(shown, text.strip_prefix('\u{feff}').unwrap_or(&text));
    let stem = file
        .file_stem()
        .map(|stem| stem.to_string_lossy().to_upper_camel_case());
    let analysis = analyze(&mut sources, &[id], &stem.unwrap_or_default());
    let style = Style {
        color: false,
        width: WIDTH,
    };
    let drawn = |severity: fn(Severity) -> bool| -> Vec<String> {
        let wanted = analysis
            .findings
            .iter()
            .filter(|finding| severity(finding.severity));
        wanted
            .map(|finding| render::human(std::slice::from_ref(finding), &sources, style))
            .collect()
    };
    let Some(checked) = analysis.checked() else {
        return Err(drawn(|severity| severity == Severity::Error));
    };
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
    let origin = expand::origin(&name.unwrap_or_default());
    let code = expand::code(checked, &origin, Inputs::Whole, &Spans::default());
    Ok(Generated {
        code,
        warnings: drawn(|severity| severity != Severity::Error),
    })
}
