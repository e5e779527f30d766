//! The lines of a saga: steps with where their failures lead, and the ways between them.

use aqueduct_compiler::model;
use schemars::JsonSchema;
use serde::Serialize;
use serde_with::skip_serializing_none;

use crate::action::Action;
use crate::label::{Label, Setting, setting};
use crate::reader::Reader;
use crate::types::Type;
use crate::value::{Computed, Condition, Mapping};
use crate::words::{Join, StepClass};

/// One line of a saga.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Statement {
    /// Something is done.
    Step {
        /// The step.
        step: Box<Step>,
    },
    /// The first arm whose condition holds.
    If {
        /// In order, never empty.
        arms: Vec<Guarded>,
        /// What is done when none holds.
        otherwise: Vec<Statement>,
    },
    /// Several at once.
    Parallel {
        /// When it goes on.
        until: Join,
        /// Never fewer than two.
        branches: Vec<Branch>,
    },
    /// Once for each item of a list.
    Map {
        /// What, and of which list.
        map: Box<Map>,
    },
    /// Waits for a time to pass.
    Wait {
        /// So long.
        wait_ms: u64,
        /// The type of the fault that it fails with when the deadline comes first.
        otherwise: Option<String>,
    },
    /// Waits until a time.
    WaitUntil {
        /// That one.
        time: Computed,
        /// The type of the fault that it fails with when the deadline comes first.
        otherwise: Option<String>,
    },
    /// Begins another saga or sends a message: what has no name, and what nothing takes back.
    Alone {
        /// Always a `start` or an `emit`.
        action: Action,
    },
    /// Ends the saga as if a step had failed so.
    Fail {
        /// The type of the fault.
        fault: String,
        /// Its fields.
        fields: Mapping,
    },
}

/// What a condition guards.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Guarded {
    /// Over what is known at this point.
    condition: Condition,
    /// In order.
    body: Vec<Statement>,
}

/// One of several that run at once.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Branch {
    /// Its name.
    name: String,
    /// In order.
    body: Vec<Statement>,
}

/// What is done once for each item of a list; its result is a list of what its last step gives.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Map {
    #[serde(flatten)]
    label: Label,
    /// The list.
    of: Computed,
    /// What one of its items is called.
    item: String,
    /// The type of an item.
    item_type: Type,
    /// How many items there are at most, where the list's type says so.
    most: Option<u64>,
    /// How many are under way at once.
    concurrency: Setting<u32>,
    /// What is done for each, in order.
    body: Vec<Statement>,
}

/// Something that a saga does, and answers for.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Step {
    #[serde(flatten)]
    label: Label,
    /// What a failure of it leads to.
    class: StepClass,
    /// What it does.
    action: Action,
    /// How long to wait for one try.
    timeout_ms: Setting<u64>,
    /// How often it is tried.
    retry: Retry,
    /// How long the other side may be silent.
    heartbeat_ms: Option<Setting<u64>>,
    /// What leads elsewhere than back.
    on: Vec<OnFault>,
    /// Failures with a number of tries of their own.
    again: Vec<Again>,
    /// What takes it back.
    undo: Option<Action>,
    /// Nobody can take it back.
    irreversible: bool,
}

/// How often something is tried, and when again.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Retry {
    /// Tries after the first; as often as it takes when absent.
    count: Option<u32>,
    /// Before the second try.
    backoff_ms: u64,
    /// What each wait is longer than the one before, exact, in decimal digits.
    factor: String,
    /// The longest wait.
    cap_ms: u64,
    /// Only these faults are tried again; all that is no declared fault when empty.
    on: Vec<String>,
    /// After which time a person is called.
    alarm_ms: Option<u64>,
    /// There, and true, when nobody has written it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    default: bool,
}

/// Where a failure leads.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct OnFault {
    /// The type of the fault; a timeout when absent.
    fault: Option<String>,
    /// What is done then, in order.
    body: Vec<Statement>,
}

/// A failure that is tried again.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Again {
    /// The type of the fault.
    fault: String,
    /// Tries after the first.
    count: u32,
}

impl Reader<'_> {
    pub(crate) fn statements(&self, of: &[model::Statement]) -> Vec<Statement> {
        of.iter().map(|statement| self.statement(statement)).collect()
    }

    fn statement(&self, of: &model::Statement) -> Statement {
        match of {
            model::Statement::Step(step) => Statement::Step {
                step: Box::new(self.step(step)),
            },
            model::Statement::If {
                arms,
                otherwise,
                span: _,
            } => Statement::If {
                arms: arms
                    .iter()
                    .map(|(condition, body)| Guarded {
                        condition: condition.into(),
                        body: self.statements(body),
                    })
                    .collect(),
                otherwise: self.statements(otherwise),
            },
            model::Statement::Parallel {
                until,
                branches,
                span: _,
            } => Statement::Parallel {
                until: (*until).into(),
                branches: branches.iter().map(|branch| self.branch(branch)).collect(),
            },
            model::Statement::Map(map) => Statement::Map {
                map: Box::new(self.map(map)),
            },
            model::Statement::Wait {
                until,
                otherwise,
                span: _,
            } => {
                let otherwise = otherwise.map(|fault| self.type_id(fault));
                match until {
                    model::Until::Passed(time) => Statement::Wait {
                        wait_ms: *time,
                        otherwise,
                    },
                    model::Until::At(time) => Statement::WaitUntil {
                        time: time.into(),
                        otherwise,
                    },
                }
            }
            model::Statement::Alone(action) => Statement::Alone {
                action: self.action(action),
            },
            model::Statement::Fail(model::Fail {
                fault,
                fields,
                span: _,
            }) => Statement::Fail {
                fault: self.type_id(*fault),
                fields: fields.into(),
            },
        }
    }

    fn branch(&self, of: &model::Branch) -> Branch {
        let model::Branch { name, body, span: _ } = of;
        Branch {
            name: name.to_string(),
            body: self.statements(body),
        }
    }

    fn map(&self, of: &model::Map) -> Map {
        let model::Map {
            label,
            of,
            item,
            item_type,
            most,
            concurrency,
            body,
            span: _,
        } = of;
        let concurrency = concurrency.unwrap_or_else(|| model::Setting::default_of(model::Map::CONCURRENCY));
        Map {
            label: self.label(label),
            of: of.into(),
            item: item.to_string(),
            item_type: self.ty(item_type),
            most: *most,
            concurrency: concurrency.into(),
            body: self.statements(body),
        }
    }

    fn step(&self, of: &model::Step) -> Step {
        let model::Step {
            label,
            class,
            action,
            timeout,
            retry,
            heartbeat,
            on,
            again,
            undo,
            irreversible,
        } = of;
        Step {
            label: self.label(label),
            class: (*class).into(),
            action: self.action(action),
            timeout_ms: (*timeout).into(),
            retry: self.retry(retry),
            heartbeat_ms: setting(*heartbeat),
            on: self.on_fault(on),
            again: self.again(again),
            undo: undo.as_ref().map(|undo| self.action(undo)),
            irreversible: irreversible.is_some(),
        }
    }

    pub(crate) fn retry(&self, of: &model::Retry) -> Retry {
        let model::Retry {
            count,
            backoff,
            factor,
            cap,
            on,
            alarm,
            span,
        } = of;
        Retry {
            count: *count,
            backoff_ms: *backoff,
            factor: factor.to_string(),
            cap_ms: *cap,
            on: on.iter().map(|fault| self.type_id(*fault)).collect(),
            alarm_ms: *alarm,
            default: !span.is_somewhere(),
        }
    }

    pub(crate) fn on_fault(&self, of: &[model::OnFault]) -> Vec<OnFault> {
        let each = of.iter().map(|on| {
            let model::OnFault { fault, body, span: _ } = on;
            OnFault {
                fault: fault.map(|fault| self.type_id(fault)),
                body: self.statements(body),
            }
        });
        each.collect()
    }

    pub(crate) fn again(&self, of: &[model::Again]) -> Vec<Again> {
        let each = of.iter().map(|again| {
            let model::Again {
                fault,
                count,
                span: _,
            } = again;
            Again {
                fault: self.type_id(*fault),
                count: *count,
            }
        });
        each.collect()
    }
}
