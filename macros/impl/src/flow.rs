//! `include_flow!` and build scripts: a `.flow` file as the code that `build` writes.

use std::path::{Path, PathBuf};

use aqueduct_compiler::analyze_with;
use aqueduct_compiler::imports::Opened;
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
            let text = "`include_flow!` takes the path of a file as a text\n  \
                        help: write `aqueduct::include_flow!(\"shop.flow\")`, from the folder of Cargo.toml";
            return report::error(error.span(), error.span(), text);
        }
    };
    let folder = std::env::var_os("CARGO_MANIFEST_DIR")
        .map(PathBuf::from)
        .unwrap_or_default();
    let file = folder.join(path.value());
    match made(&file, &path.value()) {
        Ok(made) => {
            let errors = made.errors.iter();
            let errors = errors.map(|text| report::error(path.span(), path.span(), &said(text)));
            let warnings = made.warnings.iter();
            let warnings = warnings.map(|text| report::warning(path.span(), "FLOW", &said(text)));
            let code = made.code;
            // The compiler watches what is included: a change makes it read again.
            let watched = made.files.iter().map(|file| file.display().to_string());
            quote!(#(const _: &str = ::core::include_str!(#watched);)* #code #(#errors)* #(#warnings)*)
        }
        Err(problem) => report::error(path.span(), path.span(), &problem),
    }
}

/// A finding without `error` before its code: that is rustc's to say.
fn said(drawn: &str) -> String {
    let words = ["error", "warning", "hint"];
    let code = words
        .iter()
        .find_map(|word| drawn.strip_prefix(word)?.strip_prefix('['));
    let said = code.map_or_else(
        || drawn.to_owned(),
        |rest| format!("[{}", rest.replacen("]: ", "] ", 1)),
    );
    said.trim_end().to_owned()
}

/// The code of a `.flow` file.
#[derive(Debug)]
pub struct Generated {
    /// Items: `messages`, `services`, and what wires them.
    pub code: TokenStream,
    /// What is doubtful, each with its place and the lines around it.
    pub warnings: Vec<String>,
    /// The files that it was made from: the one that was named, and what it takes in.
    pub files: Vec<PathBuf>,
}

/// A file with all that was found in it; the code is there beside errors as well.
struct Made {
    code: TokenStream,
    warnings: Vec<String>,
    errors: Vec<String>,
    files: Vec<PathBuf>,
}

/// Reads a `.flow` file and makes its code.
///
/// # Errors
/// What is wrong with the file, each with its place and the lines around it, as `aqueduct check` draws it.
pub fn generated(file: &Path, shown: &str) -> Result<Generated, Vec<String>> {
    let made = made(file, shown).map_err(|problem| vec![problem])?;
    if made.errors.is_empty() {
        Ok(Generated {
            code: made.code,
            warnings: made.warnings,
            files: made.files,
        })
    } else {
        Err(made.errors)
    }
}

fn made(file: &Path, shown: &str) -> Result<Made, String> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        format!("can't read {shown}: {error}\n  help: the path is relative to the folder of Cargo.toml")
    })?;
    let mut sources = SourceMap::default();
    let id = sources.add(shown, text.strip_prefix('\u{feff}').unwrap_or(&text));
    let stem = file
        .file_stem()
        .map(|stem| stem.to_string_lossy().to_upper_camel_case());
    let mut files = vec![file.to_owned()];
    let analysis = analyze_with(&mut sources, id, &stem.unwrap_or_default(), &mut |from, path| {
        // What a file takes in is named from where that file stands, as it is shown.
        let beside = Path::new(from).parent().unwrap_or(Path::new(""));
        let name = beside.join(path);
        let above = file.ancestors().nth(Path::new(shown).components().count());
        let there = above.unwrap_or(Path::new("")).join(&name);
        let text = std::fs::read_to_string(&there).map_err(|error| format!("can't be read: {error}"))?;
        if !files.contains(&there) {
            files.push(there);
        }
        Ok(Opened {
            name: name.display().to_string(),
            text: text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text),
        })
    });
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
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
    let origin = expand::origin(&name.unwrap_or_default());
    let code = expand::code(
        analysis.beside_errors(),
        &origin,
        Inputs::Whole,
        &Spans::default(),
    );
    Ok(Made {
        code,
        warnings: drawn(|severity| severity != Severity::Error),
        errors: drawn(|severity| severity == Severity::Error),
        files,
    })
}
