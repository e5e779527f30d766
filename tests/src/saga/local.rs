//! A saga on our own engine, in virtual time, with handlers that do as they are told.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aqueduct::admin::{Request, Response};
use aqueduct::saga::Standing;
use aqueduct::simulate::{Plan, Simulation, simulate};
use aqueduct::{Activation, Body, Failure, Handler, Program, Reply, Topology, Value, json};

use super::{Answer, Script, Seen, Subject, Vector, undoing};

/// Longer than any saga of a test goes on.
const LONGEST: Duration = Duration::from_secs(30 * 86_400);

/// What becomes of it.
///
/// # Panics
/// When it never ends, or can't be begun.
pub fn run(subject: &Subject, vector: &Vector) -> Seen {
    let world = Arc::new(World {
        subject: subject.clone(),
        undoing: undoing(&subject.saga),
        told: Mutex::new((Script::new(vector), Seen::new())),
    });
    let saga = &subject.saga;
    let topology = unguarded(&subject.topology);
    let names: Vec<String> = topology.handlers.iter().map(|spec| spec.name.clone()).collect();
    let program = names.into_iter().fold(Program::new(topology), |program, name| {
        let told = Told {
            name: name.clone(),
            world: Arc::clone(&world),
        };
        program.handler(&name, told)
    });
    let story = async |simulation: &mut Simulation| {
        let sent = simulation
            .ask(Request::Send {
                channel: saga.queue.clone().expect("a queue starts it"),
                body: subject.input.clone(),
            })
            .await;
        assert!(matches!(sent, Some(Response::Sent { .. })), "{sent:?}");
        assert!(simulation.rest(LONGEST).await, "{} never ends", vector.name);
        let run = match simulation.ask(Request::Sagas { standing: None }).await {
            Some(Response::Sagas { mut sagas, .. }) => sagas.remove(0),
            other => panic!("{other:?}"),
        };
        let rows = subject.tables.iter().map(|(table, _)| {
            let rows = simulation.rows(table).expect("rows in memory can be read");
            (table.clone(), rows)
        });
        let end = match (run.standing, run.error) {
            (Standing::Done, _) => "done".to_owned(),
            (Standing::Failed, error) => format!("failed: {}", as_there(&error.unwrap_or_default())),
            (Standing::Stuck, _) => "stuck".to_owned(),
            other => format!("{other:?}"),
        };
        (end, rows.collect())
    };
    let (end, rows) = simulate(program, Plan::default(), story).expect("the program fits");
    let mut told = world.told.lock().unwrap_or_else(PoisonError::into_inner);
    let mut seen = std::mem::replace(&mut told.1, Seen::new());
    (seen.end, seen.rows) = (end, rows);
    seen.settled(saga)
}

/// A handler that panics is one whose function dies over there.
fn as_there(error: &str) -> &str {
    match error {
        "Panicked" => "Crashed",
        other => other,
    }
}

/// Without what handlers themselves keep: what is compared is what they are asked.
fn unguarded(topology: &Topology) -> Topology {
    let mut topology = topology.clone();
    for spec in &mut topology.handlers {
        spec.idempotent = None;
        spec.undoes = None;
        // Over there no answer is no answer, whatever a handler does.
        spec.calls_out = true;
    }
    topology.externals.clear();
    topology
}

struct World {
    subject: Subject,
    undoing: Vec<String>,
    told: Mutex<(Script, Seen)>,
}

struct Told {
    name: String,
    world: Arc<World>,
}

impl Told {
    /// Who hears a channel that the saga sends to notes what it is sent.
    fn heard(&self, input: &Value) -> bool {
        let topology = &self.world.subject.topology;
        let mut specs = topology.handlers.iter();
        let Some(queue) = specs
            .find(|spec| spec.name == self.name)
            .and_then(|spec| spec.queue.as_ref())
        else {
            return false;
        };
        let mut told = self.world.told.lock().unwrap_or_else(PoisonError::into_inner);
        for (channel, _) in &self.world.subject.channels {
            let mut routes = topology.routes.iter();
            if channel == queue || routes.any(|route| route.from == *channel && route.to == *queue) {
                let sent = told.1.sent.entry(channel.clone()).or_default();
                let text = input.to_string().replace("\"Panicked\"", "\"Crashed\"");
                sent.push(serde_json::from_str(&text).expect("it stays JSON"));
            }
        }
        true
    }

    /// Notes a call and says how it ends. Who is not let in waits; that is no try.
    fn called(&self, input: Value) -> Answer {
        let mut told = self.world.told.lock().unwrap_or_else(PoisonError::into_inner);
        let (script, seen) = &mut *told;
        let mut answer = script.next(&self.name);
        while answer == Answer::Throttled {
            answer = script.next(&self.name);
        }
        let undo = self.world.undoing.contains(&self.name);
        seen.call(&self.name, input, &answer, undo);
        answer
    }
}

impl Handler for Told {
    async fn handle(&self, input: Body, _: &mut Activation) -> Result<Reply, Failure> {
        let input: Value = input.decode()?;
        if self.heard(&input) {
            return Ok(Reply::none());
        }
        match self.called(input) {
            Answer::Ok | Answer::Throttled => match self.world.subject.replies.get(&self.name) {
                Some(reply) => Reply::with(reply),
                None => Ok(Reply::none()),
            },
            Answer::Refused(fault) => Err(Failure::fault(fault, &json!({}))),
            Answer::TimedOut { .. } => std::future::pending().await,
            Answer::Crashed => panic!("as it is told"),
        }
    }
}
