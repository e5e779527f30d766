//! An entry of a system with every default written out, as text that could stand in the file.

use aqueduct_compiler::model::{Label, Model};
use aqueduct_dsl::clauses::{self, Owner};
use aqueduct_dsl::source::SourceMap;

/// Something that can be explained.
#[derive(Debug)]
pub(crate) struct Known<'a> {
    /// The name to ask for: `accounting`, `RideCompleted`, `CustomerLoyalty.collect`.
    pub(crate) name: String,
    label: &'a Label,
    owner: Option<Owner>,
}

/// Everything with a name, in the order of declaration of each kind.
pub(crate) fn names(model: &Model) -> Vec<Known<'_>> {
    let mut all = Vec::new();
    for declared in model.types.values() {
        all.push(Known {
            name: declared.label.name.to_string(),
            label: &declared.label,
            owner: None,
        });
    }
    for channel in model.channels.values() {
        let owner = if channel.kind.word() == "queue" {
            Owner::Queue
        } else {
            Owner::Topic
        };
        all.push(Known {
            name: channel.label.name.to_string(),
            label: &channel.label,
            owner: Some(owner),
        });
    }
    for service in model.services.values() {
        all.push(Known {
            name: service.label.name.to_string(),
            label: &service.label,
            owner: None,
        });
    }
    for (id, store) in model.stores.iter() {
        all.push(Known {
            name: model.store_name(id),
            label: &store.label,
            owner: None,
        });
    }
    for (id, handler) in model.handlers.iter() {
        all.push(Known {
            name: model.handler_name(id),
            label: &handler.label,
            owner: Some(Owner::Handler),
        });
    }
    for (id, saga) in model.sagas.iter() {
        all.push(Known {
            name: model.saga_name(id),
            label: &saga.label,
            owner: Some(Owner::Saga),
        });
    }
    all
}

/// The entry as written, with each default that it leaves out as a clause of its own.
pub(crate) fn with_defaults(sources: &SourceMap, known: &Known<'_>) -> String {
    let text = unindented(sources, known.label);
    let defaults = missing_defaults(&text, known.owner);
    if defaults.is_empty() {
        return text + "\n";
    }
    let width = defaults
        .iter()
        .map(|clause| clause.len())
        .max()
        .unwrap_or_default();
    let lines: String = defaults
        .iter()
        .map(|clause| format!("  {clause:width$}  // default\n"))
        .collect();
    let (head, body) = match text.rfind('}').and_then(|close| text.get(..close)) {
        Some(before) => split_block(before),
        None => (text.as_str(), String::new()),
    };
    format!("{} {{\n{body}{lines}}}\n", head.trim_end())
}

/// The head before the block, and the block's entries one on a line.
fn split_block(before_close: &str) -> (&str, String) {
    let Some((head, inside)) = before_close.split_once('{') else {
        return (before_close, String::new());
    };
    let entries: Vec<&str> = if inside.contains('\n') {
        inside
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect()
    } else {
        vec![inside.trim()]
    };
    (
        head,
        entries
            .into_iter()
            .filter(|line| !line.is_empty())
            .map(|line| format!("  {line}\n"))
            .collect(),
    )
}

/// The text of an entry, its later lines moved to the left as far as its first.
fn unindented(sources: &SourceMap, label: &Label) -> String {
    let text = sources.text(label.entry);
    let column = sources
        .line_column(label.entry)
        .map_or(0, |(_, column)| column.saturating_sub(1) as usize);
    let lines = text.lines().enumerate().map(|(index, line)| {
        let blank = line.len() - line.trim_start().len();
        if index == 0 {
            line
        } else {
            line.get(blank.min(column)..).unwrap_or(line)
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Clauses of the table with a default whose word the entry doesn't say.
fn missing_defaults(text: &str, owner: Option<Owner>) -> Vec<&'static str> {
    let Some(owner) = owner else { return Vec::new() };
    let says = |word: &str| {
        text.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
            .any(|part| part == word)
    };
    let rows = clauses::rows()
        .filter(|row| row.carried.anywhere() && row.owners.contains(&owner) && !says(row.word));
    rows.filter_map(|row| row.default).collect()
}
