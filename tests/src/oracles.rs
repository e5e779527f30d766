//! Judges that we did not write: where they are, and how they get there.
//!
//! A judge that is missing is named; under `CI` it has to be there.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::root;

/// What judges diagrams, templates and findings in Node, pinned.
const PACKAGES: [&str; 9] = [
    "mermaid@11.17.2",
    "jsdom@29.0.1",
    "@aws/cloudformation-validate@1.9.0-beta",
    "@microsoft/sarif-multitool@5.7.0",
    "asl-validator@4.0.0",
    "@wmfs/statelint@1.30.0",
    "aws-local-stepfunctions@3.0.0",
    "vscode-textmate@9.3.2",
    "vscode-oniguruma@2.0.1",
];

/// What judges and emulates AWS in Python, pinned.
const REQUIREMENTS: &str = include_str!("../oracles/requirements.txt");

fn folder() -> PathBuf {
    root().join("target/oracles")
}

/// The folder of Node's modules, if the judges are installed there.
///
/// # Panics
/// Under `CI`, when they aren't.
pub fn node_modules() -> Option<PathBuf> {
    let modules = folder().join("node_modules");
    found(modules.join("mermaid").is_dir(), "the judges in Node").then_some(modules)
}

/// The Python that has the judges of templates.
///
/// # Panics
/// Under `CI`, when there is none.
pub fn python() -> Option<PathBuf> {
    let python = folder().join("python/bin/python");
    found(python.is_file(), "the judges in Python").then_some(python)
}

fn found(there: bool, what: &str) -> bool {
    if !there {
        assert!(
            std::env::var_os("CI").is_none(),
            "{what} are missing; `cargo dev test` installs them"
        );
        eprintln!("SKIPPED: {what} are not installed; `cargo dev test` installs them");
    }
    there
}

/// Runs a script of `tests/oracles` and gives what it writes.
///
/// # Panics
/// When it fails.
pub fn output(command: &mut Command) -> String {
    let output = command
        .output()
        .expect("a judge that is installed can be started");
    assert!(
        output.status.success(),
        "{command:?}\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("judges write text")
}

/// Installs what isn't there in the wanted versions. Answers with what can't be, and why.
///
/// # Errors
/// When an installation fails.
pub fn install() -> Result<Vec<&'static str>, String> {
    let mut missing = Vec::new();
    if !once("node", &PACKAGES.join(" "), install_node)? {
        missing.push("npm is missing: install Node 20 or newer");
    }
    if !once("python", REQUIREMENTS, install_python)? {
        missing.push("python3 is missing: install Python 3.11 or newer, with venv");
    }
    Ok(missing)
}

/// Does it unless exactly this was done before; false when the tool isn't there.
fn once(name: &str, wanted: &str, install: impl FnOnce() -> Result<bool, String>) -> Result<bool, String> {
    let stamp = folder().join(format!("{name}.installed"));
    if std::fs::read_to_string(&stamp).is_ok_and(|there| there == wanted) {
        return Ok(true);
    }
    std::fs::create_dir_all(folder()).map_err(|error| error.to_string())?;
    let done = install()?;
    if done {
        std::fs::write(stamp, wanted).map_err(|error| error.to_string())?;
    }
    Ok(done)
}

fn install_node() -> Result<bool, String> {
    if !there("npm") {
        return Ok(false);
    }
    std::fs::write(folder().join("package.json"), "{\"private\": true}\n")
        .map_err(|error| error.to_string())?;
    let mut command = Command::new("npm");
    let _ = command
        .args(["install", "--no-audit", "--no-fund", "--silent", "--prefix"])
        .arg(folder())
        .args(PACKAGES);
    run(&mut command)
}

fn install_python() -> Result<bool, String> {
    if !there("python3") {
        return Ok(false);
    }
    let place = folder().join("python");
    let _ = run(Command::new("python3")
        .args(["-m", "venv", "--clear"])
        .arg(&place))?;
    let mut command = Command::new(place.join("bin/python"));
    let _ = command
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "-r",
        ])
        .arg(root().join("tests/oracles/requirements.txt"));
    run(&mut command)
}

fn there(tool: &str) -> bool {
    let mut command = Command::new(tool);
    command
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok()
}

fn run(command: &mut Command) -> Result<bool, String> {
    eprintln!("── {command:?}");
    match command.status() {
        Ok(status) if status.success() => Ok(true),
        Ok(status) => Err(format!("failed with {status}: {command:?}")),
        Err(error) => Err(format!("{command:?}: {error}")),
    }
}
