//! Limits of a value beyond its type, and how they are said to people.

use regex_lite::Regex;
use rust_decimal::Decimal;

#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Limits {
    pub(super) length: Option<(u64, Option<u64>)>,
    pub(super) at_least: Option<Decimal>,
    pub(super) at_most: Option<Decimal>,
    pub(super) places: Option<u32>,
    pub(super) pattern: Option<Pattern>,
}

/// A compiled expression, equal to another when their texts are.
#[derive(Debug, Clone)]
pub(super) struct Pattern(Regex);

impl Pattern {
    pub(super) fn new(expression: &str) -> Self {
        Self(Regex::new(expression).expect("the compiler has checked the expression"))
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

/// What is wrong and what is expected instead.
pub(super) type Complaint = (String, String);

impl Limits {
    /// Complains about a count of characters, elements, entries or bytes.
    pub(super) fn length(&self, count: usize, what: &str) -> Option<Complaint> {
        let (least, most) = self.length?;
        let count = count as u64;
        if count >= least && most.is_none_or(|most| count <= most) {
            return None;
        }
        let expected = match most {
            Some(most) if most == least => format!("{least} {what}"),
            Some(most) => format!("{least} to {most} {what}"),
            None => format!("at least {least} {what}"),
        };
        Some((format!("has {count} {what}"), expected))
    }

    /// Complains about the size of a number and its decimal places.
    pub(super) fn number(&self, number: Decimal) -> Option<Complaint> {
        if let Some(least) = self.at_least.filter(|least| number < *least) {
            return Some((format!("is {number}"), format!("at least {least}")));
        }
        if let Some(most) = self.at_most.filter(|most| number > *most) {
            return Some((format!("is {number}"), format!("at most {most}")));
        }
        let places = self
            .places
            .filter(|places| number.normalize().scale() > *places)?;
        Some((
            format!("is {number}"),
            format!("at most {places} digits after the point"),
        ))
    }

    /// Complains about a text that the pattern does not match.
    pub(super) fn pattern(&self, text: &str) -> Option<Complaint> {
        let pattern = self
            .pattern
            .as_ref()
            .filter(|pattern| !pattern.0.is_match(text))?;
        Some((
            "has the wrong form".to_owned(),
            format!("text that matches {}", pattern.0.as_str()),
        ))
    }
}
