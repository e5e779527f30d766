//! Reads the file of a system.

use std::path::{Component, Path, PathBuf};

use anyhow::{Context, bail};
use aqueduct_compiler::imports::Opened;
use aqueduct_compiler::mend::Texts;
use aqueduct_compiler::model::Target;
use aqueduct_compiler::{Analysis, analyze_with};
use aqueduct_dsl::source::SourceMap;
use aqueduct_targets::QueryLanguage;
use heck::ToUpperCamelCase;

use crate::find;
use crate::package::Package;

/// The largest file that is read; a whiteboard of a hundred services has a hundredth of it.
const LARGEST: u64 = 64 * 1024 * 1024;

/// How a system is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// In a `.flow` file, with a project beside it.
    Flow,
    /// In a Cargo package of the user's: as Rust, or as a `.flow` file that the package includes.
    Rust,
}

/// A system as it was read.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// The folder of the project.
    pub(crate) folder: PathBuf,
    /// The name of the file, from the folder of the project.
    pub(crate) file_name: String,
    pub(crate) form: Form,
    pub(crate) sources: SourceMap,
    pub(crate) analysis: Analysis,
}

impl Loaded {
    /// The name of the Cargo package whose program runs the system on one machine.
    pub(crate) fn package(&self) -> anyhow::Result<String> {
        match self.form {
            Form::Flow => Ok(aqueduct_targets::package_name(&self.analysis.model.name)),
            Form::Rust => Ok(Package::of(&self.folder)?.name),
        }
    }

    /// The same as seen by some of its targets.
    pub(crate) fn narrowed(mut self, targets: &[Target]) -> anyhow::Result<Self> {
        self.are_meant(targets)?;
        self.analysis = self.analysis.narrowed(targets);
        Ok(self)
    }

    /// Refuses a target that the system isn't meant for.
    pub(crate) fn are_meant(&self, targets: &[Target]) -> anyhow::Result<()> {
        let model = &self.analysis.model;
        let Some(other) = targets.iter().find(|target| !model.targets.contains(target)) else {
            return Ok(());
        };
        let meant: Vec<&str> = model.targets.iter().map(|target| target.word()).collect();
        bail!(
            "{} isn't meant for {word}: its file says `targets {}`; add {word} there",
            model.name,
            meant.join(" | "),
            word = other.word()
        )
    }
}

/// A target by its word, for arguments.
pub(crate) fn target(word: &str) -> Result<Target, String> {
    let built = Target::BUILT.map(Target::word);
    Target::named(word)
        .filter(|target| Target::BUILT.contains(target))
        .ok_or_else(|| format!("this version builds for {}", built.join(" and ")))
}

/// A query language of Step Functions by its word, for arguments.
pub(crate) fn query_language(word: &str) -> Result<QueryLanguage, String> {
    match word {
        "jsonpath" => Ok(QueryLanguage::JsonPath),
        "jsonata" => Ok(QueryLanguage::Jsonata),
        _ => Err("there are jsonpath and jsonata".to_owned()),
    }
}

/// Reads and analyzes a file, or the one of a folder that declares a system.
pub(crate) fn load(path: &Path) -> anyhow::Result<Loaded> {
    load_changed(path, &Texts::new())
}

/// The same as if some of the files said something else.
pub(crate) fn load_changed(path: &Path, changed: &Texts) -> anyhow::Result<Loaded> {
    let file = find::system(path)?;
    let text = match changed.get(&file.display().to_string()) {
        Some(text) => text.clone(),
        None => without_mark(read(&file)?),
    };
    let stem = file
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default();
    let mut sources = SourceMap::default();
    let id = sources.add(file.display().to_string(), text);
    let name = fallback_name(&stem);
    if find::is_rust(&file) {
        let folder = find::package_folder(&file);
        let inside = file.strip_prefix(&folder).unwrap_or(&file);
        return Ok(Loaded {
            file_name: inside.display().to_string(),
            analysis: aqueduct_macros_impl::read(&mut sources, id, &name),
            form: Form::Rust,
            folder,
            sources,
        });
    }
    let analysis = analyze_with(&mut sources, id, &name, &mut |from, path| {
        let mut opened = open(from, path)?;
        if let Some(text) = changed.get(&opened.name) {
            opened.text.clone_from(text);
        }
        Ok(opened)
    });
    let folder = file
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    Ok(Loaded {
        folder: folder.to_owned(),
        file_name: file
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default(),
        form: if find::is_package(folder) {
            Form::Rust
        } else {
            Form::Flow
        },
        sources,
        analysis,
    })
}

/// A file that another takes in; two paths that lead to one file are known by one name.
pub(crate) fn open(from: &str, path: &str) -> Result<Opened, String> {
    let folder = Path::new(from).parent().unwrap_or(Path::new(""));
    let mut file = PathBuf::new();
    for part in folder.join(path).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if file.file_name().is_some() => {
                let _ = file.pop();
            }
            Component::ParentDir | Component::Normal(_) | Component::RootDir | Component::Prefix(_) => {
                file.push(part);
            }
        }
    }
    if !file.is_file() {
        return Err(format!("there is no {}", file.display()));
    }
    let text = read(&file).map_err(|error| format!("{error:#}"))?;
    Ok(Opened {
        name: file.display().to_string(),
        text: without_mark(text),
    })
}

/// A text without the byte order mark that some editors put before it.
fn without_mark(text: String) -> String {
    text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)
}

/// The text of a file.
pub(crate) fn read(file: &Path) -> anyhow::Result<String> {
    let length = std::fs::metadata(file)
        .with_context(|| format!("can't read {}", file.display()))?
        .len();
    if length > LARGEST {
        bail!(
            "{} has {length} bytes; a system of more than {LARGEST} bytes is not read",
            file.display()
        );
    }
    let bytes = std::fs::read(file).with_context(|| format!("can't read {}", file.display()))?;
    String::from_utf8(bytes).map_err(|error| {
        anyhow::anyhow!(
            "{} is not UTF-8 at byte {}",
            file.display(),
            error.utf8_error().valid_up_to()
        )
    })
}

fn fallback_name(stem: &str) -> String {
    let name = stem.to_upper_camel_case();
    if name.starts_with(|first: char| first.is_ascii_alphabetic()) {
        name
    } else {
        "System".to_owned()
    }
}
