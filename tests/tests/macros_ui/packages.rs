//! Packages as users have them, under the lints that users have: what the macros make is to blame for nothing.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use aqueduct_tests::{read, root};

/// Each situation of `tests/ui/pass` is a library of its own, so that `missing_docs` sees what its users see.
const PASSING: &str = "\
[package]
name = \"passing\"
version = \"0.1.0\"
edition = \"2024\"
publish = false

[dependencies]
aqueduct.workspace = true
";

/// The runtime under another name, in a package of an older edition.
const RENAMED: &str = "\
[package]
name = \"renamed\"
version = \"0.1.0\"
edition = \"2021\"
publish = false

[dependencies]
our-runtime = { package = \"aqueduct\", path = RUNTIME, features = [\"calls\", \"macros\"] }
";

/// The same file in a macro and in a build script.
const SCRIPTED: &str = "\
[package]
name = \"scripted\"
version = \"0.1.0\"
edition = \"2024\"
publish = false

[dependencies]
aqueduct.workspace = true

[build-dependencies]
aqueduct-build = { path = BUILD }
";

const SCRIPT: &str = "fn main() {\n    aqueduct_build::compile_flow(\"sound.flow\");\n}\n";

const SCRIPTED_LIBRARY: &str = "\
//! A file, twice.

/// By the macro.
pub mod included {
    aqueduct::include_flow!(\"sound.flow\");
}

/// By the build script: text in the package, for which its author answers.
#[expect(clippy::pedantic, reason = \"generated projects aren't pedantic\")]
pub mod written {
    include!(concat!(env!(\"OUT_DIR\"), \"/sound.rs\"));
}
";

#[test]
fn packages_are_clean_under_pedantic_lints_and_see_changes() {
    let workspace = workspace();
    let (clean, said) = cargo(
        &workspace,
        &[
            "clippy",
            "--offline",
            "--workspace",
            "--all-targets",
            "--keep-going",
        ],
        &["--", "-D", "warnings", "-W", "clippy::pedantic"],
    );
    assert!(clean, "{said}");

    let package = workspace.join("scripted");
    let file = read("tests/ui/flow/sound.flow");
    let uses = "pub use included::messages::Later;\npub use written::messages::Later as Same;\n";
    write(
        &package.join("src/lib.rs"),
        &format!("{SCRIPTED_LIBRARY}\n{uses}"),
    );
    let (early, said) = cargo(&workspace, &["check", "--offline", "-p", "scripted"], &[]);
    assert!(!early, "there is no such type yet: {said}");
    write(
        &package.join("sound.flow"),
        &format!("{file}\ntype Later {{ x: int }}\n"),
    );
    let (seen, said) = cargo(&workspace, &["check", "--offline", "-p", "scripted"], &[]);
    assert!(seen, "{said}");

    write(
        &package.join("sound.flow"),
        &format!("{file}\ntype Later {{ x: nit }}\n"),
    );
    let (broken, said) = cargo(&workspace, &["check", "--offline", "-p", "scripted"], &[]);
    assert!(!broken, "{said}");
    for part in [
        "NAM001",
        "no type is called `nit`",
        "sound.flow:",
        "type Later { x: nit }",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

/// Whether cargo succeeds, and what it says.
fn cargo(workspace: &Path, args: &[&str], more: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO"))
        .args(args)
        .args(more)
        .current_dir(workspace)
        .env("CARGO_TARGET_DIR", super::target())
        .output()
        .expect("cargo can be started");
    (
        output.status.success(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

/// A workspace of the situations and of a package that calls the runtime otherwise.
fn workspace() -> PathBuf {
    let folder = super::target().join("macros-ui");
    let runtime = format!("'{}'", root().join("runtime").display());
    let manifest = format!(
        "[workspace]\nresolver = \"3\"\nmembers = [\"passing\", \"renamed\", \"scripted\"]\n\n[workspace.dependencies]\n\
         aqueduct = {{ path = {runtime}, features = [\"calls\", \"jwt\", \"macros\"] }}\n"
    );
    // With our profiles, both share what is built already.
    let ours = read("Cargo.toml");
    let profiles = ours.find("[profile.dev]").expect("there are profiles");
    write(
        &folder.join("Cargo.toml"),
        &format!("{manifest}\n{}", &ours[profiles..]),
    );
    fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();

    let situations = root().join("tests/ui/pass");
    let mut names: Vec<String> = fs::read_dir(&situations)
        .unwrap()
        .map(|entry| {
            entry
                .unwrap()
                .path()
                .file_stem()
                .unwrap()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    assert!(!names.is_empty(), "a test of nothing proves nothing");
    let mut manifest = PASSING.to_owned();
    for name in &names {
        let path = situations.join(format!("{name}.rs")).display().to_string();
        let _ = write!(
            manifest,
            "\n[[example]]\nname = {name:?}\npath = {path:?}\ncrate-type = [\"lib\"]\n"
        );
    }
    write(&folder.join("passing/Cargo.toml"), &manifest);
    write(
        &folder.join("passing/src/lib.rs"),
        "//! The situations are examples.\n",
    );
    super::copy(&root().join("tests/ui/flow"), &folder.join("passing"));

    write(
        &folder.join("renamed/Cargo.toml"),
        &RENAMED.replace("RUNTIME", &runtime),
    );
    super::copy(&root().join("tests/ui/flow"), &folder.join("renamed"));
    let saga = read("tests/ui/pass/saga.rs").replace("aqueduct::", "our_runtime::");
    let build = format!("'{}'", root().join("macros/build").display());
    write(
        &folder.join("scripted/Cargo.toml"),
        &SCRIPTED.replace("BUILD", &build),
    );
    write(&folder.join("scripted/build.rs"), SCRIPT);
    write(&folder.join("scripted/src/lib.rs"), SCRIPTED_LIBRARY);
    super::copy(&root().join("tests/ui/flow"), &folder.join("scripted"));
    let file = "\n/// From a file.\npub mod sound {\n    our_runtime::include_flow!(\"sound.flow\");\n}\n";
    write(&folder.join("renamed/src/lib.rs"), &format!("{saga}{file}"));
    folder
}

/// Only what has changed: cargo goes by times.
fn write(path: &Path, text: &str) {
    if fs::read_to_string(path).is_ok_and(|before| before == text) {
        return;
    }
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}
