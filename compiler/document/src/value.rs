//! Conditions, values and what records are made of: as text, and as trees.

use aqueduct_compiler::model;
use schemars::JsonSchema;
use serde::Serialize;

use crate::label::path;
use crate::words::{Comparison, Function, Operation};

/// A condition.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Condition {
    /// As the language writes it.
    text: String,
    /// The same as a tree.
    tree: Test,
}

/// What a record is made of: spreads are filled in, and defaults that aren't written are left out.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Mapping {
    /// As the language writes it.
    text: String,
    /// In the order of the record's fields.
    fields: Vec<Assigned>,
}

/// A field, and what it is given.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Assigned {
    /// The field.
    name: String,
    /// What it is given.
    value: Value,
}

/// A value that is computed.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Computed {
    /// As the language writes it.
    text: String,
    /// The same as a tree.
    tree: Value,
}

/// A part of a condition.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Test {
    /// All of these hold.
    All {
        /// Never empty.
        of: Vec<Test>,
    },
    /// At least one of these holds.
    Any {
        /// Never empty.
        of: Vec<Test>,
    },
    /// This doesn't hold.
    Not {
        /// The other condition.
        of: Box<Test>,
    },
    /// Two values stand so to each other.
    Compare {
        /// How.
        how: Comparison,
        /// One.
        left: Value,
        /// The other.
        right: Value,
    },
    /// A value is one of several.
    In {
        /// The value.
        value: Value,
        /// The several.
        options: Vec<Value>,
    },
    /// A test of a text or a list.
    Text {
        /// Its name, such as `starts_with`.
        test: String,
        /// What is tested.
        left: Value,
        /// What it is tested for.
        right: Value,
    },
    /// A value is true.
    Holds {
        /// The value.
        value: Value,
    },
}

/// A value, or how one is made.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Value {
    /// A field, or what a name stands for and a field in it.
    Path {
        /// With dots; `it` in front is the message or row that is looked at.
        path: String,
    },
    /// The same where the way leads through lists: a list of what stands at its end.
    Each {
        /// With dots.
        path: String,
    },
    /// A number.
    Number {
        /// Exact, in decimal digits.
        number: String,
    },
    /// A text.
    Text {
        /// It.
        text: String,
    },
    /// True or false.
    Bool {
        /// Which.
        value: bool,
    },
    /// A value of an enum.
    Word {
        /// Which.
        word: String,
    },
    /// A span of time.
    Duration {
        /// In milliseconds.
        duration_ms: u64,
    },
    /// Nothing.
    None,
    /// A list.
    List {
        /// In order.
        items: Vec<Value>,
    },
    /// An id that is minted once.
    New,
    /// The time at which it is asked for.
    Now,
    /// A record.
    Record {
        /// In the order of the record's fields.
        fields: Vec<Assigned>,
    },
    /// Two values, computed.
    Arithmetic {
        /// How.
        how: Operation,
        /// One.
        left: Box<Value>,
        /// The other.
        right: Box<Value>,
    },
    /// What a function makes of a value.
    Function {
        /// The function.
        function: Function,
        /// The value.
        of: Box<Value>,
    },
    /// Whether a condition holds.
    Test {
        /// The condition.
        of: Box<Test>,
    },
}

impl From<&model::Predicate> for Condition {
    fn from(of: &model::Predicate) -> Self {
        Self {
            text: of.to_string(),
            tree: of.into(),
        }
    }
}

impl From<&model::Value> for Computed {
    fn from(of: &model::Value) -> Self {
        Self {
            text: of.to_string(),
            tree: of.into(),
        }
    }
}

impl From<&model::Constant> for Computed {
    fn from(of: &model::Constant) -> Self {
        Self {
            text: of.to_string(),
            tree: of.into(),
        }
    }
}

impl From<&model::Mapping> for Mapping {
    fn from(of: &model::Mapping) -> Self {
        Self {
            text: of.to_string(),
            fields: assigned(of),
        }
    }
}

impl From<&model::Predicate> for Test {
    fn from(of: &model::Predicate) -> Self {
        let model::Predicate { kind, span: _ } = of;
        match kind {
            model::PredicateKind::All(parts) => Self::All { of: all(parts) },
            model::PredicateKind::Any(parts) => Self::Any { of: all(parts) },
            model::PredicateKind::Not(inner) => Self::Not {
                of: Box::new(inner.as_ref().into()),
            },
            model::PredicateKind::Compare(how, left, right) => Self::Compare {
                how: (*how).into(),
                left: left.into(),
                right: right.into(),
            },
            model::PredicateKind::Computed(how, left, right) => Self::Compare {
                how: (*how).into(),
                left: left.into(),
                right: right.into(),
            },
            model::PredicateKind::In(value, options) => Self::In {
                value: value.into(),
                options: all(options),
            },
            model::PredicateKind::Text(test, left, right) => Self::Text {
                test: test.to_string(),
                left: left.into(),
                right: right.into(),
            },
            model::PredicateKind::Holds(value) => Self::Holds { value: value.into() },
        }
    }
}

impl From<&model::Operand> for Value {
    fn from(of: &model::Operand) -> Self {
        let model::Operand { value, size, span: _ } = of;
        let inner = match value {
            Ok(field) => field.into(),
            Err(constant) => constant.into(),
        };
        if !size {
            return inner;
        }
        Self::Function {
            function: Function::Size,
            of: Box::new(inner),
        }
    }
}

impl From<&model::FieldPath> for Value {
    fn from(of: &model::FieldPath) -> Self {
        let model::FieldPath { segments, explicit } = of;
        let it = if *explicit { "it." } else { "" };
        Self::Path {
            path: format!("{it}{}", path(segments)),
        }
    }
}

impl From<&model::Constant> for Value {
    fn from(of: &model::Constant) -> Self {
        match of {
            model::Constant::Number(number) => Self::Number {
                number: number.to_string(),
            },
            model::Constant::Text(text) => Self::Text {
                text: text.to_string(),
            },
            model::Constant::Bool(value) => Self::Bool { value: *value },
            model::Constant::Word(word) => Self::Word {
                word: word.to_string(),
            },
            model::Constant::Duration(milliseconds) => Self::Duration {
                duration_ms: *milliseconds,
            },
            model::Constant::None => Self::None,
            model::Constant::List(items) => Self::List { items: all(items) },
        }
    }
}

impl From<&model::Value> for Value {
    fn from(of: &model::Value) -> Self {
        let model::Value { kind, span: _ } = of;
        match kind {
            model::ValueKind::Path(segments) => Self::Path { path: path(segments) },
            model::ValueKind::Each(segments) => Self::Each { path: path(segments) },
            model::ValueKind::Constant(constant) => constant.into(),
            model::ValueKind::New => Self::New,
            model::ValueKind::Now => Self::Now,
            model::ValueKind::List(items) => Self::List { items: all(items) },
            model::ValueKind::Record(mapping) => Self::Record {
                fields: assigned(mapping),
            },
            model::ValueKind::Arithmetic(how, sides) => {
                let [left, right] = sides.as_ref();
                Self::Arithmetic {
                    how: (*how).into(),
                    left: Box::new(left.into()),
                    right: Box::new(right.into()),
                }
            }
            model::ValueKind::Function(function, of) => Self::Function {
                function: (*function).into(),
                of: Box::new(of.as_ref().into()),
            },
            model::ValueKind::Test(condition) => Self::Test {
                of: Box::new(condition.as_ref().into()),
            },
        }
    }
}

fn assigned(of: &model::Mapping) -> Vec<Assigned> {
    let model::Mapping { fields, span: _ } = of;
    let fields = fields.iter().map(|(name, value)| Assigned {
        name: name.to_string(),
        value: value.into(),
    });
    fields.collect()
}

fn all<'a, T: 'a, U: From<&'a T>>(of: &'a [T]) -> Vec<U> {
    of.iter().map(U::from).collect()
}
