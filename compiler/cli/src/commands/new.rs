//! `aqueduct new`: a small working system to begin with.

use std::path::PathBuf;

use anyhow::{Context, bail};
use heck::{ToSnakeCase, ToUpperCamelCase};
use include_dir::{Dir, include_dir};

use crate::{Outcome, output, project};

/// The system that `new` begins with; `Starter` in it becomes the new name.
static STARTER: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/starter");

/// Make a small working system in a new folder
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aqueduct new shop
  aqueduct run shop")]
pub(crate) struct Args {
    /// The folder to make; its name names the system
    path: PathBuf,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let folder = &args.path;
    let name = folder
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let (system, file) = (name.to_upper_camel_case(), name.to_snake_case());
    if !system.starts_with(|first: char| first.is_ascii_alphabetic())
        || !system.chars().all(|letter| letter.is_ascii_alphanumeric())
    {
        bail!("`{name}` can't name a system; begin with a letter and use letters, digits, `-` and `_`");
    }
    let taken =
        folder.is_dir() && std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    if taken || folder.is_file() {
        bail!(
            "{} is there already and not empty; choose another name, nothing was changed",
            folder.display()
        );
    }
    write(&STARTER, folder, &system, &file)?;
    output::tell(&format!(
        "made {system} in {0}\n\n  {0}/{file}.flow    what it is: channels, events, services\n  {0}/handlers/     what it does: your Rust\n\nnext: {1} run {0}",
        folder.display(),
        output::invocation()
    ));
    Ok(Outcome::Clean)
}

fn write(from: &Dir<'_>, folder: &std::path::Path, system: &str, file: &str) -> anyhow::Result<()> {
    for source in from.files() {
        let path = source
            .path()
            .to_string_lossy()
            .replace("starter.flow", &format!("{file}.flow"));
        let text = source
            .contents_utf8()
            .context("bug in aqueduct: the starter is not text")?;
        project::write_whole(&folder.join(path), &text.replace("Starter", system))?;
    }
    for inner in from.dirs() {
        write(inner, folder, system, file)?;
    }
    Ok(())
}
