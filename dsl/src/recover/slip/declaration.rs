//! Declarations of which something is missing, and declaring words that are misspelt.

use super::Places;
use crate::clauses::{self, DECLARING};
use crate::diagnostic::{Diagnostic, nearest};
use crate::recover::look::Look;
use crate::tokens::Kind;

pub(super) fn find(look: &Look<'_>, places: &mut Places<'_, '_>) -> Option<Diagnostic> {
    let mut lead = look.lead();
    if let Some(finding) = misspelt(look, lead, places) {
        return Some(finding);
    }
    if let Some(finding) = not_a_message(look, lead, places) {
        return Some(finding);
    }
    while matches!(look.word(lead), "public" | "summary" | "notification" | "extern")
        && look.is_word(lead + 1)
    {
        lead += 1;
        if look.word(lead - 1) == "extern" && matches!(look.word(lead), "in" | "out") {
            lead += 1;
        }
        if let Some(finding) = misspelt(look, lead, places) {
            return Some(finding);
        }
    }
    let kind = look.word(lead);
    if !DECLARING.contains(&kind) || look.word(lead + 1) == ":" {
        return None;
    }
    if kind == "if" {
        return condition(look, lead, places);
    }
    nameless(look, lead, places).or_else(|| incomplete(look, lead, places))
}

/// `qeue orders: X`
fn misspelt(look: &Look<'_>, lead: usize, places: &mut Places<'_, '_>) -> Option<Diagnostic> {
    let word = look.word(lead);
    let named = look.is_word(lead) && (look.is_word(lead + 1) || look.kind(lead + 1) == Some(Kind::Text));
    if !named || DECLARING.contains(&word) || clauses::rows().any(|row| row.word == word) {
        return None;
    }
    let near = nearest(word, DECLARING)?;
    let token = look.token(lead)?;
    let mut finding = places
        .at(
            look,
            lead,
            format!("`{word}` declares nothing; did you mean `{near}`?"),
        )
        .label("not a word of the language")
        .help(format!("write `{near}`"));
    finding.fix = Some(places.fix(format!("write `{near}`"), token.start, token.end, near));
    Some(finding)
}

/// `public queue q: T`
fn not_a_message(look: &Look<'_>, lead: usize, places: &mut Places<'_, '_>) -> Option<Diagnostic> {
    const MESSAGES: [&str; 8] = [
        "event",
        "command",
        "query",
        "document",
        "fault",
        "summary",
        "notification",
        "public",
    ];
    let (mark, kind) = (look.word(lead), look.word(lead + 1));
    let marked = matches!(mark, "public" | "summary" | "notification");
    if !marked || MESSAGES.contains(&kind) || !DECLARING.contains(&kind) {
        return None;
    }
    let (start, end) = (look.token(lead)?.start, look.token(lead + 1)?.start);
    let mut finding = places
        .at(
            look,
            lead,
            format!("`{mark}` is said of messages, not of a `{kind}`"),
        )
        .label("not here")
        .help(format!("remove `{mark}`"));
    finding.fix = Some(places.fix(format!("remove `{mark}`"), start, end, ""));
    Some(finding)
}

fn condition(look: &Look<'_>, lead: usize, places: &mut Places<'_, '_>) -> Option<Diagnostic> {
    if look.ends(look.here) || look.here == lead + 1 {
        let finding = places.at(look, lead, "`if` needs a condition and a block");
        return Some(finding.label("in this line").help("write `if condition { … }`"));
    }
    if !look.is_word(look.here) || look.in_parentheses(look.here) {
        return None;
    }
    let word = look
        .before(look.here)
        .map(|before| look.word(before))
        .filter(|before| *before == "else");
    let message = format!("what follows `{}` stands in braces", word.unwrap_or("if"));
    let finding = places.at(look, look.here, message).label("not in braces");
    Some(finding.help("put braces around it, as in `if condition { … } else { … }`"))
}

/// A declaring word without a name.
fn nameless(look: &Look<'_>, lead: usize, places: &mut Places<'_, '_>) -> Option<Diagnostic> {
    let kind = look.word(lead);
    let (found, wanted, help) = if kind == "scenario" {
        let help = "write it as in `scenario \"a ride is paid for\" { … }`".to_owned();
        (look.kind(lead + 1) == Some(Kind::Text), "a title in quotes", help)
    } else {
        (
            look.is_word(lead + 1),
            "a name",
            format!("write `{kind}` and a name"),
        )
    };
    if found {
        return None;
    }
    Some(
        places
            .at(look, lead, format!("`{kind}` needs {wanted}"))
            .label(format!("{wanted} must follow"))
            .help(help),
    )
}

/// A declaration that has its name and lacks what its kind needs next.
fn incomplete(look: &Look<'_>, lead: usize, places: &mut Places<'_, '_>) -> Option<Diagnostic> {
    let (kind, name) = (look.word(lead), look.word(lead + 1));
    let after = lead + 2;
    let next = look.word(after);
    let declared = format!("{kind} {name}");
    match kind {
        "handler" | "saga" | "scatter" if next != "(" => Some(needs(
            look,
            lead,
            &format!("`{declared}` needs what it takes in parentheses"),
            &format!("write `{declared}(Message)`, or `{declared}()` if it takes nothing"),
            places,
        )),
        "handler" | "saga" | "scatter" => {
            parameter(look, &declared, places).or_else(|| signature(look, &declared, places))
        }
        "step" | "pivot" | "retriable" | "readonly" | "map" | "sample" if next != "=" => {
            let value = match kind {
                "sample" => "SubmitRide(fare: 49.99)",
                "map" => "items as item { … }",
                _ => "Service.handler(…)",
            };
            let mut finding = needs(
                look,
                lead,
                &format!("`{declared}` needs `=` and what it is"),
                &format!("write `{declared} = {value}`"),
                places,
            );
            if look.is_word(after) {
                finding.fix = places.insert(look, lead + 1, "add `=`", " =");
            }
            Some(finding)
        }
        "type" if next != "=" && next != "{" => {
            let mut finding = needs(
                look,
                lead,
                &format!("`{declared}` needs `=` and a type, or fields in braces"),
                &format!("write `{declared} = decimal(0..)` or `{declared} {{ … }}`"),
                places,
            );
            if look.is_word(after) {
                finding.fix = places.insert(look, lead + 1, "add `=`", " =");
            }
            Some(finding)
        }
        "enum" if next != "=" && next != "{" => Some(block(look, lead, "its values", places)),
        "store" => store(look, lead, places),
        "queue" | "topic" | "bus" | "stream"
            if matches!(name, "in" | "out") && look.word(after + 1) == ":" =>
        {
            Some(needs(
                look,
                lead,
                &format!("`{name}` stands before `{kind}`"),
                &format!("write `extern {name} {kind} {next}`"),
                places,
            ))
        }
        "queue" | "topic" | "bus" | "stream" if look.here == after && look.is_word(after) => {
            let mut finding = needs(
                look,
                lead,
                &format!("`{declared}` needs a colon before its type"),
                &format!("write `{declared}: {next}`"),
                places,
            );
            finding.fix = places.insert(look, lead + 1, "add a colon", ":");
            Some(finding)
        }
        "event" | "command" | "query" | "document" | "fault" if next == ":" || next == "=" => Some(needs(
            look,
            after,
            &format!("`{declared}` has its fields in braces and no type"),
            &format!("write `{declared} {{ … }}`"),
            places,
        )),
        "service" | "system" | "domain" | "choreography" | "tentative"
            if look.here == after || look.ends(look.here) =>
        {
            Some(block(look, lead, "what it has", places))
        }
        "scenario" if next != "{" => Some(block(look, lead, "its lines", places)),
        _ => None,
    }
}

fn needs(look: &Look<'_>, at: usize, message: &str, help: &str, places: &mut Places<'_, '_>) -> Diagnostic {
    let finding = places
        .at(look, at, message)
        .label("in this declaration")
        .help(help);
    match (look.token(at), look.token(at + 1)) {
        (Some(kind), Some(name)) if look.is_word(at) => {
            let mut finding = finding;
            finding.primary.span = places.span(kind.start, name.end);
            finding
        }
        _ => finding,
    }
}

fn block(look: &Look<'_>, lead: usize, contents: &str, places: &mut Places<'_, '_>) -> Diagnostic {
    let declared = format!("{} {}", look.word(lead), look.word(lead + 1));
    needs(
        look,
        lead,
        &format!("`{declared}` needs {contents} in braces"),
        &format!("write `{declared} {{ … }}`"),
        places,
    )
}

/// `store rides: Ride` without a key.
fn store(look: &Look<'_>, lead: usize, places: &mut Places<'_, '_>) -> Option<Diagnostic> {
    let name = look.word(lead + 1);
    let rest = (lead..look.here.max(lead)).any(|index| look.word(index) == "by");
    if rest {
        return None;
    }
    let (message, help) = if look.word(lead + 2) == ":" {
        let ty = look.word(lead + 3);
        (
            format!("`store {name}` needs `by` and a key"),
            format!("write `store {name}: {ty} by id`"),
        )
    } else {
        (
            format!("`store {name}` needs a type and a key"),
            format!("write `store {name}: Type by id`"),
        )
    };
    Some(needs(look, lead, &message, &help, places))
}

/// `handler h(a: int, b)`, `handler h(T on q)`
fn parameter(look: &Look<'_>, declared: &str, places: &mut Places<'_, '_>) -> Option<Diagnostic> {
    if !look.in_parentheses(look.here) || !look.is_word(look.here) {
        return None;
    }
    let word = look.word(look.here);
    if matches!(word, "on" | "by" | "fails") {
        let finding = places.at(look, look.here, format!("a `)` is missing before `{word}`"));
        return Some(
            finding
                .label(format!("the parentheses of `{declared}` are still open"))
                .help(format!("close them before `{word}`")),
        );
    }
    if !look.ends(look.here + 1) {
        return None;
    }
    let finding = places.at(look, look.here, format!("`{word}` needs a colon and a type"));
    Some(
        finding
            .label("not a field")
            .help(format!("write `{word}: string(1..80)`")),
    )
}

/// The parts of a signature stand in one order.
fn signature(look: &Look<'_>, declared: &str, places: &mut Places<'_, '_>) -> Option<Diagnostic> {
    const ORDER: &str = "name(input) on channel by key -> reply fails fault";
    let word = look.word(look.here);
    if !["on", "by", "->", "fails"].contains(&word) || look.in_parentheses(look.here) {
        return None;
    }
    Some(
        places
            .at(
                look,
                look.here,
                format!("`{word}` stands too late in the signature of `{declared}`"),
            )
            .label("what stands before this belongs behind it")
            .help(format!("keep the order `{ORDER}`")),
    )
}
