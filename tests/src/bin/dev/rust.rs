//! `cargo dev rust`: what a system in Rust costs whoever compiles it.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use aqueduct_tests::root;

/// From nothing to a program, third-party crates included, on two cores.
const SCRATCH: Duration = Duration::from_secs(90);

/// After an edit of a handler.
const EDIT: Duration = Duration::from_secs(5);

/// Reading, checking and expanding the example's system.
const EXPANSION: Duration = Duration::from_millis(100);

/// A build script is compiled as a macro is, and can look at the clock.
const BUILD_SCRIPT: &str = r#"
fn main() {
    let text = std::fs::read_to_string("system.rs").expect("the system is there");
    let file = syn::parse_file(&text).expect("it is Rust");
    let module = file.items.into_iter().next().expect("it has a module");
    let module = quote::ToTokens::to_token_stream(&module);
    let begun = std::time::Instant::now();
    let made = aqueduct_macros_impl::system(quote::quote!(owner = "team-rides"), module);
    println!("cargo::warning=expansion {}", begun.elapsed().as_micros());
    assert!(made.to_string().contains("FareCollection"));
}
"#;

/// Compiles the example as a user's package, in a folder of its own, and prints how long it takes.
pub(crate) fn measure() -> Result<(), String> {
    let folder = root().join("target/rust-times");
    let _ = fs::remove_dir_all(&folder);
    let package = folder.join("package");
    copy(&root().join("examples/wild-rydes-rust/src"), &package.join("src"))?;
    let manifest = read(&root().join("examples/wild-rydes-rust/Cargo.toml"))?;
    let runtime = root().join("runtime").display().to_string();
    let manifest = manifest
        .replace("../../runtime", &runtime)
        .replace("members = [\"aws\"]", "");
    write(&package.join("Cargo.toml"), &manifest)?;
    write(&package.join("Cargo.lock"), &read(&root().join("Cargo.lock"))?)?;
    // Nobody counts the download.
    let _ = cargo(&package, &folder, &["fetch"])?;
    let scratch = cargo(&package, &folder, &["build"])?.0;
    let handler = package.join("src/payments.rs");
    write(
        &handler,
        &read(&handler)?.replace("has left no card", "has left us no card"),
    )?;
    let edit = cargo(&package, &folder, &["build"])?.0;
    let expansion = expansion(&folder)?;
    let rows = [
        ("expansion of Wild Rydes, unoptimized", expansion, EXPANSION),
        ("a user's package from scratch, debug", scratch, SCRATCH),
        ("after an edit of a handler", edit, EDIT),
    ];
    let mut slow = Vec::new();
    for (what, time, limit) in rows {
        println!(
            "{what:40} {:>9.3} s   at most {} s",
            time.as_secs_f64(),
            limit.as_secs_f64()
        );
        if time > limit {
            slow.push(what);
        }
    }
    if slow.is_empty() {
        Ok(())
    } else {
        Err(format!("too slow: {}", slow.join(", ")))
    }
}

/// In a build script of the same profile as the macro's.
fn expansion(folder: &Path) -> Result<Duration, String> {
    let package = folder.join("expansion");
    let implementation = root().join("macros/impl").display().to_string();
    let manifest = format!(
        "[package]\nname = \"expansion\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n[build-dependencies]\n\
         aqueduct-macros-impl = {{ path = \"{implementation}\" }}\nquote = \"1\"\n\
         syn = {{ version = \"3\", features = [\"full\", \"printing\"] }}\n\n\
         [profile.dev.build-override]\ndebug = false\n"
    );
    write(&package.join("Cargo.toml"), &manifest)?;
    write(&package.join("Cargo.lock"), &read(&root().join("Cargo.lock"))?)?;
    write(&package.join("src/lib.rs"), "")?;
    write(&package.join("build.rs"), BUILD_SCRIPT)?;
    let system = read(&root().join("examples/wild-rydes-rust/src/system.rs"))?;
    write(&package.join("system.rs"), &system)?;
    let (_, said) = cargo(&package, folder, &["build"])?;
    let micros = said
        .lines()
        .find_map(|line| line.split("expansion ").nth(1)?.trim().parse().ok());
    micros
        .map(Duration::from_micros)
        .ok_or_else(|| format!("the build script says nothing:\n{said}"))
}

fn cargo(package: &Path, folder: &Path, args: &[&str]) -> Result<(Duration, String), String> {
    let begun = Instant::now();
    let output = Command::new("cargo")
        .args(args)
        .current_dir(package)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .output()
        .map_err(|error| format!("cargo: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() {
        Ok((begun.elapsed(), said))
    } else {
        Err(said)
    }
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let entries = fs::read_dir(from).map_err(|error| format!("{}: {error}", from.display()))?;
    for entry in entries.flatten() {
        write(&to.join(entry.file_name()), &read(&entry.path())?)?;
    }
    Ok(())
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    let folder = path.parent().unwrap_or(path);
    let written = fs::create_dir_all(folder).and_then(|()| fs::write(path, text));
    written.map_err(|error| format!("{}: {error}", path.display()))
}
