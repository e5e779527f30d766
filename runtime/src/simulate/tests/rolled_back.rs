//! What a handler that asks nobody outside has written is thrown away when it isn't done in time, or its program
//! stops: there is nothing to take back, although it may be tried again.

use std::time::Duration;

use super::fares::{self, Note, Notes, plain, step};
use crate::saga::definition::Saga;
use crate::saga::{Event, Kind, Log, Standing};
use crate::simulate::{Plan, Simulation, simulate};
use crate::{
    Activation, Body, Failure, Handler, HandlerSpec, Program, Queue, Reply, SagaSpec, TableSpec, Topology,
};

/// Writes, and then takes so long.
struct Writes(Duration);

impl Handler for Writes {
    async fn handle(&self, _: Body, activation: &mut Activation) -> Result<Reply, Failure> {
        activation.table::<Notes>().put(&Note {
            id: "r1".to_owned(),
            text: "written".to_owned(),
        })?;
        tokio::time::sleep(self.0).await;
        Ok(Reply::none())
    }
}

/// Runs a saga of one step that never gets done; nothing says that its undo may be asked for what wasn't done.
fn one(crash: bool) -> Log {
    let saga = Saga {
        name: "Fares.Booking".to_owned(),
        queue: Some("rides".to_owned()),
        input: "ride".to_owned(),
        by: vec![vec!["id".to_owned()]],
        deadline: None,
        body: vec![plain(step("book", "unbook"))],
        done: Vec::new(),
        failed: Vec::new(),
    };
    let topology = Topology::new("Fares")
        .queue(Queue::new("rides"))
        .table(TableSpec::of::<Notes>())
        .handler(HandlerSpec::new("Fares.book"))
        .handler(HandlerSpec::new("Fares.unbook"))
        .saga(SagaSpec::new(saga));
    let program = Program::new(topology)
        .handler("Fares.book", Writes(Duration::from_secs(60)))
        .handler("Fares.unbook", Writes(Duration::ZERO));
    let story = async |simulation: &mut Simulation| {
        fares::begin(simulation).await;
        if crash {
            simulation.pass(Duration::from_secs(1)).await;
            simulation.crash();
            simulation.start().unwrap();
        }
        assert!(simulation.rest(Duration::from_secs(600)).await);
        fares::log(simulation, "Booking").await
    };
    simulate(program, Plan::default(), story).unwrap()
}

#[test]
fn what_was_thrown_away_is_tried_again_and_not_taken_back() {
    for (crash, tried) in [(false, "Timeout"), (true, "Crashed")] {
        let log = one(crash);
        assert_eq!(log.standing(), Standing::Failed, "{log:#?}");
        let again = log.entries.iter().find_map(|entry| match &entry.event {
            Event::Tried { error } => Some(error.name.as_str()),
            _ => None,
        });
        assert_eq!(again, Some(tried), "{log:#?}");
        assert!(
            log.entries.iter().all(|entry| entry.kind != Kind::Undo),
            "{log:#?}"
        );
    }
}
