//! What follows a clause's word, compared with the rows that it fitted furthest.

use super::{path, usage};
use crate::ast::{Clause, Expr, Literal, Name};
use crate::clauses::pattern::{Element, Failure, Kind};
use crate::clauses::{Owner, Row, has_word, say};
use crate::codes::CLAUSE_ARGUMENTS;
use crate::diagnostic::{Diagnostic, nearest};
use crate::source::SpanId;

/// The word is right; what follows fits no row.
pub(in crate::clauses) fn arguments(
    owner: Owner,
    word: &Name,
    clause: &Clause,
    failures: &[(&'static Row, Failure)],
) -> Diagnostic {
    near_miss(clause, failures)
        .or_else(|| missing_comma(owner, clause, failures))
        .unwrap_or_else(|| furthest(word, clause, failures))
}

/// A word of the pattern, misspelt.
fn near_miss(clause: &Clause, failures: &[(&'static Row, Failure)]) -> Option<Diagnostic> {
    failures.iter().find_map(|(row, failure)| {
        let found = clause.args.get(failure.at)?;
        let text = path(found)?;
        let expected: &[&str] = match failure.rest.first()? {
            Element::Word(word) => &[word],
            Element::Hole(hole) => &hole.choices,
        };
        let near = nearest(text, expected.iter().copied())?;
        let message = format!("`{}` knows no `{text}`; did you mean `{near}`?", row.word);
        Some(
            Diagnostic::error(CLAUSE_ARGUMENTS, found.span, message)
                .label(format!("not a word of `{}`", row.word))
                .help(usage(row))
                .replace(format!("write `{near}`"), found.span, near),
        )
    })
}

/// A complete clause, and after it the word of another.
fn missing_comma(owner: Owner, clause: &Clause, failures: &[(&'static Row, Failure)]) -> Option<Diagnostic> {
    let complete = failures.iter().filter(|(_, failure)| failure.rest.is_empty());
    let at = complete.map(|(_, failure)| failure.at).max()?;
    let next = clause.args.get(at)?;
    let text = path(next).filter(|text| has_word(owner, text))?;
    let diagnostic = Diagnostic::error(
        CLAUSE_ARGUMENTS,
        next.span,
        format!(
            "a comma is missing between `{}` and `{text}`",
            say::beginning(clause, at)
        ),
    )
    .label("the next clause begins here")
    .note("a comma or a line break ends a clause")
    .help(format!("put a comma before `{text}`"));
    // Only a name's text is known exactly, so only after a name can the comma be put in its right place.
    let before = at.checked_sub(1).and_then(|last| clause.args.get(last));
    Some(match before.and_then(|last| Some((last, path(last)?))) {
        Some((last, text)) => diagnostic.replace("add a comma", last.span, format!("{text},")),
        None => diagnostic,
    })
}

/// Whatever fitted furthest says what it goes on with.
fn furthest(word: &Name, clause: &Clause, failures: &[(&'static Row, Failure)]) -> Diagnostic {
    let at = failures
        .iter()
        .map(|(_, failure)| failure.at)
        .max()
        .unwrap_or_default();
    let mut best: Vec<&(&'static Row, Failure)> =
        failures.iter().filter(|(_, failure)| failure.at == at).collect();
    best.sort_by_key(|(_, failure)| failure.rest.len());
    let written = say::beginning(clause, at);
    let span = |index: usize| clause.args.get(index).map_or(word.span, |arg| arg.span);
    let diagnostic = match clause.args.get(at) {
        None => missing(&written, at.checked_sub(1).map_or(word.span, span), &best),
        Some(found)
            if best
                .iter()
                .any(|(_, failure)| skipped(clause, failure, found).is_some()) =>
        {
            left_out(&written, clause, found, &best)
        }
        Some(found) => {
            let expected: Vec<&Element> = best
                .iter()
                .filter_map(|(_, failure)| failure.rest.first())
                .collect();
            match expected.first() {
                None => surplus(&written, found, best.first().map(|(row, _)| *row)),
                Some(first) => unfitting(&written, found, first, &expected, at, clause),
            }
        }
    };
    match best.first() {
        Some((row, _)) if diagnostic.help.is_none() => diagnostic.help(usage(row)),
        _ => diagnostic,
    }
}

/// Functions that look like operators to people.
const TEXT_TESTS: [&str; 3] = ["starts_with", "ends_with", "contains"];

/// Words that join a clause's parts.
const PREPOSITIONS: [&str; 12] = [
    "on", "to", "by", "as", "for", "from", "via", "with", "into", "in", "until", "after",
];

fn missing(written: &str, last: SpanId, best: &[&(&'static Row, Failure)]) -> Diagnostic {
    let (needs, example) = match best.iter().find(|(_, failure)| !failure.rest.is_empty()) {
        Some((row, failure)) => (say::both(failure.rest.iter().map(say::element)), row.example()),
        None => (String::new(), String::new()),
    };
    Diagnostic::error(
        CLAUSE_ARGUMENTS,
        last,
        format!("`{written}` needs {needs}, as in `{example}`"),
    )
    .label(format!("{needs} must follow"))
}

/// The word that would make an argument fit if it stood before it.
fn skipped(clause: &Clause, failure: &Failure, found: &Expr) -> Option<&'static str> {
    let before = failure
        .at
        .checked_sub(1)
        .and_then(|last| clause.args.get(last))
        .and_then(path);
    match failure.rest {
        [Element::Word(word), Element::Hole(hole), ..] if before != Some(word) && hole.takes(found) => {
            Some(word)
        }
        _ => None,
    }
}

fn left_out(written: &str, clause: &Clause, found: &Expr, best: &[&(&'static Row, Failure)]) -> Diagnostic {
    let (row, word) = best
        .iter()
        .find_map(|(row, failure)| Some((*row, skipped(clause, failure, found)?)))
        .unzip();
    let word = word.unwrap_or_default();
    let example = row.map(Row::example).unwrap_or_default();
    let found_text = say::expr(found);
    // `emits Ride on rides`: a preposition with a name behind it is the wrong one, not a name.
    if PREPOSITIONS.contains(&found_text.as_str()) && clause.args.last().is_some_and(|last| last != found) {
        return Diagnostic::error(
            CLAUSE_ARGUMENTS,
            found.span,
            format!("`{written}` goes on with `{word}`, not with `{found_text}`"),
        )
        .label(format!("`{word}` belongs here"))
        .help(format!("write it as in `{example}`"))
        .replace(format!("use `{word}`"), found.span, word);
    }
    let diagnostic = Diagnostic::error(
        CLAUSE_ARGUMENTS,
        found.span,
        format!("`{written}` needs `{word}` before `{found_text}`, as in `{example}`"),
    )
    .label(format!("`{word}` belongs before this"));
    // Names and whole numbers stand in the text as they are said; other values may be written differently.
    match path(found) {
        Some(name) => diagnostic.replace(format!("add `{word}`"), found.span, format!("{word} {name}")),
        None => diagnostic,
    }
}

fn surplus(written: &str, found: &Expr, row: Option<&Row>) -> Diagnostic {
    if let Some(test) = path(found).filter(|name| TEXT_TESTS.contains(name)) {
        return Diagnostic::error(
            CLAUSE_ARGUMENTS,
            found.span,
            format!("`{test}` takes both of its operands in parentheses"),
        )
        .label("stands between them")
        .help(format!("write `{test}(field, \"part\")`"));
    }
    if let (Some(name), true) = (path(found), row.is_some_and(|row| row.leads)) {
        return Diagnostic::error(
            CLAUSE_ARGUMENTS,
            found.span,
            format!("`{written}` needs an arrow before `{name}`"),
        )
        .label("`->` belongs before this")
        .help(format!("write `{written} -> {name}`"))
        .replace("add the arrow", found.span, format!("-> {name}"));
    }
    Diagnostic::error(
        CLAUSE_ARGUMENTS,
        found.span,
        format!("`{written}` is complete; `{}` is too much", say::expr(found)),
    )
    .label("nothing stands here")
}

fn unfitting(
    written: &str,
    found: &Expr,
    first: &Element,
    expected: &[&Element],
    at: usize,
    clause: &Clause,
) -> Diagnostic {
    let found_text = say::expr(found);
    if let Element::Word(word) = first {
        // `emits to orders`: the name before `to` is what is missing.
        let before = at.checked_sub(1).and_then(|last| clause.args.get(last));
        if let Some(before) = before.filter(|before| path(before) == Some(word)) {
            let message = format!(
                "`{}` needs a name before `{word}`",
                say::beginning(clause, at - 1)
            );
            return Diagnostic::error(CLAUSE_ARGUMENTS, before.span, message)
                .label("a name is missing before this");
        }
    }
    let mut wanted: Vec<String> = Vec::new();
    for element in expected {
        let text = say::element(element);
        if !wanted.contains(&text) {
            wanted.push(text);
        }
    }
    let wanted = say::either(wanted);
    let diagnostic = match (first, expected) {
        (Element::Hole(hole), [_]) if hole.kind == Kind::Duration && is_number(found) => {
            let message = format!("`{written}` takes a duration, and `{found_text}` has no unit");
            Diagnostic::error(CLAUSE_ARGUMENTS, found.span, message).help(format!(
                "write a unit behind the number, as in `{found_text}s` or `{found_text}m`"
            ))
        }
        (Element::Hole(hole), [_]) if hole.choices.is_empty() => Diagnostic::error(
            CLAUSE_ARGUMENTS,
            found.span,
            format!(
                "`{written}` takes {wanted}, but `{found_text}` is {}",
                say::kind_of(found)
            ),
        ),
        (Element::Word(_) | Element::Hole(_), _) => Diagnostic::error(
            CLAUSE_ARGUMENTS,
            found.span,
            format!("`{written}` goes on with {wanted}, not with `{found_text}`"),
        ),
    };
    diagnostic.label(format!("{wanted} belongs here"))
}

fn is_number(expr: &Expr) -> bool {
    matches!(expr.as_literal(), Some(Literal::Number(_)))
}
