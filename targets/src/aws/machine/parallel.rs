//! Branches: each a machine of its own that always ends, and what follows when all have.

use aqueduct_saga::definition::Statement;
use serde_json::{Map, Value as Json, json};

use super::flow::{Flow, Place};
use super::scope::Scope;
use super::states::{Group, States};
use super::walk::see;

impl Flow<'_> {
    pub(super) fn parallel(
        &mut self,
        name: &str,
        branches: &[(String, Vec<Statement>)],
        entry: &str,
        scope: &mut Scope,
        place: &Place,
    ) -> String {
        let dialect = self.tasks.dialect;
        let slot = self.states.reserve(Group::Forward, entry);
        let title = name;
        let settled = self.names.claim(&format!("is {title} done"));
        let mut machines = Vec::new();
        for (branch, body) in branches {
            machines.push(self.branch(branch, body, scope, place.forward_only));
        }
        let mut outer: Vec<Scope> = Vec::new();
        for (index, (_, body)) in branches.iter().enumerate() {
            let mut seen = scope.of_branch(name, index);
            see(body, &mut seen);
            outer.push(seen);
        }
        let back = if place.forward_only {
            place.back.clone()
        } else {
            self.back_over_parallel(name, branches, &outer, &place.back)
        };
        // First what is stuck: nothing can be mended then.
        let mut choices = Vec::new();
        for (sign, what, leads) in [
            ("stuck", "is stuck", &self.stuck.clone()),
            ("failure", "has failed", &back),
        ] {
            for (index, (branch, _)) in branches.iter().enumerate() {
                let inside = scope.of_branch(name, index);
                let named = self.names.claim(&format!("{title}: {branch} {what}"));
                choices.push(dialect.choice_of_mark(&inside.mark(sign), None, &named));
                let mut failure = Map::new();
                let error = dialect.reference(&inside.mark("failure.Error"));
                dialect.set_expression(&mut failure, "Error", &error);
                let state = dialect.pass("failure", &failure, leads);
                self.states.add(Group::Back, &named, state);
            }
        }
        let mut state = Map::new();
        let _ = state.insert("Type".to_owned(), json!("Parallel"));
        let _ = state.insert("Branches".to_owned(), json!(machines));
        dialect.keep_whole(&mut state, name);
        let _ = state.insert(
            "Catch".to_owned(),
            json!([dialect.catch(&["States.ALL"], &self.stuck)]),
        );
        let _ = state.insert("Next".to_owned(), json!(settled));
        self.states.fill(slot, Json::Object(state));
        let state = json!({ "Type": "Choice", "Choices": choices, "Default": place.next });
        self.states.add(Group::Forward, &settled, state);
        for seen in &outer {
            scope.take(seen);
        }
        back
    }

    /// A branch that always ends well: with its data, and with its failure in them if it has one.
    fn branch(&mut self, name: &str, body: &[Statement], scope: &Scope, forward_only: bool) -> Json {
        let [ended, failed, stuck] = ["has ended", "is taken back", "is stuck"]
            .map(|what| self.names.claim(&format!("{name} {what}")));
        let mut flow = Flow {
            tasks: self.tasks,
            names: self.names,
            used: self.used,
            states: States::default(),
            stuck: stuck.clone(),
        };
        let place = Place {
            next: ended.clone(),
            back: failed.clone(),
            forward_only,
        };
        let (start, _) = flow.sequence(body, &mut scope.clone(), &place);
        let end = json!({ "Type": "Pass", "End": true });
        flow.states.add(Group::End, &ended, end.clone());
        flow.states.add(Group::End, &failed, end);
        let mut mark = Map::new();
        let _ = mark.insert("branch".to_owned(), json!(name));
        let mut state = self.tasks.dialect.pass("stuck", &mark, "");
        if let Json::Object(state) = &mut state {
            let _ = state.shift_remove("Next");
            let _ = state.insert("End".to_owned(), json!(true));
        }
        flow.states.add(Group::End, &stuck, state);
        json!({ "StartAt": start, "States": flow.states.finish() })
    }
}
