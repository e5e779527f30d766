//! Conditions as Choice rules, or as expressions of `JSONata`. A comparison with what is absent doesn't hold.

use aqueduct_saga::definition::{Comparison, Condition, Value};
use serde_json::{Map, Value as Json, json};

use super::dialect::Dialect;
use super::scope::Scope;
use crate::QueryLanguage;

impl Dialect {
    /// One arm of a Choice state.
    pub(super) fn choice(self, condition: &Condition, scope: &Scope, next: &str) -> Json {
        self.arm(self.rule(condition, scope), next)
    }

    /// The arm of a failure with this error.
    pub(super) fn choice_of_error(self, error: &str, next: &str) -> Json {
        let variable = self.reference(".failure.Error");
        let rule = match self.0 {
            QueryLanguage::JsonPath => json!({ "Variable": variable, "StringEquals": error }),
            QueryLanguage::Jsonata => json!(format!("{variable} = {}", json!(error))),
        };
        self.arm(rule, next)
    }

    /// The arm of those who have something at a place, or have left this mark there.
    pub(super) fn choice_of_mark(self, place: &str, value: Option<usize>, next: &str) -> Json {
        let variable = self.reference(place);
        let rule = match (self.0, value) {
            (QueryLanguage::JsonPath, None) => json!({ "Variable": variable, "IsPresent": true }),
            (QueryLanguage::JsonPath, Some(value)) => {
                let present = json!({ "Variable": variable, "IsPresent": true });
                let taken = format!("{variable}.taken");
                json!({ "And": [present, { "Variable": taken, "NumericEquals": value }] })
            }
            (QueryLanguage::Jsonata, None) => json!(format!("$exists({variable})")),
            (QueryLanguage::Jsonata, Some(value)) => json!(format!("{variable}.taken = {value}")),
        };
        self.arm(rule, next)
    }

    fn arm(self, rule: Json, next: &str) -> Json {
        let mut arm = Map::new();
        match (self.0, rule) {
            (QueryLanguage::JsonPath, Json::Object(rule)) => arm.extend(rule),
            (_, rule) => {
                let text = rule.as_str().unwrap_or_default();
                let _ = arm.insert("Condition".to_owned(), json!(format!("{{% {text} %}}")));
            }
        }
        let _ = arm.insert("Next".to_owned(), json!(next));
        Json::Object(arm)
    }

    fn rule(self, condition: &Condition, scope: &Scope) -> Json {
        match self.0 {
            QueryLanguage::JsonPath => self.path_rule(condition, scope),
            QueryLanguage::Jsonata => json!(self.expression_rule(condition, scope)),
        }
    }

    fn path_rule(self, condition: &Condition, scope: &Scope) -> Json {
        let all = |parts: &[Condition]| -> Vec<Json> {
            parts.iter().map(|part| self.path_rule(part, scope)).collect()
        };
        match condition {
            Condition::All(parts) => json!({ "And": all(parts) }),
            Condition::Any(parts) => json!({ "Or": all(parts) }),
            Condition::Not(inner) => json!({ "Not": self.path_rule(inner, scope) }),
            Condition::Compare(how, left, right) => self.path_compare(*how, left, right, scope),
            Condition::In(left, values) => {
                let equal = values
                    .iter()
                    .map(|value| self.path_compare(Comparison::Equal, left, value, scope));
                json!({ "Or": equal.collect::<Vec<_>>() })
            }
            Condition::StartsWith(value, text) => self.matches(value, &format!("{}*", literal(text)), scope),
            Condition::EndsWith(value, text) => self.matches(value, &format!("*{}", literal(text)), scope),
            Condition::Contains(value, text) => self.matches(value, &format!("*{}*", literal(text)), scope),
            Condition::Present(value) => {
                let variable = self.expression(value, scope);
                let there = json!({ "Variable": variable, "IsPresent": true });
                json!({ "And": [there, { "Variable": variable, "IsNull": false }] })
            }
            Condition::Holds(value) => self.present(value, scope, json!({ "BooleanEquals": true })),
        }
    }

    /// A test of a variable that may not be there.
    fn present(self, value: &Value, scope: &Scope, test: Json) -> Json {
        let variable = self.expression(value, scope);
        let mut rule = Map::new();
        let _ = rule.insert("Variable".to_owned(), json!(variable));
        if let Json::Object(test) = test {
            rule.extend(test);
        }
        json!({ "And": [{ "Variable": variable, "IsPresent": true }, rule] })
    }

    fn matches(self, value: &Value, pattern: &str, scope: &Scope) -> Json {
        self.present(value, scope, json!({ "StringMatches": pattern }))
    }

    fn path_compare(self, how: Comparison, left: &Value, right: &Value, scope: &Scope) -> Json {
        if let (Value::Constant(_), Value::Path(_)) = (left, right) {
            return self.path_compare(flipped(how), right, left, scope);
        }
        if how == Comparison::NotEqual {
            let equal = self.path_compare(Comparison::Equal, left, right, scope);
            let there = self.expression(left, scope);
            return json!({ "And": [{ "Variable": there, "IsPresent": true }, { "Not": equal }] });
        }
        let word = match how {
            Comparison::Equal | Comparison::NotEqual => "Equals",
            Comparison::Less => "LessThan",
            Comparison::AtMost => "LessThanEquals",
            Comparison::Greater => "GreaterThan",
            Comparison::AtLeast => "GreaterThanEquals",
        };
        let test = |kind: &str, value: Json| json!({ format!("{kind}{word}"): value });
        match right {
            Value::Constant(Json::Bool(value)) => self.present(left, scope, test("Boolean", json!(value))),
            Value::Constant(Json::String(value)) => self.present(left, scope, test("String", json!(value))),
            Value::Constant(value) => self.present(left, scope, test("Numeric", value.clone())),
            Value::Path(_) | Value::New | Value::Now | Value::List(_) | Value::Record(_) => {
                let kind = match (left, right) {
                    (Value::Path(path), _) | (_, Value::Path(path)) => scope.kind(path),
                    _ => "String",
                };
                let other = self.expression(right, scope);
                self.present(left, scope, json!({ format!("{kind}{word}Path"): other }))
            }
        }
    }

    fn expression_rule(self, condition: &Condition, scope: &Scope) -> String {
        let joined = |parts: &[Condition], word: &str| {
            let parts: Vec<String> = parts
                .iter()
                .map(|part| format!("({})", self.expression_rule(part, scope)))
                .collect();
            parts.join(&format!(" {word} "))
        };
        let value = |value: &Value| self.expression(value, scope);
        match condition {
            Condition::All(parts) => joined(parts, "and"),
            Condition::Any(parts) => joined(parts, "or"),
            Condition::Not(inner) => format!("$not({})", self.expression_rule(inner, scope)),
            Condition::Compare(how, left, right) => {
                let word = match how {
                    Comparison::Equal => "=",
                    Comparison::NotEqual => "!=",
                    Comparison::Less => "<",
                    Comparison::AtMost => "<=",
                    Comparison::Greater => ">",
                    Comparison::AtLeast => ">=",
                };
                let compared = format!("{} {word} {}", value(left), value(right));
                if let Value::Path(_) = left {
                    format!("$exists({}) and {compared}", value(left))
                } else {
                    compared
                }
            }
            Condition::In(left, values) => {
                let values: Vec<String> = values.iter().map(value).collect();
                format!("{} in [{}]", value(left), values.join(", "))
            }
            Condition::StartsWith(left, text) => {
                let size = text.chars().count();
                format!("$substring({}, 0, {size}) = {}", value(left), json!(text))
            }
            Condition::EndsWith(left, text) => {
                let size = text.chars().count();
                format!("$substring({}, -{size}) = {}", value(left), json!(text))
            }
            Condition::Contains(left, text) => format!("$contains({}, {})", value(left), json!(text)),
            Condition::Present(there) => {
                format!("$exists({0}) and $type({0}) != \"null\"", value(there))
            }
            Condition::Holds(left) => format!("{} = true", value(left)),
        }
    }
}

/// A text in a pattern of `StringMatches`, where a star stands for anything.
fn literal(text: &str) -> String {
    text.replace('\\', "\\\\").replace('*', "\\*")
}

fn flipped(how: Comparison) -> Comparison {
    match how {
        Comparison::Equal => Comparison::Equal,
        Comparison::NotEqual => Comparison::NotEqual,
        Comparison::Less => Comparison::Greater,
        Comparison::AtMost => Comparison::AtLeast,
        Comparison::Greater => Comparison::Less,
        Comparison::AtLeast => Comparison::AtMost,
    }
}
