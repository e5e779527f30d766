//! What sagas and choreographies become in the model.

use aqueduct_dsl::source::SourceMap;
use smol_str::SmolStr;

use crate::Analysis;
use crate::facts::fields::type_text;
use crate::facts::mapping::type_at;
use crate::model::{ActionKind, Manner, Model, Party, Saga, Statement, Style, Until, ValueKind};

const AROUND: &str = r#"
type Part { sku: string }
type Leg { leg_id: uuid, parts: list<Part> }
command Book { id: uuid @key = new(), legs: list<Leg>(1..10), leaves_at: instant, stops: list<string> }
event Booked { id: uuid @key, price: decimal(0.., places 2) }
event Paid { id: uuid @key, amount: decimal(0.., places 2) }
fault Refused
fault TooLate
queue requests: Book
queue booked: Booked
queue paid: Paid
service Desk {
  auth jwt
  api POST "/book" -> book
  api POST "/pay" -> pay
  handler book(Book) { emits Book to requests }
  handler pay(Paid) { emits Paid to paid }
  handler hear(Booked) on booked { natural because "it only logs" }
  handler ask(id: uuid) -> (yes: bool, price: decimal(0.., places 2)) fails Refused
  handler note(id: uuid, text: string)
  handler hold(id: uuid)
  handler keep(id: uuid)
  handler free(id: uuid)
  tentative seat by id { reserve hold, confirm keep, cancel free, expire 10m }
}
"#;

/// A system with these sagas in a service of their own.
fn system(sagas: &str) -> Analysis {
    let mut sources = SourceMap::default();
    let file = sources.add("case.flow", format!("{AROUND}\nservice Trips {{\n{sagas}\n}}\n"));
    crate::analyze(&mut sources, &[file], "Case")
}

/// The model of a saga `Trip` with this in it; nothing may be wrong but that no target carries it.
fn trip(body: &str) -> Model {
    let text = format!("saga Trip(Book as trip) on requests by trip.id {{\n  deadline 30d\n{body}\n}}");
    sound(&text)
}

fn sound(sagas: &str) -> Model {
    let analysis = system(sagas);
    let wrong: Vec<String> = analysis
        .findings
        .iter()
        .filter(|finding| !finding.code.is_about_targets() && !finding.code.0.starts_with("FLO"))
        .map(|finding| format!("{}: {}", finding.code, finding.message))
        .collect();
    assert_eq!(wrong, Vec::<String>::new(), "{sagas}");
    analysis.model
}

fn saga<'a>(model: &'a Model, name: &str) -> &'a Saga {
    let mut sagas = model.sagas.values();
    sagas.find(|saga| saga.label.name == name).unwrap()
}

/// The type of a path in `Trip`, as the author would write it.
fn typed(model: &Model, path: &str) -> Option<String> {
    let path: Vec<SmolStr> = path.split('.').map(SmolStr::from).collect();
    let found = type_at(model, saga(model, "Trip"), &path)?;
    Some(type_text(model, &found))
}

/// What a field of a step's input is made of.
fn given(model: &Model, step: &str, field: &str) -> String {
    let step = saga(model, "Trip").step(step).unwrap();
    let fields = &step.action.mapping().unwrap().fields;
    let (_, value) = fields.iter().find(|(name, _)| name == field).unwrap();
    value.to_string()
}

#[test]
fn a_map_gives_a_list_of_what_its_last_step_gives() {
    let model = trip(
        "map legs = trip.legs as leg {
           concurrency 5
           readonly seen = Desk.note(id: leg.leg_id, text: \"x\")
           readonly ask = Desk.ask(id: leg.leg_id)
         }
         readonly told = Desk.note(id: trip.id, text: hash(sum(legs.price)))",
    );
    let maps = saga(&model, "Trip").maps();
    let [map] = maps.as_slice() else {
        panic!("{maps:?}")
    };
    assert_eq!((map.item.as_str(), map.most), ("leg", Some(10)));
    assert_eq!(map.concurrency.map(|count| count.value), Some(5));
    assert_eq!(map.telling().unwrap().label.name, "ask");
    assert_eq!(typed(&model, "leg").as_deref(), Some("Leg"));
    assert_eq!(
        typed(&model, "legs.price").as_deref(),
        Some("list<decimal(0.., places 2)>(..10)")
    );
    assert_eq!(
        typed(&model, "trip.legs.parts").as_deref(),
        Some("list<list<Part>>(1..10)")
    );
    // A way through lists in lists tells what is at its end one after the other.
    assert_eq!(
        typed(&model, "trip.legs.parts.sku").as_deref(),
        Some("list<string>")
    );
    assert_eq!(given(&model, "told", "text"), "hash(sum(legs.price))");
    let names: Vec<&str> = saga(&model, "Trip")
        .steps()
        .iter()
        .map(|step| step.label.name.as_str())
        .collect();
    assert_eq!(names, ["seen", "ask", "told"]);
}

#[test]
fn each_verb_says_how_its_step_comes_to_an_end() {
    let model = sound(
        "saga Trip(Book as trip) on requests by trip.id {
           deadline 30d
           readonly asked = await Desk.ask(id: trip.id) { timeout 3d, heartbeat 1d }
           readonly paid = await Paid on paid where id == trip.id and amount > 5 { timeout 1d }
           readonly job = run Desk.ask(id: trip.id) { timeout 1d }
           readonly held = reserve Desk.seat(id: trip.id)
           readonly child = Insurance(...trip)
           readonly told = Desk.note(id: child.id, text: mask(hash(paid.amount)))
           start Insurance(...trip)
         }
         saga Insurance(Book as trip) by trip.id -> Booked {
           deadline 5m
           readonly ask = Desk.ask(id: trip.id)
           done { emit Booked(id: trip.id, price: ask.price) to booked }
         }",
    );
    let trip = saga(&model, "Trip");
    let kind = |name: &str| {
        let kind = &trip.step(name).unwrap().action.kind;
        if let ActionKind::Call { manner, handler, .. } = kind {
            return format!("{manner:?} {}", model.handler_name(*handler));
        }
        if let ActionKind::Child { saga, .. } = kind {
            return format!("Child {}", model.saga_name(*saga));
        }
        let ActionKind::Receive { only_if, .. } = kind else {
            panic!("{kind:?}");
        };
        format!("Receive {}", only_if.as_ref().unwrap())
    };
    assert_eq!(kind("asked"), format!("{:?} Desk.ask", Manner::Callback));
    assert_eq!(kind("paid"), "Receive it.id == trip.id and it.amount > 5");
    assert_eq!(kind("job"), format!("{:?} Desk.ask", Manner::Job));
    assert_eq!(kind("held"), format!("{:?} Desk.hold", Manner::Hold));
    assert_eq!(kind("child"), "Child Trips.Insurance");
    assert!(trip.step("asked").unwrap().awaits_somebody());
    // What a saga gives is what its `done` emits.
    assert_eq!(
        typed(&model, "child.price").as_deref(),
        Some("decimal(0.., places 2)")
    );
    // It is waited for as long as it may take.
    assert_eq!(trip.step("child").unwrap().timeout.value, 300_000);
    assert!(matches!(trip.body.last(), Some(Statement::Alone(_))));
}

#[test]
fn computed_values_keep_their_kinds() {
    let model = trip(
        "readonly ask = Desk.ask(id: trip.id)
         wait until trip.leaves_at - 2 * 1d
         wait 1d else TooLate
         if ask.price * 2 + 0.50 > 100 or meta.time > now() - 1h { fail TooLate }
         readonly told = Desk.note(id: trip.id, text: meta.source)",
    );
    let trip = saga(&model, "Trip");
    let mut told = Vec::new();
    for statement in &trip.body {
        if let Statement::If { arms, .. } = statement {
            told.extend(arms.iter().map(|(condition, _)| condition.to_string()));
        }
        if let Statement::Wait { until, otherwise, .. } = statement {
            told.push(match until {
                Until::At(time) => time.to_string(),
                Until::Passed(_) => model.types[otherwise.unwrap()].label.name.to_string(),
            });
        }
    }
    assert_eq!(
        told,
        [
            "trip.leaves_at - (2 * 1d)",
            "TooLate",
            "(ask.price * 2) + 0.50 > 100 or meta.time > now() - 1h",
        ]
    );
    let step = trip.step("told").unwrap();
    let (_, text) = &step.action.mapping().unwrap().fields[1];
    assert!(matches!(&text.kind, ValueKind::Path(path) if path[0] == "meta"));
}

#[test]
fn a_failure_that_is_caught_anywhere_makes_every_step_uncertain_that_may_fail_so() {
    let analysis = system(
        "saga Trip(Book as trip) on requests by trip.id {
           deadline 30d
           on Refused { wait 1m }
           readonly ask = Desk.ask(id: trip.id)
           readonly told = Desk.note(id: trip.id, text: hash(ask.price))
         }",
    );
    let said: Vec<&str> = analysis
        .findings
        .iter()
        .map(|finding| finding.message.as_str())
        .collect();
    assert!(
        said.contains(
            &"`ask` may not have run here: it may have failed, and something else was done in its place"
        ),
        "{said:?}"
    );
    let model = trip(
        "on Refused { fail TooLate }
         readonly ask = Desk.ask(id: trip.id)
         readonly told = Desk.note(id: trip.id, text: hash(ask.price))",
    );
    assert_eq!(saga(&model, "Trip").on_fault.len(), 1);
}

#[test]
fn a_saga_answers_with_what_it_emits_or_with_what_its_steps_give() {
    let model = sound(
        "saga Told(Book as trip) on requests by trip.id -> Booked {
           deadline 5m
           readonly ask = Desk.ask(id: trip.id)
           done { emit Booked(id: trip.id, price: ask.price) to booked }
         }
         saga Trip(Book as trip) by trip.id -> (id: uuid, price: decimal(0.., places 2)) {
           deadline 5m
           readonly first = Desk.ask(id: trip.id)
           readonly ask = Desk.ask(id: trip.id) {
             on Refused { emit Booked(id: trip.id, price: 0) to booked, fail TooLate }
           }
         }",
    );
    let answer = |name: &str| saga(&model, name).answer.as_ref().unwrap().to_string();
    assert_eq!(answer("Told"), "(id: trip.id, price: ask.price)");
    assert_eq!(answer("Trip"), "(id: trip.id, price: ask.price)");
    let alone = saga(&model, "Trip").statements().into_iter();
    assert_eq!(alone.filter(|one| matches!(one, Statement::Alone(_))).count(), 1);
}

#[test]
fn a_slip_knows_the_steps_that_its_message_may_name() {
    let model = trip(
        "style slip
         route trip.stops in [one, two]
         readonly one = Desk.ask(id: trip.id)
         readonly two = Desk.ask(id: trip.id)",
    );
    let Style::Slip { route, steps, .. } = &saga(&model, "Trip").style else {
        panic!("no slip");
    };
    let steps: Vec<&str> = steps.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        (route.to_string().as_str(), steps),
        ("trip.stops", vec!["one", "two"])
    );
}

#[test]
fn a_choreography_is_messages_and_who_acts_on_them() {
    let mut sources = SourceMap::default();
    let told = "choreography All by id {
      deadline 1h
      Book -> Trips.Trip -> Booked -> Desk.hear
      done Booked
    }";
    let saga = "service Trips {
      saga Trip(Book as trip) on requests by trip.id {
        deadline 1h
        readonly ask = Desk.ask(id: trip.id)
        done { emit Booked(id: trip.id, price: ask.price) to booked }
      }
    }";
    let file = sources.add("case.flow", format!("{AROUND}\n{saga}\n{told}\n"));
    let analysis = crate::analyze(&mut sources, &[file], "Case");
    let model = &analysis.model;
    assert!(analysis.findings.iter().all(|finding| finding.code.0 != "SAG011"));
    let all = model.choreographies.values().next().unwrap();
    let names = |list: &[(crate::model::Id<crate::model::TypeDecl>, _)]| {
        let names: Vec<&str> = list
            .iter()
            .map(|(id, _)| model.types[*id].label.name.as_str())
            .collect();
        names.join(" | ")
    };
    let turns: Vec<String> = all
        .turns
        .iter()
        .map(|turn| {
            let who = match turn.party {
                Party::Handler(id) => model.handler_name(id),
                Party::Saga(id) => model.saga_name(id),
            };
            format!("{} -> {who} -> {}", names(&turn.after), names(&turn.then))
        })
        .collect();
    assert_eq!(turns, ["Book -> Trips.Trip -> Booked", "Booked -> Desk.hear -> "]);
    assert_eq!(all.deadline.map(|deadline| deadline.value), Some(3_600_000));
}
