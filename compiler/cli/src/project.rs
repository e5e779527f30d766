//! A project on disk: generated files are written anew and vanish when they are no longer made, the user's are left alone.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use aqueduct_targets::files::{Files, Ownership};
use include_dir::{Dir, include_dir};

/// The sources of the runtime crates of this version.
static RUNTIME: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../runtime");

/// The versions of libraries that this version was tested with.
static LOCK: &str = include_str!("../../../Cargo.lock");

/// The list of the files that the compiler owns in a project.
const OWNED: &str = ".aqueduct/files";

/// What writing has changed.
#[derive(Debug, Default)]
pub(crate) struct Written {
    /// Generated files that are new or different.
    pub(crate) changed: usize,
    /// Generated files that are no longer made.
    pub(crate) removed: usize,
    /// Files that are the user's from now on.
    pub(crate) handed_over: Vec<String>,
}

/// Where a program keeps its data.
pub(crate) fn data(folder: &Path) -> PathBuf {
    folder.join(".aqueduct").join("data")
}

/// The runtime's sources, as files of a project.
pub(crate) fn runtime() -> Files {
    let mut files = Files::default();
    unpack(&RUNTIME, &mut files);
    files
}

fn unpack(folder: &Dir<'_>, files: &mut Files) {
    for file in folder.files() {
        // Tests of the runtime are ours, not the project's.
        if file.path().starts_with("tests") || file.path().starts_with("benches") {
            continue;
        }
        if let Some(text) = file.contents_utf8() {
            files.generated(format!(".aqueduct/runtime/{}", file.path().display()), text);
        }
    }
    for inner in folder.dirs() {
        unpack(inner, files);
    }
}

/// Brings a project to what the files say. Each file is replaced as a whole, so that none is ever half-written.
pub(crate) fn write(folder: &Path, files: &Files) -> anyhow::Result<Written> {
    let mut written = Written::default();
    let mut owned = BTreeSet::new();
    for (path, file) in files.iter() {
        let place = folder.join(path);
        match file.ownership {
            Ownership::Once => {
                if !place.exists() {
                    write_whole(&place, &file.text)?;
                    written.handed_over.push(path.to_owned());
                }
            }
            Ownership::Generated => {
                let _ = owned.insert(path.to_owned());
                if fs::read_to_string(&place).is_ok_and(|old| old == file.text) {
                    continue;
                }
                write_whole(&place, &file.text)?;
                written.changed += 1;
            }
        }
    }
    let list = folder.join(OWNED);
    for stale in fs::read_to_string(&list)
        .unwrap_or_default()
        .lines()
        .filter(|path| !owned.contains(*path))
    {
        // The list is ours, but a person may have edited it: nothing outside the project is deleted.
        if Path::new(stale)
            .components()
            .all(|part| matches!(part, std::path::Component::Normal(_)))
            && fs::remove_file(folder.join(stale)).is_ok()
        {
            written.removed += 1;
        }
    }
    let lock = folder.join("Cargo.lock");
    if !lock.exists() {
        write_whole(&lock, LOCK)?;
    }
    let lines = owned.into_iter().collect::<Vec<_>>().join("\n") + "\n";
    write_whole(&list, &lines)?;
    Ok(written)
}

/// Writes a file beside its place and moves it there.
pub(crate) fn write_whole(path: &Path, text: &str) -> anyhow::Result<()> {
    let folder = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    fs::create_dir_all(folder).with_context(|| format!("can't make the folder {}", folder.display()))?;
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let beside = folder.join(format!(".{name}.{}.new", std::process::id()));
    let outcome = fs::write(&beside, text).and_then(|()| fs::rename(&beside, path));
    if outcome.is_err() {
        let _ = fs::remove_file(&beside);
    }
    outcome.with_context(|| format!("can't write {}", path.display()))
}
