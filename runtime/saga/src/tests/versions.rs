//! Runs that meet another version of their saga.

use serde_json::json;

use super::player::{Player, declined, on, plain, saga, step, steps, timeout};
use crate::definition::{Class, Saga, Statement};
use crate::{Kind, Log, State, misfits};

/// A run of a, b, c in which a is done and b under way.
fn halfway() -> Log {
    let mut player = Player::new(saga(steps(&["a", "b", "c"])));
    let State::Running(tasks) = player.log.settle(&player.saga.clone(), player.now) else {
        panic!("it runs")
    };
    player.one(&tasks[0], &mut |_| Ok(json!({})));
    player.log.settle(&player.saga.clone(), player.now);
    player.log
}

fn told(saga: &Saga, log: &Log) -> Vec<String> {
    misfits(saga, log).iter().map(ToString::to_string).collect()
}

#[test]
fn what_comes_later_may_change() {
    let log = halfway();
    assert!(told(&saga(steps(&["a", "b", "c"])), &log).is_empty());
    assert!(told(&saga(steps(&["a", "b", "new"])), &log).is_empty());
    let mut patient = step("b");
    patient.timeout = 1;
    patient.on = vec![on("Declined", steps(&["other"]))];
    assert!(told(&saga(vec![plain(step("a")), plain(patient)]), &log).is_empty());
}

#[test]
fn what_was_done_must_still_be_there_and_nothing_new_before_it() {
    let log = halfway();
    assert_eq!(told(&saga(steps(&["b", "c"])), &log), ["a: the step is gone"]);
    assert_eq!(
        told(&saga(steps(&["a", "new", "b"])), &log),
        ["new: it is new, at a place that the run has passed"]
    );
    assert!(
        told(&saga(steps(&["b", "a"])), &log).is_empty(),
        "it goes on where it stands"
    );
    let wait = Statement::Wait {
        name: "wait_1".to_owned(),
        time: 1,
    };
    let waiting = saga(vec![plain(step("a")), wait, plain(step("b"))]);
    assert_eq!(
        told(&waiting, &log),
        ["wait_1: it is new, at a place that the run has passed"]
    );
}

#[test]
fn what_is_being_taken_back_needs_its_undo() {
    let mut player = Player::new(saga(steps(&["a", "b"])));
    let state = player.play(|task| match (task.kind, task.step.as_str()) {
        (Kind::Forward, "b") => Err(declined()),
        (Kind::Undo, _) => Err(timeout()),
        _ => Ok(json!({})),
    });
    assert!(matches!(state, State::Stuck { .. }));
    let mut kept = step("a");
    kept.undo = None;
    let without = saga(vec![plain(kept), plain(step("b"))]);
    assert_eq!(
        told(&without, &player.log),
        ["a: its undo is gone, and it is being taken back"]
    );
    let mut turned = step("a");
    turned.class = Class::Pivot;
    let turned = saga(vec![plain(turned), plain(step("b"))]);
    assert_eq!(
        told(&turned, &player.log),
        ["a: it has become a pivot, and the run goes back beyond it"]
    );
}

#[test]
fn what_has_ended_fits_anything() {
    let mut player = Player::new(saga(steps(&["a"])));
    player.play(|_| Ok(json!({})));
    assert!(told(&saga(steps(&["z"])), &player.log).is_empty());
}
