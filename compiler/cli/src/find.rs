//! Finds the one file of a project that declares its system: a `.flow` file, or Rust with an annotated module.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use aqueduct_compiler::imports::imports;
use aqueduct_dsl::source::SourceMap;

use crate::load::read;
use crate::project::MARK;

/// The file itself, or the only one in the folder.
pub(crate) fn system(path: &Path) -> anyhow::Result<PathBuf> {
    let mut found = flow_files(path)?;
    if found.is_empty() {
        found = rust_files(path)?;
    } else if path.is_file() && is_rust(path) {
        found = beside(path)?;
    }
    if found.len() > 1 {
        found = roots(found);
    }
    match found.as_slice() {
        [one] => Ok(one.clone()),
        [] => bail!(
            "there is no .flow file in {path}, and no Rust file with `#[aqueduct::system]` in {source}; `aqueduct new NAME` \
             makes a system to begin with",
            path = path.display(),
            source = path.join("src").display()
        ),
        several => {
            let names: Vec<String> = several.iter().map(|file| file.display().to_string()).collect();
            bail!(
                "{} has several systems; name one: {}",
                path.display(),
                names.join(", ")
            )
        }
    }
}

/// The file itself, or all `.flow` files that are in the folder, by name.
pub(crate) fn flow_files(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let metadata = std::fs::metadata(path).with_context(|| {
        format!(
            "there is no {}; name a .flow file, a Rust file with a system, or a folder with one in it",
            path.display()
        )
    })?;
    if metadata.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    for entry in entries(path)? {
        if entry.extension().is_some_and(|extension| extension == "flow") {
            // `./shop.flow` is called `shop.flow`.
            let short = entry.strip_prefix(".").map(Path::to_owned);
            found.push(short.unwrap_or(entry));
        }
    }
    found.sort();
    Ok(found)
}

/// The files that no other takes in; all of them when they take in each other.
fn roots(found: Vec<PathBuf>) -> Vec<PathBuf> {
    let mut taken_in = Vec::new();
    for file in found.iter().filter(|file| !is_rust(file)) {
        let mut sources = SourceMap::default();
        let Ok(text) = read(file) else { continue };
        let id = sources.add(file.display().to_string(), text);
        for (path, _) in imports(&aqueduct_dsl::parse(&mut sources, id).file) {
            let folder = file.parent().unwrap_or(Path::new(""));
            taken_in.extend(folder.join(path.as_str()).canonicalize());
        }
    }
    let is_root = |file: &&PathBuf| file.canonicalize().is_ok_and(|file| !taken_in.contains(&file));
    let roots: Vec<PathBuf> = found.iter().filter(is_root).cloned().collect();
    if roots.is_empty() { found } else { roots }
}

/// Whether a system is declared in Rust.
pub(crate) fn is_rust(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "rs")
}

/// The folder of the Cargo package that a Rust file belongs to, or else its own.
pub(crate) fn package_folder(file: &Path) -> PathBuf {
    let own = file.parent().unwrap_or(Path::new(""));
    let package = own.ancestors().find(|folder| folder.join("Cargo.toml").is_file());
    let folder = package.unwrap_or(own);
    if folder.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        folder.to_owned()
    }
}

/// Whether a folder is a Cargo package that somebody has written who uses the runtime, and not one of our projects.
pub(crate) fn is_package(folder: &Path) -> bool {
    let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
    let depends = |line: &str| {
        let key = line.split(['=', '.']).next().unwrap_or_default().trim();
        key == "aqueduct" || line.contains("package = \"aqueduct\"")
    };
    manifest.contains("[package]") && !manifest.contains(MARK) && manifest.lines().any(depends)
}

/// The Rust files under `src` that declare a system, by name.
fn rust_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let source = folder.strip_prefix(".").unwrap_or(folder).join("src");
    if source.is_dir() {
        collect(&source, &mut found)?;
    }
    found.sort();
    Ok(found)
}

/// The file itself; or, when it is the root of a package and says nothing of a system, the one of its modules that does.
fn beside(file: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let root = file
        .file_name()
        .is_some_and(|name| name == "lib.rs" || name == "main.rs");
    if root && !aqueduct_macros_impl::declares_system(&read(file)?) {
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        collect(folder.unwrap_or(Path::new(".")), &mut found)?;
        found.sort();
    }
    if found.is_empty() {
        found.push(file.to_owned());
    }
    Ok(found)
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    for entry in entries(folder)? {
        if entry.is_dir() {
            collect(&entry, found)?;
        } else if is_rust(&entry) && aqueduct_macros_impl::declares_system(&read(&entry)?) {
            found.push(entry);
        }
    }
    Ok(())
}

fn entries(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let listed =
        std::fs::read_dir(folder).with_context(|| format!("can't look into {}", folder.display()))?;
    let entries = listed.map(|entry| entry.map(|entry| entry.path()));
    Ok(entries.collect::<Result<_, _>>()?)
}
