//! `.flow` files in build scripts: `include_flow!` for those who want to read what is made.

use std::path::{Path, PathBuf};

/// Makes the code of a `.flow` file into `OUT_DIR`, under the name of the file: `shop.flow` is `shop.rs`.
///
/// The path is relative to the folder of the package's `Cargo.toml`. Cargo runs the build script again when the file
/// changes. What is wrong with the file becomes an error of the build script, and what is doubtful a warning, with the
/// place and the lines around it.
///
/// ```no_run
/// aqueduct_build::compile_flow("shop.flow");
/// ```
///
/// and in the package:
///
/// ```text
/// pub mod shop {
///     include!(concat!(env!("OUT_DIR"), "/shop.rs"));
/// }
/// ```
pub fn compile_flow(path: impl AsRef<Path>) {
    let path = path.as_ref();
    say(&format!("rerun-if-changed={}", path.display()));
    match compiled(path) {
        Ok(warnings) => warnings.iter().for_each(|text| tell("warning", text)),
        Err(problems) => problems.iter().for_each(|text| tell("error", text)),
    }
}

fn compiled(path: &Path) -> Result<Vec<String>, Vec<String>> {
    let folder = variable("CARGO_MANIFEST_DIR")?;
    let out = variable("OUT_DIR")?;
    let made = aqueduct_macros_impl::generated(&folder.join(path), &path.display().to_string())?;
    let file = syn::parse2(made.code)
        .map_err(|error| vec![format!("bug in aqueduct: what is made is no Rust: {error}")])?;
    let name = path.with_extension("rs");
    let place = out.join(name.file_name().unwrap_or(name.as_os_str()));
    std::fs::write(&place, prettyplease::unparse(&file))
        .map_err(|error| vec![format!("can't write {}: {error}", place.display())])?;
    // The named one is watched already, also when it has errors.
    for other in made.files.iter().skip(1) {
        say(&format!("rerun-if-changed={}", other.display()));
    }
    Ok(made.warnings)
}

fn variable(name: &str) -> Result<PathBuf, Vec<String>> {
    let value = std::env::var_os(name).map(PathBuf::from);
    value.ok_or_else(|| vec![format!("cargo sets {name} for build scripts, and this isn't one")])
}

/// Every line of a message is an instruction of its own to cargo.
fn tell(kind: &str, text: &str) {
    for line in text.lines() {
        say(&format!("{kind}={line}"));
    }
}

#[expect(clippy::print_stdout, reason = "this is how build scripts speak to cargo")]
fn say(instruction: &str) {
    println!("cargo::{instruction}");
}
