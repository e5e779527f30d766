//! `aqueduct token`: a token of the development issuer.

use std::path::{Path, PathBuf};

use anyhow::bail;

use crate::Outcome;
use crate::issuer::Issuer;
use crate::output;

/// Print a token for a system that `aqueduct run` has started
#[derive(Debug, clap::Args)]
#[command(after_help = "\
It is good for a day, and for programs that `aqueduct run` starts from this folder.

Examples:
  curl -H \"Authorization: Bearer $(aqueduct token shop)\" http://127.0.0.1:8080/orders")]
pub(crate) struct Args {
    /// The folder of the project, or its .flow file
    #[arg(default_value = ".")]
    path: PathBuf,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let folder = match args.path.parent() {
        Some(parent) if args.path.is_file() && parent != Path::new("") => parent,
        Some(_) if args.path.is_file() => Path::new("."),
        Some(_) | None => &args.path,
    };
    if !folder.join(".aqueduct").is_dir() {
        bail!(
            "there is no project in {}; `{} run` makes it",
            folder.display(),
            output::invocation()
        );
    }
    output::data(&(Issuer::of(folder)?.token()? + "\n"))?;
    Ok(Outcome::Clean)
}
