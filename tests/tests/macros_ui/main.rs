//! What users of the macros see: each way to be wrong with all that is said about it, and packages without a warning.
//!
//! `tests/ui/fail` holds a crate for each situation and, beside it, what rustc says. `AQUEDUCT_BLESS=1` accepts what is
//! said now; read it as somebody who has never seen the inside of the macros.

mod packages;

use std::path::{Path, PathBuf};
use std::process::Command;

use aqueduct_tests::root;

/// Whose words the `.stderr` files are; another rustc words the same errors otherwise.
const RUSTC: &str = "1.95";

/// What accepts what is said now, here and in trybuild.
const BLESS: (&str, &str) = ("AQUEDUCT_BLESS", "TRYBUILD");

#[test]
fn what_is_wrong_is_said_as_committed() {
    let version = rustc();
    assert!(
        version.starts_with(&format!("rustc {RUSTC}.")),
        "the files in tests/ui/fail are in the words of rustc {RUSTC}, and this is {version}: use that toolchain, or \
         change the constant here, accept with {}=1 and read the difference",
        BLESS.0
    );
    if std::env::var_os(BLESS.0).is_some() && std::env::var_os(BLESS.1).is_none() {
        return accept();
    }
    files_in_the_package();
    trybuild::TestCases::new().compile_fail("ui/fail/*.rs");
}

#[test]
fn nothing_is_said_about_nobody() {
    let folder = root().join("tests/ui/fail");
    let entries = std::fs::read_dir(folder).unwrap();
    let orphans = entries.map(|entry| entry.unwrap().path()).filter(|path| {
        path.extension().is_some_and(|extension| extension == "stderr") && !path.with_extension("rs").exists()
    });
    assert_eq!(orphans.collect::<Vec<_>>(), Vec::<PathBuf>::new());
}

fn rustc() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output();
    let output = output.expect("rustc can be started");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// trybuild looks at the environment, which nobody may change in a program with threads: so another process has it.
fn accept() {
    let this = std::env::current_exe().expect("a test is a program");
    let status = Command::new(this)
        .args(["--exact", "what_is_wrong_is_said_as_committed", "--nocapture"])
        .env(BLESS.1, "overwrite")
        .status();
    assert!(status.expect("this program can be started").success());
}

/// Paths of `include_flow!` begin at the manifest, and trybuild's is in the target folder.
fn files_in_the_package() {
    let package = target().join("tests/trybuild/aqueduct-tests");
    copy(&root().join("tests/ui/flow"), &package);
}

/// Where cargo builds.
fn target() -> PathBuf {
    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
    temporary
        .parent()
        .expect("it is a folder of the target folder")
        .to_owned()
}

/// The files of a folder into another.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}
