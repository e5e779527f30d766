//! Colors for editors: a `TextMate` grammar made from the words of the language.
//!
//! Scopes are those of the `TextMate` manual, "Naming Conventions", so that every theme knows them.

use std::collections::BTreeSet;

use aqueduct_dsl::clauses;
use serde_json::{Value, json};

/// The files of the extension: path in the repository, and text.
pub(crate) fn files() -> Vec<(String, String)> {
    let file = |name: &str, value: Value| (format!("editors/vscode/{name}"), format!("{value:#}\n"));
    vec![
        file("package.json", package()),
        file("language-configuration.json", configuration()),
        file("syntaxes/flow.tmLanguage.json", grammar()),
    ]
}

fn package() -> Value {
    json!({
        "name": "aqueduct-flow",
        "displayName": "Aqueduct .flow",
        "description": "Colors for .flow files",
        "version": env!("CARGO_PKG_VERSION"),
        "publisher": "aqueduct",
        "license": "MIT",
        "engines": { "vscode": "^1.80.0" },
        "categories": ["Programming Languages"],
        "contributes": {
            "languages": [{
                "id": "flow",
                "aliases": ["Aqueduct .flow", "flow"],
                "extensions": [".flow"],
                "configuration": "./language-configuration.json"
            }],
            "grammars": [{
                "language": "flow",
                "scopeName": "source.flow",
                "path": "./syntaxes/flow.tmLanguage.json"
            }]
        }
    })
}

fn configuration() -> Value {
    json!({
        "comments": { "lineComment": "//" },
        "brackets": [["{", "}"], ["(", ")"], ["[", "]"]],
        "autoClosingPairs": [["{", "}"], ["(", ")"], ["[", "]"], ["\"", "\""]],
        "surroundingPairs": [["{", "}"], ["(", ")"], ["[", "]"], ["\"", "\""]],
        "onEnterRules": [{
            "beforeText": "^\\s*///",
            "action": { "indent": "none", "appendText": "/// " }
        }]
    })
}

/// Words that begin a declaration, with the scope of the name behind them.
const DECLARING: [(&str, &str); 6] = [
    (
        "event|command|query|document|fault|type|enum",
        "entity.name.type.flow",
    ),
    ("queue|topic|bus|stream|store|sample", "variable.other.flow"),
    (
        "service|domain|system|saga|choreography",
        "entity.name.class.flow",
    ),
    ("handler|scatter|tentative|schedule", "entity.name.function.flow"),
    ("step|pivot|retriable|readonly|map|branch", "variable.other.flow"),
    ("target", "entity.name.tag.flow"),
];

/// Small words inside clauses and signatures.
const PREPOSITIONS: &str =
    "on|to|by|as|for|after|else|until|because|via|within|where|sort|fails|each|from|with|oldest";

fn grammar() -> Value {
    // A longer word first: the first alternative that fits is taken.
    let words: BTreeSet<&str> = clauses::rows().map(|row| row.word).collect();
    let mut words: Vec<&str> = words.into_iter().collect();
    words.sort_by_key(|word| (std::cmp::Reverse(word.len()), *word));
    let mut patterns = vec![
        json!({ "name": "comment.block.documentation.flow", "match": "//!.*$|///(?!/).*$" }),
        json!({ "name": "comment.line.double-slash.flow", "match": "//.*$" }),
        json!({
            "name": "string.quoted.double.flow", "begin": "\"", "end": "\"|$",
            "patterns": [{
                "name": "constant.character.escape.flow",
                "match": "\\\\(?:[\"\\\\nt]|u\\{[0-9A-Fa-f]{1,6}\\})"
            }]
        }),
        json!({ "name": "entity.other.attribute-name.flow", "match": "@[A-Za-z][A-Za-z0-9_]*" }),
        json!({ "name": "variable.parameter.flow", "match": "\\b[A-Za-z][A-Za-z0-9_]*(?=\\s*:(?!:))" }),
        json!({
            "match": "\\b(extern)(?:\\s+(in|out))?\\b(?=\\s+[a-z])",
            "captures": { "1": { "name": "storage.modifier.flow" }, "2": { "name": "storage.modifier.flow" } }
        }),
        json!({ "name": "storage.modifier.flow", "match": "\\b(?:public|summary|notification)\\b(?=\\s+[a-z])" }),
        json!({ "name": "keyword.declaration.flow", "match": "\\b(?:scenario)\\b(?=\\s+\")" }),
    ];
    patterns.extend(DECLARING.map(|(words, name)| {
        json!({
            "match": format!("\\b({words})\\s+([A-Za-z][A-Za-z0-9_.]*)"),
            "captures": { "1": { "name": "keyword.declaration.flow" }, "2": { "name": name } }
        })
    }));
    patterns.extend([
        json!({
            "match": format!("(?:^|(?<=[{{,])|(?<=->))\\s*({})\\b(?![.:(])", words.join("|")),
            "captures": { "1": { "name": "keyword.other.flow" } }
        }),
        json!({
            "name": "constant.numeric.flow",
            "match": "\\b[0-9]{4}-[0-9]{2}-[0-9]{2}\\b|\\b[0-9][0-9_]*(?:\\.[0-9]+)?(?:ms|[smhd]|KiB|MiB|KB|MB)?(?:/[smhd])?(?![A-Za-z0-9_])%?"
        }),
        json!({ "name": "constant.language.flow", "match": "\\b(?:true|false|none)\\b" }),
        json!({ "name": "keyword.operator.word.flow", "match": "\\b(?:and|or|not|in)\\b" }),
        json!({ "name": "keyword.control.flow", "match": "\\b(?:if|else|fail|parallel|wait|await)\\b" }),
        json!({ "name": "keyword.other.flow", "match": format!("\\b(?:{PREPOSITIONS})\\b(?![.:])") }),
        json!({
            "name": "support.type.flow",
            "match": "\\b(?:bool|int|float|decimal|string|uuid|instant|duration|bytes|json|any|list|map)\\b(?=[<(?\\s,}|)]|$)"
        }),
        json!({ "name": "entity.name.type.flow", "match": "\\b[A-Z][A-Za-z0-9_]*(?:\\.v[0-9]+)?\\b" }),
        json!({ "name": "keyword.operator.flow", "match": "->|\\.\\.\\.?|==|!=|>=|<=|[<>+\\-*/|=?]" }),
    ]);
    json!({
        "name": "Aqueduct .flow",
        "scopeName": "source.flow",
        "fileTypes": ["flow"],
        "patterns": patterns,
    })
}
