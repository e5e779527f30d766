//! What is wrong with a clause, worded from the rows.

use super::pattern::{Element, Failure};
use super::{Matched, Owner, Row, has_word, rows, say};
use crate::ast::{Clause, Expr, Field, Head, Name, Type};
use crate::codes::{CLAUSE_ARGUMENTS, CLAUSE_IN_THE_WRONG_PLACE, CLAUSE_TWICE, UNKNOWN_CLAUSE};
use crate::diagnostic::{Diagnostic, nearest};
use crate::source::SpanId;

/// Words that begin a declaration; a misspelt one before a name looks like a clause.
pub(crate) const DECLARING: [&str; 32] = [
    "handler",
    "saga",
    "scatter",
    "step",
    "pivot",
    "retriable",
    "readonly",
    "map",
    "sample",
    "store",
    "queue",
    "topic",
    "bus",
    "stream",
    "public",
    "summary",
    "notification",
    "event",
    "command",
    "query",
    "document",
    "fault",
    "type",
    "enum",
    "service",
    "scenario",
    "system",
    "domain",
    "choreography",
    "tentative",
    "extern",
    "if",
];

/// No row of this owner begins with the word.
pub(super) fn unknown(owner: Owner, word: &Name, clause: &Clause) -> Diagnostic {
    let elsewhere: Vec<&Row> = rows().filter(|row| row.word == word.text).collect();
    if !elsewhere.is_empty() {
        return misplaced(owner, word, &elsewhere);
    }
    let mut words: Vec<&str> = Vec::new();
    for row in rows().filter(|row| row.owners.contains(&owner)) {
        if !words.contains(&row.word) {
            words.push(row.word);
        }
    }
    let names_something = clause.args.first().is_some_and(|arg| path(arg).is_some());
    let declaring = DECLARING.iter().copied().filter(|_| names_something);
    let message = format!("no clause of {} begins with `{}`", owner.noun(), word.text);
    match nearest(&word.text, words.iter().copied().chain(declaring)) {
        Some(near) => Diagnostic::error(
            UNKNOWN_CLAUSE,
            word.span,
            format!("{message}; did you mean `{near}`?"),
        )
        .label("not a word of the language")
        .help(format!("write `{near}`"))
        .replace(format!("write `{near}`"), word.span, near),
        None => Diagnostic::error(UNKNOWN_CLAUSE, word.span, message)
            .label("not a word of the language here")
            .help(known_words(owner, &words)),
    }
}

fn known_words(owner: Owner, words: &[&str]) -> String {
    const SHOWN: usize = 12;
    let mut shown: Vec<String> = words.iter().take(SHOWN).map(|word| format!("`{word}`")).collect();
    if words.len() > SHOWN {
        shown.push(format!("{} others", words.len() - SHOWN));
    }
    if shown.is_empty() {
        return format!("remove it, {} has no clauses", owner.noun());
    }
    format!("begin with {}", say::either(shown))
}

fn misplaced(owner: Owner, word: &Name, elsewhere: &[&Row]) -> Diagnostic {
    let mut owners: Vec<&str> = Vec::new();
    for noun in elsewhere
        .iter()
        .flat_map(|row| row.owners)
        .map(|owner| owner.noun())
    {
        if !owners.contains(&noun) {
            owners.push(noun);
        }
    }
    let places = match owners.as_slice() {
        [first, second, third, _, ..] => format!("{first}, {second}, {third} and others"),
        few => say::either(few.iter().map(|noun| (*noun).to_owned())),
    };
    let message = format!("`{}` belongs to {places}; this is {}", word.text, owner.noun());
    let diagnostic = Diagnostic::error(CLAUSE_IN_THE_WRONG_PLACE, word.span, message)
        .label(format!("says nothing about {}", owner.noun()))
        .help(format!(
            "move it into {}, or remove it",
            owners.first().copied().unwrap_or("its place")
        ));
    match elsewhere.first() {
        Some(row) => diagnostic.note(format!("`{}` {}", row.word, row.meaning)),
        None => diagnostic,
    }
}

/// The word is right; what follows fits no row.
pub(super) fn arguments(
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
                None => surplus(&written, found),
                Some(first) => unfitting(&written, found, first, &expected, at, clause),
            }
        }
    };
    match best.first() {
        Some((row, _)) if diagnostic.help.is_none() => diagnostic.help(usage(row)),
        _ => diagnostic,
    }
}

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

fn surplus(written: &str, found: &Expr) -> Diagnostic {
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

/// A word of the language written like a field.
pub(super) fn colon(owner: Owner, field: &Field, entry: SpanId) -> Option<Diagnostic> {
    if owner.has_fields() || !has_word(owner, &field.name.text) {
        return None;
    }
    let word = &field.name.text;
    let diagnostic = Diagnostic::error(
        CLAUSE_ARGUMENTS,
        field.name.span,
        format!("`{word}` is a word of the language and takes no colon"),
    )
    .label(format!("in {} this is a clause", owner.noun()))
    .note("a colon follows a name of yours, such as a field's")
    .help(format!("remove the colon after `{word}`"));
    let written = single(&field.ty).filter(|_| field.tags.is_empty() && field.default.is_none());
    Some(match written {
        Some(name) => diagnostic.replace("remove the colon", entry, format!("{word} {name}")),
        None => diagnostic,
    })
}

/// The type's name when that is all there is to it.
fn single(ty: &Type) -> Option<&str> {
    match ty.alternatives.as_slice() {
        [only] if only.generics.is_empty() && only.limits.is_empty() && !only.optional => {
            Some(&only.name.text)
        }
        _ => None,
    }
}

/// The clause holds once, and is there already.
pub(super) fn twice(first: &Matched<'_>, second: &Matched<'_>) -> Diagnostic {
    let word = second.row.word;
    Diagnostic::error(CLAUSE_TWICE, second.span(), format!("`{word}` is said twice"))
        .label("said again here")
        .related(first.span(), "said here first")
        .note(format!("only one `{word}` can hold"))
        .help("remove one of the two")
}

/// A clause that begins a flow stands alone.
pub(super) fn leads_nowhere(matched: &Matched<'_>) -> Diagnostic {
    let written = say::beginning(matched.clause, matched.clause.args.len());
    Diagnostic::error(
        CLAUSE_ARGUMENTS,
        matched.span(),
        format!("`{written}` leads nowhere"),
    )
    .label("an arrow must follow")
    .note(format!("`{}` {}", matched.row.word, matched.row.meaning))
    .help(format!(
        "go on with `->` and a target, as in `{} -> submit`",
        matched.row.example()
    ))
}

/// A block where the row has none.
pub(super) fn no_block(row: &'static Row, clause: &Clause) -> Diagnostic {
    let span = clause
        .block
        .as_ref()
        .and_then(|block| block.span)
        .unwrap_or(clause.span);
    Diagnostic::error(CLAUSE_ARGUMENTS, span, format!("`{}` takes no block", row.word))
        .label("nothing more can be said about it")
        .help(usage(row))
}

/// A call or several names where a clause should begin with a word.
pub(super) fn not_a_clause(owner: Owner, clause: &Clause) -> Diagnostic {
    const BEGIN: &str = "begin with a word of the language";
    let written = say::beginning(clause, 0);
    let (span, help) = match &clause.head {
        Head::Call(call) => {
            let name = call.callee.text.rsplit('.').next().unwrap_or_default();
            let in_saga = matches!(owner, Owner::Saga | Owner::Statements | Owner::Map);
            let help = if in_saga {
                format!("make it a step: `step {name} = {written}`")
            } else {
                BEGIN.to_owned()
            };
            (call.callee.span, help)
        }
        Head::Word(word) => (word.span, BEGIN.to_owned()),
        Head::Words(words) => (
            words.first().map_or(clause.span, |word| word.span),
            "join it to a flow with `->`, or remove it".to_owned(),
        ),
    };
    Diagnostic::error(
        UNKNOWN_CLAUSE,
        span,
        format!("`{written}` alone says nothing about {}", owner.noun()),
    )
    .label("not a clause")
    .help(help)
}

fn usage(row: &Row) -> String {
    format!("write `{}`", say::usage(row.pattern))
}

fn path(expr: &Expr) -> Option<&str> {
    expr.as_path().map(smol_str::SmolStr::as_str)
}
