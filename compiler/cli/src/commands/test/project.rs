//! Scenarios with the handlers that people have written: the program of the project plays them itself.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, bail};
use aqueduct::scenario::{FLAG, Report, Script};
use aqueduct_compiler::model::Target;

use crate::commands::build::{self, Product};
use crate::commands::run;
use crate::output::{self, Format};

/// Builds the project and has its program play a script; nothing when the system has errors.
pub(super) fn play(path: &Path, script: &Script) -> anyhow::Result<Option<Report>> {
    let build = build::Args {
        path: path.to_owned(),
        products: vec![Product::Project(Target::Local)],
        query_language: None,
        stubs: false,
        check: false,
        format: Format::Human,
    };
    let Some(loaded) = build::build(&build)? else {
        return Ok(None);
    };
    let package = loaded.package()?;
    output::tell("compiling the program; the first time this takes a minute or so");
    let program = run::compile(&loaded.folder, &package, &["--features", "aqueduct/simulate"])?;
    let mut child = Command::new(&program)
        .arg(FLAG)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("can't start the program")?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(&serde_json::to_vec(script)?)?;
    }
    let output = child.wait_with_output()?;
    if !output.status.success() {
        bail!("the program of the project can't play them; its message above says why");
    }
    // Handlers may print as well; the report comes last.
    let mut lines = output.stdout.rsplit(|byte| *byte == b'\n');
    let last = lines.find(|line| !line.is_empty()).unwrap_or_default();
    let report = serde_json::from_slice(last);
    Ok(Some(
        report.context("bug in aqueduct: the program gives no report")?,
    ))
}
