//! Sagas on our machine and on Step Functions: the same calls, rows, messages and ends, whatever goes wrong.

use std::collections::BTreeMap;

use aqueduct_compiler::model::{ActionKind, ChannelKind, Id, Model, Saga};
use aqueduct_targets::{Origin, QueryLanguage};
use aqueduct_tests::saga::vectors::{steps, vectors};
use aqueduct_tests::saga::{Interpreter, Plan, Subject, Vector, locally};
use aqueduct_tests::{analyzed, read, root};
use serde_json::{Value, json};

/// The sagas of a system with an input each, in both query languages' form.
fn subject(
    system: &str,
    saga: &str,
    input: Value,
    replies: &[(&str, Value)],
    query: QueryLanguage,
) -> Subject {
    let text = read(&root().join(format!("tests/cases/golden/{system}/in.flow")));
    let (analysis, _) = analyzed("in.flow", &text);
    let checked = analysis.checked().expect("the system is sound");
    let model = checked.model();
    let id = model
        .sagas
        .ids()
        .find(|id| model.saga_name(*id) == saga)
        .expect("the saga is there");
    let origin = Origin {
        source: "in.flow".to_owned(),
        version: "0".to_owned(),
        query,
    };
    let target = aqueduct_targets::by_name("aws").expect("there is a target for AWS");
    let files = aqueduct_targets::emit(target, checked, &origin);
    let label = model.sagas[id].label.docs.first().map(ToString::to_string);
    let mut machines = files.iter().filter(|(path, _)| path.starts_with("aws/machines/"));
    let machine = machines
        .find_map(|(_, file)| {
            let machine: Value = serde_json::from_str(&file.text).ok()?;
            (machine["Comment"].as_str() == label.as_deref()).then_some(machine)
        })
        .expect("the saga has a machine");
    Subject {
        saga: aqueduct_targets::saga::definition(model, id),
        machine,
        input,
        replies: replies
            .iter()
            .map(|(handler, reply)| ((*handler).to_owned(), reply.clone()))
            .collect(),
        tables: tables(model, id),
        channels: channels(model, id),
    }
}

fn tables(model: &Model, id: Id<Saga>) -> Vec<(String, String)> {
    let service = &model.services[model.sagas[id].service];
    let tables = service.stores.iter().map(|store| {
        let key = model.stores[*store].key[0].0.to_string();
        (model.store_name(*store), key)
    });
    tables.collect()
}

fn channels(model: &Model, id: Id<Saga>) -> Vec<(String, bool)> {
    let saga = &model.sagas[id];
    let endings = [&saga.done, &saga.failed];
    let actions = endings.into_iter().flatten().flat_map(|ending| &ending.actions);
    let channels = actions.filter_map(|action| match &action.kind {
        ActionKind::Emit { channel, .. } => {
            let channel = &model.channels[*channel];
            Some((channel.label.name.to_string(), channel.kind == ChannelKind::Topic))
        }
        _ => None,
    });
    let unique: BTreeMap<String, bool> = channels.collect();
    unique.into_iter().collect()
}

const ID: &str = "0198f2c4-0000-7000-8000-000000000001";

fn subjects(query: QueryLanguage) -> Vec<Subject> {
    let ride = json!({
        "ride_id": ID, "customer": "zoe", "from": "Berlin", "to": "Bonn", "distance": 600, "duration": 420,
        "fare": 256.5,
    });
    let trip = |with_car: bool, budget: u32| json!({ "trip_id": ID, "traveller": "ada", "nights": 3, "with_car": with_car, "budget": budget });
    let desk = [
        ("Cashier.quote", json!({ "price": 800, "class": "suite" })),
        ("Hotels.hold", json!({ "hotel": "Adlon" })),
        ("Flights.hold", json!({ "code": "XY1" })),
    ];
    let claim =
        |amount: u32| json!({ "claim_id": ID, "traveller": "ada", "amount": amount, "receipt": "12,50" });
    let gateway = [
        ("Payments.authorize", json!({ "code": "c1" })),
        ("Payments.capture", json!({ "charge_id": "ch1" })),
    ];
    let receipts = [("Receipts.read", json!({ "amount": 12.5 }))];
    let fare = "CustomerAccounting.FareCollection";
    vec![
        subject("wild-rydes", fare, ride, &gateway, query),
        subject("travel-desk", "Desk.TripBooking", trip(true, 1_000), &desk, query),
        subject(
            "travel-desk",
            "Desk.TripBooking",
            trip(false, 1_000),
            &desk,
            query,
        ),
        subject("travel-desk", "Desk.TripBooking", trip(true, 100), &desk, query),
        subject("travel-desk", "Claims.Reimbursement", claim(10), &receipts, query),
        subject(
            "travel-desk",
            "Claims.Reimbursement",
            claim(100),
            &receipts,
            query,
        ),
    ]
}

/// Those that make a difference: what is wrong with a handler that isn't called shows nothing.
fn meaningful(subject: &Subject) -> Vec<Vector> {
    let mut vectors = vectors(&subject.saga);
    vectors.retain(|vector| {
        let seen = locally(subject, vector);
        vector
            .answers
            .keys()
            .all(|handler| seen.calls.contains_key(handler))
    });
    vectors
}

/// Runs everything in an interpreter and compares; how many were compared.
fn compared(interpreter: Interpreter, query: QueryLanguage, every: usize) -> Option<usize> {
    let mut plan = Plan::default();
    let mut expected = Vec::new();
    for subject in subjects(query) {
        let vectors: Vec<Vector> = meaningful(&subject).into_iter().step_by(every).collect();
        expected.extend(
            vectors
                .iter()
                .map(|vector| (vector.name.clone(), locally(&subject, vector))),
        );
        plan.add(&subject, &vectors);
    }
    let seen = plan.run(interpreter)?;
    let mut divergences = Vec::new();
    for ((name, mut ours), theirs) in expected.iter().cloned().zip(seen) {
        if interpreter == Interpreter::Local {
            // It has no tables.
            ours.rows = theirs.rows.clone();
        }
        if ours != theirs {
            divergences.push(format!("{name}\n  ours   {ours:?}\n  theirs {theirs:?}"));
        }
    }
    eprintln!(
        "{interpreter:?}, {query:?}: {} vectors, {} divergences",
        expected.len(),
        divergences.len()
    );
    assert!(
        divergences.is_empty(),
        "{}",
        divergences[..divergences.len().min(5)].join("\n")
    );
    Some(expected.len())
}

#[test]
fn sagas_do_the_same_on_step_functions() {
    let Some(vectors) = compared(Interpreter::Moto, QueryLanguage::JsonPath, 1) else {
        return;
    };
    assert!(vectors > 500, "{vectors} are too few");
}

#[test]
fn a_second_interpreter_agrees() {
    let Some(vectors) = compared(Interpreter::Local, QueryLanguage::JsonPath, 1) else {
        return;
    };
    assert!(vectors >= 200, "{vectors} are too few");
}

/// aws-local-stepfunctions knows no JSONata on Node, so one interpreter judges it.
#[test]
fn sagas_do_the_same_in_jsonata() {
    let Some(vectors) = compared(Interpreter::Moto, QueryLanguage::Jsonata, 5) else {
        return;
    };
    assert!(vectors >= 100, "{vectors} are too few");
}

/// Where no error is left alone, there is a way from every task for every error.
#[test]
fn no_task_leaves_an_error_unhandled() {
    for subject in subjects(QueryLanguage::JsonPath) {
        let mut tasks = 0;
        visit(&subject.machine, &mut |name, state| {
            if state["Type"] == "Task" {
                tasks += 1;
                let catches = state["Catch"].as_array().cloned().unwrap_or_default();
                let all = catches
                    .iter()
                    .any(|catch| catch["ErrorEquals"] == json!(["States.ALL"]));
                assert!(all, "{name} of {}", subject.saga.name);
                assert!(
                    state["TimeoutSeconds"].is_u64(),
                    "{name} of {}",
                    subject.saga.name
                );
            }
        });
        let mut declared = 0;
        steps(&subject.saga.body, &mut |_| declared += 1);
        assert!(tasks >= declared, "{}", subject.saga.name);
    }
}

fn visit(machine: &Value, see: &mut impl FnMut(&str, &Value)) {
    for (name, state) in machine["States"].as_object().into_iter().flatten() {
        see(name, state);
        for branch in state["Branches"].as_array().into_iter().flatten() {
            visit(branch, see);
        }
    }
}
