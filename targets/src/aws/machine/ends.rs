//! How a machine ends: done, failed under a name, or stuck where a person sees it.

use aqueduct_compiler::model::Step as DeclaredStep;
use aqueduct_saga::definition::{Finish, Saga};
use serde_json::{Map, Value as Json, json};

use super::flow::Flow;
use super::scope::Scope;
use super::states::Group;
use super::substitution;
use super::task::{CRASHED, TIMED_OUT, Tasks, refusals};
use crate::QueryLanguage;
use crate::aws::grants::Resource;

impl Flow<'_> {
    /// What follows when all is taken back: the failure gets the name that the saga knows it by, then the actions.
    pub(super) fn ending_after_failure(&mut self, saga: &Saga, scope: &Scope, failed: &str) -> String {
        let names: Vec<String> = saga
            .failed
            .iter()
            .map(|finish| self.names.claim(&finish.name))
            .collect();
        self.finishes(&saga.failed, &names, scope, failed);
        let first = names.first().map_or(failed, String::as_str).to_owned();
        self.named_failure(&first)
    }

    pub(super) fn finishes(&mut self, finishes: &[Finish], names: &[String], scope: &Scope, end: &str) {
        for (index, (finish, name)) in finishes.iter().zip(names).enumerate() {
            let task = self.tasks.task(&finish.action, &finish.name, scope);
            let _ = self.used.insert(task.resource);
            let mut state = task.state;
            self.tasks.dialect.drop_result(&mut state);
            let _ = state.insert("TimeoutSeconds".to_owned(), json!(DeclaredStep::TIMEOUT / 1_000));
            let retries = Tasks::retries(&finish.retry, refusals(&finish.action), &finish.action);
            let _ = state.insert("Retry".to_owned(), json!(retries));
            let stuck = self.tasks.dialect.catch(&["States.ALL"], &self.stuck);
            let _ = state.insert("Catch".to_owned(), json!([stuck]));
            let next = names.get(index + 1).map_or(end, String::as_str);
            let _ = state.insert("Next".to_owned(), json!(next));
            self.states.add(Group::End, name, Json::Object(state));
        }
    }

    pub(super) fn end(&mut self, report: &str, stuck: &str, done: &str, failed: &str) {
        let dialect = self.tasks.dialect;
        let _ = self.used.insert(Resource::StuckSagas);
        let mut arguments = Map::new();
        let queue =
            substitution(self.tasks.ids, Resource::StuckSagas).map(|(name, _)| format!("${{{name}}}"));
        let _ = arguments.insert("QueueUrl".to_owned(), json!(queue));
        let mut body = Map::new();
        dialect.set_expression(&mut body, "execution", &dialect.context("Execution.Id"));
        dialect.set_expression(&mut body, "failure", &dialect.reference(".failure"));
        let _ = arguments.insert("MessageBody".to_owned(), Json::Object(body));
        let mut state = Map::new();
        let _ = state.insert("Type".to_owned(), json!("Task"));
        let _ = state.insert("Resource".to_owned(), json!("arn:aws:states:::sqs:sendMessage"));
        dialect.arguments(&mut state, arguments);
        dialect.drop_result(&mut state);
        let _ = state.insert("TimeoutSeconds".to_owned(), json!(DeclaredStep::TIMEOUT / 1_000));
        let again = json!([{
            "ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "MaxAttempts": 5, "BackoffRate": 2,
            "MaxDelaySeconds": 30, "JitterStrategy": "FULL",
        }]);
        let _ = state.insert("Retry".to_owned(), again);
        let _ = state.insert("Catch".to_owned(), json!([dialect.catch(&["States.ALL"], stuck)]));
        let _ = state.insert("Next".to_owned(), json!(stuck));
        self.states.add(Group::End, report, Json::Object(state));
        let cause = "A step could not be taken back, or an end not told: a person has to look at it.";
        let state = json!({ "Type": "Fail", "Error": "Stuck", "Cause": cause });
        self.states.add(Group::End, stuck, state);
        self.states.add(Group::End, done, json!({ "Type": "Succeed" }));
        let state = match dialect.0 {
            QueryLanguage::JsonPath => json!({ "Type": "Fail", "ErrorPath": "$.error.name" }),
            QueryLanguage::Jsonata => json!({ "Type": "Fail", "Error": "{% $states.input.error.name %}" }),
        };
        self.states.add(Group::End, failed, state);
    }
    /// The failure under the name that the saga knows it by, before anything is told of it.
    fn named_failure(&mut self, next: &str) -> String {
        let dialect = self.tasks.dialect;
        let entry = self.names.claim("name the failure");
        let mut choices = Vec::new();
        for (name, errors) in [("Timeout", TIMED_OUT.as_slice()), ("Crashed", &CRASHED)] {
            let state = self.names.claim(&format!("call it {name}"));
            choices.extend(errors.iter().map(|error| dialect.choice_of_error(error, &state)));
            let mut fields = Map::new();
            let _ = fields.insert("name".to_owned(), json!(name));
            let pass = dialect.pass("error", &fields, next);
            self.states.add(Group::End, &state, pass);
        }
        let plain = self.names.claim("call it by its own name");
        let mut fields = Map::new();
        dialect.set_expression(&mut fields, "name", &dialect.reference(".failure.Error"));
        let pass = dialect.pass("error", &fields, next);
        self.states.add(Group::End, &plain, pass);
        let state = json!({ "Type": "Choice", "Choices": choices, "Default": plain });
        self.states.add(Group::End, &entry, state);
        entry
    }
}
