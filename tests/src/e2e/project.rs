//! Projects of whole systems, built by the command line in a copy beside the other things that cargo makes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, OnceLock};

use crate::command::{aqueduct, call};
use crate::root;

/// How the program is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Build {
    /// As users get it.
    AsIs,
    /// With faults that can be asked for.
    WithFaults,
    /// With optimizations, for measurements.
    Release,
}

/// A project and its program.
#[derive(Debug, Clone)]
pub struct Project {
    /// The folder of the project.
    pub folder: PathBuf,
    /// The program.
    pub binary: PathBuf,
    /// A token of the development issuer.
    pub token: String,
}

/// Wild Rydes, built once for each process and kind.
///
/// # Panics
/// When it can't be built.
pub fn wild_rydes(build: Build) -> Project {
    project(
        "wild-rydes",
        &[
            "examples/wild-rydes/wild_rydes.flow",
            "examples/wild-rydes/handlers",
        ],
        build,
    )
}

/// Where the Lambda program of Wild Rydes is, as it would be uploaded; built once for each process.
///
/// # Panics
/// When it can't be built.
pub fn lambda() -> (PathBuf, PathBuf) {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let folder = wild_rydes(Build::AsIs).folder;
    let program = BUILT.get_or_init(|| {
        let args = [
            "build",
            "--quiet",
            "--package",
            "wild-rydes-aws",
            "--profile",
            "lambda",
        ];
        cargo(&folder, &args);
        target().join("lambda/wild-rydes-aws")
    });
    (folder, program.clone())
}

/// The same of the second system, not optimized: it is there to be type-checked and run, not to be small.
///
/// # Panics
/// When it can't be built.
pub fn parcel_lambda() -> (PathBuf, PathBuf) {
    let folder = parcel_depot().folder;
    cargo(&folder, &["build", "--quiet", "--package", "parcel-depot-aws"]);
    (folder, target().join("debug/parcel-depot-aws"))
}

/// The size of a Lambda program that does nothing, built in the same way.
///
/// # Panics
/// When it can't be built.
pub fn bare_lambda() -> u64 {
    let args = [
        "build",
        "--quiet",
        "--package",
        "aqueduct-aws",
        "--example",
        "bare",
        "--profile",
        "lambda",
    ];
    cargo(&root(), &args);
    let program = target().join("lambda/examples/bare");
    fs::metadata(program).expect("cargo has built it").len()
}

/// Calls cargo in a folder, with the target folder that all projects share.
///
/// # Panics
/// When it fails.
pub fn cargo(folder: &Path, args: &[&str]) {
    let mut command = Command::new(env!("CARGO"));
    let _ = command
        .args(args)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target());
    let output = command.output().expect("cargo can be started");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// The target folder that the command line was built into.
pub(super) fn target() -> PathBuf {
    let target = aqueduct().ancestors().nth(2);
    target.expect("cargo builds into target/debug").to_owned()
}

/// The second system of the corpus, with handlers that do its work.
///
/// # Panics
/// When it can't be built.
pub fn parcel_depot() -> Project {
    let sources = [
        "tests/cases/golden/parcel-depot/in.flow",
        "tests/cases/systems/parcel-depot/handlers",
    ];
    project("parcel-depot", &sources, Build::AsIs)
}

/// A project of these files and folders, built once for each process and kind.
///
/// The copy stays, so that the next run finds everything built.
fn project(package: &'static str, sources: &[&str], build: Build) -> Project {
    static BUILT: Mutex<Vec<(&str, Build, Project)>> = Mutex::new(Vec::new());
    let mut built = BUILT.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some((_, _, project)) = built
        .iter()
        .find(|(name, kind, _)| (*name, *kind) == (package, build))
    {
        return project.clone();
    }
    let target = target();
    let folder = place(package);
    for source in sources {
        let source = root().join(source);
        let (parent, name) = (source.parent(), source.file_name());
        let name = name.expect("a source has a name").to_string_lossy().into_owned();
        copy(parent.expect("a source is in a folder"), &folder, &[&name]);
    }
    let called = call(&folder, &["build", "--target", "local", "--target", "aws"]);
    assert_eq!(called.code, 0, "{}", called.err);
    let binary = compile(package, &folder, &target, build);
    let called = call(&folder, &["token"]);
    assert_eq!(called.code, 0, "{}", called.err);
    let token = called.out.trim().to_owned();
    let project = Project {
        folder,
        binary,
        token,
    };
    built.push((package, build, project.clone()));
    project
}

/// Where a project of the tests is: ignored by git, and outside the target folder. Cargo would take sources inside it
/// for those of every project that shares it.
pub fn place(name: &str) -> PathBuf {
    root().join("tests/projects").join(name)
}

/// Lets cargo build the program, and keeps it apart from those of the other kinds.
fn compile(package: &str, folder: &Path, target: &Path, build: Build) -> PathBuf {
    let mut command = Command::new(env!("CARGO"));
    let _ = command
        .args(["build", "--quiet", "--package", package])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target);
    let (profile, kind) = match build {
        Build::AsIs => ("debug", "as-is"),
        Build::WithFaults => ("debug", "with-faults"),
        Build::Release => ("release", "release"),
    };
    match build {
        Build::AsIs => {}
        Build::WithFaults => drop(command.args(["--features", "aqueduct/fault"])),
        Build::Release => drop(command.arg("--release")),
    }
    let output = command.output().expect("cargo can be started");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let kept = target.join("e2e").join(format!("{package}-{kind}"));
    fs::create_dir_all(target.join("e2e")).expect("the target folder can be written");
    // A program that another test run has started can't be written over, but its name can be given anew.
    let _ = fs::remove_file(&kept);
    let _ = fs::copy(target.join(profile).join(package), &kept).expect("the program is where cargo puts it");
    kept
}

/// Copies what differs, so that cargo sees what has changed and nothing else.
fn copy(from: &Path, to: &Path, names: &[&str]) {
    fs::create_dir_all(to).expect("the folder of the tests' projects can be written");
    for name in names {
        let (from, to) = (from.join(name), to.join(name));
        if from.is_dir() {
            let entries = fs::read_dir(&from).expect("the example can be read");
            let names = entries.map(|entry| entry.expect("the example can be read").file_name());
            let names: Vec<String> = names.map(|name| name.to_string_lossy().into_owned()).collect();
            copy(&from, &to, &names.iter().map(String::as_str).collect::<Vec<_>>());
        } else {
            let text = fs::read(&from).expect("the example can be read");
            if fs::read(&to).ok().as_ref() != Some(&text) {
                fs::write(&to, text).expect("the folder of the tests' projects can be written");
            }
        }
    }
}
