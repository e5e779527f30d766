//! Documents that are made from tables of the compiler.

use std::fmt::Write;

use aqueduct_compiler::model::Target;
use aqueduct_compiler::{constructs, rules};
use aqueduct_dsl::clauses::{self, Carried, Row};

/// Each document's path in the repository, and its text.
pub fn documents() -> Vec<(String, String)> {
    let mut all = vec![
        ("docs/clauses.md".to_owned(), clause_table()),
        ("docs/rules.md".to_owned(), rule_list()),
        ("docs/targets.md".to_owned(), capabilities()),
        ("docs/model.schema.json".to_owned(), aqueduct_document::schema()),
    ];
    all.extend(crate::textmate::files());
    all
}

/// Every clause with all that the table says of it, by what it speaks of.
fn clause_table() -> String {
    let mut text = String::from(
        "# Every clause\n\n\
         Made from the table in `dsl/src/clauses/` by `cargo dev bless`. A pattern shows words as they are written, \
         `<what:kind>` for something of yours, and `[…]` around what may be left out.\n\n\
         Targets: what [carries](targets.md) the clause. *Stated* means that nothing has to run for it: the model keeps \
         it, and rules and documents read it. What no target carries yet is refused as \
         [TAR011](../compiler/rules/TAR011.md) when a target is built or checked, and is drawn, formatted and \
         printed all the same.\n",
    );
    for (title, rows) in clauses::groups() {
        let _ = write!(text, "\n## {title}\n");
        for row in rows {
            clause(&mut text, row);
        }
    }
    text
}

fn clause(text: &mut String, row: &Row) {
    let owners: Vec<&str> = row.owners.iter().map(|owner| owner.noun()).collect();
    let _ = write!(
        text,
        "\n### `{}`\nIn {}: {}.",
        row.pattern,
        owners.join(", "),
        row.meaning
    );
    if row.many {
        text.push_str(" As often as it is true.");
    }
    if let Some(default) = row.default {
        let _ = write!(text, " When nothing is said: `{default}`.");
    }
    let _ = write!(text, "  \nTargets: {}.", carriers(row.carried));
    let known: Vec<String> = row
        .rules
        .iter()
        .filter(|code| rules::page(code).is_some())
        .map(|code| format!("[{code}](../compiler/rules/{code}.md)"))
        .collect();
    if !known.is_empty() {
        let _ = write!(text, " Watched by {}.", known.join(", "));
    }
    let arrow = if row.leads { " -> …" } else { "" };
    let _ = writeln!(text, "  \nExample: `{}{arrow}`", row.example());
}

fn carriers(carried: Carried) -> String {
    let names = |target: &Target| carried.by(target.word()).then(|| target.word());
    match carried {
        Carried::Stated => "stated".to_owned(),
        Carried::By(_) => {
            let all: Vec<&str> = Target::BUILT.iter().filter_map(names).collect();
            if all.is_empty() {
                "none yet".to_owned()
            } else {
                all.join(", ")
            }
        }
    }
}

/// What each target carries: the table that the checker refuses by.
fn capabilities() -> String {
    let words = Target::BUILT.map(Target::word);
    let mut text = format!(
        "# What each target carries\n\n\
         Made by `cargo dev bless` from the tables that the checker reads: `dsl/src/clauses/` and \
         `compiler/src/constructs.rs`. *yes*: carried. *stated*: nothing has to run for it; the model keeps it, rules and \
         documents read it. *–*: refused as [TAR011](../compiler/rules/TAR011.md), never accepted and ignored.\n\
         `check`, `fmt`, `diagram`, `check --emit model` and `build --target flow` carry everything.\n\n\
         ## Constructs\n| Construct | As in | {} |\n|---|---|{}\n",
        words.join(" | "),
        "---|".repeat(words.len())
    );
    for construct in constructs::ALL {
        let (name, example) = (cell(construct.name), cell(construct.example));
        let _ = writeln!(text, "| {name} | `{example}` | {} |", marks(construct.carried));
    }
    for (title, rows) in clauses::groups() {
        let _ = write!(
            text,
            "\n## {title}\n| Clause | In | {} |\n|---|---|{}\n",
            words.join(" | "),
            "---|".repeat(words.len())
        );
        for row in rows {
            let owners: Vec<&str> = row.owners.iter().map(|owner| owner.noun()).collect();
            let _ = writeln!(
                text,
                "| `{}` | {} | {} |",
                cell(row.pattern),
                owners.join(", "),
                marks(row.carried)
            );
        }
    }
    text
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn marks(carried: Carried) -> String {
    let mark = |target: &Target| match carried {
        Carried::Stated => "stated",
        Carried::By(_) if carried.by(target.word()) => "yes",
        Carried::By(_) => "–",
    };
    Target::BUILT.iter().map(mark).collect::<Vec<_>>().join(" | ")
}

fn rule_list() -> String {
    let mut text = String::from(
        "# Every code\n\n\
         Made from the pages in `compiler/rules/` by `cargo dev bless`; `aqueduct explain CODE` prints a page.\n\n\
         | Code | Name | What it does |\n|---|---|---|\n",
    );
    let mut rows: Vec<String> = rules::pages()
        .iter()
        .map(|page| {
            let (code, name, what) = (page.code, page.name(), page.summary());
            format!("| [{code}](../compiler/rules/{code}.md) | {name} | {what} |\n")
        })
        .collect();
    rows.sort();
    text.extend(rows);
    text
}
