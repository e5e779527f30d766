//! `aqueduct build`: checks a system and writes its project, or prints it in canonical form.

mod cloud;
mod flow;
mod handlers;
mod rust;

use std::path::PathBuf;

use anyhow::Context;
use aqueduct_compiler::model::Target;
use aqueduct_targets::files::Files;
use aqueduct_targets::{Linked, Origin, QueryLanguage};

use crate::load::{self, Form, Loaded, load};
use crate::output::{self, Format};
use crate::project::{self, Difference};
use crate::{Outcome, carried};

/// Check a system and write its Cargo project beside the .flow file, or what a package in Rust lacks for a target
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Writes system/ and a folder for each target anew, and handlers/ once: that folder is yours.
A project keeps what it was built for: later builds and `run` bring all its targets up to date.
A system that is declared in Rust has its package already: only the folder of another target is written.

Examples:
  aqueduct build shop
  aqueduct build shop --target aws    a SAM template and a Lambda program, in shop/aws
  aqueduct build shop --query-language jsonata
                                      the same, with state machines that speak JSONata
  aqueduct build shop --stubs         add what is missing in handlers/
  aqueduct build shop --check         only say whether anything is out of date
  aqueduct build shop --target flow   print the system as canonical .flow, and write no file")]
pub(crate) struct Args {
    /// A .flow file, a Rust file with a system, or a folder with one of them
    #[arg(default_value = ".")]
    pub(crate) path: PathBuf,
    /// Build for this target, `local` or `aws`, beside those that the project is built for; can be repeated. `flow`
    /// alone prints the system instead
    #[arg(long = "target", value_name = "TARGET", value_parser = product)]
    pub(crate) products: Vec<Product>,
    /// How state machines of sagas name data on AWS: `jsonpath` (the default) or `jsonata`; kept by later builds
    #[arg(long, value_name = "LANGUAGE", value_parser = load::query_language)]
    pub(crate) query_language: Option<QueryLanguage>,
    /// Add a stub for each handler that isn't written yet
    #[arg(long)]
    pub(crate) stubs: bool,
    /// Write nothing, and end with 1 when something is out of date
    #[arg(long, conflicts_with = "stubs")]
    pub(crate) check: bool,
    /// How findings are written
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,
}

/// What can be made of a system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Product {
    /// The part of a project that one target needs.
    Project(Target),
    /// The system itself, printed.
    Flow,
}

/// A product by its word, for arguments.
fn product(word: &str) -> Result<Product, String> {
    if word == "flow" {
        return Ok(Product::Flow);
    }
    let target = load::target(word).map_err(|built| format!("{built}, and `flow` prints the system"))?;
    Ok(Product::Project(target))
}

impl Args {
    /// The targets that were asked for.
    fn targets(&self) -> Vec<Target> {
        let targets = self.products.iter().filter_map(|product| match product {
            Product::Project(target) => Some(*target),
            Product::Flow => None,
        });
        targets.collect()
    }
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    if args.products.contains(&Product::Flow) {
        return flow::print(args);
    }
    Ok(if build(args)?.is_some() {
        Outcome::Clean
    } else {
        Outcome::Findings
    })
}

/// The system that was built; `None` when it has errors, no service, lacks handlers, or is out of date and only checked.
pub(crate) fn build(args: &Args) -> anyhow::Result<Option<Loaded>> {
    let loaded = load(&args.path)?;
    let plan = Plan::of(args, &loaded)?;
    let seen = loaded.analysis.clone().narrowed(&plan.wanted);
    output::findings(&seen, &loaded.sources, args.format, false)?;
    if seen.checked().is_none() {
        output::tell(&format!(
            "{}: {}; nothing was built",
            seen.model.name,
            output::summary(&seen)
        ));
        return Ok(None);
    }
    // What is written once into handlers/ would be made of nothing.
    if seen.model.own_services().next().is_none() {
        output::tell(&format!(
            "{} has no service, so there is nothing to build; declare one in {}",
            seen.model.name,
            loaded.folder.join(&loaded.file_name).display()
        ));
        return Ok(None);
    }
    for target in &plan.broken {
        output::tell(&format!(
            "{word}/ is left as it is: the system has errors for {word} alone; `{} check --target {word}` shows them",
            output::invocation(),
            word = target.word()
        ));
    }
    let query = args
        .query_language
        .unwrap_or_else(|| project::query_language(&loaded.folder));
    if loaded.form == Form::Rust {
        return rust::build(args, &plan, loaded, query);
    }
    let files = plan.files(&loaded, query)?;
    let model = &loaded.analysis.model;
    let left: Vec<&str> = plan.broken.iter().map(|target| target.word()).collect();
    if args.check {
        let fresh = is_fresh(&project::differences(&loaded.folder, &files, &left));
        let complete =
            !loaded.folder.join("handlers").exists() || handlers::complete(&loaded.folder, model, false)?;
        return Ok((fresh && complete).then_some(loaded));
    }
    write(&loaded, &files, &left)?;
    let complete = handlers::complete(&loaded.folder, model, args.stubs)?;
    if complete && args.targets().contains(&Target::Aws) {
        cloud::tell(&loaded)?;
    }
    Ok(complete.then_some(loaded))
}

/// Brings the folder to what the files say, and tells what has changed.
fn write(loaded: &Loaded, files: &Files, left: &[&str]) -> anyhow::Result<()> {
    let written = project::write(&loaded.folder, files, left)?;
    for path in &written.handed_over {
        output::tell(&format!("made {path}: it is yours now"));
    }
    output::tell(&format!(
        "{}: {} files written, {} removed, in {}",
        loaded.analysis.model.name,
        written.changed,
        written.removed,
        loaded.folder.display()
    ));
    Ok(())
}

/// What is built.
struct Plan {
    /// What has to be free of errors.
    wanted: Vec<Target>,
    /// What the project was built for besides, as far as it can be brought up to date.
    kept: Vec<Target>,
    /// What the project was built for and the system has errors for now.
    broken: Vec<Target>,
}

impl Plan {
    fn of(args: &Args, loaded: &Loaded) -> anyhow::Result<Self> {
        let there: Vec<Target> = Target::BUILT
            .into_iter()
            .filter(|target| project::is_built_for(&loaded.folder, target.word()))
            .collect();
        let asked = args.targets();
        let wanted = if !asked.is_empty() {
            asked
        } else if there.is_empty() || there.contains(&Target::Local) {
            vec![Target::Local]
        } else {
            there.clone()
        };
        loaded.are_meant(&wanted)?;
        let meant = &loaded.analysis.model.targets;
        let (kept, broken) = there
            .into_iter()
            .filter(|target| meant.contains(target) && !wanted.contains(target))
            .partition(|target| loaded.analysis.checked_for(*target).is_some());
        Ok(Self { wanted, kept, broken })
    }

    /// All files of the project that this build answers for.
    fn files(&self, loaded: &Loaded, query: QueryLanguage) -> anyhow::Result<Files> {
        let origin = origin(loaded, query, None);
        let sound = |target: &Target| self.wanted.contains(target) || self.kept.contains(target);
        let mut files = Files::default();
        let mut members = Vec::new();
        for target in Target::BUILT {
            if !sound(&target) && !self.broken.contains(&target) {
                continue;
            }
            let emitter = aqueduct_targets::by_name(target.word())
                .with_context(|| format!("bug in aqueduct: no target {}", target.word()))?;
            members.push(emitter);
            if let Some(checked) = loaded.analysis.checked_for(target).filter(|_| sound(&target)) {
                files.extend(aqueduct_targets::emit(emitter, checked, &origin));
            }
        }
        let checked = self
            .wanted
            .first()
            .and_then(|target| loaded.analysis.checked_for(*target));
        let checked = checked.context("bug in aqueduct: nothing that is wanted can be built")?;
        files.extend(aqueduct_targets::project(&members, checked, &origin));
        files.extend(carried::runtime(
            members.iter().any(|target| target.name == "aws"),
        ));
        Ok(files)
    }
}

/// What the files say about where they come from.
fn origin(loaded: &Loaded, query: QueryLanguage, linked: Option<Linked>) -> Origin {
    Origin {
        source: loaded.file_name.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        query,
        linked,
    }
}

/// Whether nothing differs; what does is told.
fn is_fresh(differences: &[(String, Difference)]) -> bool {
    for (path, difference) in differences {
        output::tell(&format!("{path} {}", difference.words()));
    }
    if differences.is_empty() {
        output::tell("everything is up to date");
    } else {
        output::tell(&format!(
            "\n{} out of date; `{} build` writes what is made now",
            output::counted(differences.len(), "file"),
            output::invocation()
        ));
    }
    differences.is_empty()
}
