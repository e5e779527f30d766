//! Values: two spellings of one value are written alike.

use crate::ast::Literal;
use crate::units::{SIZES, TIMES};

/// A number of so many digits is told from its neighbors by counting, so it is grouped.
const GROUPED: usize = 5;

pub(crate) fn literal(value: &Literal) -> String {
    match value {
        Literal::Number(digits) => number(digits),
        Literal::Duration(0) => "0s".to_owned(),
        Literal::Duration(milliseconds) => measured(*milliseconds, &TIMES).unwrap_or_default(),
        Literal::Size(bytes) => measured(*bytes, &SIZES).unwrap_or_else(|| kilobytes(*bytes)),
        Literal::Rate(count, window) => format!("{}/{}", number(count), window_unit(*window)),
        Literal::Share(percent) => format!("{}%", number(percent)),
        Literal::Range(lower, upper) => {
            let end = |end: &Option<Box<Literal>>| end.as_deref().map(literal).unwrap_or_default();
            format!("{}..{}", end(lower), end(upper))
        }
        Literal::Text(text) => quoted(text),
        Literal::Date(date) => date.to_string(),
        Literal::Bool(value) => value.to_string(),
        Literal::None => "none".to_owned(),
    }
}

/// `10_000`, `256.50`: what stands before the point is grouped, nothing is rounded.
fn number(digits: &str) -> String {
    if let Some(positive) = digits.strip_prefix('-') {
        return format!("-{}", number(positive));
    }
    let (whole, fraction) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    if whole.len() < GROUPED {
        return digits.to_owned();
    }
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push('_');
        }
        grouped.push(digit);
    }
    grouped + fraction
}

/// The smallest whole number of any of these units.
fn measured(value: u64, units: &[(&str, u64)]) -> Option<String> {
    let whole = units.iter().filter(|(_, factor)| value.is_multiple_of(*factor));
    let (unit, factor) = whole.max_by_key(|(_, factor)| *factor)?;
    Some(number(&(value / factor).to_string()) + unit)
}

/// A size that is whole in no unit: in thousands with their parts.
fn kilobytes(bytes: u64) -> String {
    let thousands = format!("{}.{:03}", bytes / 1_000, bytes % 1_000);
    number(thousands.trim_end_matches('0')) + "KB"
}

/// What events are counted in; there is no rate in anything but these units.
fn window_unit(milliseconds: u64) -> &'static str {
    let unit = TIMES.iter().find(|(_, factor)| *factor == milliseconds);
    unit.map_or("s", |(unit, _)| unit)
}

/// A text in quotes, on one line, with nothing in it that can't be seen.
pub fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            _ if is_unseen(letter) => quoted.push_str(&format!("\\u{{{:x}}}", u32::from(letter))),
            _ => quoted.push(letter),
        }
    }
    quoted + "\""
}

/// Controls, blanks that are no space, and what only steers the letters around it.
fn is_unseen(letter: char) -> bool {
    letter.is_control()
        || letter != ' ' && letter.is_whitespace()
        || matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
