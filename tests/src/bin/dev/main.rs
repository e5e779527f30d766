//! `cargo dev`: what developers do, in words that need nothing but cargo.

mod fuzz;
mod rust;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use aqueduct_tests::measure::Spread;
use aqueduct_tests::root;

const HELP: &str = "\
cargo dev test     install what the tests need into target/, run all of them
cargo dev tools    only install
cargo dev bless    accept as golden what is made and said now
cargo dev fmt      format every crate, the example's handlers included
cargo dev bench    measure the command line, the compiler and the runtime
cargo dev rust     measure what a system in Rust costs to compile
cargo dev fuzz [--minutes 10] [--seed N] [--cores N]
                   read texts that nobody would write; what fails is kept, shrunk, in tests/cases/fuzz";

/// Another company's program, which is no part of the example's workspace.
const GATEWAY: &str = "examples/wild-rydes/gateway";

/// The example as a package in Rust.
const RUST: &str = "examples/wild-rydes-rust";

fn main() -> ExitCode {
    let word = std::env::args().nth(1).unwrap_or_default();
    let outcome = match word.as_str() {
        "test" => test(),
        "tools" => tools(),
        "bless" => bless(),
        "fmt" => format(&[]),
        "bench" => bench(),
        "rust" => rust::measure(),
        "fuzz" => fuzz::fuzz(&std::env::args().skip(2).collect::<Vec<_>>()),
        _ => Err(HELP.to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

/// Everything, in the order in which it fails soonest.
fn test() -> Result<(), String> {
    tools()?;
    format(&["--check"])?;
    cargo(
        "clippy",
        &["--workspace", "--all-targets", "--", "-D", "warnings"],
        ".",
    )?;
    cargo("test", &["--workspace", "--no-fail-fast"], ".")?;
    cargo(
        "run",
        &[
            "-p",
            "aqueduct-cli",
            "--",
            "build",
            "examples/wild-rydes",
            "--target",
            "local",
            "--target",
            "aws",
        ],
        ".",
    )?;
    cargo(
        "clippy",
        &["--workspace", "--all-targets", "--", "-D", "warnings"],
        "examples/wild-rydes",
    )?;
    cargo("test", &["--workspace"], "examples/wild-rydes")?;
    in_rust()?;
    cargo("clippy", &["--all-targets", "--", "-D", "warnings"], GATEWAY)?;
    cargo("test", &[], GATEWAY)?;
    say("all is well");
    Ok(())
}

/// The same example, declared in Rust; both share what they are built of.
fn in_rust() -> Result<(), String> {
    let shared = root().join("examples/wild-rydes/target");
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let aqueduct = target.join("debug/aqueduct");
    let call = |program: &Path, args: &[&str], folder: &str| {
        let mut command = Command::new(program);
        let _ = command.args(args).env("CARGO_TARGET_DIR", &shared);
        run(&mut command, folder)
    };
    let cargo = Path::new("cargo");
    call(&aqueduct, &["build", RUST, "--target", "aws", "--check"], ".")?;
    call(&aqueduct, &["test", RUST], ".")?;
    call(&aqueduct, &["test", RUST, "--project"], ".")?;
    call(
        cargo,
        &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"],
        RUST,
    )?;
    call(cargo, &["test", "--workspace"], RUST)?;
    // What a newcomer begins with is compiled from the sources that it carries.
    let scaffold = "target/scaffold/corner-shop";
    let _ = std::fs::remove_dir_all(root().join("target/scaffold"));
    call(&aqueduct, &["new", scaffold, "--from", "rust"], ".")?;
    call(cargo, &["check"], scaffold)
}

/// What calls of the command line on the example may take, the start of the process included.
const CALL: Duration = Duration::from_millis(20);

/// The command line as whole processes, then what measures itself.
fn bench() -> Result<(), String> {
    cargo(
        "build",
        &["--quiet", "--release", "--package", "aqueduct-cli"],
        ".",
    )?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    println!("{:28} {:>10} {:>10} {:>10}", "", "least", "median", "most");
    let mut slow = Vec::new();
    for word in ["check", "diagram"] {
        let mut command = Command::new(target.join("release/aqueduct"));
        let _ = command.args([word, "examples/wild-rydes"]).current_dir(root());
        let _ = command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut succeeded = true;
        let spread = Spread::of_runs(20, || {
            succeeded &= command.status().is_ok_and(|status| status.success());
        });
        println!("{:28} {spread}", format!("aqueduct {word}, 20 calls"));
        if !succeeded || spread.median > CALL {
            slow.push(format!("`aqueduct {word}` fails or takes longer than {CALL:?}"));
        }
    }
    cargo("bench", &["--quiet", "--package", "aqueduct-tests"], ".")?;
    if slow.is_empty() {
        Ok(())
    } else {
        Err(slow.join("\n"))
    }
}

fn bless() -> Result<(), String> {
    let mut command = Command::new("cargo");
    let _ = command
        .args([
            "test",
            "-p",
            "aqueduct-tests",
            "--test",
            "golden",
            "--test",
            "tidy",
            "--test",
            "mutants",
            "--test",
            "findings",
            "--test",
            "format",
            "--test",
            "macros_ui",
        ])
        .env("AQUEDUCT_BLESS", "1");
    run(&mut command, ".")
}

fn format(extra: &[&str]) -> Result<(), String> {
    let flags: Vec<&str> = ["--all"].into_iter().chain(extra.iter().copied()).collect();
    cargo("fmt", &flags, ".")?;
    // The example is a workspace of its own, and its style is rustfmt's.
    let mut command = Command::new("rustfmt");
    let _ = command
        .args(["--edition", "2024", "--config-path", "examples/wild-rydes"])
        .args(extra);
    let _ = command.arg("examples/wild-rydes/handlers/src/lib.rs");
    run(&mut command, ".")?;
    cargo("fmt", extra, RUST)?;
    cargo("fmt", extra, GATEWAY)
}

/// What is missing is named, and fails where it has to be there.
fn tools() -> Result<(), String> {
    let missing = aqueduct_tests::oracles::install()?;
    if missing.is_empty() {
        return Ok(());
    }
    let problem = missing.join("\n");
    if std::env::var_os("CI").is_some() {
        return Err(problem);
    }
    say(&format!(
        "MISSING {} of the tools that judge what is generated:\n{problem}",
        missing.len()
    ));
    Ok(())
}

fn cargo(word: &str, args: &[&str], folder: impl AsRef<Path>) -> Result<(), String> {
    let mut command = Command::new("cargo");
    let _ = command.arg(word).args(args);
    run(&mut command, folder)
}

fn run(command: &mut Command, folder: impl AsRef<Path>) -> Result<(), String> {
    let folder = root().join(folder);
    say(&format!("{command:?}").replace('"', ""));
    let started = Instant::now();
    let status = command
        .current_dir(&folder)
        .status()
        .map_err(|error| format!("{command:?}: {error}"))?;
    say(&format!("… {:.0} s", started.elapsed().as_secs_f32()));
    if status.success() {
        Ok(())
    } else {
        Err(format!("failed: {command:?}").replace('"', ""))
    }
}

fn say(text: &str) {
    eprintln!("── {text}");
}
