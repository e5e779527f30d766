//! A saga's state machine in interpreters that we did not write.

use std::process::Command;

use serde_json::{Value, json};

use super::{Answer, Seen, Subject, Vector, undoing};
use crate::{oracles, root};

/// Who runs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interpreter {
    /// moto, which carries that of `LocalStack`: rows and messages too.
    Moto,
    /// aws-local-stepfunctions, in TypeScript: calls, messages and the end.
    Local,
}

/// Runs to be done, all by one process.
#[derive(Debug, Default)]
pub struct Plan {
    subjects: Vec<Subject>,
    runs: Vec<(usize, Vector)>,
}

impl Plan {
    /// Adds the runs of a saga.
    pub fn add(&mut self, subject: &Subject, vectors: &[Vector]) {
        let index = self.subjects.len();
        self.subjects.push(subject.clone());
        self.runs
            .extend(vectors.iter().map(|vector| (index, vector.clone())));
    }

    /// Does all of them; nothing when the interpreter isn't installed.
    ///
    /// # Panics
    /// When it fails.
    pub fn run(&self, interpreter: Interpreter) -> Option<Vec<Seen>> {
        let place = tempfile::tempdir().expect("there is room for a plan");
        let (plan, report) = (place.path().join("plan.json"), place.path().join("report.json"));
        std::fs::write(&plan, self.json().to_string()).expect("there is room for a plan");
        let scripts = root().join("tests/oracles/saga");
        let mut command = match interpreter {
            Interpreter::Moto => {
                let mut command = Command::new(oracles::python()?);
                let _ = command
                    .arg(scripts.join("moto_machines.py"))
                    .args([&plan, &report]);
                command
            }
            Interpreter::Local => {
                let modules = oracles::node_modules()?;
                let mut command = Command::new("node");
                let _ = command
                    .arg(scripts.join("local_machines.mjs"))
                    .args([&plan, &report])
                    .arg(modules);
                command
            }
        };
        let _ = oracles::output(&mut command);
        let report = std::fs::read_to_string(report).expect("the interpreter reports");
        let reports: Vec<Value> = serde_json::from_str(&report).expect("the interpreter reports JSON");
        assert_eq!(reports.len(), self.runs.len());
        let runs = self.runs.iter().zip(&reports);
        Some(
            runs.map(|((index, vector), report)| seen(&self.subjects[*index], vector, report))
                .collect(),
        )
    }

    fn json(&self) -> Value {
        let named = |index: usize| format!("machine-{index}");
        let machines = self.subjects.iter().enumerate();
        let machines = machines.map(|(index, subject)| (named(index), bound(subject)));
        let mut tables = std::collections::BTreeMap::new();
        let (mut topics, mut queues) = (vec![], vec!["StuckSagas".to_owned()]);
        for subject in &self.subjects {
            for (table, key) in &subject.tables {
                let table = json!({ "name": resource(table, "Table"), "key": key, "number": false });
                let _ = tables.insert(table["name"].to_string(), table);
            }
            for (channel, topic) in &subject.channels {
                let (list, kind) = if *topic {
                    (&mut topics, "Topic")
                } else {
                    (&mut queues, "Queue")
                };
                let name = resource(channel, kind);
                if !list.contains(&name) {
                    list.push(name);
                }
            }
        }
        let vectors = self.runs.iter().enumerate().map(|(number, (index, vector))| {
            let subject = &self.subjects[*index];
            json!({
                "machine": named(*index),
                "execution": format!("run-{number}"),
                "input": {
                    "data": { subject.saga.input.as_str(): subject.input },
                    "meta": { "correlation": "c", "causation": "m" },
                },
                "script": script(subject, vector),
                "tables": subject.tables.iter().map(|(table, _)| resource(table, "Table")).collect::<Vec<_>>(),
                "channels": subject.channels.iter().map(|(channel, topic)| {
                    resource(channel, if *topic { "Topic" } else { "Queue" })
                }).collect::<Vec<_>>(),
            })
        });
        json!({
            "machines": machines.collect::<serde_json::Map<String, Value>>(),
            "tables": tables.into_values().collect::<Vec<_>>(),
            "topics": topics, "queues": queues,
            "vectors": vectors.collect::<Vec<_>>(),
        })
    }
}

/// `Payments.authorize` is `PaymentsAuthorizeFunction` in the template, as long as no two names meet.
fn resource(name: &str, kind: &str) -> String {
    let words = name.split(['.', '_']);
    let words = words.map(|word| {
        let mut letters = word.chars();
        let first = letters.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    });
    words.collect::<String>() + kind
}

/// The machine with what its substitutions stand for.
fn bound(subject: &Subject) -> Value {
    let text = subject.machine.to_string();
    let mut bound = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}').expect("a substitution ends");
        let arn =
            |service: &str, kind: &str| format!("arn:aws:{service}:us-east-1:123456789012:{kind}{name}");
        bound.push_str(before);
        bound.push_str(&if name.ends_with("Function") {
            arn("lambda", "function:")
        } else if name.ends_with("Topic") {
            arn("sns", "")
        } else if name.ends_with("Table") {
            name.to_owned()
        } else {
            format!("https://sqs.us-east-1.amazonaws.com/123456789012/{name}")
        });
        rest = after;
    }
    bound.push_str(rest);
    serde_json::from_str(&bound).expect("a machine stays JSON")
}

fn script(subject: &Subject, vector: &Vector) -> Value {
    let error = |name: &str| json!({ "error": name });
    let outcome = |handler: &str, answer: &Answer| match answer {
        Answer::Ok => json!({ "ok": subject.replies.get(handler) }),
        Answer::Refused(fault) => error(fault),
        Answer::Throttled => error("Lambda.TooManyRequestsException"),
        Answer::TimedOut { .. } => error("Sandbox.Timedout"),
        Answer::Crashed => error("Runtime.ExitError"),
    };
    let mut script = serde_json::Map::new();
    for (handler, reply) in &subject.replies {
        let _ = script.insert(resource(handler, "Function"), json!([{ "ok": reply }]));
    }
    for (handler, answers) in &vector.answers {
        let outcomes: Vec<Value> = answers.iter().map(|answer| outcome(handler, answer)).collect();
        let _ = script.insert(resource(handler, "Function"), json!(outcomes));
    }
    Value::Object(script)
}

/// What an interpreter reports, by the author's names.
fn seen(subject: &Subject, vector: &Vector, report: &Value) -> Seen {
    let mut seen = Seen::new();
    seen.end = match (report["status"].as_str(), report["error"].as_str()) {
        (Some("SUCCEEDED"), _) => "done".to_owned(),
        (Some("FAILED"), Some("Stuck")) => "stuck".to_owned(),
        (Some("FAILED"), Some(error)) => format!("failed: {error}"),
        other => format!("{other:?}"),
    };
    let undoing = undoing(&subject.saga);
    let mut script = super::Script::new(vector);
    let handlers = super::vectors::handlers(&subject.saga);
    for call in report["calls"].as_array().into_iter().flatten() {
        let function = call[0].as_str().unwrap_or_default();
        let handler = handlers
            .iter()
            .find(|handler| resource(handler, "Function") == function)
            .unwrap_or_else(|| panic!("{function} is no function of {}", subject.saga.name));
        let answer = script.next(handler);
        seen.call(
            handler,
            call[1]["input"].clone(),
            &answer,
            undoing.contains(handler),
        );
    }
    for (table, _) in &subject.tables {
        let rows = report["rows"][resource(table, "Table")].as_array();
        let _ = seen.rows.insert(table.clone(), rows.cloned().unwrap_or_default());
    }
    for (channel, topic) in &subject.channels {
        let kind = if *topic { "Topic" } else { "Queue" };
        let bodies = report["sent"][resource(channel, kind)].as_array();
        let _ = seen
            .sent
            .insert(channel.clone(), bodies.cloned().unwrap_or_default());
    }
    seen.settled(&subject.saga)
}
