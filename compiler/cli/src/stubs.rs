//! Which methods a user's handlers still lack, read from their source.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context;
use aqueduct_compiler::model::{Handler, Id, Model};

/// A method that a service declares and nobody has written.
#[derive(Debug)]
pub(crate) struct Missing {
    /// `Service.handler`
    pub(crate) name: String,
    /// The file with the service's `impl`, and the byte in it where a method can go; `None` when there is no `impl`.
    pub(crate) place: Option<(PathBuf, usize)>,
    /// The method, to be pasted.
    pub(crate) stub: String,
    /// The service, for the case that it has no `impl`.
    pub(crate) service: String,
}

/// An `impl` of a service in the user's crate.
struct Implementation {
    file: PathBuf,
    methods: Vec<String>,
    /// Where its closing brace stands.
    end: usize,
}

/// Compares the model with the user's crate.
pub(crate) fn missing(folder: &Path, model: &Model) -> anyhow::Result<Vec<Missing>> {
    let found = implementations(&folder.join("handlers").join("src"))?;
    let mut missing = Vec::new();
    for id in model.own_handlers() {
        let handler = &model.handlers[id];
        let service = aqueduct_targets::service_name(model, handler.service);
        let implementation = found.get(&service);
        let method = handler.label.name.as_str();
        if implementation.is_some_and(|known| known.methods.iter().any(|name| name == method)) {
            continue;
        }
        missing.push(describe(model, id, service, implementation));
    }
    Ok(missing)
}

fn describe(model: &Model, id: Id<Handler>, service: String, known: Option<&Implementation>) -> Missing {
    Missing {
        name: model.handler_name(id),
        place: known.map(|known| (known.file.clone(), known.end)),
        stub: aqueduct_targets::pasted_stub(model, id),
        service,
    }
}

/// Services that `handlers/src/lib.rs` doesn't mention: what has to be added there for each.
pub(crate) fn unwired(folder: &Path, model: &Model) -> anyhow::Result<Vec<(String, String)>> {
    let text = library(folder)?;
    let lines = model
        .own_services()
        .map(|(id, _)| aqueduct_targets::service_lines(model, id));
    Ok(lines.filter(|(_, field)| !mentions(&text, field)).collect())
}

/// Whether the crate gives the service to the program, in whatever way it is written.
fn mentions(text: &str, field: &str) -> bool {
    let name = field.trim().split(':').next().unwrap_or_default();
    let words = text.split(|letter: char| !letter.is_alphanumeric() && letter != '_' && letter != '#');
    let mut words = words
        .filter(|word| !word.is_empty())
        .skip_while(|word| *word != "Services");
    words.any(|word| word == name)
}

/// Adds the services to a `lib.rs` that looks as it was made; how many were added.
pub(crate) fn wire(folder: &Path, unwired: &[(String, String)]) -> anyhow::Result<usize> {
    const OPENING: &str = "system::program(system::Services {\n";
    let mut text = library(folder)?;
    let mut added = 0;
    for (module, field) in unwired {
        let (Some(literal), Some(first)) = (text.find(OPENING), text.find("mod ")) else {
            break;
        };
        text.insert_str(literal + OPENING.len(), field);
        text.insert_str(first, module);
        added += 1;
    }
    if added > 0 {
        crate::project::write_whole(&folder.join("handlers/src/lib.rs"), &text)?;
    }
    Ok(added)
}

fn library(folder: &Path) -> anyhow::Result<String> {
    let path = folder.join("handlers/src/lib.rs");
    std::fs::read_to_string(&path).with_context(|| format!("can't read {}", path.display()))
}

/// Adds each stub at the end of its `impl`; how many were added.
pub(crate) fn append(missing: &[Missing]) -> anyhow::Result<usize> {
    let mut by_file: BTreeMap<&Path, Vec<(usize, &str)>> = BTreeMap::new();
    for one in missing {
        if let Some((file, end)) = &one.place {
            by_file.entry(file).or_default().push((*end, &one.stub));
        }
    }
    let mut added = 0;
    for (file, mut stubs) in by_file {
        let mut text =
            std::fs::read_to_string(file).with_context(|| format!("can't read {}", file.display()))?;
        // From the end, so that the places before stay where they are.
        stubs.sort_by_key(|(end, _)| std::cmp::Reverse(*end));
        for (end, stub) in stubs {
            text.insert_str(end, &format!("\n{stub}\n"));
            added += 1;
        }
        crate::project::write_whole(file, &text)?;
    }
    Ok(added)
}

fn implementations(folder: &Path) -> anyhow::Result<BTreeMap<String, Implementation>> {
    let mut found = BTreeMap::new();
    for file in rust_files(folder)? {
        let text =
            std::fs::read_to_string(&file).with_context(|| format!("can't read {}", file.display()))?;
        // What can't be parsed is for rustc to complain about.
        let Ok(tree) = syn::parse_file(&text) else {
            continue;
        };
        for item in tree.items {
            let syn::Item::Impl(block) = item else { continue };
            let Some((path, _)) = &block.trait_ else { continue };
            let Some(service) = path.segments.last().map(|last| last.ident.to_string()) else {
                continue;
            };
            let methods = block.items.iter().filter_map(|item| {
                let syn::ImplItem::Fn(function) = item else {
                    return None;
                };
                Some(function.sig.ident.to_string().trim_start_matches("r#").to_owned())
            });
            let end = byte_at(&text, block.brace_token.span.close().start());
            let _ = found.insert(
                service,
                Implementation {
                    file: file.clone(),
                    methods: methods.collect(),
                    end,
                },
            );
        }
    }
    Ok(found)
}

fn rust_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in
            std::fs::read_dir(&folder).with_context(|| format!("can't look into {}", folder.display()))?
        {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Lines count from 1, columns in characters from 0.
fn byte_at(text: &str, place: proc_macro2::LineColumn) -> usize {
    let line_start: usize = text
        .split_inclusive('\n')
        .take(place.line.saturating_sub(1))
        .map(str::len)
        .sum();
    let line = text.get(line_start..).unwrap_or_default();
    line_start + line.chars().take(place.column).map(char::len_utf8).sum::<usize>()
}
