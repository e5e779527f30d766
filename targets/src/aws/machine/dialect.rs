//! The two query languages of Step Functions: how data is named, kept and made.

use serde_json::{Map, Value as Json, json};

use super::scope::{Scope, own};
use crate::QueryLanguage;
use aqueduct_saga::definition::Value;

/// The time at which a state was entered, in both languages.
const NOW: &str = "State.EnteredTime";

/// Writes in one of the languages.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dialect(pub(super) QueryLanguage);

impl Dialect {
    /// `$.ride.fare`, or the expression that means the same, without its braces.
    pub(super) fn reference(self, place: &str) -> String {
        match self.0 {
            QueryLanguage::JsonPath => format!("${place}"),
            QueryLanguage::Jsonata => format!("$states.input{}", quoted(place)),
        }
    }

    /// `$$.Execution.Name`, without braces.
    pub(super) fn context(self, path: &str) -> String {
        match self.0 {
            QueryLanguage::JsonPath => format!("$$.{path}"),
            QueryLanguage::Jsonata => format!("$states.context.{path}"),
        }
    }

    /// Sets a field to what an expression of this language gives.
    pub(super) fn set_expression(self, fields: &mut Map<String, Json>, name: &str, expression: &str) {
        let _ = match self.0 {
            QueryLanguage::JsonPath => fields.insert(format!("{name}.$"), json!(expression)),
            QueryLanguage::Jsonata => fields.insert(name.to_owned(), json!(format!("{{% {expression} %}}"))),
        };
    }

    /// Sets a field to a value of the saga.
    pub(super) fn set(self, fields: &mut Map<String, Json>, name: &str, value: &Value, scope: &Scope) {
        match value {
            Value::Path(_) | Value::Now | Value::New | Value::List(_) => {
                self.set_expression(fields, name, &self.expression(value, scope));
            }
            Value::Constant(constant) => {
                let _ = fields.insert(name.to_owned(), constant.clone());
            }
            Value::Record(inner) => {
                let mut made = Map::new();
                for (name, value) in inner {
                    self.set(&mut made, name, value, scope);
                }
                let _ = fields.insert(name.to_owned(), Json::Object(made));
            }
        }
    }

    /// A value as an expression, without braces.
    pub(super) fn expression(self, value: &Value, scope: &Scope) -> String {
        match value {
            Value::Path(path) => self.reference(&scope.place(path)),
            Value::Now => self.context(NOW),
            // Never the same twice, so the checker lets nothing depend on it: TAR011 refuses it in a saga for AWS.
            Value::New => match self.0 {
                QueryLanguage::JsonPath => "States.UUID()".to_owned(),
                QueryLanguage::Jsonata => "$uuid()".to_owned(),
            },
            Value::Constant(constant) => self.literal(constant),
            Value::List(items) => {
                let items: Vec<String> = items.iter().map(|item| self.expression(item, scope)).collect();
                match self.0 {
                    QueryLanguage::JsonPath => format!("States.Array({})", items.join(", ")),
                    QueryLanguage::Jsonata => format!("[{}]", items.join(", ")),
                }
            }
            Value::Record(fields) => {
                let fields = fields
                    .iter()
                    .map(|(name, value)| format!("{}: {}", json!(name), self.expression(value, scope)));
                format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
            }
        }
    }

    fn literal(self, constant: &Json) -> String {
        match (self.0, constant) {
            (QueryLanguage::JsonPath, Json::String(text)) => {
                let text = text.replace('\\', "\\\\").replace('\'', "\\'");
                let text = text.replace('{', "\\{").replace('}', "\\}");
                format!("'{text}'")
            }
            (_, constant) => constant.to_string(),
        }
    }

    /// Texts and values joined: `{}` in the pattern stands for the next of them.
    pub(super) fn format(self, pattern: &str, values: &[String]) -> String {
        match self.0 {
            QueryLanguage::JsonPath => {
                let values: Vec<String> = values.iter().map(|value| format!(", {value}")).collect();
                format!("States.Format('{pattern}'{})", values.concat())
            }
            QueryLanguage::Jsonata => {
                let mut parts = Vec::new();
                let mut values = values.iter();
                for (index, text) in pattern.split("{}").enumerate() {
                    if index > 0 {
                        parts.extend(values.next().cloned());
                    }
                    if !text.is_empty() {
                        parts.push(json!(text).to_string());
                    }
                }
                parts.join(" & ")
            }
        }
    }

    /// A value as its JSON text.
    pub(super) fn to_text(self, expression: &str) -> String {
        match self.0 {
            QueryLanguage::JsonPath => format!("States.JsonToString({expression})"),
            QueryLanguage::Jsonata => format!("$string({expression})"),
        }
    }

    /// What a JSON text stands for.
    pub(super) fn of_text(self, expression: &str) -> String {
        match self.0 {
            QueryLanguage::JsonPath => format!("States.StringToJson({expression})"),
            QueryLanguage::Jsonata => format!("$parse({expression})"),
        }
    }

    /// A number that an item gets when something new is put.
    pub(super) fn chance(self) -> String {
        match self.0 {
            QueryLanguage::JsonPath => "States.Format('{}', States.MathRandom(2, 999999999))".to_owned(),
            QueryLanguage::Jsonata => "$string(2 + $floor($random() * 999999997))".to_owned(),
        }
    }

    /// The arguments of a task.
    pub(super) fn arguments(self, state: &mut Map<String, Json>, arguments: Map<String, Json>) {
        let name = match self.0 {
            QueryLanguage::JsonPath => "Parameters",
            QueryLanguage::Jsonata => "Arguments",
        };
        let _ = state.insert(name.to_owned(), Json::Object(arguments));
    }

    /// Keeps a part of a task's result as `{"reply": …}` for a step; `None` keeps that it succeeded.
    pub(super) fn keep_result(self, state: &mut Map<String, Json>, name: &str, part: Option<&str>) {
        match self.0 {
            QueryLanguage::JsonPath => {
                let selector = match part {
                    Some(part) => json!({ "reply.$": format!("$.{part}") }),
                    None => json!({ "reply": {} }),
                };
                let _ = state.insert("ResultSelector".to_owned(), selector);
                let _ = state.insert("ResultPath".to_owned(), json!(format!("$.data.{name}")));
            }
            QueryLanguage::Jsonata => {
                let reply = part.map_or("{}".to_owned(), |part| format!("$states.result.{part}"));
                let kept = format!("{{\"reply\": {reply}}}");
                let _ = state.insert("Output".to_owned(), json!(with_data(name, &kept)));
            }
        }
    }

    /// Keeps the whole of a task's result under a name of the machine's own.
    pub(super) fn keep_whole(self, state: &mut Map<String, Json>, name: &str) {
        let name = own(name);
        match self.0 {
            QueryLanguage::JsonPath => {
                let _ = state.insert("ResultPath".to_owned(), json!(format!("$.{name}")));
            }
            QueryLanguage::Jsonata => {
                let kept = format!("{{{}: $states.result}}", json!(name));
                let _ = state.insert("Output".to_owned(), json!(merged(&kept)));
            }
        }
    }

    /// Keeps nothing of a task's result.
    pub(super) fn drop_result(self, state: &mut Map<String, Json>) {
        let _ = match self.0 {
            QueryLanguage::JsonPath => state.insert("ResultPath".to_owned(), Json::Null),
            QueryLanguage::Jsonata => state.insert("Output".to_owned(), json!("{% $states.input %}")),
        };
    }

    /// Where an error leads, with what it was under `failure`.
    pub(super) fn catch(self, errors: &[&str], next: &str) -> Json {
        match self.0 {
            QueryLanguage::JsonPath => {
                json!({ "ErrorEquals": errors, "ResultPath": "$.failure", "Next": next })
            }
            QueryLanguage::Jsonata => json!({
                "ErrorEquals": errors,
                "Output": merged("{\"failure\": $states.errorOutput}"),
                "Next": next,
            }),
        }
    }

    /// Goes on in spite of an error, as if nothing had been.
    pub(super) fn ignore(self, errors: &[&str], next: &str) -> Json {
        match self.0 {
            QueryLanguage::JsonPath => json!({ "ErrorEquals": errors, "ResultPath": null, "Next": next }),
            QueryLanguage::Jsonata => {
                json!({ "ErrorEquals": errors, "Output": "{% $states.input %}", "Next": next })
            }
        }
    }

    /// A state that makes a step's result.
    pub(super) fn pass_result(self, name: &str, fields: &Map<String, Json>, next: &str) -> Json {
        match self.0 {
            QueryLanguage::JsonPath => json!({
                "Type": "Pass", "Parameters": fields, "ResultPath": format!("$.data.{name}"), "Next": next,
            }),
            QueryLanguage::Jsonata => json!({
                "Type": "Pass", "Output": with_data(name, &object(fields)), "Next": next,
            }),
        }
    }

    /// A state that puts fields under a name of the machine's own.
    pub(super) fn pass(self, name: &str, fields: &Map<String, Json>, next: &str) -> Json {
        let name = own(name);
        match self.0 {
            QueryLanguage::JsonPath => json!({
                "Type": "Pass", "Parameters": fields, "ResultPath": format!("$.{name}"), "Next": next,
            }),
            QueryLanguage::Jsonata => json!({
                "Type": "Pass", "Output": merged(&format!("{{{}: {}}}", json!(name), object(fields))), "Next": next,
            }),
        }
    }
}

/// The state's input with something more in `data`.
fn with_data(name: &str, value: &str) -> String {
    let data = format!("$merge([$states.input.data, {{{}: {value}}}])", json!(name));
    merged(&format!("{{\"data\": {data}}}"))
}

/// The state's input with fields of an object put over it.
fn merged(object: &str) -> String {
    format!("{{% $merge([$states.input, {object}]) %}}")
}

/// Fields that hold expressions in braces, as one expression.
fn object(fields: &Map<String, Json>) -> String {
    let fields = fields.iter().map(|(name, value)| {
        let value = match value {
            Json::String(text) => match text.strip_prefix("{% ").and_then(|text| text.strip_suffix(" %}")) {
                Some(expression) => expression.to_owned(),
                None => value.to_string(),
            },
            Json::Object(inner) => object(inner),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::Array(_) => value.to_string(),
        };
        format!("{}: {value}", json!(name))
    });
    format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
}

/// Names between backticks, so that none is an operator: ``.`ride`.`in` ``.
fn quoted(place: &str) -> String {
    let parts = place.split('.').map(|part| match part.split_once('[') {
        Some((name, index)) => format!("`{name}`[{index}"),
        None if part.is_empty() => String::new(),
        None => format!("`{part}`"),
    });
    parts.collect::<Vec<_>>().join(".")
}
