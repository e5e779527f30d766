//! Evaluation over a JSON body: exact decimals, three values, no allocation for comparisons of fields.

use std::cmp::Ordering;

use rust_decimal::Decimal;
use serde_json::Value;

use crate::{Comparison, Expr, Function, Value3};

impl Expr {
    /// What the predicate says about a body.
    pub fn eval(&self, body: &Value) -> Value3 {
        match self {
            Self::And(parts) => all(parts.iter().map(|part| part.eval(body))),
            Self::Or(parts) => all(parts.iter().map(|part| part.eval(body).opposite())).opposite(),
            Self::Not(inner) => inner.eval(body).opposite(),
            Self::Compare(comparison, left, right) => compare(*comparison, left, right, body),
            Self::In(needle, list) => contains(&list.operand(body), &needle.operand(body)),
            Self::Call(function, arguments) => test(*function, arguments, body),
            Self::Bool(value) => (*value).into(),
            Self::Field(_) => match self.operand(body) {
                Operand::Bool(value) => value.into(),
                _ => Value3::Unknown,
            },
            Self::Number(_) | Self::Text(_) | Self::None | Self::List(_) => Value3::Unknown,
        }
    }

    /// Whether the predicate holds; unknown does not match.
    pub fn matches(&self, body: &Value) -> bool {
        self.eval(body) == Value3::True
    }

    fn operand<'a>(&'a self, body: &'a Value) -> Operand<'a> {
        match self {
            Self::Field(path) => {
                let mut value = body;
                for name in path {
                    match value.get(name) {
                        Some(inner) => value = inner,
                        None => return Operand::Absent,
                    }
                }
                Operand::of(value)
            }
            Self::Number(number) => Operand::Number(*number),
            Self::Text(text) => Operand::Text(text),
            Self::Bool(value) => Operand::Bool(*value),
            Self::None => Operand::Absent,
            Self::List(values) => Operand::List(values.iter().map(|value| value.operand(body)).collect()),
            Self::Call(function, arguments) => measure(*function, arguments, body),
            Self::Compare(..) | Self::And(_) | Self::Or(_) | Self::Not(_) | Self::In(..) => {
                match self.eval(body) {
                    Value3::True => Operand::Bool(true),
                    Value3::False => Operand::Bool(false),
                    Value3::Unknown => Operand::Other,
                }
            }
        }
    }
}

/// A value that can be compared.
#[derive(Debug, Clone, PartialEq)]
enum Operand<'a> {
    Absent,
    Number(Decimal),
    Text(&'a str),
    Bool(bool),
    List(Vec<Operand<'a>>),
    /// A record or map: has a size and nothing to compare.
    Map(usize),
    /// A number beyond exact decimals, or an outcome that is unknown.
    Other,
}

impl<'a> Operand<'a> {
    fn of(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Absent,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => exact(number).map_or(Self::Other, Self::Number),
            Value::String(text) => Self::Text(text),
            Value::Array(values) => Self::List(values.iter().map(Self::of).collect()),
            Value::Object(fields) => Self::Map(fields.len()),
        }
    }
}

/// The exact value of a JSON number, `1e3` included; `None` beyond 28 digits.
pub fn exact(number: &serde_json::Number) -> Option<Decimal> {
    let digits = number.as_str();
    match digits.contains(['e', 'E']) {
        true => Decimal::from_scientific(digits).ok(),
        false => Decimal::from_str_exact(digits).ok(),
    }
}

fn compare(comparison: Comparison, left: &Expr, right: &Expr, body: &Value) -> Value3 {
    let (left_value, right_value) = (left.operand(body), right.operand(body));
    // Asking for `none` is the one question that an absent field answers.
    if matches!(left, Expr::None) || matches!(right, Expr::None) {
        let both = left_value == Operand::Absent && right_value == Operand::Absent;
        return match comparison {
            Comparison::Equal => both.into(),
            Comparison::NotEqual => (!both).into(),
            Comparison::Less | Comparison::AtMost | Comparison::Greater | Comparison::AtLeast => {
                Value3::Unknown
            }
        };
    }
    match comparison {
        Comparison::Equal => same(&left_value, &right_value),
        Comparison::NotEqual => same(&left_value, &right_value).opposite(),
        Comparison::Less => ordered(&left_value, &right_value, Ordering::is_lt),
        Comparison::AtMost => ordered(&left_value, &right_value, Ordering::is_le),
        Comparison::Greater => ordered(&left_value, &right_value, Ordering::is_gt),
        Comparison::AtLeast => ordered(&left_value, &right_value, Ordering::is_ge),
    }
}

fn same(left: &Operand<'_>, right: &Operand<'_>) -> Value3 {
    match (left, right) {
        (Operand::Number(left), Operand::Number(right)) => (left == right).into(),
        (Operand::Text(left), Operand::Text(right)) => (left == right).into(),
        (Operand::Bool(left), Operand::Bool(right)) => (left == right).into(),
        (Operand::List(left), Operand::List(right)) if left.len() != right.len() => Value3::False,
        (Operand::List(left), Operand::List(right)) => {
            all(left.iter().zip(right).map(|(left, right)| same(left, right)))
        }
        _ => Value3::Unknown,
    }
}

fn ordered(left: &Operand<'_>, right: &Operand<'_>, accepted: fn(Ordering) -> bool) -> Value3 {
    match (left, right) {
        (Operand::Number(left), Operand::Number(right)) => accepted(left.cmp(right)).into(),
        (Operand::Text(left), Operand::Text(right)) => accepted(left.cmp(right)).into(),
        _ => Value3::Unknown,
    }
}

fn contains(list: &Operand<'_>, needle: &Operand<'_>) -> Value3 {
    match list {
        Operand::List(values) => all(values.iter().map(|value| same(value, needle).opposite())).opposite(),
        _ => Value3::Unknown,
    }
}

/// A function whose result is a truth.
fn test(function: Function, arguments: &[Expr], body: &Value) -> Value3 {
    let [subject, part] = arguments else {
        return Value3::Unknown;
    };
    match (function, subject.operand(body), part.operand(body)) {
        (Function::StartsWith, Operand::Text(text), Operand::Text(part)) => text.starts_with(part).into(),
        (Function::EndsWith, Operand::Text(text), Operand::Text(part)) => text.ends_with(part).into(),
        (Function::Contains, Operand::Text(text), Operand::Text(part)) => text.contains(part).into(),
        (Function::Contains, list @ Operand::List(_), needle) => contains(&list, &needle),
        _ => Value3::Unknown,
    }
}

/// A function whose result is a number; the others give their truth.
fn measure<'a>(function: Function, arguments: &'a [Expr], body: &'a Value) -> Operand<'a> {
    let size = |count: usize| Operand::Number(Decimal::from(count));
    match (function, arguments) {
        (Function::Size, [subject]) => match subject.operand(body) {
            Operand::Text(text) => size(text.chars().count()),
            Operand::List(values) => size(values.len()),
            Operand::Map(entries) => size(entries),
            _ => Operand::Other,
        },
        (Function::Count, [subject]) => match subject.operand(body) {
            Operand::List(values) => size(values.iter().filter(|value| **value != Operand::Absent).count()),
            _ => Operand::Other,
        },
        (Function::Sum, [subject]) => match subject.operand(body) {
            Operand::List(values) => sum(&values).map_or(Operand::Other, Operand::Number),
            _ => Operand::Other,
        },
        _ => match test(function, arguments, body) {
            Value3::True => Operand::Bool(true),
            Value3::False => Operand::Bool(false),
            Value3::Unknown => Operand::Other,
        },
    }
}

fn sum(values: &[Operand<'_>]) -> Option<Decimal> {
    values.iter().try_fold(Decimal::ZERO, |total, value| match value {
        Operand::Number(number) => total.checked_add(*number),
        _ => None,
    })
}

/// Kleene's conjunction: one false decides, one unknown spoils.
fn all(parts: impl IntoIterator<Item = Value3>) -> Value3 {
    let mut outcome = Value3::True;
    for part in parts {
        match part {
            Value3::False => return Value3::False,
            Value3::Unknown => outcome = Value3::Unknown,
            Value3::True => {}
        }
    }
    outcome
}

impl Value3 {
    /// The other truth; unknown stays unknown.
    pub fn opposite(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }
}

impl From<bool> for Value3 {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{call, field, list, none, number, text};

    fn body(json: &str) -> Value {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn the_truth_table_of_extraordinary_rides() {
        let filter = field("fare")
            .ge(number("50"))
            .and(field("distance").ge(number("20")));
        for (ride, matches) in [
            (r#"{"fare":50,"distance":20}"#, true),
            (r#"{"fare":50.00,"distance":2e1}"#, true),
            (r#"{"fare":49.99,"distance":600}"#, false),
            (r#"{"fare":49.999999999999999999999999,"distance":600}"#, false),
            (r#"{"fare":256.5,"distance":19}"#, false),
            (r#"{"fare":256.5}"#, false),
            (r#"{"fare":"256.5","distance":600}"#, false),
        ] {
            assert_eq!(filter.matches(&body(ride)), matches, "{ride}");
        }
    }

    #[test]
    fn decimals_are_compared_exactly() {
        let equal = field("a").eq(number("0.3"));
        assert!(equal.matches(&body(r#"{"a":0.3}"#)));
        assert!(equal.matches(&body(r#"{"a":0.30}"#)));
        assert!(!equal.matches(&body(r#"{"a":0.30000000000000004}"#)));
    }

    #[test]
    fn a_number_beyond_exact_decimals_is_unknown() {
        let huge = body(r#"{"a":123456789012345678901234567890123}"#);
        assert_eq!(field("a").gt(number("1")).eval(&huge), Value3::Unknown);
    }

    #[test]
    fn unknown_spreads_and_its_negation_does_not_match() {
        let absent = field("missing").eq(number("1"));
        assert_eq!(absent.eval(&json!({})), Value3::Unknown);
        assert!(!absent.clone().negate().matches(&json!({})));
        assert_eq!(
            absent.clone().and(Expr::Bool(false)).eval(&json!({})),
            Value3::False
        );
        assert_eq!(absent.clone().or(Expr::Bool(true)).eval(&json!({})), Value3::True);
        assert_eq!(absent.or(Expr::Bool(false)).eval(&json!({})), Value3::Unknown);
    }

    #[test]
    fn none_asks_for_absence() {
        assert!(field("note").eq(none()).matches(&json!({})));
        assert!(field("note").eq(none()).matches(&json!({"note": null})));
        assert!(field("note").ne(none()).matches(&json!({"note": "x"})));
    }

    #[test]
    fn membership_and_functions() {
        let ride = json!({"city": "rome", "tags": ["a", "b"], "address": {"street": "Via"}, "parts": [1, 2]});
        assert!(
            field("city")
                .is_in(list([text("rome"), text("lima")]))
                .matches(&ride)
        );
        assert!(!field("city").is_in(list([text("lima")])).matches(&ride));
        assert!(call(Function::Contains, [field("tags"), text("b")]).matches(&ride));
        assert!(call(Function::StartsWith, [field("address.street"), text("V")]).matches(&ride));
        assert!(
            call(Function::Size, [field("city")])
                .eq(number("4"))
                .matches(&ride)
        );
        assert!(
            call(Function::Sum, [field("parts")])
                .eq(number("3"))
                .matches(&ride)
        );
        assert!(
            call(Function::Count, [field("tags")])
                .eq(number("2"))
                .matches(&ride)
        );
    }
}
