//! Brackets that are not closed, close nothing, or are closed by another kind.

use super::{Places, Slip};
use crate::recover::look::Look;
use crate::tokens::Kind;

pub(super) fn find(look: &Look<'_>, places: &mut Places<'_, '_>) -> Option<Slip> {
    let mut open: Vec<usize> = Vec::new();
    for index in 0..look.tokens.len() {
        match look.kind(index) {
            Some(Kind::Open) => open.push(index),
            Some(Kind::Close) => match open.pop() {
                None => return Some(closes_nothing(look, index, places)),
                Some(opened) if closing(look.word(opened)) != look.word(index) => {
                    return Some(closed_by_another(look, opened, index, places));
                }
                Some(_) => {}
            },
            _ => {}
        }
    }
    let innermost = open.last().copied()?;
    let mended = open.iter().rev().map(|index| closing(look.word(*index)));
    let mended: String = std::iter::once(look.text).chain(mended).collect();
    Some(not_closed(look, innermost, mended, places))
}

fn closing(open: &str) -> &'static str {
    match open {
        "(" => ")",
        "[" => "]",
        _ => "}",
    }
}

fn not_closed(look: &Look<'_>, opened: usize, mended: String, places: &mut Places<'_, '_>) -> Slip {
    let bracket = look.word(opened);
    let close = closing(bracket);
    let message = match owner(look, opened) {
        Some(owner) => format!("the `{bracket}` of `{owner}` is not closed"),
        None => format!("a `{bracket}` is not closed"),
    };
    let mut finding = places
        .at(look, opened, message)
        .label("opened here")
        .note("the entry ends before it")
        .help(format!("add `{close}` where it ends"));
    let several_lines = look.text.get(..look.end).unwrap_or_default().contains('\n');
    let text = match (bracket, several_lines) {
        ("{", false) => Some(" }"),
        ("{", true) => Some("\n}"),
        // What stands behind a parenthesis may be inside or outside; only at the end of a line it is clear.
        _ if several_lines
            || look
                .tokens
                .iter()
                .skip(opened)
                .any(|token| is_outside(token.text(look.text))) =>
        {
            None
        }
        _ => Some(close),
    };
    if let Some(text) = text {
        finding.fix = Some(places.fix(format!("add `{close}`"), look.end, look.end, text));
    }
    Slip {
        finding,
        mended: Some(mended),
    }
}

/// What never stands in parentheses.
fn is_outside(token: &str) -> bool {
    matches!(token, "{" | "}" | "->" | "on" | "fails")
}

/// The word and the name before a bracket: `service RideBooking`.
fn owner(look: &Look<'_>, bracket: usize) -> Option<String> {
    let line = look
        .tokens
        .get(..bracket)?
        .iter()
        .rposition(|token| token.kind == Kind::Break)
        .map_or(0, |at| at + 1);
    let words: Vec<&str> = (line..bracket)
        .take(2)
        .filter(|index| look.is_word(*index))
        .map(|index| look.word(index))
        .collect();
    (!words.is_empty()).then(|| words.join(" "))
}

fn closes_nothing(look: &Look<'_>, index: usize, places: &mut Places<'_, '_>) -> Slip {
    let bracket = look.word(index);
    let mut finding = places
        .at(look, index, format!("this `{bracket}` closes nothing"))
        .label("no bracket is open here")
        .help("remove it");
    let token = look.token(index);
    let (start, end) = token.map_or((0, 0), |token| (token.start, token.end));
    finding.fix = Some(places.fix(format!("remove the `{bracket}`"), start, end, ""));
    let mut mended = look.text.to_owned();
    mended.replace_range(start..end, " ");
    Slip {
        finding,
        mended: Some(mended),
    }
}

fn closed_by_another(look: &Look<'_>, opened: usize, closed: usize, places: &mut Places<'_, '_>) -> Slip {
    let (open, found) = (look.word(opened), look.word(closed));
    let right = closing(open);
    let span = look
        .token(opened)
        .map_or((0, 0), |token| (token.start, token.end));
    let span = places.span(span.0, span.1);
    places
        .at(
            look,
            closed,
            format!("`{open}` is closed by `{found}` instead of `{right}`"),
        )
        .label(format!("`{right}` is missing before this"))
        .related(span, "opened here")
        .help(format!("add `{right}` before the `{found}`"))
        .into()
}
