//! Literals: numbers with their units, dates and texts.

use pest::iterators::Pair;
use smol_str::{SmolStr, SmolStrBuilder};

use super::{Builder, refuse};
use crate::ast::Literal;
use crate::grammar::Rule;
use crate::source::SpanId;
use crate::units::{SIZES, TIMES};

impl Builder<'_> {
    pub(super) fn literal(&mut self, pair: Pair<'_, Rule>) -> Literal {
        let Some(inner) = pair.into_inner().next() else {
            return Literal::None;
        };
        let span = self.span(&inner);
        match inner.as_rule() {
            Rule::date => self.date(inner.as_str(), span),
            Rule::range => self.range(inner),
            Rule::rate => rate(inner.as_str()),
            Rule::quantity => self.quantity(inner.as_str(), span),
            Rule::string => Literal::Text(self.text(inner.as_str(), span)),
            _ => match inner.as_str() {
                "true" => Literal::Bool(true),
                "false" => Literal::Bool(false),
                _ => Literal::None,
            },
        }
    }

    fn range(&mut self, pair: Pair<'_, Rule>) -> Literal {
        let (mut lower, mut upper) = (None, None);
        for end in pair.into_inner() {
            let span = self.span(&end);
            let value = Some(Box::new(self.quantity(end.as_str(), span)));
            if end.as_rule() == Rule::lower {
                lower = value;
            } else {
                upper = value;
            }
        }
        Literal::Range(lower, upper)
    }

    fn quantity(&mut self, text: &str, span: SpanId) -> Literal {
        let (number, unit) = split(text);
        if unit.is_empty() {
            return Literal::Number(digits(number));
        }
        if unit == "%" {
            return Literal::Share(digits(number));
        }
        if let Some((_, factor)) = TIMES.iter().find(|(name, _)| *name == unit) {
            return Literal::Duration(self.whole(number, *factor, "milliseconds", span));
        }
        let factor = SIZES
            .iter()
            .find(|(name, _)| *name == unit)
            .map_or(1, |(_, factor)| *factor);
        Literal::Size(self.whole(number, factor, "bytes", span))
    }

    /// A number of units as a whole number of the smallest ones.
    fn whole(&mut self, number: &str, factor: u64, smallest: &str, span: SpanId) -> u64 {
        match scaled(number, factor) {
            Ok(value) => value,
            Err(reason) => {
                let refusal = match reason {
                    Unscaled::TooLarge => refuse(
                        span,
                        format!(
                            "`{}` is more than can be counted in {smallest}",
                            self.sources.text(span)
                        ),
                    )
                    .help("write a smaller value"),
                    Unscaled::Fraction => refuse(
                        span,
                        format!(
                            "`{}` is not a whole number of {smallest}",
                            self.sources.text(span)
                        ),
                    )
                    .help(format!("round it to whole {smallest}")),
                };
                self.out.push(refusal);
                0
            }
        }
    }

    fn date(&mut self, text: &str, span: SpanId) -> Literal {
        let mut parts = text
            .split('-')
            .map(|part| part.parse::<u16>().unwrap_or_default());
        let mut part = || parts.next().unwrap_or_default();
        let (year, month, day) = (part(), part(), part());
        if day == 0 || day > days(year, month) {
            let refusal = refuse(span, format!("`{text}` is not in the calendar"))
                .help("write year, month and day, as in `2027-01-31`");
            self.out.push(refusal);
        }
        Literal::Date(SmolStr::new(text))
    }

    /// The text between quotes, escapes resolved.
    pub(super) fn text(&mut self, quoted: &str, span: SpanId) -> SmolStr {
        let inner = quoted.strip_prefix('"').unwrap_or(quoted);
        let inner = inner.strip_suffix('"').unwrap_or(inner);
        if !inner.contains('\\') {
            return SmolStr::new(inner);
        }
        let mut text = SmolStrBuilder::new();
        let mut rest = inner;
        while let Some(at) = rest.find('\\') {
            text.push_str(rest.get(..at).unwrap_or_default());
            let escape = rest.get(at + 1..).unwrap_or_default();
            let length = if escape.starts_with('u') {
                let length = escape.find('}').map_or(escape.len(), |at| at + 1);
                let number = escape.get(2..length.saturating_sub(1)).unwrap_or_default();
                match u32::from_str_radix(number, 16).ok().and_then(char::from_u32) {
                    Some(character) => text.push(character),
                    None => self.refuse_escape(number, span),
                }
                length
            } else {
                match escape.chars().next() {
                    Some('n') => text.push('\n'),
                    Some('t') => text.push('\t'),
                    Some(other) => text.push(other),
                    None => {}
                }
                1
            };
            rest = escape.get(length..).unwrap_or_default();
        }
        text.push_str(rest);
        text.finish()
    }

    fn refuse_escape(&mut self, number: &str, span: SpanId) {
        let refusal = refuse(span, format!("`\\u{{{number}}}` is not a character"))
            .label("in this text")
            .help("write the number of a Unicode character, as in `\\u{e9}`");
        self.out.push(refusal);
    }
}

/// Why a number cannot be counted in smaller units.
enum Unscaled {
    TooLarge,
    Fraction,
}

/// An exact decimal times a factor.
fn scaled(number: &str, factor: u64) -> Result<u64, Unscaled> {
    let number = digits(number);
    let (whole, fraction) = number.split_once('.').unwrap_or((&number, ""));
    let fraction = fraction.trim_end_matches('0');
    let whole: u64 = whole.parse().map_err(|_| Unscaled::TooLarge)?;
    let whole = whole.checked_mul(factor).ok_or(Unscaled::TooLarge)?;
    if fraction.is_empty() {
        return Ok(whole);
    }
    // 86,400,000 has eight factors of ten in its multiples at most; longer fractions are never whole.
    let places = u32::try_from(fraction.len()).ok().filter(|places| *places <= 18);
    let divisor = 10_u128.pow(places.ok_or(Unscaled::Fraction)?);
    let parts = fraction.parse::<u128>().map_err(|_| Unscaled::Fraction)? * u128::from(factor);
    if !parts.is_multiple_of(divisor) {
        return Err(Unscaled::Fraction);
    }
    let parts = u64::try_from(parts / divisor).map_err(|_| Unscaled::TooLarge)?;
    whole.checked_add(parts).ok_or(Unscaled::TooLarge)
}

/// `50/s`
fn rate(text: &str) -> Literal {
    let (number, unit) = text.split_once('/').unwrap_or((text, "s"));
    let window = TIMES.iter().find(|(name, _)| *name == unit);
    Literal::Rate(digits(number), window.map_or(1_000, |(_, window)| *window))
}

/// The number and the unit.
fn split(text: &str) -> (&str, &str) {
    let in_number = |character: char| character.is_ascii_digit() || matches!(character, '_' | '.' | '-');
    let at = text
        .find(|character: char| !in_number(character))
        .unwrap_or(text.len());
    text.split_at_checked(at).unwrap_or((text, ""))
}

/// Digits without the `_` between them.
fn digits(number: &str) -> SmolStr {
    number.chars().filter(|character| *character != '_').collect()
}

fn days(year: u16, month: u16) -> u16 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 0,
    }
}
