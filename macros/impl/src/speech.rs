//! Findings in the words of Rust: help that quotes `.flow` quotes attributes instead.

use aqueduct_compiler::codes::RUST_OUT_OF_PLACE;
use aqueduct_dsl::clauses::{self, Owner};
use aqueduct_dsl::diagnostic::Diagnostic;
use heck::ToUpperCamelCase;

use crate::items::MESSAGES;
use crate::names::CHANNELS;
use crate::types::WORDS;

/// Where a clause is an attribute of its own, and not a part of a list.
const ATTRIBUTED: [Owner; 14] = [
    Owner::Message,
    Owner::Queue,
    Owner::Topic,
    Owner::Bus,
    Owner::Stream,
    Owner::Service,
    Owner::ExternService,
    Owner::Store,
    Owner::Handler,
    Owner::Saga,
    Owner::Scatter,
    Owner::Tentative,
    Owner::Choreography,
    Owner::Scenario,
];

/// Types that take limits, with what they are in Rust.
const LIMITED: [(&str, &str); 4] = [
    ("string", "String"),
    ("decimal", "Decimal"),
    ("int", "i64"),
    ("float", "f64"),
];

/// Says what to do in Rust. Edits that fit `.flow` don't fit Rust: their title says what to do as well.
pub(crate) fn speak_rust(finding: &mut Diagnostic) {
    if let Some(fix) = finding.fix.take()
        && finding.help.is_none()
    {
        finding.help = Some(fix.title);
    }
    // These were said in Rust from the beginning.
    if finding.code != RUST_OUT_OF_PLACE {
        finding.help = finding.help.take().map(|help| in_rust(&help));
        // Elsewhere a word such as `duration` may be the user's own.
        if finding.code.0.starts_with("TYP") || finding.message.starts_with("no type is called") {
            for text in [&mut finding.message, &mut finding.primary.text]
                .into_iter()
                .chain(&mut finding.help)
            {
                *text = types_in_rust(text);
            }
        }
    }
}

/// A text with the types that it names as Rust calls them.
fn types_in_rust(text: &str) -> String {
    WORDS.iter().fold(text.to_owned(), |text, (word, rust)| {
        text.replace(&format!("`{word}`"), rust)
    })
}

/// A text with what it quotes of `.flow` as Rust.
fn in_rust(text: &str) -> String {
    let parts = text.split('`').enumerate();
    let parts = parts.map(|(at, part)| {
        let rust = (at % 2 == 1).then(|| attribute(part)).flatten();
        rust.unwrap_or_else(|| part.to_owned())
    });
    parts.collect::<Vec<_>>().join("`")
}

/// A piece of `.flow` in Rust; nothing when it is the same in both, or a word alone.
fn attribute(code: &str) -> Option<String> {
    if let Some(tag) = code.strip_prefix('@') {
        return Some(format!("#[{tag}]"));
    }
    if let Some(limited) = limits(code) {
        return Some(limited);
    }
    let (word, rest) = code.split_once(' ')?;
    if MESSAGES.contains(&word) {
        return Some(format!("#[{word}] struct {rest}"));
    }
    if CHANNELS.contains(&word) {
        let (name, message) = rest.split_once(": ").unwrap_or((rest, "…"));
        return Some(format!(
            "#[{word}] struct {}({message});",
            name.to_upper_camel_case()
        ));
    }
    match word {
        "store" => {
            let (name, row) = rest.split_once(": ")?;
            let (row, key) = row.split_once(" by ")?;
            let name = name.to_upper_camel_case();
            Some(format!("#[store(by {key})] type {name} = {row};"))
        }
        "handler" => {
            let name = rest.split('(').next()?.rsplit('.').next()?;
            Some(format!("#[handler] async fn {name}(…)"))
        }
        _ if rest.starts_with('{') => Some(format!("#[{word} {rest}]")),
        _ if rest.starts_with("-> ") => Some(format!("#[route({code})]")),
        _ => stands_alone(word).then(|| format!("#[{word}({rest})]")),
    }
}

/// Whether a clause is an attribute wherever it stands. In steps, calls and statements it is a part of a list, and
/// written there as in `.flow`.
fn stands_alone(word: &str) -> bool {
    let owners = || {
        clauses::rows()
            .filter(|row| row.word == word)
            .flat_map(|row| row.owners)
    };
    owners().any(|owner| ATTRIBUTED.contains(owner))
        && !owners().any(|owner| matches!(owner, Owner::Statements | Owner::Step | Owner::Calls))
}

/// `string(1..64)` is `#[limits(1..64)] String`.
fn limits(code: &str) -> Option<String> {
    let (word, limits) = code.strip_suffix(')')?.split_once('(')?;
    if let Some(item) = word.strip_prefix("list<").and_then(|rest| rest.strip_suffix('>')) {
        return Some(format!("#[limits({limits})] Vec<{item}>"));
    }
    let (_, rust) = LIMITED.iter().find(|(flow, _)| *flow == word)?;
    Some(format!("#[limits({limits})] {rust}"))
}
