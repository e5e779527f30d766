//! `aqueduct run`: checks, builds and starts a system, and says what to try.

mod stand_in;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use aqueduct_compiler::model::{Auth, Model, Target};

use super::build::{self, Product};
use crate::issuer::Issuer;
use crate::output::{self, Format};
use crate::{Outcome, project};

/// Check, build and start a system
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The program keeps its data in .aqueduct/data of the project. Ctrl-C stops it cleanly; a kill loses nothing.

Examples:
  aqueduct run shop
  aqueduct run shop --port 9000 --fresh
  aqueduct run shop -- --log debug --retry-cap 5s    flags of the program itself")]
pub(crate) struct Args {
    /// A .flow file, a Rust file with a system, or a folder with one of them
    #[arg(default_value = ".")]
    path: PathBuf,
    /// The port to listen on, 0 for any that is free
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Forget all data of earlier runs
    #[arg(long)]
    fresh: bool,
    /// Build with optimizations
    #[arg(long)]
    release: bool,
    /// Flags of the program itself
    #[arg(last = true)]
    flags: Vec<String>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let build = build::Args {
        path: args.path.clone(),
        products: vec![Product::Project(Target::Local)],
        query_language: None,
        stubs: false,
        check: false,
        format: Format::Human,
    };
    let Some(loaded) = build::build(&build)? else {
        return Ok(Outcome::Findings);
    };
    let folder = &loaded.folder;
    let package = loaded.package()?;
    output::tell("compiling the program; the first time this takes a minute or so");
    let how: &[&str] = if args.release { &["--release"] } else { &[] };
    let program = compile(folder, &package, how)?;
    let data = project::data(folder);
    if args.fresh && aqueduct::admin::Client::connect(&data).is_ok() {
        bail!(
            "a program runs on {}; stop it before its data is forgotten",
            data.display()
        );
    }
    for data in [&data, &project::stand_ins(folder)] {
        if args.fresh && data.exists() {
            std::fs::remove_dir_all(data).with_context(|| format!("can't remove {}", data.display()))?;
        }
    }
    let model = &loaded.analysis.model;
    let guarded = model
        .apis
        .values()
        .any(|api| matches!(api.auth, Some(Auth::Jwt { .. })));
    let issuer = guarded.then(|| Issuer::of(folder)).transpose()?;
    let mut hints = hints(model, folder);
    if let Some(issuer) = &issuer {
        hints.push_str(&format!(
            "\nA token for other clients, good for a day:\n  {}\n",
            issuer.token()?
        ));
    }
    let stand_ins = stand_in::start(model, folder, &args.flags, &project::stand_ins(folder))?;
    let mut command = Command::new(&program);
    let _ = command
        .envs(stand_ins.iter().map(|one| (&one.variable, &one.address)))
        .arg("--port")
        .arg(args.port.to_string())
        .arg("--data")
        .arg(&data)
        .args(issuer.iter().flat_map(Issuer::flags))
        .args(&args.flags)
        .env("AQUEDUCT_HINTS", hints);
    replace(command)
}

/// Lets cargo build the program; the path of what it built.
pub(super) fn compile(folder: &Path, package: &str, how: &[&str]) -> anyhow::Result<PathBuf> {
    let mut build = Command::new(cargo());
    let _ = build
        .args([
            "build",
            "--package",
            package,
            "--message-format",
            "json-render-diagnostics",
        ])
        .args(how)
        .current_dir(folder);
    executable(&mut build)
}

/// The cargo that we were started by, or the one on the path.
pub(crate) fn cargo() -> std::ffi::OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// What a build of cargo's makes, the last if there are several.
fn executable(build: &mut Command) -> anyhow::Result<PathBuf> {
    let output = build
        .stderr(std::process::Stdio::inherit())
        .output()
        .context("can't start cargo; install Rust from rustup.rs")?;
    if !output.status.success() {
        bail!("the program can't be compiled; the messages above say why");
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    let executable = messages.lines().rev().find_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        message.get("executable")?.as_str().map(PathBuf::from)
    });
    executable.context("cargo has built nothing that can be started")
}

/// What can be tried; the program prints it when it has its port, which stands for `{address}`.
fn hints(model: &Model, folder: &Path) -> String {
    let base = "http://{address}";
    let project = if folder == Path::new(".") {
        String::new()
    } else {
        format!(" --project {}", folder.display())
    };
    let token = if folder == Path::new(".") {
        format!("$({} token)", output::invocation())
    } else {
        format!("$({} token {})", output::invocation(), folder.display())
    };
    let mut lines = vec!["\nTry, from another terminal:".to_owned()];
    lines.extend(
        aqueduct_targets::samples::requests(model, base, &token)
            .into_iter()
            .map(|request| format!("  {request}")),
    );
    let sagas = (!model.sagas.is_empty()).then_some(("sagas", "how runs of sagas stand"));
    let always = [
        ("tail", "what happens, as it happens"),
        ("stats", "what is in the queues"),
        ("dlq list", "what could not be handled"),
    ];
    for (command, what) in always.into_iter().chain(sagas) {
        lines.push(format!(
            "  {:60} # {what}",
            format!("{} {command}{project}", output::invocation())
        ));
    }
    lines.join("\n") + "\n"
}

/// The program takes the place of this process, so that signals reach it directly.
#[cfg(unix)]
fn replace(mut command: Command) -> anyhow::Result<Outcome> {
    use std::os::unix::process::CommandExt;
    Err(command.exec()).context("can't start the program")
}

#[cfg(not(unix))]
fn replace(mut command: Command) -> anyhow::Result<Outcome> {
    let status = command.status().context("can't start the program")?;
    if status.success() {
        Ok(Outcome::Clean)
    } else {
        bail!("the program ended with {status}")
    }
}
