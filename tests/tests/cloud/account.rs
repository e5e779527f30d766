//! A template in an emulated account, and what is done there.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use aqueduct_tests::{oracles, root};
use serde::Deserialize;
use serde_json::{Value, json};

/// What is done, in order, with which template and program.
#[derive(Debug)]
pub(crate) struct Plan {
    template: PathBuf,
    program: PathBuf,
    steps: Vec<Value>,
    revoked: Vec<Value>,
    parameters: serde_json::Map<String, Value>,
}

/// What came of it.
#[derive(Debug, Deserialize)]
pub(crate) struct Report {
    /// One for each request and each event.
    pub(crate) answers: Vec<Answer>,
    /// Every execution of a state machine: `machine`, `name`, `status` and `error`.
    #[serde(default)]
    pub(crate) executions: Vec<Value>,
    /// Items by logical id of their table.
    pub(crate) rows: BTreeMap<String, Vec<Value>>,
    /// Bodies by logical id of their queue.
    pub(crate) left: BTreeMap<String, Vec<String>>,
    /// Events of all functions.
    pub(crate) trace: Vec<Value>,
    /// How often each function was invoked.
    pub(crate) deliveries: BTreeMap<String, u64>,
    /// Calls that a role doesn't allow: function, action, resource.
    pub(crate) denied: Vec<[String; 3]>,
    /// What each function's role allows.
    pub(crate) granted: BTreeMap<String, Vec<[String; 2]>>,
    /// What each function has done.
    pub(crate) used: BTreeMap<String, Vec<[String; 2]>>,
    /// Lines of the functions' logs.
    pub(crate) log: Vec<String>,
}

/// What a function answered.
#[derive(Debug, Deserialize)]
pub(crate) struct Answer {
    /// The name of the error.
    pub(crate) error: Option<String>,
    /// The result, or the error as Lambda has it.
    pub(crate) payload: Value,
    /// From the start of the invocation, which is that of the process if it is the first.
    pub(crate) seconds: f64,
}

impl Answer {
    /// The status of an HTTP answer.
    pub(crate) fn status(&self) -> u64 {
        self.payload["statusCode"].as_u64().unwrap_or_default()
    }
}

impl Plan {
    /// Of the project in a folder, with its Lambda program.
    pub(crate) fn of((folder, program): (PathBuf, PathBuf)) -> Self {
        Self {
            template: folder.join("aws/template.yaml"),
            program,
            steps: Vec::new(),
            revoked: Vec::new(),
            // Where nobody answers: who calls needs another.
            parameters: [("CardGatewayUrl".to_owned(), json!("http://127.0.0.1:9"))]
                .into_iter()
                .collect(),
        }
    }

    /// An HTTP request.
    pub(crate) fn request(mut self, method: &str, path: &str, body: &str) -> Self {
        self.steps.push(json!({
            "do": "request", "method": method, "path": path, "body": body,
            "headers": { "content-type": "application/json" },
        }));
        self
    }

    /// An event as it is, to the function of a handler.
    pub(crate) fn invoke(mut self, function: &str, event: &Value) -> Self {
        self.steps
            .push(json!({ "do": "invoke", "function": function, "event": event }));
        self
    }

    /// A message by hand.
    pub(crate) fn send(mut self, channel: &str, body: &str) -> Self {
        self.steps
            .push(json!({ "do": "send", "channel": channel, "body": body }));
        self
    }

    /// Delivers until nothing moves.
    pub(crate) fn pump(mut self) -> Self {
        self.steps.push(json!({ "do": "pump" }));
        self
    }

    /// A parameter of the template.
    pub(crate) fn parameter(mut self, name: &str, value: &str) -> Self {
        let _ = self.parameters.insert(name.to_owned(), json!(value));
        self
    }

    /// Takes an action from a function's role.
    pub(crate) fn revoke(mut self, function: &str, action: &str, resource: &str) -> Self {
        self.revoked.push(json!([function, action, resource]));
        self
    }

    /// Does it; nothing when the emulator isn't installed.
    pub(crate) fn run(self) -> Option<Report> {
        let python = oracles::python()?;
        let place = tempfile::tempdir().expect("there is room for a plan");
        let (plan, report) = (place.path().join("plan.json"), place.path().join("report.json"));
        let text = json!({
            "template": self.template, "program": self.program,
            "variables": { "WILD_RYDES_OUTAGES": "0" },
            "steps": self.steps, "revoked": self.revoked, "parameters": self.parameters,
        });
        std::fs::write(&plan, text.to_string()).expect("there is room for a plan");
        let script = root().join("tests/oracles/cloud/deploy.py");
        let _alone = crate::alone();
        let _ = oracles::output(Command::new(python).arg(script).arg(&plan).arg(&report));
        let report = std::fs::read_to_string(report).expect("the account reports");
        Some(serde_json::from_str(&report).expect("the account reports what is wanted"))
    }
}
