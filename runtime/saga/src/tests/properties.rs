//! Sagas at random, with answers at random: what holds for all of them.

use proptest::prelude::*;
use serde_json::Value as Json;

use super::player::{Player, declined, plain, saga, step, steps, timeout};
use crate::definition::{Saga, Statement};
use crate::{Error, Event, Kind, Log, Outcome, State, advance};

/// Steps one after the other, and now and then two branches.
fn any_saga() -> impl Strategy<Value = Saga> {
    prop::collection::vec(any::<bool>(), 1..5).prop_map(|shape| {
        let body = shape.iter().enumerate().map(|(number, parallel)| {
            let name = |branch: &str| format!("{branch}{number}");
            match parallel {
                false => plain(step(&name("s"))),
                true => Statement::Parallel {
                    name: name("parallel"),
                    branches: vec![
                        ("x".to_owned(), steps(&[&name("x"), &name("xx")])),
                        ("y".to_owned(), steps(&[&name("y")])),
                    ],
                },
            }
        });
        saga(body.collect())
    })
}

/// 0 says no, 1 nobody knows, everything else is done.
fn answer(number: u8) -> Result<Json, Box<Error>> {
    match number {
        0 => Err(declined()),
        1 => Err(timeout()),
        _ => Ok(serde_json::json!({"id": number})),
    }
}

proptest! {
    #[test]
    fn a_log_cut_anywhere_says_what_it_said_then(saga in any_saga(), answers in prop::collection::vec(0..9_u8, 60)) {
        let mut player = Player::new(saga);
        let mut answers = answers.into_iter();
        let mut said: Vec<(Log, State)> = Vec::new();
        while let State::Running(tasks) = player.log.settle(&player.saga.clone(), player.now) {
            said.push((player.log.clone(), State::Running(tasks.clone())));
            let Some(number) = answers.next() else { break };
            let task = &tasks[usize::from(number) % tasks.len()];
            player.now = player.now.max(task.due);
            player.one(task, &mut |_| answer(number));
        }
        for (log, state) in said {
            prop_assert!(player.log.entries.starts_with(&log.entries), "a log only grows");
            let later = advance(&player.saga, &log, player.now);
            prop_assert_eq!(later.state, state);
            prop_assert_eq!(later.entries, []);
        }
    }

    #[test]
    fn what_was_done_is_taken_back_in_reverse_or_all_is_done(saga in any_saga(), answers in prop::collection::vec(0..9_u8, 60)) {
        let mut player = Player::new(saga);
        let mut answers = answers.into_iter();
        let state = player.play(|task| match task.kind {
            Kind::Forward => answer(answers.next().unwrap_or(9)),
            _ => Ok(Json::Null),
        });
        let of = |kind: Kind, wanted: fn(&Event) -> bool| -> Vec<String> {
            let entries = player.log.entries.iter();
            entries.filter(|entry| entry.kind == kind && wanted(&entry.event)).map(|entry| entry.step.clone()).collect()
        };
        let mut done = of(Kind::Forward, |event| match event {
            Event::Succeeded { .. } => true,
            Event::Failed { error } => !error.known,
            _ => false,
        });
        let undone = of(Kind::Undo, |event| matches!(event, Event::Succeeded { .. }));
        if state == State::Ended(Outcome::Done) {
            prop_assert!(undone.is_empty());
        } else {
            // The order of the text is the order of causes: branches have no order of their own.
            let text = |name: &String| {
                let mut place = 0;
                let mut at = 0;
                crate::visit::steps(&player.saga.body, &mut |step| {
                    place += 1;
                    if step.name == *name { at = place }
                });
                at
            };
            done.sort_by_key(text);
            done.reverse();
            prop_assert_eq!(done, undone);
        }
    }
}
