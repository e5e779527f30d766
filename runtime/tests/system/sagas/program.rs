//! Fare collection, written by hand, with handlers that do what a test says.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aqueduct::admin::{Client, Request, Response};
use aqueduct::local::{Options, Running, start};
use aqueduct::saga::definition::{
    Action, Class, Finish, Retry, Saga, Statement, Step, TableKey, Undo, Value,
};
use aqueduct::saga::{Event, Kind, Log, Standing};
use aqueduct::{
    Activation, Api, Body, Failure, Field, Handler, HandlerSpec, Message, Program, Queue, Reply, SagaSpec,
    Shape, Store, TableSpec, Topology,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::http::get;

/// What a handler does when it is run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Act {
    /// A declared no.
    Declines,
    /// Something that nobody declared.
    Breaks,
    Panics,
    Hangs,
}

/// What handlers do, by name: the first of a list at the first run, and so on; afterwards they work.
pub type Script = Arc<Mutex<HashMap<&'static str, Vec<Act>>>>;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fare {
    pub ride_id: String,
    pub amount: i64,
    pub status: String,
}

impl Message for Fare {
    const TYPE: &'static str = "Fare";
    fn shape() -> Shape {
        let id = Field::required("ride_id", Shape::string());
        let amount = Field::required("amount", Shape::int());
        Shape::record("Fare", [id, amount, Field::required("status", Shape::string())])
    }
}

pub struct Fares;

impl Store for Fares {
    const NAME: &'static str = "Accounting.fares";
    type Row = Fare;
    type Key = String;
    fn key(row: &Fare) -> String {
        row.ride_id.clone()
    }
}

/// What a handler has done for a key: how often.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Done {
    pub what: String,
    pub times: i64,
}

impl Message for Done {
    const TYPE: &'static str = "Done";
    fn shape() -> Shape {
        let what = Field::required("what", Shape::string());
        Shape::record("Done", [what, Field::required("times", Shape::int())])
    }
}

pub struct Dones;

impl Store for Dones {
    const NAME: &'static str = "Accounting.dones";
    type Row = Done;
    type Key = String;
    fn key(row: &Done) -> String {
        row.what.clone()
    }
}

/// A handler that counts what it does in a row, and does what the script says.
struct Scripted {
    name: &'static str,
    script: Script,
}

impl Handler for Scripted {
    async fn handle(&self, input: Body, activation: &mut Activation) -> Result<Reply, Failure> {
        let input: serde_json::Value = input.decode()?;
        let what = format!("{}~{}", self.name, input["key"].as_str().unwrap());
        let mut dones = activation.table::<Dones>();
        let times = dones.get(&what).await?.map_or(0, |done| done.times) + 1;
        dones.put(&Done { what, times })?;
        let act = {
            let mut script = self.script.lock().unwrap();
            let acts = script.get_mut(self.name).filter(|acts| !acts.is_empty());
            acts.map(|acts| acts.remove(0))
        };
        match act {
            None => Reply::with(&json!({ "id": format!("{}-{times}", self.name) })),
            Some(Act::Declines) => Err(Failure::fault("Declined", &json!({ "by": "the bank" }))),
            Some(Act::Breaks) => Err(Failure::new("the line is down")),
            Some(Act::Panics) => panic!("as asked"),
            Some(Act::Hangs) => std::future::pending().await,
        }
    }
}

/// The handlers that steps call.
pub const HANDLERS: [&str; 6] = ["authorize", "void", "charge", "refund", "book", "unbook"];

pub fn fare_collection() -> Saga {
    let register = Step {
        action: Action::Insert {
            table: fares(),
            row: Value::Record(vec![
                field("ride_id", "ride.ride_id"),
                field("amount", "ride.amount"),
                ("status".to_owned(), Value::Constant(json!("pending"))),
            ]),
        },
        undo: Some(undo(status("failed"))),
        ..step("register", None)
    };
    saga(vec![
        plain(register),
        plain(step("authorize", Some("void"))),
        plain(step("charge", Some("refund"))),
        plain(step("book", Some("unbook"))),
    ])
}

pub fn saga(body: Vec<Statement>) -> Saga {
    Saga {
        name: "Accounting.FareCollection".to_owned(),
        queue: Some("accounting".to_owned()),
        input: "ride".to_owned(),
        by: vec![vec!["ride_id".to_owned()]],
        deadline: Some(60_000),
        body,
        done: vec![
            finish("done_1", status("completed")),
            finish("done_2", emit("collected")),
        ],
        failed: vec![finish("failed_1", emit("rejected"))],
    }
}

pub fn step(name: &str, undone_by: Option<&str>) -> Step {
    Step {
        name: name.to_owned(),
        class: Class::Compensatable,
        action: call(name),
        timeout: 300,
        retry: retry(Some(0)),
        on: Vec::new(),
        undo: undone_by.map(|name| undo(call(name))),
    }
}

pub fn undo(action: Action) -> Undo {
    Undo {
        action,
        timeout: 300,
        retry: retry(Some(2)),
    }
}

fn finish(name: &str, action: Action) -> Finish {
    Finish {
        name: name.to_owned(),
        action,
        retry: retry(Some(2)),
    }
}

pub fn retry(count: Option<u32>) -> Retry {
    Retry {
        count,
        backoff: 5,
        factor_percent: 200,
        cap: 50,
        on: Vec::new(),
        alarm: None,
    }
}

pub fn plain(step: Step) -> Statement {
    Statement::Step(Box::new(step))
}

pub fn call(handler: &str) -> Action {
    Action::Call {
        handler: format!("Accounting.{handler}"),
        fails: vec!["Declined".to_owned()],
        input: Value::Record(vec![field("key", "ride.ride_id")]),
    }
}

fn status(status: &str) -> Action {
    Action::Update {
        table: fares(),
        set: vec![("status".to_owned(), Value::Constant(json!(status)))],
        only_if: None,
    }
}

fn emit(queue: &str) -> Action {
    Action::Emit {
        channel: queue.to_owned(),
        kind: "Outcome".to_owned(),
        message: Value::Record(vec![
            field("ride_id", "ride.ride_id"),
            field("reason", "error.name"),
            field("by", "error.fields.by"),
        ]),
    }
}

fn fares() -> TableKey {
    TableKey {
        name: Fares::NAME.to_owned(),
        field: "ride_id".to_owned(),
        key: path("ride.ride_id"),
    }
}

fn field(name: &str, from: &str) -> (String, Value) {
    (name.to_owned(), path(from))
}

fn path(path: &str) -> Value {
    Value::Path(path.split('.').map(str::to_owned).collect())
}

pub fn topology(saga: Saga) -> Topology {
    let by = |name: &str| match name {
        "void" => Some("Accounting.authorize"),
        "refund" => Some("Accounting.charge"),
        "unbook" => Some("Accounting.book"),
        _ => None,
    };
    let topology = Topology::new("Fares")
        .queue(Queue::new("accounting"))
        .queue(Queue::new("collected"))
        .queue(Queue::new("rejected"))
        .table(TableSpec::of::<Fares>())
        .table(TableSpec::of::<Dones>())
        .api(Api::post("/book").handler("Accounting.book"))
        .api(Api::get("/fares/{ride_id}").row::<Fares>())
        .api(Api::get("/dones/{what}").row::<Dones>())
        .saga(SagaSpec::new(saga));
    HANDLERS.into_iter().fold(topology, |topology, name| {
        let spec = HandlerSpec::new(&format!("Accounting.{name}")).idempotent_by("key", None);
        topology.handler(match by(name) {
            Some(forward) => spec.undoes(forward, "key"),
            None => spec.fails(["Declined"]),
        })
    })
}

/// The same if its handlers asked others, who may have done something although a handler failed.
pub(super) fn calling_out(mut topology: Topology) -> Topology {
    for spec in &mut topology.handlers {
        spec.calls_out = true;
    }
    topology
}

pub fn program(topology: Topology, script: &Script) -> Program {
    HANDLERS
        .into_iter()
        .fold(Program::new(topology), |program, name| {
            let script = Arc::clone(script);
            program.handler(&format!("Accounting.{name}"), Scripted { name, script })
        })
}

pub fn options(data: &Path) -> Options {
    let mut options = Options::default();
    options.port = 0;
    data.clone_into(&mut options.data);
    options.retry_first = Duration::from_millis(2);
    options.retry_cap = Duration::from_millis(8);
    options.grace = Duration::from_millis(300);
    options
}

/// A running program in a folder of its own.
pub struct Bench {
    pub topology: Topology,
    pub script: Script,
    pub data: tempfile::TempDir,
    running: Option<Running>,
}

impl Bench {
    pub async fn start(saga: Saga) -> Self {
        Self::of(topology(saga), []).await
    }

    pub async fn of<const N: usize>(topology: Topology, script: [(&'static str, Vec<Act>); N]) -> Self {
        let mut bench = Self {
            script: Arc::new(Mutex::new(HashMap::from(script))),
            ..Self::at_rest(topology)
        };
        bench.run().await;
        bench
    }

    /// A folder for a program that isn't running yet.
    pub fn at_rest(topology: Topology) -> Self {
        Self {
            topology,
            script: Script::default(),
            data: tempfile::tempdir().unwrap(),
            running: None,
        }
    }

    pub async fn run(&mut self) {
        self.try_run().await.unwrap();
    }

    pub async fn try_run(&mut self) -> Result<(), aqueduct::local::Error> {
        let program = program(self.topology.clone(), &self.script);
        self.running = Some(start(program, options(self.data.path())).await?);
        Ok(())
    }

    pub async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop().await.unwrap();
        }
    }

    pub async fn restart(&mut self) {
        self.stop().await;
        self.run().await;
    }

    pub async fn ask(&self, request: Request) -> Response {
        let mut client = Client::connect(self.data.path()).unwrap();
        tokio::task::spawn_blocking(move || client.request(&request).unwrap())
            .await
            .unwrap()
    }

    pub async fn send(&self, ride_id: &str) {
        let request = Request::Send {
            channel: "accounting".to_owned(),
            body: json!({"ride_id": ride_id, "amount": 60}),
        };
        let answer = self.ask(request).await;
        assert!(matches!(answer, Response::Sent { .. }), "{answer:?}");
    }

    pub async fn log(&self, key: &str) -> Option<Log> {
        let request = Request::Saga {
            name: "FareCollection".to_owned(),
            key: key.to_owned(),
        };
        match self.ask(request).await {
            Response::Saga { log } => Some(*log),
            Response::Error { .. } => None,
            other => panic!("{other:?}"),
        }
    }

    /// Waits until a run is no longer running.
    pub async fn settled(&self, key: &str) -> Log {
        for _ in 0..2000 {
            match self.log(key).await {
                Some(log) if log.standing() != Standing::Running => return log,
                _ => tokio::time::sleep(Duration::from_millis(3)).await,
            }
        }
        panic!("{key} never settles: {:#?}", self.log(key).await);
    }

    pub async fn told(&self, queue: &str) -> u64 {
        match self.ask(Request::Stats).await {
            Response::Stats { stats } => stats.queues[queue].ready,
            other => panic!("{other:?}"),
        }
    }

    /// How often a handler's work for a key is in its table.
    pub async fn done(&self, handler: &str, key: &str) -> u64 {
        let answer = get(self.address(), &format!("/dones/{handler}~{key}")).await;
        match answer.status {
            200 => answer.json()["times"].as_u64().unwrap(),
            _ => 0,
        }
    }

    /// The status of a fare, if there is one.
    pub async fn status(&self, key: &str) -> Option<String> {
        let answer = get(self.address(), &format!("/fares/{key}")).await;
        (answer.status == 200).then(|| answer.json()["status"].as_str().unwrap().to_owned())
    }

    pub fn address(&self) -> SocketAddr {
        self.running.as_ref().unwrap().address()
    }
}

/// What has ended, in order: `-` before what was taken back, `!` after what failed.
pub fn story(log: &Log) -> String {
    let ended = log.entries.iter().filter_map(|entry| {
        let mark = if entry.kind == Kind::Undo { "-" } else { "" };
        match entry.event {
            Event::Succeeded { .. } => Some(format!("{mark}{}", entry.step)),
            Event::Failed { .. } | Event::Stuck { .. } => Some(format!("{mark}{}!", entry.step)),
            _ => None,
        }
    });
    ended.collect::<Vec<_>>().join(" ")
}
