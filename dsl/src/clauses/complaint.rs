//! What is wrong with a clause, worded from the rows.

mod arguments;

pub(super) use arguments::arguments;

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
    let mut elsewhere: Vec<&Row> = rows().filter(|row| row.word == word.text).collect();
    // Nobody is sent to where the clause would be refused, if there is a better place.
    if elsewhere.iter().any(|row| row.carried.anywhere()) {
        elsewhere.retain(|row| row.carried.anywhere());
    }
    let mut words: Vec<&str> = Vec::new();
    for row in rows().filter(|row| row.owners.contains(&owner)) {
        if !words.contains(&row.word) {
            words.push(row.word);
        }
    }
    // `emit` of a saga in a handler is more likely its `emits`.
    let plural = format!("{}s", word.text);
    if !elsewhere.is_empty() && !words.contains(&plural.as_str()) {
        return misplaced(owner, word, &elsewhere);
    }
    if let Some(finding) = missing_colon(owner, word, clause) {
        return finding;
    }
    let names_something = clause
        .args
        .first()
        .is_some_and(|arg| path(arg).is_some() || arg.as_call().is_some());
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

/// `fare Money` where fields stand.
fn missing_colon(owner: Owner, word: &Name, clause: &Clause) -> Option<Diagnostic> {
    let [ty] = clause.args.as_slice() else { return None };
    let named = path(ty).is_some() || ty.as_call().is_some();
    if !owner.has_fields() || !named || clause.block.is_some() {
        return None;
    }
    let name = &word.text;
    Some(
        Diagnostic::error(
            UNKNOWN_CLAUSE,
            word.span,
            format!("the field `{name}` needs a colon before its type"),
        )
        .label("a colon must follow")
        .note(format!(
            "without a colon it is a clause, and no clause of {} begins with it",
            owner.noun()
        ))
        .help(format!("put a colon after `{name}`"))
        .replace("add a colon", word.span, format!("{name}:")),
    )
}

fn known_words(owner: Owner, words: &[&str]) -> String {
    const SHOWN: usize = 12;
    if owner == Owner::File {
        return "declare something (`event`, `command`, `type`, `enum`, `topic`, `queue`, `service`) with its name, or \
                draw a route (`a_topic -> a_queue`)"
            .to_owned();
    }
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

/// `retry 3 on No, Bogus`: a comma where several names are joined by `|`.
pub(super) fn listed(before: &Matched<'_>, clause: &Clause) -> Option<Diagnostic> {
    let Head::Word(word) = &clause.head else {
        return None;
    };
    // Faults begin with a capital, and no word of a clause does.
    let is_name = clause.args.is_empty() && word.text.starts_with(|first: char| first.is_uppercase());
    let faults = before.paths("fault");
    if !is_name || faults.is_empty() {
        return None;
    }
    let name = &word.text;
    let joined: Vec<&str> = faults
        .iter()
        .map(|fault| fault.text.as_str())
        .chain([name.as_str()])
        .collect();
    Some(
        Diagnostic::error(
            UNKNOWN_CLAUSE,
            word.span,
            format!("`{name}` begins a clause of its own, and no clause begins so"),
        )
        .label("the comma in front of it ends the clause before")
        .related(before.span(), "ends here")
        .note("a comma or a line break ends a clause")
        .help(format!("join several faults by `|`: `on {}`", joined.join(" | "))),
    )
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
