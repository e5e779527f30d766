//! Documents that are made from tables of the compiler.

use std::fmt::Write;

use aqueduct_compiler::rules;
use aqueduct_dsl::clauses;

/// Each document's path in the repository, and its text.
pub fn documents() -> Vec<(String, String)> {
    vec![
        ("docs/clauses.md".to_owned(), clause_table()),
        ("docs/rules.md".to_owned(), rule_list()),
        ("docs/model.schema.json".to_owned(), aqueduct_document::schema()),
    ]
}

fn clause_table() -> String {
    let mut text = String::from(
        "# Every clause\n\n\
         Made from the table in `dsl/src/clauses/` by `cargo dev bless`. \
         A clause without a mark in the last column is part of the language and refused as TAR011 until a target carries it.\n\n\
         | Clause | Stands in | Means | Default | Carried |\n|---|---|---|---|---|\n",
    );
    for row in clauses::rows() {
        let owners: Vec<&str> = row.owners.iter().map(|owner| owner.noun()).collect();
        let default = row
            .default
            .map(|default| format!("`{}`", default.replace('|', "\\|")))
            .unwrap_or_default();
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {default} | {} |",
            row.pattern.replace('|', "\\|"),
            owners.join(", "),
            row.meaning,
            if row.carried.anywhere() { "yes" } else { "" }
        );
    }
    text
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
