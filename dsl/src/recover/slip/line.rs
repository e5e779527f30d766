//! Slips of punctuation: colons, `=`, operators, arrows and missing commas.

use super::Places;
use crate::clauses;
use crate::diagnostic::Diagnostic;
use crate::recover::look::Look;
use crate::tokens::Kind;

pub(super) fn find(look: &Look<'_>, places: &mut Places<'_, '_>) -> Option<Diagnostic> {
    colon(look, places)
        .or_else(|| operator_first(look, places))
        .or_else(|| arrow_last(look, places))
        .or_else(|| broken_arrow(look, places))
        .or_else(|| bare_word(look, places))
        .or_else(|| open_angle(look, places))
        .or_else(|| dash_in_a_name(look, places))
        .or_else(|| assignment(look, places))
}

/// `timeout: 5s`, and `fare:` with nothing behind it.
fn colon(look: &Look<'_>, places: &mut Places<'_, '_>) -> Option<Diagnostic> {
    let colon = look
        .before(look.here)
        .filter(|before| look.word(*before) == ":")?;
    let name = colon.checked_sub(1).filter(|name| look.is_word(*name))?;
    let word = look.word(name);
    let token = look.token(colon)?;
    if clauses::rows().any(|row| row.word == word) && !look.ends(look.here) && !look.in_parentheses(name) {
        let mut finding = places
            .at(
                look,
                colon,
                format!("`{word}` is a word of the language and takes no colon"),
            )
            .label("a colon follows a name of yours, such as a field's")
            .help(format!("remove the colon after `{word}`"));
        finding.fix = Some(places.fix("remove the colon", token.start, token.end, ""));
        return Some(finding);
    }
    if look.in_parentheses(name) && !look.is_word(look.here) && !look.ends(look.here) {
        return None;
    }
    if look.in_parentheses(name) && !matches!(look.word(look.lead()), "handler" | "saga" | "scatter") {
        let finding = places.at(look, colon, format!("`{word}:` needs a value"));
        return Some(
            finding
                .label("a value must follow")
                .help(format!("write a value behind `{word}:`")),
        );
    }
    let message = if look.ends(look.here) {
        format!("`{word}:` needs a type")
    } else {
        format!("`{word}:` needs a type, and `{}` is none", look.word(look.here))
    };
    Some(
        places
            .at(look, colon, message)
            .label("a type must follow")
            .help(format!("write a type, as in `{word}: string(1..80)`")),
    )
}

const OPERATORS: [&str; 14] = [
    "and", "or", "in", "==", "!=", ">=", "<=", ">", "<", "+", "-", "*", "/", "|",
];

/// A line that begins with what should have ended the line before.
fn operator_first(look: &Look<'_>, places: &mut Places<'_, '_>) -> Option<Diagnostic> {
    let word = look.word(look.here);
    if !OPERATORS.contains(&word) || !look.begins_line(look.here) {
        return None;
    }
    let finding = places.at(look, look.here, format!("a line cannot begin with `{word}`"));
    let finding = finding
        .label("the entry ended with the line before")
        .note("a line break ends an entry unless an operator stands before it")
        .help(format!("put `{word}` at the end of the line before"));
    Some(finding)
}

/// `a ->` with nothing behind it.
fn arrow_last(look: &Look<'_>, places: &mut Places<'_, '_>) -> Option<Diagnostic> {
    let arrow = look
        .before(look.here)
        .filter(|before| look.word(*before) == "->")?;
    if !look.ends(look.here) {
        return None;
    }
    Some(
        places
            .at(look, arrow, "nothing follows this arrow")
            .label("it leads nowhere")
            .help("write the channel or the handler that it leads to"),
    )
}

/// `list<T`
fn open_angle(look: &Look<'_>, places: &mut Places<'_, '_>) -> Option<Diagnostic> {
    let lead = look.lead();
    let typed = clauses::DECLARING.contains(&look.word(lead)) || look.word(lead + 1) == ":";
    let mut open = Vec::new();
    for index in lead..look.here {
        match look.word(index) {
            "<" => open.push(index),
            ">" => drop(open.pop()),
            _ => {}
        }
    }
    let angle = open.pop().filter(|_| typed && look.ends(look.here))?;
    let before = look.before(look.here)?;
    let mut finding = places
        .at(look, angle, "a `<` is not closed")
        .label("opened here")
        .help("add `>` behind the type");
    finding.fix = places.insert(look, before, "add `>`", ">");
    Some(finding)
}

/// `a - > b`
fn broken_arrow(look: &Look<'_>, places: &mut Places<'_, '_>) -> Option<Diagnostic> {
    let dash = look
        .here
        .checked_sub(1)
        .filter(|before| look.word(*before) == "-")?;
    let (start, end) = (look.token(dash)?.start, look.token(look.here)?.end);
    if look.word(look.here) != ">" {
        return None;
    }
    let mut finding = places
        .at(look, dash, "an arrow is written `->`, without a blank in it")
        .label("not an arrow")
        .help("write `->`");
    finding.primary.span = places.span(start, end);
    finding.fix = Some(places.fix("write `->`", start, end, "->"));
    Some(finding)
}

/// Words of signatures and stores, and what each needs.
const NEEDS: [(&str, &str, &str); 6] = [
    ("on", "a channel", "on accounting"),
    ("by", "a key", "by ride_id"),
    ("sort", "a key", "sort submitted_at"),
    ("fails", "a fault", "fails CardDeclined"),
    ("as", "a name", "as ride"),
    ("each", "its members", "each 1..10"),
];

/// `handler h(T) on { }`
fn bare_word(look: &Look<'_>, places: &mut Places<'_, '_>) -> Option<Diagnostic> {
    let before = look.here.checked_sub(1)?;
    let (word, needs, example) = NEEDS.iter().find(|(word, ..)| *word == look.word(before))?;
    if !look.ends(look.here) && look.kind(look.here) != Some(Kind::Open) {
        return None;
    }
    Some(
        places
            .at(look, before, format!("`{word}` needs {needs}"))
            .label(format!("{needs} must follow"))
            .help(format!("write it as in `{example}`")),
    )
}

/// `queue ride-completed: T`
fn dash_in_a_name(look: &Look<'_>, places: &mut Places<'_, '_>) -> Option<Diagnostic> {
    let here = look.here;
    let dash = (here.saturating_sub(1)..=here).find(|index| look.word(*index) == "-")?;
    let (first, last) = (dash.checked_sub(1)?, dash + 1);
    let (left, sign, right) = (look.token(first)?, look.token(dash)?, look.token(last)?);
    let joined = left.end == sign.start && sign.end == right.start && left.kind == Kind::Word;
    if !joined || right.kind != Kind::Word {
        return None;
    }
    let name = look.text.get(left.start..right.end)?;
    let mended = name.replace('-', "_");
    let mut finding = places
        .at(look, dash, format!("`{name}` is no name"))
        .label("a name has letters, digits and `_`")
        .help(format!("write `{mended}`"));
    finding.primary.span = places.span(left.start, right.end);
    finding.fix = Some(places.fix(format!("write `{mended}`"), left.start, right.end, mended));
    Some(finding)
}

/// `where fare = 50`
fn assignment(look: &Look<'_>, places: &mut Places<'_, '_>) -> Option<Diagnostic> {
    let token = look.token(look.here).filter(|_| look.word(look.here) == "=")?;
    let lead = look.lead();
    let declares = clauses::DECLARING.contains(&look.word(lead)) && look.word(lead) != "if";
    // `stpe credit = …` is a misspelt declaration and no comparison.
    if declares
        || look.here < lead + 2
        || (look.here == lead + 2 && look.word(lead) != "where" && look.word(lead) != "if")
    {
        return None;
    }
    let mut finding = places
        .at(look, look.here, "`=` compares nothing")
        .label("this gives a value to a name")
        .help("write `==` to compare");
    finding.fix = Some(places.fix("write `==`", token.start, token.end, "=="));
    Some(finding)
}

/// Two entries, fields or arguments on one line with nothing between them.
pub(super) fn missing_comma(look: &Look<'_>, places: &mut Places<'_, '_>) -> Option<Diagnostic> {
    let here = look.here;
    let before = here.checked_sub(1)?;
    let ends = |index: usize| match look.kind(index) {
        Some(Kind::Word | Kind::Number | Kind::Text | Kind::Close) => true,
        Some(Kind::Sign) => matches!(look.word(index), "?" | ">"),
        Some(Kind::OpenText | Kind::Doc | Kind::Comment | Kind::Open | Kind::Break) | None => false,
    };
    let begins = match look.kind(here) {
        Some(Kind::Word | Kind::Number | Kind::Text) => true,
        Some(Kind::Sign) => look.word(here) == "...",
        Some(Kind::OpenText | Kind::Doc | Kind::Comment | Kind::Open | Kind::Close | Kind::Break) | None => {
            false
        }
    };
    if !ends(before) || !begins {
        return None;
    }
    let (left, right) = (look.word(before), look.word(here));
    let names_a_value = look.kind(here) != Some(Kind::Word) && look.is_word(before);
    let first = before
        .checked_sub(1)
        .is_some_and(|earlier| matches!(look.word(earlier), "(" | ","));
    if names_a_value && first && look.in_parentheses(here) {
        let mut finding = places
            .at(look, before, format!("`{left}` needs a colon before its value"))
            .label("a colon must follow")
            .help(format!("write `{left}: {right}`"));
        finding.fix = places.insert(look, before, "add a colon", ":");
        return Some(finding);
    }
    let mut finding = places
        .at(
            look,
            here,
            format!("a comma is missing between `{left}` and `{right}`"),
        )
        .label("the next begins here")
        .note("a comma or a line break stands between two entries")
        .help(format!("put a comma before `{right}`"));
    finding.fix = places.insert(look, before, "add a comma", ",");
    Some(finding)
}
