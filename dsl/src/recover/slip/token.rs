//! Slips in a single token: what other languages write, and quotes, escapes and units.

use super::{Places, Slip};
use crate::diagnostic::Diagnostic;
use crate::recover::look::Look;
use crate::tokens::{Kind, Token};

/// Signs of other languages: what they are called, and what is written here.
const FOREIGN: [(&str, &str, &str); 10] = [
    ("&", "`and` joins conditions, not `&`", "and"),
    ("&&", "`and` joins conditions, not `&&`", "and"),
    ("||", "`or` joins conditions, not `||`", "or"),
    ("!", "`not` turns a condition round, not `!`", "not "),
    (
        "=>",
        "an arrow is written `->`, and \"at least\" is `>=`, not `=>`",
        "->",
    ),
    ("::", "names are joined by a dot, not by `::`", "."),
    ("\u{201c}", "texts stand in plain double quotes", "\""),
    ("\u{201d}", "texts stand in plain double quotes", "\""),
    ("\u{2192}", "an arrow is written `->`", "->"),
    ("\u{2026}", "three plain dots spread fields", "..."),
];

/// Words for units that people write out.
const UNITS: [(&str, &str); 18] = [
    ("sec", "s"),
    ("secs", "s"),
    ("second", "s"),
    ("seconds", "s"),
    ("S", "s"),
    ("min", "m"),
    ("mins", "m"),
    ("minute", "m"),
    ("minutes", "m"),
    ("hour", "h"),
    ("hours", "h"),
    ("day", "d"),
    ("days", "d"),
    ("msec", "ms"),
    ("kb", "KB"),
    ("mb", "MB"),
    ("K", "KB"),
    ("M", "MB"),
];

/// The first token that is wrong wherever it stands.
pub(super) fn find(look: &Look<'_>, places: &mut Places<'_, '_>) -> Option<Slip> {
    (0..look.tokens.len()).find_map(|index| {
        let token = look.token(index)?;
        let text = look.word(index);
        match token.kind {
            Kind::OpenText => Some(open_text(look, index, token, places).into()),
            Kind::Text => bad_escape(look, token, places).map(Slip::from),
            Kind::Number => bad_number(look, index, token, places).map(Slip::from),
            Kind::Sign => sign(look, index, token, places),
            Kind::Word if text.starts_with('_') => Some(
                places
                    .at(look, index, format!("`{text}` is no name"))
                    .label("a name begins with a letter")
                    .help("begin the name with a letter")
                    .into(),
            ),
            Kind::Doc if text.starts_with("//!") => Some(misplaced_docs(look, index, token, places)),
            Kind::Word | Kind::Doc | Kind::Comment | Kind::Open | Kind::Close | Kind::Break => None,
        }
    })
}

fn open_text(look: &Look<'_>, index: usize, token: Token, places: &mut Places<'_, '_>) -> Diagnostic {
    let end = token.start + look.word(index).trim_end().len();
    let mut finding = places
        .at(look, index, "a text is not closed")
        .label("it begins here and its line ends before the closing `\"`")
        .note("a text stands on one line; a line break in it is written `\\n`")
        .help("put `\"` at its end");
    finding.fix = Some(places.fix("close the text", end, end, "\""));
    finding
}

fn bad_escape(look: &Look<'_>, token: Token, places: &mut Places<'_, '_>) -> Option<Diagnostic> {
    let text = token.text(look.text);
    let mut at = 0;
    loop {
        let found = at + text.get(at..)?.find('\\')?;
        let escape = text.get(found + 1..)?;
        let other = escape.chars().next()?;
        let length = match other {
            '"' | '\\' | 'n' | 't' => Some(1),
            'u' => unicode_escape(escape),
            _ => None,
        };
        let Some(length) = length else {
            let start = token.start + found;
            let span = places.span(start, start + 1 + other.len_utf8());
            let mut finding = Diagnostic::error(
                super::UNREADABLE_ENTRY,
                span,
                format!("`\\{other}` begins no escape"),
            )
            .label("in this text")
            .note("a text knows `\\\"`, `\\\\`, `\\n`, `\\t` and `\\u{e9}`")
            .help("write `\\\\` for a backslash");
            finding.fix = Some(places.fix("double the backslash", start, start, "\\"));
            return Some(finding);
        };
        at = found + 1 + length;
    }
}

/// The length of `u{e9}`.
fn unicode_escape(escape: &str) -> Option<usize> {
    let digits = escape.strip_prefix("u{")?;
    let length = digits.find('}').filter(|length| (1..=6).contains(length))?;
    let hexadecimal = digits.get(..length)?.bytes().all(|byte| byte.is_ascii_hexdigit());
    hexadecimal.then_some(length + 3)
}

fn bad_number(
    look: &Look<'_>,
    index: usize,
    token: Token,
    places: &mut Places<'_, '_>,
) -> Option<Diagnostic> {
    let text = token.text(look.text);
    let at = text.find(|character: char| !matches!(character, '0'..='9' | '_' | '.'))?;
    let (number, unit) = text.split_at_checked(at)?;
    if ["ms", "s", "m", "h", "d", "KiB", "MiB", "KB", "MB", "%"].contains(&unit) {
        return None;
    }
    let near = UNITS
        .iter()
        .find(|(written, _)| *written == unit)
        .map(|(_, near)| *near);
    let finding = places
        .at(look, index, format!("`{text}` has no unit of the language"))
        .label(format!("`{unit}` is no unit"))
        .note("units are `ms`, `s`, `m`, `h`, `d` for time, `KB`, `MB`, `KiB`, `MiB` for size, and `%`");
    Some(match near {
        Some(near) => {
            let mut finding = finding.help(format!("write `{number}{near}`"));
            finding.fix = Some(places.fix(
                format!("write `{near}`"),
                token.start,
                token.end,
                format!("{number}{near}"),
            ));
            finding
        }
        None => finding.help("write a number with one of these units, or separate the two by a blank"),
    })
}

fn sign(look: &Look<'_>, index: usize, token: Token, places: &mut Places<'_, '_>) -> Option<Slip> {
    let text = token.text(look.text);
    if let Some((_, message, right)) = FOREIGN.iter().find(|(sign, ..)| *sign == text) {
        let right_word = right.trim();
        let mut finding = places
            .at(look, index, *message)
            .label("not a sign of the language")
            .help(format!("write `{right_word}`"));
        finding.fix = Some(places.fix(format!("write `{right_word}`"), token.start, token.end, *right));
        return Some(finding.into());
    }
    match text {
        ";" => Some(semicolon(look, index, token, places)),
        "'" => Some(single_quotes(look, index, token, places).into()),
        "/*" => Some(
            places
                .at(look, index, "there are no block comments")
                .label("a comment ends where its line ends")
                .help("begin every line of the comment with `//`")
                .into(),
        ),
        "#" => {
            let mut finding = places
                .at(look, index, "a comment begins with `//`, not with `#`")
                .label("not a comment")
                .help("write `//`");
            finding.fix = Some(places.fix("write `//`", token.start, token.end, "//"));
            Some(finding.into())
        }
        "," | ":" | "=" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "+" | "-" | "*" | "/" | "|" | "->"
        | "..." | ".." | "." | "?" | "@" | "*/" | "%" => None,
        _ => Some(
            places
                .at(look, index, format!("`{text}` means nothing in this language"))
                .label("not a sign of the language")
                .note(
                    "names have ASCII letters, digits and `_`; other characters stand in texts and comments",
                )
                .help("remove it, or put it into a text")
                .into(),
        ),
    }
}

fn semicolon(look: &Look<'_>, index: usize, token: Token, places: &mut Places<'_, '_>) -> Slip {
    let last = look.ends(index + 1);
    let right = if last { "" } else { "," };
    let title = if last { "remove the `;`" } else { "write a comma" };
    let mut finding = places
        .at(look, index, "`;` separates nothing")
        .label("not a sign of the language")
        .note("a line break or a comma ends an entry")
        .help(title);
    finding.fix = Some(places.fix(title, token.start, token.end, right));
    let mut mended = look.text.to_owned();
    mended.replace_range(token.start..token.end, if last { " " } else { "," });
    Slip {
        finding,
        mended: Some(mended),
    }
}

fn single_quotes(look: &Look<'_>, index: usize, token: Token, places: &mut Places<'_, '_>) -> Diagnostic {
    let rest = look.text.get(token.end..).unwrap_or_default();
    let line = rest.split(['\n', '\r']).next().unwrap_or_default();
    let finding = places
        .at(look, index, "texts stand in double quotes")
        .label("not a quote of the language")
        .help("write `\"` at both ends");
    let Some(inner) = line.find('\'').and_then(|length| line.get(..length)) else {
        return finding;
    };
    let end = token.end + inner.len() + 1;
    let mut finding = finding;
    finding.primary.span = places.span(token.start, end);
    finding.fix = Some(places.fix(
        "use double quotes",
        token.start,
        end,
        format!("\"{}\"", inner.replace('"', "\\\"")),
    ));
    finding
}

fn misplaced_docs(look: &Look<'_>, index: usize, token: Token, places: &mut Places<'_, '_>) -> Slip {
    let mut finding = places
        .at(look, index, "`//!` documents the file and stands at its top")
        .label("entries stand before it")
        .help("write `///` to document an entry, or `//` for a comment");
    finding.fix = Some(places.fix("make it a comment", token.start, token.start + 3, "//"));
    let mut mended = look.text.to_owned();
    mended.replace_range(token.start..token.end, &" ".repeat(token.end - token.start));
    Slip {
        finding,
        mended: Some(mended),
    }
}
