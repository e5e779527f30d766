//! What SNS can ask of one field, and what two of these questions are together.

use std::fmt;

use rust_decimal::Decimal;
use smol_str::SmolStr;

/// A question about one field. All but [`Condition::Absent`] are answered with no when the field isn't there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// It isn't there.
    Absent,
    /// It is there.
    Present,
    /// It is this value.
    Is(Known),
    /// It is a text, and none of these.
    Not(Vec<SmolStr>),
    /// It begins so.
    StartsWith(SmolStr),
    /// It ends so.
    EndsWith(SmolStr),
    /// It is a text that doesn't begin so.
    StartsOtherwise(SmolStr),
    /// It is a text that doesn't end so.
    EndsOtherwise(SmolStr),
    /// It is a list with this value in it.
    Has(Known),
    /// It is a number in this range.
    Within(Interval),
}

/// A value that stands for itself in a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// A text, or the name of an enum's value.
    Text(SmolStr),
    /// `true` or `false`
    Bool(bool),
}

/// Numbers between two ends; open where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    /// The lower end.
    pub low: Option<End>,
    /// The upper end.
    pub high: Option<End>,
}

/// An end of an interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// The number.
    pub at: Decimal,
    /// Whether the number itself belongs to it.
    pub included: bool,
}

/// What two conditions on one field are together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Both {
    /// This one.
    One(Condition),
    /// Nothing fits both.
    Never,
    /// Something that a policy can't say.
    Unsayable,
}

/// Both conditions as one.
pub(super) fn both(one: &Condition, other: &Condition) -> Both {
    use Condition::{
        Absent, EndsOtherwise, EndsWith, Has, Is, Not, Present, StartsOtherwise, StartsWith, Within,
    };
    let known = |condition: &Condition| Both::One(condition.clone());
    match (one, other) {
        (one, other) if one == other => known(one),
        (Absent, _) | (_, Absent) => Both::Never,
        (Present, some) | (some, Present) => known(some),
        (Is(value), question) | (question, Is(value)) => {
            if holds(question, value) {
                Both::One(Is(value.clone()))
            } else {
                Both::Never
            }
        }
        (Not(some), Not(others)) => {
            let mut all = some.clone();
            all.extend(others.iter().filter(|text| !some.contains(text)).cloned());
            Both::One(Not(all))
        }
        (StartsWith(short), StartsWith(long)) | (StartsWith(long), StartsWith(short))
            if long.starts_with(short.as_str()) =>
        {
            Both::One(StartsWith(long.clone()))
        }
        (EndsWith(short), EndsWith(long)) | (EndsWith(long), EndsWith(short))
            if long.ends_with(short.as_str()) =>
        {
            Both::One(EndsWith(long.clone()))
        }
        (StartsWith(_), StartsWith(_)) | (EndsWith(_), EndsWith(_)) => Both::Never,
        (Within(one), Within(other)) => one
            .intersection(*other)
            .map_or(Both::Never, |range| Both::One(Within(range))),
        (
            Not(_) | StartsWith(_) | EndsWith(_) | StartsOtherwise(_) | EndsOtherwise(_) | Has(_) | Within(_),
            _,
        ) => Both::Unsayable,
    }
}

/// The answer that a value gives to a question.
fn holds(question: &Condition, value: &Known) -> bool {
    let Known::Text(text) = value else {
        return *question == Condition::Is(value.clone());
    };
    match question {
        Condition::Is(other) => other == value,
        Condition::Not(others) => !others.contains(text),
        Condition::StartsWith(part) => text.starts_with(part.as_str()),
        Condition::EndsWith(part) => text.ends_with(part.as_str()),
        Condition::StartsOtherwise(part) => !text.starts_with(part.as_str()),
        Condition::EndsOtherwise(part) => !text.ends_with(part.as_str()),
        Condition::Present => true,
        Condition::Absent | Condition::Has(_) | Condition::Within(_) => false,
    }
}

impl Interval {
    /// One number.
    pub(super) fn point(at: Decimal) -> Self {
        let end = Some(End { at, included: true });
        Self { low: end, high: end }
    }

    /// What lies in both; `None` when nothing does.
    fn intersection(self, other: Self) -> Option<Self> {
        let tighter =
            |one: Option<End>, other: Option<End>, is_tighter: fn(&Decimal, &Decimal) -> bool| match (
                one, other,
            ) {
                (Some(one), Some(other)) if one.at == other.at => Some(End {
                    at: one.at,
                    included: one.included && other.included,
                }),
                (Some(one), Some(other)) if is_tighter(&one.at, &other.at) => Some(one),
                (_, Some(other)) => Some(other),
                (one, None) => one,
            };
        let low = tighter(self.low, other.low, |one, other| one > other);
        let high = tighter(self.high, other.high, |one, other| one < other);
        if let (Some(low), Some(high)) = (low, high) {
            let empty = low.at > high.at || low.at == high.at && !(low.included && high.included);
            if empty {
                return None;
            }
        }
        Some(Self { low, high })
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => out.write_str(r#"{"exists":false}"#),
            Self::Present => out.write_str(r#"{"exists":true}"#),
            Self::Is(value) | Self::Has(value) => value.fmt(out),
            Self::Not(texts) => {
                let texts: Vec<String> = texts.iter().map(|text| json(text)).collect();
                write!(out, r#"{{"anything-but":[{}]}}"#, texts.join(","))
            }
            Self::StartsWith(part) => write!(out, r#"{{"prefix":{}}}"#, json(part)),
            Self::EndsWith(part) => write!(out, r#"{{"suffix":{}}}"#, json(part)),
            Self::StartsOtherwise(part) => write!(out, r#"{{"anything-but":{{"prefix":{}}}}}"#, json(part)),
            Self::EndsOtherwise(part) => write!(out, r#"{{"anything-but":{{"suffix":{}}}}}"#, json(part)),
            Self::Within(range) => write!(out, r#"{{"numeric":[{range}]}}"#),
        }
    }
}

impl fmt::Display for Known {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => out.write_str(&json(text)),
            Self::Bool(value) => value.fmt(out),
        }
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (Some(low), Some(high)) = (self.low, self.high)
            && low == high
        {
            return write!(out, r#""=",{}"#, low.at.normalize());
        }
        let end = |end: End, sign: &str| {
            let equal = if end.included { "=" } else { "" };
            format!(r#""{sign}{equal}",{}"#, end.at.normalize())
        };
        let low = self.low.map(|low| end(low, ">"));
        let high = self.high.map(|high| end(high, "<"));
        let ends: Vec<String> = low.into_iter().chain(high).collect();
        out.write_str(&ends.join(","))
    }
}

/// A text as JSON writes it.
pub(super) fn json(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            shown if shown == ' ' || shown.is_alphanumeric() || shown.is_ascii_graphic() => {
                quoted.push(shown);
            }
            // The text goes into YAML as it is, and YAML takes some of the rest for the end of a line, or for nothing.
            other => {
                for unit in other.encode_utf16(&mut [0; 2]) {
                    quoted.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    quoted + "\""
}
