//! `check --fix`: makes the changes that findings offer.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use aqueduct_compiler::mend::{Look, mend};
use aqueduct_dsl::source::SourceMap;

use super::{Args, read};
use crate::difference::difference;
use crate::load::{self, Loaded};
use crate::{find, output, project};

/// The system after what could be mended; its files are written, or with `--dry-run` their differences shown.
pub(super) fn fixed(args: &Args, before: Loaded) -> anyhow::Result<Loaded> {
    if find::is_rust(Path::new(&before.file_name)) {
        output::tell(
            "fixes are changes of .flow, and nothing was changed: this system is Rust, where help says what to write",
        );
        return Ok(before);
    }
    let mended = mend(|changed| {
        let loaded = read(args, changed)?;
        Ok::<_, anyhow::Error>(Look {
            sources: loaded.sources,
            analysis: loaded.analysis,
        })
    })?;
    for done in &mended.done {
        output::tell(&format!(
            "{}:{}: {} ({})",
            done.file, done.line, done.title, done.code
        ));
    }
    for (name, text) in &mended.texts {
        let old = text_of(&before.sources, name);
        if args.dry_run {
            output::data(&difference(name, "mended", old, text))?;
        } else {
            write(Path::new(name), old, text)?;
        }
    }
    if mended.done.is_empty() {
        output::tell("nothing to mend");
        return Ok(before);
    }
    let left = output::summary(&mended.left.analysis);
    output::tell(&format!(
        "{} {} in {}{}",
        output::counted(mended.done.len(), "change"),
        if args.dry_run { "to be made" } else { "made" },
        output::counted(mended.texts.len(), "file"),
        if left.is_empty() {
            String::new()
        } else {
            format!("; left: {left}")
        }
    ));
    Ok(Loaded {
        sources: mended.left.sources,
        analysis: mended.left.analysis,
        ..before
    })
}

fn text_of<'a>(sources: &'a SourceMap, name: &str) -> &'a str {
    let file = sources.files().find(|(_, file)| file.name == name);
    file.map(|(_, file)| &*file.text).unwrap_or_default()
}

/// Writes a file that still says what was read. A byte order mark stays, and so does a link: what it points to is written.
fn write(file: &Path, old: &str, new: &str) -> anyhow::Result<()> {
    let there = load::read(file)?;
    let Some(mark) = there
        .strip_suffix(old)
        .filter(|mark| matches!(*mark, "" | "\u{feff}"))
    else {
        bail!(
            "{} has changed while it was checked; call this again",
            file.display()
        );
    };
    let place = fs::canonicalize(file).with_context(|| format!("can't find {}", file.display()))?;
    project::write_whole(&place, &format!("{mark}{new}"))
}
