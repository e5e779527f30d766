//! One test for each thing that a saga promises.

use serde_json::{Value as Json, json};

use super::player::{Player, declined, input, on, path, plain, retry, saga, step, steps, timeout};
use crate::definition::{Class, Comparison, Condition, Statement, Value};
use crate::{Error, Kind, Outcome, State, Task};

#[allow(clippy::unnecessary_wraps, reason = "an answer like others")]
fn fine(_: &Task) -> Result<Json, Box<Error>> {
    Ok(json!({"id": 1}))
}

fn failing(step: &'static str, error: Box<Error>) -> impl FnMut(&Task) -> Result<Json, Box<Error>> {
    move |task| match task.kind == Kind::Forward && task.step == step {
        true => Err(error.clone()),
        false => Ok(json!({"id": 1})),
    }
}

fn failed(name: &str) -> impl Fn(&State) -> bool {
    move |state| matches!(state, State::Ended(Outcome::Failed { error }) if error.name == name)
}

#[test]
fn steps_follow_each_other_and_then_the_outcome_is_told() {
    let mut player = Player::new(saga(steps(&["a", "b", "c"])));
    assert_eq!(player.play(fine), State::Ended(Outcome::Done));
    assert_eq!(player.tried(), "a b c done_1");
    assert!(player.log.ended.is_some());
    assert_eq!(player.play(fine), State::Ended(Outcome::Done), "and that's that");
    assert_eq!(player.tried.len(), 4);
}

#[test]
fn a_declared_no_is_not_taken_back_itself() {
    let mut player = Player::new(saga(steps(&["a", "b", "c"])));
    assert!(failed("Declined")(&player.play(failing("c", declined()))));
    assert_eq!(player.tried(), "a b c -b -a failed_1");
}

#[test]
fn a_step_of_unknown_outcome_is_taken_back_too() {
    let mut player = Player::new(saga(steps(&["a", "b", "c"])));
    assert!(failed("Timeout")(&player.play(failing("b", timeout()))));
    assert_eq!(player.tried(), "a b -b -a failed_1");
}

#[test]
fn tries_wait_longer_each_time_and_a_no_is_not_tried_again() {
    let mut patient = step("a");
    patient.retry = retry(Some(4));
    let mut player = Player::new(saga(vec![plain(patient)]));
    let mut times = Vec::new();
    let state = player.play(|task| {
        if task.step != "a" || task.kind != Kind::Forward {
            return Ok(Json::Null);
        }
        times.push((task.attempt, (task.due - task.begun).get_seconds()));
        if task.attempt < 5 {
            Err(timeout())
        } else {
            Err(declined())
        }
    });
    assert!(failed("Declined")(&state));
    assert_eq!(times, [(1, 0), (2, 1), (3, 3), (4, 7), (5, 12)]);
}

#[test]
fn an_undo_that_can_not_succeed_is_stuck_until_somebody_looks() {
    let mut player = Player::new(saga(steps(&["a", "b"])));
    let mut broken = true;
    let answer = |task: &Task, broken: bool| match (task.kind, task.step.as_str()) {
        (Kind::Forward, "b") => Err(declined()),
        (Kind::Undo, "a") if broken => Err(timeout()),
        _ => Ok(Json::Null),
    };
    let State::Stuck { kind, step, error } = player.play(|task| answer(task, broken)) else {
        panic!("it is stuck");
    };
    assert_eq!(
        (kind, step.as_str(), error.name.as_str()),
        (Kind::Undo, "a", "Timeout")
    );
    assert_eq!(player.tried(), "a b -a -a");
    assert!(player.log.resume(player.now));
    broken = false;
    assert!(failed("Declined")(&player.play(|task| answer(task, broken))));
    assert_eq!(player.tried(), "a b -a -a -a failed_1");
    assert!(!player.log.resume(player.now));
}

#[test]
fn after_a_pivot_there_is_no_way_back() {
    let mut pivot = step("pay");
    pivot.class = Class::Pivot;
    pivot.undo = None;
    let mut player = Player::new(saga(vec![plain(step("a")), plain(pivot), plain(step("b"))]));
    let state = player.play(failing("b", declined()));
    assert!(matches!(state, State::Stuck { step, .. } if step == "b"));
    assert_eq!(player.tried(), "a pay b");
    assert!(player.log.resume(player.now));
    assert_eq!(player.play(fine), State::Ended(Outcome::Done));
}

#[test]
fn a_pivot_of_unknown_outcome_is_asked_until_it_is_known_even_after_the_deadline() {
    let mut pivot = step("pay");
    pivot.class = Class::Pivot;
    pivot.undo = None;
    pivot.retry = retry(None);
    let mut player = Player::new(saga(vec![plain(step("a")), plain(pivot)]));
    let state = player.play(|task| match task.step.as_str() {
        "pay" if task.attempt < 300 => Err(timeout()),
        _ => Ok(Json::Null),
    });
    assert_eq!(state, State::Ended(Outcome::Done));
    assert!((player.now - player.log.started).get_seconds() > 600);
}

#[test]
fn a_retriable_step_is_tried_until_it_is_done_whatever_it_says() {
    let mut last = step("b");
    (last.class, last.retry, last.undo) = (Class::Retriable, retry(None), None);
    let mut player = Player::new(saga(vec![plain(step("a")), plain(last)]));
    let state = player.play(|task| match task.step.as_str() {
        "b" if task.attempt < 9 => Err(if task.attempt % 2 == 0 {
            declined()
        } else {
            timeout()
        }),
        _ => Ok(Json::Null),
    });
    assert_eq!(state, State::Ended(Outcome::Done));
}

#[test]
fn a_retriable_step_that_may_have_been_done_is_asked_even_after_the_deadline() {
    let mut mail = step("mail");
    (mail.class, mail.retry, mail.undo) = (Class::Retriable, retry(None), None);
    let mut player = Player::new(saga(vec![plain(step("a")), plain(mail)]));
    let state = player.play(|task| match task.step.as_str() {
        "mail" if task.attempt < 300 => Err(timeout()),
        _ => Ok(Json::Null),
    });
    assert_eq!(state, State::Ended(Outcome::Done));
    assert!((player.now - player.log.started).get_seconds() > 600);
}

#[test]
fn no_step_is_begun_after_the_deadline() {
    let body = vec![
        plain(step("a")),
        Statement::Wait {
            name: "wait_1".to_owned(),
            time: 3_600_000,
        },
        plain(step("b")),
    ];
    let mut player = Player::new(saga(body));
    let state = player.play(fine);
    assert!(failed("Deadline")(&state), "{state:?}");
    assert_eq!(player.tried(), "a -a failed_1");
    assert_eq!((player.now - player.log.started).get_seconds(), 600);
}

#[test]
fn a_step_that_may_have_been_done_once_is_taken_back_after_the_deadline() {
    let mut pay = step("pay");
    pay.retry = retry(None);
    pay.retry.on = vec!["Timeout".to_owned(), "Declined".to_owned()];
    let mut player = Player::new(saga(vec![plain(pay)]));
    let state = player.play(|task| match (task.step.as_str(), task.kind) {
        ("pay", Kind::Forward) if task.attempt == 1 => Err(timeout()),
        ("pay", Kind::Forward) => Err(declined()),
        _ => Ok(Json::Null),
    });
    assert!(failed("Deadline")(&state), "{state:?}");
    assert!(
        player.tried().ends_with("pay -pay failed_1"),
        "{}",
        player.tried()
    );
}

#[test]
fn a_wait_lets_time_pass() {
    let wait = Statement::Wait {
        name: "wait_1".to_owned(),
        time: 60_000,
    };
    let mut player = Player::new(saga(vec![plain(step("a")), wait, plain(step("b"))]));
    assert_eq!(player.play(fine), State::Ended(Outcome::Done));
    assert_eq!(player.tried(), "a wait_1 b done_1");
    assert_eq!((player.now - player.log.started).get_seconds(), 60);
}

#[test]
fn a_fault_may_lead_elsewhere_and_both_ways_are_taken_back() {
    let mut first = step("a");
    first.on = vec![on("Declined", steps(&["b"])), on("Timeout", steps(&["c"]))];
    let body = vec![plain(first), plain(step("d"))];
    let mut player = Player::new(saga(body.clone()));
    let state = player.play(|task| match task.step.as_str() {
        "a" if task.kind == Kind::Forward => Err(declined()),
        "d" if task.kind == Kind::Forward => Err(timeout()),
        _ => Ok(Json::Null),
    });
    assert!(failed("Timeout")(&state));
    assert_eq!(player.tried(), "a b d -d -b failed_1");

    let mut player = Player::new(saga(body));
    let state = player.play(|task| match (task.kind, task.step.as_str()) {
        (Kind::Forward, "a") => Err(timeout()),
        (Kind::Forward, "d") => Err(declined()),
        _ => Ok(Json::Null),
    });
    assert!(failed("Declined")(&state));
    assert_eq!(player.tried(), "a c d -c -a failed_1");
}

#[test]
fn branches_run_to_their_ends_and_are_taken_back_in_reverse() {
    let branch = |name: &str, names: &[&str]| (name.to_owned(), steps(names));
    let body = vec![
        plain(step("a")),
        Statement::Parallel {
            name: "parallel_1".to_owned(),
            branches: vec![branch("x", &["b", "c"]), branch("y", &["d", "e"])],
        },
    ];
    let mut player = Player::new(saga(body));
    let State::Running(tasks) = player.log.settle(&player.saga.clone(), player.now) else {
        panic!("it runs");
    };
    player.one(&tasks[0], &mut fine);
    let State::Running(tasks) = player.log.settle(&player.saga.clone(), player.now) else {
        panic!("it runs");
    };
    let names: Vec<_> = tasks.iter().map(|task| task.step.as_str()).collect();
    assert_eq!(names, ["b", "d"], "both at once");
    assert!(failed("Declined")(&player.play(failing("b", declined()))));
    assert_eq!(player.tried(), "a b d e -e -d -a failed_1");
}

#[test]
fn a_choice_is_made_once() {
    let dear = Condition::Compare(Comparison::AtLeast, path("a.id"), Value::Constant(json!(1)));
    let choice = Statement::Choice {
        name: "choice_1".to_owned(),
        arms: vec![
            (Condition::Present(path("a.missing")), steps(&["x"])),
            (dear, steps(&["b"])),
        ],
        otherwise: steps(&["c"]),
    };
    let mut player = Player::new(saga(vec![plain(step("a")), choice, plain(step("d"))]));
    assert!(failed("Declined")(&player.play(failing("d", declined()))));
    assert_eq!(player.tried(), "a b d -b -a failed_1");
}

#[test]
fn a_choice_and_a_step_of_one_name_are_two_things() {
    for name in ["choice_1", "choice 1"] {
        let choice = Statement::Choice {
            name: name.to_owned(),
            arms: Vec::new(),
            otherwise: steps(&["a"]),
        };
        let mut player = Player::new(saga(vec![plain(step("choice_1")), choice]));
        assert_eq!(player.play(fine), State::Ended(Outcome::Done));
        assert_eq!(player.tried(), "choice_1 a done_1");
    }
}

#[test]
fn a_saga_may_say_no_itself() {
    let refuse = Statement::Fail {
        name: "fail_1".to_owned(),
        fault: "TooDear".to_owned(),
        fields: Value::Record(vec![("fare".to_owned(), path("ride.fare"))]),
    };
    let mut player = Player::new(saga(vec![plain(step("a")), refuse]));
    let state = player.play(|task| {
        if task.step == "failed_1" {
            assert_eq!(input(task), json!({"ride_id": "r1", "reason": "TooDear"}));
        }
        Ok(Json::Null)
    });
    let State::Ended(Outcome::Failed { error }) = state else {
        panic!("it says no")
    };
    assert_eq!(
        (error.name.as_str(), error.fields),
        ("TooDear", json!({"fare": 60}))
    );
}

#[test]
fn what_is_absent_is_left_out_and_what_is_new_stays() {
    let mut first = step("a");
    let crate::definition::Action::Call { input: given, .. } = &mut first.action else {
        panic!("it calls")
    };
    *given = Value::Record(vec![
        ("one".to_owned(), Value::New),
        ("two".to_owned(), Value::New),
        ("note".to_owned(), path("ride.note")),
        ("now".to_owned(), Value::Now),
    ]);
    first.retry = retry(Some(1));
    let mut player = Player::new(saga(vec![plain(first)]));
    let mut seen = Vec::new();
    player.play(|task| {
        if task.step != "a" {
            return Ok(Json::Null);
        }
        seen.push(input(task));
        if task.attempt == 1 {
            Err(timeout())
        } else {
            Ok(Json::Null)
        }
    });
    assert_eq!(seen[0], seen[1], "the same in every try");
    assert_ne!(seen[0]["one"], seen[0]["two"]);
    assert_eq!(seen[0]["now"], "2026-01-01T00:00:00Z");
    assert_eq!(seen[0].get("note"), None);
}

#[test]
fn a_log_reads_back_as_it_was_written() {
    let mut player = Player::new(saga(steps(&["a", "b"])));
    player.play(failing("b", timeout()));
    let text = serde_json::to_string(&player.log).unwrap();
    assert_eq!(serde_json::from_str::<crate::Log>(&text).unwrap(), player.log);
}
