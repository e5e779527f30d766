//! The way through a saga: what can still turn it back behind each step, and what lies behind its pivot.

use std::collections::HashMap;

use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use crate::model::{Branch, Join, Saga, Statement, Step, StepClass};

/// Something that can make a saga go back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// As half a sentence: "`charge` may fail".
    pub what: String,
    /// Where.
    pub span: SpanId,
    /// It runs at the same time, and isn't behind.
    pub beside: bool,
}

/// What is true of one step's place.
#[derive(Debug, Clone, Default)]
pub struct Place {
    /// What can still make the saga go back when this step is done; the nearest.
    pub turn: Option<Turn>,
    /// The pivot that is done when this step begins.
    pub pivot: Option<(SmolStr, SpanId)>,
    /// A branch of `parallel` that it stands in, with what can fail in the others.
    pub siblings: Option<Turn>,
}

/// All places of a saga, by the names of its steps.
#[derive(Debug, Clone)]
pub struct Way {
    places: HashMap<SmolStr, Place>,
    has_deadline: bool,
}

impl Way {
    /// Walks through a saga twice: to the end for its pivots, and back again for what may fail.
    pub fn of(saga: &Saga) -> Self {
        let mut way = Self {
            places: HashMap::new(),
            has_deadline: saga.deadline.is_some(),
        };
        let _ = way.forward(&saga.body, None);
        let _ = way.backward(&saga.body, None);
        way
    }

    /// Where a step stands.
    pub fn place(&self, step: &Step) -> Place {
        self.places.get(&step.label.name).cloned().unwrap_or_default()
    }

    fn at(&mut self, step: &Step) -> &mut Place {
        self.places.entry(step.label.name.clone()).or_default()
    }

    fn forward(
        &mut self,
        body: &[Statement],
        mut pivot: Option<(SmolStr, SpanId)>,
    ) -> Option<(SmolStr, SpanId)> {
        for statement in body {
            if let Statement::Step(step) = statement {
                self.at(step).pivot.clone_from(&pivot);
            }
            let mut inside = None;
            for block in statement.blocks() {
                inside = self.forward(block, pivot.clone()).or(inside);
            }
            if let Statement::Step(step) = statement
                && step.class == StepClass::Pivot
            {
                inside = Some((step.label.name.clone(), step.label.span));
            }
            pivot = pivot.or(inside);
        }
        pivot
    }

    /// Gives what can turn the saga back from the beginning of a block.
    fn backward(&mut self, body: &[Statement], mut after: Option<Turn>) -> Option<Turn> {
        for statement in body.iter().rev() {
            after = match statement {
                Statement::Step(step) => {
                    // Once the pivot is done the saga never goes back.
                    let behind = self.at(step).pivot.is_some();
                    let is_pivot = step.class == StepClass::Pivot;
                    self.at(step).turn = after.clone().filter(|_| !behind && !is_pivot);
                    for on in &step.on {
                        let _ = self.backward(&on.body, after.clone());
                    }
                    let later = after.filter(|_| !is_pivot);
                    if behind {
                        None
                    } else {
                        self.turn_of(step).or(later)
                    }
                }
                Statement::If { arms, otherwise, .. } => {
                    let bodies = arms.iter().map(|(_, body)| body).chain([otherwise]);
                    let turns: Vec<Option<Turn>> =
                        bodies.map(|body| self.backward(body, after.clone())).collect();
                    turns.into_iter().flatten().next()
                }
                Statement::Map(map) => {
                    // Each item is taken back when another one fails, whichever comes first.
                    let alone = self.backward(&map.body, None);
                    let another = alone.map(|turn| Turn {
                        what: format!("{} for another item", turn.what),
                        beside: true,
                        ..turn
                    });
                    let turn = self.backward(&map.body, another.clone().or(after));
                    self.beside(&map.body, another.as_ref());
                    turn
                }
                Statement::Parallel {
                    until: Join::First,
                    branches,
                    ..
                } => {
                    // Whoever isn't first is taken back, though nothing has failed.
                    for (at, branch) in branches.iter().enumerate() {
                        let other = branches.get(usize::from(at == 0));
                        let beside = other.map(|other| Turn {
                            what: format!("`{}` may be first", other.name),
                            span: other.span,
                            beside: true,
                        });
                        let _ = self.backward(&branch.body, beside.clone());
                        self.beside(&branch.body, beside.as_ref());
                    }
                    after.or_else(|| self.all_may_fail(branches))
                }
                Statement::Parallel { branches, .. } => {
                    let alone: Vec<Option<Turn>> = branches
                        .iter()
                        .map(|branch| self.backward(&branch.body, None))
                        .collect();
                    for (at, branch) in branches.iter().enumerate() {
                        let mut others = alone.iter().enumerate().filter(|(other, _)| *other != at);
                        let beside = others
                            .find_map(|(_, turn)| turn.clone())
                            .map(|turn| Turn { beside: true, ..turn });
                        let _ = self.backward(&branch.body, beside.clone().or(after.clone()));
                        self.beside(&branch.body, beside.as_ref());
                    }
                    alone.into_iter().flatten().next().or(after)
                }
                Statement::Wait { .. } | Statement::Alone(_) => after,
                Statement::Fail(fail) => Some(Turn {
                    what: "the saga fails".to_owned(),
                    span: fail.span,
                    beside: false,
                }),
            };
        }
        after
    }

    fn beside(&mut self, body: &[Statement], turn: Option<&Turn>) {
        for statement in body {
            if let Statement::Step(step) = statement {
                self.at(step).siblings = turn.cloned();
            }
            for block in statement.blocks() {
                self.beside(block, turn);
            }
        }
    }

    /// When none of several could be done, the saga goes back.
    fn all_may_fail(&self, branches: &[Branch]) -> Option<Turn> {
        let mut turns = Vec::new();
        for branch in branches {
            turns.push(first_turn(self, &branch.body)?);
        }
        let first = turns.into_iter().next()?;
        Some(Turn {
            what: format!("{}, as may all beside it", first.what),
            ..first
        })
    }

    /// How a step itself can turn the saga back.
    fn turn_of(&self, step: &Step) -> Option<Turn> {
        let name = &step.label.name;
        let what = match step.class {
            StepClass::Compensatable | StepClass::Pivot | StepClass::ReadOnly => format!("`{name}` may fail"),
            StepClass::Retriable if step.retry.count.is_some() => format!("`{name}` may fail"),
            // It never gives up once it is begun.
            StepClass::Retriable if self.has_deadline => {
                format!("the deadline may be over before `{name}` begins")
            }
            StepClass::Retriable => return None,
        };
        Some(Turn {
            what,
            span: step.label.span,
            beside: false,
        })
    }
}

/// What may fail in a block on its own; the first.
fn first_turn(way: &Way, body: &[Statement]) -> Option<Turn> {
    body.iter().find_map(|statement| match statement {
        Statement::Step(step) => way.turn_of(step),
        Statement::Fail(fail) => Some(Turn {
            what: "the saga fails".to_owned(),
            span: fail.span,
            beside: false,
        }),
        Statement::If { .. } | Statement::Parallel { .. } | Statement::Map(_) => statement
            .blocks()
            .into_iter()
            .find_map(|block| first_turn(way, block)),
        Statement::Wait { .. } | Statement::Alone(_) => None,
    })
}
