//! Fare collection against a gateway: what is charged is booked, or given back.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::admin::{Request, Response};
use crate::saga::Log;
use crate::saga::definition::{
    Action, Class, Condition, Finish, Retry, Saga, Statement, Step, TableKey, Undo, Value,
};
use crate::simulate::Simulation;
use crate::{
    Activation, Body, Call, ExternalSpec, Failure, Field, Handler, HandlerSpec, Message, Program, Queue,
    Reply, SagaSpec, Shape, Store, TableSpec, Topology,
};

/// A row for each ride that is paid for, and one for each fare.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Note {
    pub(super) id: String,
    pub(super) text: String,
}

impl Message for Note {
    const TYPE: &'static str = "Note";
    fn shape() -> Shape {
        let id = Field::required("id", Shape::string());
        Shape::record("Note", [id, Field::required("text", Shape::string())])
    }
}

pub(super) struct Notes;

impl Store for Notes {
    const NAME: &'static str = "Fares.notes";
    type Row = Note;
    type Key = String;
    fn key(row: &Note) -> String {
        row.id.clone()
    }
}

/// A handler that asks the gateway and notes how often it did.
struct Asks(Call);

impl Handler for Asks {
    async fn handle(&self, input: Body, activation: &mut Activation) -> Result<Reply, Failure> {
        let input: Json = input.decode()?;
        let answer: Json = activation.call(&self.0, &input).await?;
        Reply::with(&answer)
    }
}

/// Books, or takes the booking back.
struct Books(i64);

impl Handler for Books {
    async fn handle(&self, input: Body, activation: &mut Activation) -> Result<Reply, Failure> {
        let input: Json = input.decode()?;
        let key = input["key"].as_str().unwrap_or_default();
        if self.0 > 0 && key.ends_with('3') {
            return Err(Failure::fault("Closed", &json!({"account": key})));
        }
        let mut notes = activation.table::<Notes>();
        let id = format!("booked {key}");
        let count: i64 = match notes.get(&id).await? {
            Some(note) => note.text.parse()?,
            None => 0,
        };
        notes.put(&Note {
            id,
            text: (count + self.0).to_string(),
        })?;
        Ok(Reply::none())
    }
}

/// Calls of the gateway: each handler has one of its name.
const ASKS: [(&str, Call); 4] = [
    ("authorize", asks("authorize", 1)),
    ("capture", asks("capture", 1)),
    ("void", asks("void", 0)),
    ("refund", asks("refund", 0)),
];

const fn asks(handler: &'static str, retries: u32) -> Call {
    Call::new("Gateway", handler, Duration::from_secs(2)).retry(
        retries,
        Duration::from_millis(200),
        200,
        Duration::from_secs(2),
    )
}

/// In which order a fare is collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// One step after the other.
    Line,
    /// Money is taken while the ride is booked.
    Branches,
    /// Some wait before money is taken.
    Wait,
}

pub(super) fn program(way: Way) -> Program {
    program_within(way, 120_000)
}

/// The same with another deadline, in milliseconds.
pub(super) fn program_within(way: Way, deadline: u64) -> Program {
    let mut gateway = ExternalSpec::new("Gateway");
    for (name, _) in ASKS {
        gateway = gateway.handler(name, ["Declined"], Duration::from_secs(2));
    }
    let spec = |name: &str| HandlerSpec::new(&format!("Fares.{name}")).idempotent_by("key", None);
    let topology = Topology::new("Fares")
        .queue(Queue::new("rides"))
        .queue(Queue::new("collected"))
        .queue(Queue::new("rejected"))
        .table(TableSpec::of::<Notes>())
        .external(gateway)
        .handler(spec("authorize").fails(["Declined"]).calls_out())
        .handler(spec("capture").fails(["Declined"]).calls_out())
        .handler(spec("void").undoes("Fares.authorize", "key").calls_out())
        .handler(spec("refund").undoes("Fares.capture", "key").calls_out())
        .handler(spec("book").fails(["Closed"]))
        .handler(spec("unbook").undoes("Fares.book", "key"))
        .saga(SagaSpec::new(saga(way, deadline)));
    let program = Program::new(topology)
        .handler("Fares.book", Books(1))
        .handler("Fares.unbook", Books(-1));
    ASKS.into_iter().fold(program, |program, (name, call)| {
        program.handler(&format!("Fares.{name}"), Asks(call))
    })
}

fn saga(way: Way, deadline: u64) -> Saga {
    let register = Step {
        action: Action::Insert {
            table: note(),
            row: Value::Record(vec![
                ("id".to_owned(), path("ride.id")),
                ("text".to_owned(), Value::Constant(json!("pending"))),
            ]),
        },
        undo: Some(undo(text("failed"), 3)),
        ..step("register", "")
    };
    let emit = |channel: &str| Action::Emit {
        channel: channel.to_owned(),
        kind: "Note".to_owned(),
        message: Value::Record(vec![("id".to_owned(), path("ride.id"))]),
    };
    let finish = |name: &str, action| Finish {
        name: name.to_owned(),
        action,
        retry: retry(None),
    };
    let (capture, book) = (plain(step("capture", "refund")), plain(step("book", "unbook")));
    let mut body = vec![plain(register), plain(step("authorize", "void"))];
    match way {
        Way::Line => body.extend([capture, book]),
        Way::Branches => body.push(Statement::Parallel {
            name: "parallel_1".to_owned(),
            branches: vec![
                ("money".to_owned(), vec![capture]),
                ("books".to_owned(), vec![book]),
            ],
        }),
        Way::Wait => body.extend([
            Statement::Choice {
                name: "choice_1".to_owned(),
                arms: vec![(
                    Condition::EndsWith(path("ride.id"), "1".to_owned()),
                    vec![Statement::Wait {
                        name: "wait_1".to_owned(),
                        time: 10_000,
                    }],
                )],
                otherwise: Vec::new(),
            },
            capture,
            book,
        ]),
    }
    Saga {
        name: "Fares.Collection".to_owned(),
        queue: Some("rides".to_owned()),
        input: "ride".to_owned(),
        by: vec![vec!["id".to_owned()]],
        deadline: Some(deadline),
        body,
        done: vec![
            finish("done_1", text("completed")),
            finish("done_2", emit("collected")),
        ],
        failed: vec![finish("failed_1", emit("rejected"))],
    }
}

pub(super) fn plain(step: Step) -> Statement {
    Statement::Step(Box::new(step))
}

pub(super) fn step(name: &str, undone_by: &str) -> Step {
    Step {
        name: name.to_owned(),
        class: Class::Compensatable,
        action: call(name),
        timeout: 6_000,
        retry: retry(Some(1)),
        on: Vec::new(),
        undo: Some(undo(call(undone_by), 4)),
    }
}

fn undo(action: Action, count: u32) -> Undo {
    Undo {
        action,
        timeout: 6_000,
        retry: retry(Some(count)),
    }
}

pub(super) fn retry(count: Option<u32>) -> Retry {
    Retry {
        count,
        backoff: 500,
        factor_percent: 200,
        cap: 4_000,
        on: Vec::new(),
        alarm: None,
    }
}

fn call(handler: &str) -> Action {
    Action::Call {
        handler: format!("Fares.{handler}"),
        fails: vec!["Declined".to_owned(), "Closed".to_owned()],
        input: Value::Record(vec![("key".to_owned(), path("ride.id"))]),
    }
}

fn text(text: &str) -> Action {
    Action::Update {
        table: note(),
        set: vec![("text".to_owned(), Value::Constant(json!(text)))],
        only_if: None,
    }
}

fn note() -> TableKey {
    TableKey {
        name: Notes::NAME.to_owned(),
        field: "id".to_owned(),
        key: path("ride.id"),
    }
}

pub(super) fn path(path: &str) -> Value {
    Value::Path(path.split('.').map(str::to_owned).collect())
}

/// Sends the message that begins the saga of `r1`.
pub(super) async fn begin(simulation: &mut Simulation) {
    let request = Request::Send {
        channel: "rides".to_owned(),
        body: json!({"id": "r1", "text": ""}),
    };
    let answer = simulation.ask(request).await;
    assert!(matches!(answer, Some(Response::Sent { .. })), "{answer:?}");
}

/// What the saga of `r1` has written down.
pub(super) async fn log(simulation: &mut Simulation, saga: &str) -> Log {
    let request = Request::Saga {
        name: saga.to_owned(),
        key: "r1".to_owned(),
    };
    match simulation.ask(request).await {
        Some(Response::Saga { log }) => *log,
        other => panic!("{other:?}"),
    }
}
