//! A saga of the model as the data that engines run and Step Functions' states are made from.
//!
//! What has no word there is passed by: it is refused for every engine, and only code beside an error is made of it.

mod told;

use std::cell::Cell;

use aqueduct_compiler::model::{
    Action, ActionKind, Comparison, Constant, DefaultValue, Ending, Fail, Id, Mapping, Model, OnFault,
    Operand, Predicate, PredicateKind, Retry, Saga, Statement, Step, StepClass, Store, TypeDecl, Until,
    Value, ValueKind,
};
use aqueduct_saga::definition as out;
use rust_decimal::Decimal;
use serde_json::{Number, Value as Json};
use smol_str::SmolStr;
pub use told::is_told;

/// The data of a saga.
pub fn definition(model: &Model, id: Id<Saga>) -> out::Saga {
    let saga = &model.sagas[id];
    let cx = Translation {
        model,
        choices: Cell::new(0),
        parallels: Cell::new(0),
        waits: Cell::new(0),
        fails: Cell::new(0),
    };
    out::Saga {
        name: model.saga_name(id),
        queue: saga
            .on
            .map(|(channel, _)| model.channels[channel].label.name.to_string()),
        input: saga.input_name.to_string(),
        by: saga.by.iter().map(|path| strings(path)).collect(),
        deadline: saga.deadline.map(|deadline| deadline.value),
        body: cx.statements(&saga.body),
        done: cx.ending("done", saga.done.as_ref()),
        failed: cx.ending("failed", saga.failed.as_ref()),
    }
}

/// Counts what has no name of its own.
struct Translation<'a> {
    model: &'a Model,
    choices: Cell<u32>,
    parallels: Cell<u32>,
    waits: Cell<u32>,
    fails: Cell<u32>,
}

fn next(word: &str, counter: &Cell<u32>) -> String {
    counter.set(counter.get() + 1);
    // No name of an author's has a blank in it.
    format!("{word} {}", counter.get())
}

impl Translation<'_> {
    fn statements(&self, body: &[Statement]) -> Vec<out::Statement> {
        body.iter()
            .filter_map(|statement| self.statement(statement))
            .collect()
    }

    fn statement(&self, statement: &Statement) -> Option<out::Statement> {
        Some(match statement {
            Statement::Step(step) => out::Statement::Step(Box::new(self.step(step)?)),
            Statement::If { arms, otherwise, .. } => out::Statement::Choice {
                name: next("choice", &self.choices),
                arms: arms
                    .iter()
                    .filter_map(|(predicate, body)| Some((condition(predicate)?, self.statements(body))))
                    .collect(),
                otherwise: self.statements(otherwise),
            },
            Statement::Parallel { branches, .. } => out::Statement::Parallel {
                name: next("parallel", &self.parallels),
                branches: branches
                    .iter()
                    .map(|branch| (branch.name.to_string(), self.statements(&branch.body)))
                    .collect(),
            },
            Statement::Wait {
                until: Until::Passed(time),
                ..
            } => out::Statement::Wait {
                name: next("wait", &self.waits),
                time: *time,
            },
            Statement::Wait { .. } | Statement::Map(_) | Statement::Alone(_) => return None,
            Statement::Fail(Fail { fault, fields, .. }) => out::Statement::Fail {
                name: next("fail", &self.fails),
                fault: self.type_name(*fault),
                fields: record(fields),
            },
        })
    }

    fn step(&self, step: &Step) -> Option<out::Step> {
        Some(out::Step {
            name: step.label.name.to_string(),
            class: match step.class {
                StepClass::Compensatable => out::Class::Compensatable,
                StepClass::Pivot => out::Class::Pivot,
                StepClass::Retriable => out::Class::Retriable,
                StepClass::ReadOnly => out::Class::ReadOnly,
            },
            action: self.action(&step.action)?,
            timeout: step.timeout.value,
            retry: self.retry(&step.retry),
            on: step.on.iter().map(|on| self.on_fault(on)).collect(),
            undo: step.undo.as_ref().and_then(|undo| {
                let called = undo.called().map(|handler| &self.model.handlers[handler]);
                Some(out::Undo {
                    action: self.action(undo)?,
                    timeout: called.map_or(Step::TIMEOUT, |handler| handler.timeout.value),
                    retry: self.retry(&Retry::of_undo()),
                })
            }),
        })
    }

    fn on_fault(&self, on: &OnFault) -> out::OnFault {
        out::OnFault {
            fault: on
                .fault
                .map_or_else(|| "Timeout".to_owned(), |fault| self.type_name(fault)),
            body: self.statements(&on.body),
        }
    }

    fn ending(&self, word: &str, ending: Option<&Ending>) -> Vec<out::Finish> {
        let actions = ending.map(|ending| ending.actions.as_slice()).unwrap_or_default();
        let finishes = actions.iter().enumerate().filter_map(|(index, action)| {
            Some(out::Finish {
                name: format!("{word} {}", index + 1),
                action: self.action(action)?,
                retry: self.retry(&Retry::without_code()),
            })
        });
        finishes.collect()
    }

    fn retry(&self, retry: &Retry) -> out::Retry {
        out::Retry {
            count: retry.count,
            backoff: retry.backoff,
            factor_percent: percent(retry),
            cap: retry.cap,
            on: retry.on.iter().map(|fault| self.type_name(*fault)).collect(),
            alarm: retry.alarm,
        }
    }

    fn action(&self, action: &Action) -> Option<out::Action> {
        Some(match &action.kind {
            ActionKind::Receive { .. } | ActionKind::Child { .. } | ActionKind::Start { .. } => return None,
            ActionKind::Call { handler, input, .. } => out::Action::Call {
                handler: self.model.handler_name(*handler),
                fails: self.model.handlers[*handler]
                    .fails
                    .iter()
                    .map(|(fault, _)| self.type_name(*fault))
                    .collect(),
                input: complete(self.model, self.model.handlers[*handler].input, input),
            },
            ActionKind::Insert { store, row } => out::Action::Insert {
                table: self.table(*store, row),
                row: complete(self.model, Some(self.model.stores[*store].row), row),
            },
            ActionKind::Put { store, row } => out::Action::Put {
                table: self.table(*store, row),
                row: complete(self.model, Some(self.model.stores[*store].row), row),
            },
            ActionKind::Update { store, row, only_if } => {
                let table = self.table(*store, row);
                let changed = row
                    .fields
                    .iter()
                    .filter(|(name, _)| *name != table.field.as_str());
                out::Action::Update {
                    set: changed
                        .filter_map(|(name, field)| Some((name.to_string(), value(field)?)))
                        .collect(),
                    only_if: only_if.as_ref().and_then(condition),
                    table,
                }
            }
            ActionKind::Get { store, key } => out::Action::Get {
                table: self.table(*store, key),
            },
            ActionKind::Delete { store, key } => out::Action::Delete {
                table: self.table(*store, key),
            },
            ActionKind::Emit {
                message,
                fields,
                channel,
            } => out::Action::Emit {
                channel: self.model.channels[*channel].label.name.to_string(),
                kind: self.type_name(*message),
                message: complete(self.model, Some(*message), fields),
            },
        })
    }

    /// The key is one of the fields that are given: lowering sees to it.
    fn table(&self, id: Id<Store>, row: &Mapping) -> out::TableKey {
        let store = &self.model.stores[id];
        let field = store
            .key
            .first()
            .map(|(name, _)| name.as_str())
            .unwrap_or_default();
        let key = row.fields.iter().find(|(name, _)| name == field);
        out::TableKey {
            name: self.model.store_name(id),
            field: field.to_owned(),
            key: key
                .and_then(|(_, key)| value(key))
                .unwrap_or(out::Value::Constant(Json::Null)),
        }
    }

    fn type_name(&self, id: Id<TypeDecl>) -> String {
        self.model.types[id].label.name.to_string()
    }
}

/// What each wait is longer than the one before, in hundredths.
pub fn percent(retry: &Retry) -> u32 {
    let percent = (retry.factor * Decimal::ONE_HUNDRED).round();
    percent.try_into().unwrap_or(100)
}

/// A record with the defaults of what isn't written: nobody fills them in later.
pub fn complete(model: &Model, of: Option<Id<TypeDecl>>, mapping: &Mapping) -> out::Value {
    let mut fields: Vec<(String, out::Value)> = mapping
        .fields
        .iter()
        .filter_map(|(name, field)| Some((name.to_string(), value(field)?)))
        .collect();
    let declared = of.map(|of| model.fields(of)).unwrap_or_default();
    for field in declared {
        let Some(default) = &field.default else { continue };
        if fields.iter().all(|(name, _)| *name != field.label.name) {
            let value = match default {
                DefaultValue::Minted => out::Value::New,
                DefaultValue::Now => out::Value::Now,
                DefaultValue::Value(value) => out::Value::Constant(constant(value)),
            };
            fields.push((field.label.name.to_string(), value));
        }
    }
    let place = |name: &str| declared.iter().position(|field| field.label.name == name);
    fields.sort_by_key(|(name, _)| place(name));
    out::Value::Record(fields)
}

fn strings(path: &[SmolStr]) -> Vec<String> {
    path.iter().map(ToString::to_string).collect()
}

/// What is written, and nothing else.
pub fn record(mapping: &Mapping) -> out::Value {
    let fields = mapping.fields.iter();
    out::Value::Record(
        fields
            .filter_map(|(name, field)| Some((name.to_string(), value(field)?)))
            .collect(),
    )
}

/// A value as data; nothing for what no engine computes.
pub fn value(of: &Value) -> Option<out::Value> {
    Some(match &of.kind {
        ValueKind::Path(path) => out::Value::Path(strings(path)),
        ValueKind::Constant(value) => out::Value::Constant(constant(value)),
        ValueKind::New => out::Value::New,
        ValueKind::Now => out::Value::Now,
        ValueKind::List(items) => out::Value::List(items.iter().filter_map(value).collect()),
        ValueKind::Record(mapping) => record(mapping),
        ValueKind::Each(_) | ValueKind::Arithmetic(..) | ValueKind::Function(..) | ValueKind::Test(_) => {
            return None;
        }
    })
}

/// A constant as it stands in a body.
pub fn constant(value: &Constant) -> Json {
    match value {
        Constant::Number(number) => exact(*number),
        Constant::Text(text) | Constant::Word(text) => Json::String(text.to_string()),
        Constant::Bool(value) => Json::Bool(*value),
        Constant::Duration(milliseconds) => Json::String(iso(*milliseconds)),
        Constant::None => Json::Null,
        Constant::List(items) => Json::Array(items.iter().map(constant).collect()),
    }
}

fn exact(number: Decimal) -> Json {
    // The digits of a decimal are a number of JSON.
    let number: Number = number
        .to_string()
        .parse()
        .expect("the text of a decimal is a number");
    Json::Number(number)
}

/// A duration as ISO 8601 has it: `PT90S`, `PT0.5S`.
fn iso(milliseconds: u64) -> String {
    let (seconds, rest) = (milliseconds / 1_000, milliseconds % 1_000);
    if rest == 0 {
        format!("PT{seconds}S")
    } else {
        format!("PT{}S", format!("{seconds}.{rest:03}").trim_end_matches('0'))
    }
}

/// A condition as data; nothing for one of which a part is computed.
fn condition(predicate: &Predicate) -> Option<out::Condition> {
    let all = |parts: &[Predicate]| parts.iter().map(condition).collect::<Option<Vec<_>>>();
    Some(match &predicate.kind {
        PredicateKind::Computed(..) => return None,
        PredicateKind::All(parts) => out::Condition::All(all(parts)?),
        PredicateKind::Any(parts) => out::Condition::Any(all(parts)?),
        PredicateKind::Not(inner) => out::Condition::Not(Box::new(condition(inner)?)),
        PredicateKind::Compare(how, left, right) => compare(*how, left, right),
        PredicateKind::In(left, values) => {
            out::Condition::In(operand(left), values.iter().map(operand).collect())
        }
        PredicateKind::Text(test, left, right) => {
            let (left, text) = (operand(left), text(right));
            match test.as_str() {
                "starts_with" => out::Condition::StartsWith(left, text),
                "ends_with" => out::Condition::EndsWith(left, text),
                _ => out::Condition::Contains(left, text),
            }
        }
        PredicateKind::Holds(inner) => out::Condition::Holds(operand(inner)),
    })
}

fn compare(how: Comparison, left: &Operand, right: &Operand) -> out::Condition {
    let is_none = |operand: &Operand| matches!(operand.value, Err(Constant::None));
    let how = match how {
        Comparison::Equal if is_none(right) => {
            return out::Condition::Not(Box::new(out::Condition::Present(operand(left))));
        }
        Comparison::NotEqual if is_none(right) => return out::Condition::Present(operand(left)),
        Comparison::Equal => out::Comparison::Equal,
        Comparison::NotEqual => out::Comparison::NotEqual,
        Comparison::Less => out::Comparison::Less,
        Comparison::AtMost => out::Comparison::AtMost,
        Comparison::Greater => out::Comparison::Greater,
        Comparison::AtLeast => out::Comparison::AtLeast,
    };
    out::Condition::Compare(how, operand(left), operand(right))
}

fn operand(operand: &Operand) -> out::Value {
    match &operand.value {
        Ok(path) => out::Value::Path(strings(&path.segments)),
        Err(value) => out::Value::Constant(constant(value)),
    }
}

fn text(operand: &Operand) -> String {
    match &operand.value {
        Err(Constant::Text(text)) => text.to_string(),
        _ => String::new(),
    }
}
