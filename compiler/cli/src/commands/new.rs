//! `aqueduct new`: a system in a new folder, to begin with.

use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::ValueEnum;
use heck::{ToSnakeCase, ToUpperCamelCase};

use crate::{Outcome, carried, output, project};

/// Make a system in a new folder
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aqueduct new shop
  aqueduct run shop
  aqueduct new shop --from rust       the same, declared in Rust
  aqueduct new rides --from wild-rydes
  aqueduct new shop --from empty")]
pub(crate) struct Args {
    /// The folder to make; its name names the system
    path: PathBuf,
    /// What to begin with
    #[arg(long, value_enum, default_value_t = Beginning::Starter, value_name = "NAME")]
    from: Beginning,
}

/// What a system can begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Beginning {
    /// A shop that tells billing: a topic, a queue, two services with their handlers
    Starter,
    /// The same shop declared in Rust: a package with the architecture as an annotated module
    Rust,
    /// One file that says what to write first
    Empty,
    /// The larger example: filters, retries, dead letters, a saga with a gateway that fails, and a README that walks through it all
    WildRydes,
}

/// A file by its path in the new folder.
type File = (&'static str, &'static str);

/// Files of a folder of this repository; what `build` makes by itself is not among them.
macro_rules! files {
    ($folder:literal: $($path:literal)*) => {
        &[$(($path, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/", $folder, "/", $path))),)*]
    };
}

/// `Starter` in it becomes the name of the system.
const STARTER: &[File] = files!("starter":
    "starter.flow"
    "handlers/src/lib.rs"
    "handlers/src/billing.rs"
    "handlers/src/shop.rs"
);

/// `Starter` and `starter` in it become the name of the system.
const RUST: &[File] = files!("rust":
    "src/system.rs"
    "src/handlers.rs"
    "src/lib.rs"
    "src/main.rs"
);

/// Not called `Cargo.toml`, so that cargo doesn't take the folder for one of our packages.
const RUST_MANIFEST: &str = include_str!("../../rust/Cargo.toml.txt");

/// `Empty` in it becomes the name of the system.
const EMPTY: &[File] = files!("empty": "empty.flow");

const WILD_RYDES: &[File] = files!("../../examples/wild-rydes":
    "wild_rydes.flow"
    "README.md"
    "handlers/src/lib.rs"
    "handlers/src/customer_accounting.rs"
    "handlers/src/customer_loyalty.rs"
    "handlers/src/customer_notification.rs"
    "handlers/src/extraordinary_rides.rs"
    "handlers/src/outages.rs"
    "handlers/src/payments.rs"
    "handlers/src/ride_management.rs"
    "handlers/src/rides.rs"
    "gateway/Cargo.toml"
    "gateway/Cargo.lock"
    "gateway/src/journal.rs"
    "gateway/src/ledger.rs"
    "gateway/src/main.rs"
    "gateway/src/mood.rs"
);

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let folder = &args.path;
    refuse_taken(folder)?;
    let (system, files) = match args.from {
        Beginning::Starter => named(folder, STARTER, "Starter")?,
        Beginning::Rust => in_rust(folder)?,
        Beginning::Empty => named(folder, EMPTY, "Empty")?,
        Beginning::WildRydes => ("WildRydes".to_owned(), walked_through(folder)),
    };
    for (path, text) in &files {
        project::write_whole(&folder.join(path), text)?;
    }
    if args.from == Beginning::Rust {
        let _ = project::write(folder, &carried::runtime_and_macros(false), &[])?;
    }
    let place = folder.display();
    let (flow, _) = files.first().cloned().unwrap_or_default();
    let next = match args.from {
        Beginning::Empty => format!(
            "next: write in {place}/{flow}, then {} run {place}",
            output::invocation()
        ),
        Beginning::Starter | Beginning::Rust | Beginning::WildRydes => {
            format!("next: {} run {place}", output::invocation())
        }
    };
    let mut parts = vec![(flow.as_str(), "what it is: channels, events, services")];
    if files.iter().any(|(path, _)| path.starts_with("handlers/")) {
        parts.push(("handlers/", "what it does: your Rust"));
    }
    if files.iter().any(|(path, _)| path == "src/handlers.rs") {
        parts.push(("src/handlers.rs", "what it does"));
    }
    if files.iter().any(|(path, _)| path.starts_with("gateway/")) {
        parts.push(("gateway/", "what it calls: a payment gateway to try it with"));
    }
    let widest = parts.iter().map(|(path, _)| path.len()).max().unwrap_or_default();
    let parts: String = parts
        .iter()
        .map(|(path, about)| format!("  {place}/{path:widest$}  {about}\n"))
        .collect();
    output::tell(&format!("made {system} in {place}\n\n{parts}\n{next}"));
    Ok(Outcome::Clean)
}

fn refuse_taken(folder: &Path) -> anyhow::Result<()> {
    let taken =
        folder.is_dir() && std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    if taken || folder.is_file() {
        bail!(
            "{} is there already and not empty; choose another name, nothing was changed",
            folder.display()
        );
    }
    Ok(())
}

/// The name of the new system, and its files with that name in the place of theirs.
fn named(folder: &Path, files: &[File], old: &str) -> anyhow::Result<(String, Vec<(String, String)>)> {
    let name = folder
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let system = name.to_upper_camel_case();
    if !system.starts_with(|first: char| first.is_ascii_alphabetic())
        || !system.chars().all(|letter| letter.is_ascii_alphanumeric())
    {
        bail!("`{name}` can't name a system; begin with a letter and use letters, digits, `-` and `_`");
    }
    let old_file = format!("{}.flow", old.to_snake_case());
    let new_file = format!("{}.flow", name.to_snake_case());
    let renamed = files.iter().map(|(path, text)| {
        let path = if *path == old_file {
            new_file.as_str()
        } else {
            path
        };
        (path.to_owned(), text.replace(old, &system))
    });
    Ok((system.clone(), renamed.collect()))
}

/// A package of its own: its module has the name of the folder.
fn in_rust(folder: &Path) -> anyhow::Result<(String, Vec<(String, String)>)> {
    let (system, files) = named(folder, RUST, "Starter")?;
    let module = system.to_snake_case();
    let package = aqueduct_targets::package_name(&system);
    // The program knows the library by the name of the package.
    let library = package.replace('-', "_");
    let mut files: Vec<(String, String)> = files
        .into_iter()
        .map(|(path, text)| {
            let name = if path == "src/main.rs" { &library } else { &module };
            let text = text.replace("starter", name);
            (path, text)
        })
        .collect();
    let manifest = RUST_MANIFEST
        .replace("PACKAGE", &package)
        .replace("Starter", &system);
    files.push(("Cargo.toml".to_owned(), manifest));
    files.push((".gitignore".to_owned(), "/target/\n/.aqueduct/\n".to_owned()));
    Ok((system, files))
}

/// Wild Rydes with its walk-through: the commands in it name the new folder, and it is started from anywhere.
fn walked_through(folder: &Path) -> Vec<(String, String)> {
    let place = folder.display().to_string();
    let files = WILD_RYDES.iter().map(|(path, text)| {
        let text = if *path == "README.md" {
            from_anywhere(text).replace("examples/wild-rydes", &place)
        } else {
            (*text).to_owned()
        };
        ((*path).to_owned(), text)
    });
    files.collect()
}

/// How to start it in a clone of the repository is the first paragraph of its section.
fn from_anywhere(readme: &str) -> String {
    const HEADING: &str = "## Start it\n";
    let Some((before, section)) = readme.split_once(HEADING) else {
        return readme.to_owned();
    };
    let (_, after) = section.split_once("\n\n").unwrap_or_default();
    format!(
        "{before}{HEADING}`aqueduct run examples/wild-rydes`; the rest of this page is typed in another terminal.\n\n{after}"
    )
}
