//! Plays a saga on paper: the pure machine says what comes next, a plan says what fails.

use aqueduct_saga::definition::{Saga, Statement};
use aqueduct_saga::visit::statements;
use aqueduct_saga::{Entry, Error, Event, Kind, Log, State, TIMEOUT, Task, Timestamp};
use serde_json::Value;

use super::words::Failing;

/// What is to go wrong in a play, and which way choices go so that it gets there.
#[derive(Debug, Clone, Default)]
pub(super) struct Plan {
    /// A step with how it fails; the last one is what the play is about.
    pub(super) fails: Vec<(String, Failing)>,
    /// A `fail` that it is about.
    pub(super) given_up: Option<(String, String)>,
    arms: Vec<(String, usize)>,
}

/// One thing that was done, with all its tries.
#[derive(Debug)]
pub(super) struct Scene {
    pub(super) task: Task,
    pub(super) tries: u32,
    pub(super) result: Result<Value, Error>,
}

/// 2027-01-01, when all plays begin.
const START: Timestamp = Timestamp::constant(1_798_761_600, 0);

/// No play has more scenes than this: one that is tried for ever ends here.
const MOST: usize = 2_000;

impl Plan {
    /// Everything that can go wrong in a saga, one after the other.
    ///
    /// `failing` are the ways in which a step of a name can fail.
    pub(super) fn all(saga: &Saga, failing: &dyn Fn(&str) -> Vec<Failing>) -> Vec<Self> {
        let mut plans = Vec::new();
        gather(&saga.body, failing, &Self::default(), &mut plans);
        plans
    }

    fn failing(&self, step: &str, failing: Failing) -> Self {
        let mut plan = self.clone();
        plan.fails.push((step.to_owned(), failing));
        plan
    }

    /// How a step fails in this play.
    fn failure(&self, task: &Task) -> Option<Error> {
        let (_, failing) = self
            .fails
            .iter()
            .find(|(step, _)| task.kind == Kind::Forward && *step == task.step)?;
        Some(if failing.known {
            Error::known(&failing.name, "")
        } else {
            Error::unknown(&failing.name, "")
        })
    }
}

fn gather(body: &[Statement], failing: &dyn Fn(&str) -> Vec<Failing>, so_far: &Plan, plans: &mut Vec<Plan>) {
    for statement in body {
        match statement {
            Statement::Step(step) => {
                let ways = failing(&step.name).into_iter();
                plans.extend(ways.map(|way| so_far.failing(&step.name, way)));
                for on in &step.on {
                    let way = Failing {
                        name: on.fault.clone(),
                        known: on.fault != TIMEOUT,
                    };
                    gather(&on.body, failing, &so_far.failing(&step.name, way), plans);
                }
            }
            Statement::Choice {
                name,
                arms,
                otherwise,
            } => {
                let bodies = arms.iter().map(|(_, body)| body).chain([otherwise]);
                for (arm, body) in bodies.enumerate() {
                    let mut plan = so_far.clone();
                    plan.arms.push((name.clone(), arm));
                    gather(body, failing, &plan, plans);
                }
            }
            Statement::Parallel { branches, .. } => {
                for (_, body) in branches {
                    gather(body, failing, so_far, plans);
                }
            }
            Statement::Fail { name, fault, .. } => plans.push(Plan {
                given_up: Some((name.clone(), fault.clone())),
                ..so_far.clone()
            }),
            Statement::Wait { .. } => {}
        }
    }
}

/// Plays a saga to where nothing more can be done. Every try is answered at once; `output` makes what a step gives.
pub(super) fn play(
    saga: &Saga,
    input: Value,
    plan: &Plan,
    output: impl Fn(&Task) -> Value,
) -> (Vec<Scene>, State) {
    let mut now = START;
    let mut log = Log::new(&saga.name, "key", input, "correlation", now);
    decide(saga, plan, &mut log);
    let mut scenes: Vec<Scene> = Vec::new();
    loop {
        let state = log.settle(saga, now);
        let State::Running(tasks) = &state else {
            return (scenes, state);
        };
        let Some(task) = tasks
            .iter()
            .min_by_key(|task| task.due)
            .filter(|_| scenes.len() < MOST)
        else {
            return (scenes, state);
        };
        now = now.max(task.due);
        let result = match plan.failure(task) {
            Some(error) => Err(error),
            None => Ok(output(task)),
        };
        match &result {
            Ok(output) => log.succeeded(task, output.clone(), now),
            Err(error) => log.failed(saga, task, error.clone(), now),
        }
        match scenes
            .iter_mut()
            .find(|scene| scene.task.kind == task.kind && scene.task.step == task.step)
        {
            Some(scene) => {
                scene.tries += 1;
                scene.result = result;
            }
            None => scenes.push(Scene {
                task: task.clone(),
                tries: 1,
                result,
            }),
        }
    }
}

/// Notes beforehand which arm every choice takes: that of the plan, or else the first that doesn't give up.
fn decide(saga: &Saga, plan: &Plan, log: &mut Log) {
    statements(&saga.body, &mut |statement| {
        let Statement::Choice {
            name,
            arms,
            otherwise,
        } = statement
        else {
            return;
        };
        let planned = plan.arms.iter().find(|(choice, _)| choice == name);
        let mut bodies = arms.iter().map(|(_, body)| body).chain([otherwise]);
        let arm = planned
            .map(|(_, arm)| *arm)
            .or_else(|| bodies.position(|body| !gives_up(body)));
        log.entries.push(Entry {
            at: log.started,
            kind: Kind::Forward,
            step: name.clone(),
            event: Event::Chosen {
                arm: arm.unwrap_or_default(),
            },
        });
    });
}

fn gives_up(body: &[Statement]) -> bool {
    let is_fail = |statement| matches!(statement, &Statement::Fail { .. });
    body.iter().any(is_fail)
}
