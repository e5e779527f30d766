//! The states of a saga: forward, back, and where each error leads.

use std::collections::BTreeSet;

use aqueduct_compiler::model::{Id, Model, Saga as Declared};
use aqueduct_saga::definition::{Action, Class, Saga, Statement, Step};
use serde_json::{Map, Value as Json, json};

use super::dialect::Dialect;
use super::scope::Scope;
use super::states::{Group, Names, States};
use super::task::{Tasks, errors_of, refusals};
use super::walk::{has_pivot, kinds, title};
use crate::QueryLanguage;
use crate::aws::grants::Resource;
use crate::aws::ids::Ids;

/// A machine, or a branch of one, in the making.
pub(super) struct Flow<'a> {
    pub(super) tasks: Tasks<'a>,
    pub(super) names: &'a mut Names,
    pub(super) used: &'a mut BTreeSet<Resource>,
    pub(super) states: States,
    /// Where what can't be mended leads.
    pub(super) stuck: String,
}

/// Where a statement stands.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// What comes next.
    pub(super) next: String,
    /// What takes back all that is done before; where a failure leads.
    pub(super) back: String,
    /// The point of no return is behind: a failure has nowhere to go back to.
    pub(super) forward_only: bool,
}

/// A machine's definition, with what it names.
pub(super) fn machine(
    model: &Model,
    ids: &Ids,
    id: Id<Declared>,
    saga: &Saga,
    query: QueryLanguage,
) -> (Json, BTreeSet<Resource>) {
    let dialect = Dialect(query);
    let (mut names, mut used) = (Names::default(), BTreeSet::new());
    let tasks = Tasks { model, ids, dialect };
    let [done, failed, stuck] = ["Done", "Failed", "Stuck"].map(|name| names.claim(name));
    let report = names.claim("report that it is stuck");
    let mut flow = Flow {
        tasks,
        names: &mut names,
        used: &mut used,
        states: States::default(),
        stuck: report.clone(),
    };
    let mut scope = Scope::of_input(&saga.input, kinds(model, id, saga));
    // Ends are made first, since everything leads there; they stand last all the same.
    let back = flow.ending_after_failure(saga, &scope, &failed);
    let place = Place {
        next: "done".to_owned(),
        back,
        forward_only: false,
    };
    let finishes: Vec<String> = saga
        .done
        .iter()
        .map(|finish| flow.names.claim(&finish.name))
        .collect();
    let place = Place {
        next: finishes.first().cloned().unwrap_or_else(|| done.clone()),
        ..place
    };
    let (start, _) = flow.sequence(&saga.body, &mut scope, &place);
    flow.finishes(&saga.done, &finishes, &scope, &done);
    flow.end(&report, &stuck, &done, &failed);
    let mut machine = Map::new();
    let docs = &model.sagas[id].label.docs;
    let comment = docs
        .first()
        .map_or_else(|| saga.name.clone(), ToString::to_string);
    let _ = machine.insert("Comment".to_owned(), json!(comment));
    if query == QueryLanguage::Jsonata {
        let _ = machine.insert("QueryLanguage".to_owned(), json!("JSONata"));
    }
    let _ = machine.insert("StartAt".to_owned(), json!(start));
    let _ = machine.insert("States".to_owned(), flow.states.finish());
    (Json::Object(machine), used)
}

impl Flow<'_> {
    /// Statements one after the other: where they begin, and what takes all of them back.
    pub(super) fn sequence(
        &mut self,
        body: &[Statement],
        scope: &mut Scope,
        place: &Place,
    ) -> (String, String) {
        let entries: Vec<String> = body
            .iter()
            .map(|statement| self.names.claim(&title(statement)))
            .collect();
        let mut back = place.back.clone();
        let mut forward_only = place.forward_only;
        for (index, (statement, entry)) in body.iter().zip(&entries).enumerate() {
            let place = Place {
                next: entries.get(index + 1).unwrap_or(&place.next).clone(),
                back: back.clone(),
                forward_only,
            };
            back = self.statement(statement, entry, scope, &place);
            forward_only |= has_pivot(statement);
        }
        let first = entries.first().cloned().unwrap_or_else(|| place.next.clone());
        (first, back)
    }

    /// Makes a statement's states; what takes it and everything before it back.
    fn statement(&mut self, statement: &Statement, entry: &str, scope: &mut Scope, place: &Place) -> String {
        match statement {
            Statement::Step(step) => self.step(step, entry, scope, place),
            Statement::Choice {
                name,
                arms,
                otherwise,
            } => {
                let slot = self.states.reserve(Group::Forward, entry);
                let dialect = self.tasks.dialect;
                let mut choices = Vec::new();
                let mut backs = Vec::new();
                let blocks = arms.iter().map(|(condition, body)| (Some(condition), body));
                for (index, (condition, body)) in blocks.chain([(None, otherwise)]).enumerate() {
                    let mut inner = scope.clone();
                    let (first, back) = self.marked(name, index, body, &mut inner, place);
                    backs.push(back);
                    choices.push(condition.map(|condition| dialect.choice(condition, scope, &first)));
                    if condition.is_none() {
                        let choices: Vec<Json> = choices.drain(..).flatten().collect();
                        let state = json!({ "Type": "Choice", "Choices": choices, "Default": first });
                        self.states.fill(slot, state);
                    }
                }
                self.back_over_choice(name, scope, &place.back, &backs)
            }
            Statement::Parallel { name, branches } => self.parallel(name, branches, entry, scope, place),
            Statement::Wait { time, .. } => {
                let seconds = time.div_ceil(1_000).max(1);
                let state = json!({ "Type": "Wait", "Seconds": seconds, "Next": place.next });
                self.states.add(Group::Forward, entry, state);
                place.back.clone()
            }
            Statement::Fail { fault, fields, .. } => {
                let dialect = self.tasks.dialect;
                let mut failure = Map::new();
                let _ = failure.insert("Error".to_owned(), json!(fault));
                dialect.set(&mut failure, "Fields", fields, scope);
                let state = dialect.pass("failure", &failure, &place.back);
                self.states.add(Group::Forward, entry, state);
                place.back.clone()
            }
        }
    }

    /// A block that leaves a mark if there is something in it to take back: where it begins, and what takes it back.
    fn marked(
        &mut self,
        mark: &str,
        index: usize,
        body: &[Statement],
        scope: &mut Scope,
        place: &Place,
    ) -> (String, Option<String>) {
        let slot = self.states.reserve(Group::Forward, "");
        let (first, back) = self.sequence(body, scope, place);
        if back == place.back {
            self.states.drop(slot);
            return (first, None);
        }
        let entry = self.names.claim(&format!("{} arm {}", mark, index + 1));
        let mut taken = Map::new();
        let _ = taken.insert("taken".to_owned(), json!(index));
        let state = self.tasks.dialect.pass(mark, &taken, &first);
        self.states.rename(slot, &entry, state);
        (entry, Some(back))
    }

    fn step(&mut self, step: &Step, entry: &str, scope: &mut Scope, place: &Place) -> String {
        let dialect = self.tasks.dialect;
        let slot = self.states.reserve(Group::Forward, entry);
        let mut catches = Vec::new();
        let mut handled = Vec::new();
        for (index, on) in step.on.iter().enumerate() {
            let mark = format!("{}_on", step.name);
            let mut inner = scope.clone();
            let (first, back) = self.marked(&mark, index, &on.body, &mut inner, place);
            catches.push(dialect.catch(&errors_of(&on.fault), &first));
            handled.push(back);
        }
        let before = scope.clone();
        scope.step(&step.name);
        let (refused, unknown, back) = match step.class {
            Class::Retriable => (self.stuck.clone(), self.stuck.clone(), place.back.clone()),
            _ if place.forward_only => (self.stuck.clone(), self.stuck.clone(), place.back.clone()),
            Class::Pivot => (place.back.clone(), self.stuck.clone(), self.stuck.clone()),
            Class::ReadOnly => (place.back.clone(), place.back.clone(), place.back.clone()),
            Class::Compensatable => {
                let undo = self.undo(step, scope, &place.back);
                let back = self.back_over_step(step, scope, (&place.back, &undo), &handled);
                (place.back.clone(), undo, back)
            }
        };
        let said_no: Vec<&str> = refusals(&step.action)
            .into_iter()
            .filter(|fault| step.on.iter().all(|on| on.fault != *fault))
            .collect();
        if refused != unknown && !said_no.is_empty() {
            let leads = self.refusal(step, &refused);
            catches.push(dialect.catch(&said_no, &leads));
        }
        catches.push(dialect.catch(&["States.ALL"], &unknown));
        let state = self.state(step, &before, place, &catches);
        self.states.fill(slot, state);
        back
    }

    fn state(&mut self, step: &Step, scope: &Scope, place: &Place, catches: &[Json]) -> Json {
        let dialect = self.tasks.dialect;
        let task = self.tasks.task(&step.action, &step.name, scope);
        let _ = self.used.insert(task.resource);
        let mut state = task.state;
        let next = if let Action::Get { table } = &step.action {
            // What isn't there has no fields to be read.
            let looked = format!("{}_row", step.name);
            let found = self.found(step, (&looked, &table.name), scope, place);
            dialect.keep_whole(&mut state, &looked);
            found
        } else {
            dialect.keep_result(&mut state, &step.name, task.part);
            place.next.clone()
        };
        // What is tried until it is done takes no no for an answer: it waits until it is a yes.
        let refused = match step.class {
            Class::Retriable => Vec::new(),
            Class::Compensatable | Class::Pivot | Class::ReadOnly => refusals(&step.action),
        };
        let seconds = step.timeout.div_ceil(1_000).max(1);
        let _ = state.insert("TimeoutSeconds".to_owned(), json!(seconds));
        let retries = Tasks::retries(&step.retry, refused, &step.action);
        if !retries.is_empty() {
            let _ = state.insert("Retry".to_owned(), json!(retries));
        }
        let _ = state.insert("Catch".to_owned(), json!(catches));
        let _ = state.insert("Next".to_owned(), json!(next));
        Json::Object(state)
    }

    /// Where a step leads that says no; what DynamoDB says is called as the saga calls it.
    fn refusal(&mut self, step: &Step, refused: &str) -> String {
        let error = match &step.action {
            Action::Insert { .. } => "AlreadyExists",
            Action::Update { only_if: None, .. } => "MissingRow",
            Action::Update { .. } => "ConditionFailed",
            Action::Call { .. }
            | Action::Put { .. }
            | Action::Get { .. }
            | Action::Delete { .. }
            | Action::Emit { .. } => return refused.to_owned(),
        };
        let name = self.names.claim(&format!("{} is refused", step.name));
        let mut failure = Map::new();
        let _ = failure.insert("Error".to_owned(), json!(error));
        let state = self.tasks.dialect.pass("failure", &failure, refused);
        self.states.add(Group::Forward, &name, state);
        name
    }

    /// Whether a row was there, and its fields as plain values: the state that asks.
    fn found(&mut self, step: &Step, (looked, table): (&str, &str), scope: &Scope, place: &Place) -> String {
        let dialect = self.tasks.dialect;
        let asks = self.names.claim(&format!("is {} there", step.name));
        let reads = self.names.claim(&format!("read {}", step.name));
        let missing = self.names.claim(&format!("{} is missing", step.name));
        let item = scope.mark(&format!("{looked}.Item"));
        let there = dialect.choice_of_mark(&item, None, &reads);
        let choice = json!({ "Type": "Choice", "Choices": [there], "Default": missing });
        self.states.add(Group::Forward, &asks, choice);
        let model = self.tasks.model;
        let mut stores = model.stores.iter();
        let store = stores.find(|(id, _)| model.store_name(*id) == table);
        let mut kept = Map::new();
        if let Some((_, store)) = store {
            let row = dialect.untyped(model, store.row, &item);
            let _ = kept.insert("reply".to_owned(), Json::Object(row));
        }
        let state = dialect.pass_result(&step.name, &kept, &place.next);
        self.states.add(Group::Forward, &reads, state);
        let mut failure = Map::new();
        let _ = failure.insert("Error".to_owned(), json!("MissingRow"));
        let state = dialect.pass("failure", &failure, &place.back);
        self.states.add(Group::Forward, &missing, state);
        asks
    }
}
