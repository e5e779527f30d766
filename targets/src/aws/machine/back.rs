//! States that take back what is done, the last step first.

use aqueduct_saga::definition::{Action, Statement, Step};
use serde_json::{Value as Json, json};

use super::flow::Flow;
use super::scope::Scope;
use super::states::Group;
use super::task::{CONDITION, Tasks, refusals};

impl Flow<'_> {
    /// The state that takes a step back, or what comes after it when there is nothing to take back.
    pub(super) fn undo(&mut self, step: &Step, scope: &Scope, before: &str) -> String {
        let Some(undo) = &step.undo else {
            return before.to_owned();
        };
        let name = self.names.claim(&format!("undo {}", step.name));
        let task = self
            .tasks
            .task(&undo.action, &format!("undo_{}", step.name), scope);
        let _ = self.used.insert(task.resource);
        let mut state = task.state;
        self.tasks.dialect.drop_result(&mut state);
        let seconds = undo.timeout.div_ceil(1_000).max(1);
        let _ = state.insert("TimeoutSeconds".to_owned(), json!(seconds));
        let retries = Tasks::retries(&undo.retry, refusals(&undo.action), &undo.action);
        let _ = state.insert("Retry".to_owned(), json!(retries));
        let mut catches = Vec::new();
        if matches!(undo.action, Action::Update { .. }) {
            // What was never there need not be taken back.
            catches.push(self.tasks.dialect.ignore(&[CONDITION], before));
        }
        catches.push(self.tasks.dialect.catch(&["States.ALL"], &self.stuck));
        let _ = state.insert("Catch".to_owned(), json!(catches));
        let _ = state.insert("Next".to_owned(), json!(before));
        self.states.add(Group::Back, &name, Json::Object(state));
        name
    }

    /// A step that may have been replaced by what is done when it fails: which of the two it was.
    pub(super) fn back_over_step(
        &mut self,
        step: &Step,
        scope: &Scope,
        (before, undo): (&str, &str),
        handled: &[Option<String>],
    ) -> String {
        if handled.is_empty() || (undo == before && handled.iter().all(Option::is_none)) {
            return undo.to_owned();
        }
        let name = self.names.claim(&format!("was {} done", step.name));
        let dialect = self.tasks.dialect;
        let mark = scope.mark(&format!("{}_on", step.name));
        let mut choices: Vec<Json> = handled
            .iter()
            .enumerate()
            .filter_map(|(index, back)| Some(dialect.choice_of_mark(&mark, Some(index), back.as_ref()?)))
            .collect();
        if undo != before {
            choices.push(dialect.choice_of_mark(&scope.done(&step.name), None, undo));
        }
        let state = json!({ "Type": "Choice", "Choices": choices, "Default": before });
        self.states.add(Group::Back, &name, state);
        name
    }

    /// The arm that was taken is taken back.
    pub(super) fn back_over_choice(
        &mut self,
        choice: &str,
        scope: &Scope,
        before: &str,
        backs: &[Option<String>],
    ) -> String {
        let dialect = self.tasks.dialect;
        let mark = scope.mark(choice);
        let choices: Vec<Json> = backs
            .iter()
            .enumerate()
            .filter_map(|(index, back)| Some(dialect.choice_of_mark(&mark, Some(index), back.as_ref()?)))
            .collect();
        if choices.is_empty() {
            return before.to_owned();
        }
        let name = self.names.claim(&format!("back over {}", choice));
        let state = json!({ "Type": "Choice", "Choices": choices, "Default": before });
        self.states.add(Group::Back, &name, state);
        name
    }

    /// Branches that have ended well are taken back; one that failed has taken itself back.
    pub(super) fn back_over_parallel(
        &mut self,
        parallel: &str,
        branches: &[(String, Vec<Statement>)],
        scopes: &[Scope],
        before: &str,
    ) -> String {
        let dialect = self.tasks.dialect;
        let mut back = before.to_owned();
        for ((branch, body), scope) in branches.iter().zip(scopes) {
            let entry = self.back_over(body, scope, &back);
            if entry == back {
                continue;
            }
            let title = format!("back over {}: {branch}", parallel);
            let name = self.names.claim(&title);
            let failed = dialect.choice_of_mark(&scope.mark("failure"), None, &back);
            let state = json!({ "Type": "Choice", "Choices": [failed], "Default": entry });
            self.states.add(Group::Back, &name, state);
            back = name;
        }
        back
    }

    /// All of a block that has ended well.
    fn back_over(&mut self, body: &[Statement], scope: &Scope, before: &str) -> String {
        body.iter().fold(before.to_owned(), |before, statement| {
            self.back_over_statement(statement, scope, &before)
        })
    }

    fn back_over_statement(&mut self, statement: &Statement, scope: &Scope, before: &str) -> String {
        let other = |back: String| (back != before).then_some(back);
        match statement {
            Statement::Step(step) => {
                let undo = self.undo(step, scope, before);
                let handled: Vec<Option<String>> = step
                    .on
                    .iter()
                    .map(|on| other(self.back_over(&on.body, scope, before)))
                    .collect();
                self.back_over_step(step, scope, (before, &undo), &handled)
            }
            Statement::Choice {
                name,
                arms,
                otherwise,
            } => {
                let bodies = arms.iter().map(|(_, body)| body).chain([otherwise]);
                let backs: Vec<Option<String>> = bodies
                    .map(|body| other(self.back_over(body, scope, before)))
                    .collect();
                self.back_over_choice(name, scope, before, &backs)
            }
            Statement::Parallel { name, branches } => {
                let scopes: Vec<Scope> = (0..branches.len())
                    .map(|index| scope.of_branch(name, index))
                    .collect();
                self.back_over_parallel(name, branches, &scopes, before)
            }
            Statement::Wait { .. } | Statement::Fail { .. } => before.to_owned(),
        }
    }
}
