//! Sequences of queue operations against a small model: where each message is and how often it was started.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;

use super::driver::{ALLOWED, Driver, ORDERED, QUEUES, group};
use crate::clock::ManualClock;
use crate::core::command::{Command, Started};
use crate::core::micros;
use crate::step::fail::Fault;
use crate::store::keys::{Key, Space};
use crate::store::memory::Memory;
use crate::store::{Read, Storage};

#[derive(Debug, Clone)]
enum Step {
    Post(u8),
    Finish(usize),
    Fail(usize),
    Abandon(usize),
    Advance(u16),
    Restart,
    RedriveAll,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Waiting,
    Held,
    Dead,
    Done,
}

/// For each message of each queue: where it is, how often it was started, and when it came into the queue.
type Model = BTreeMap<(usize, u64), (Place, u32, u64)>;

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (1..6u8).prop_map(Step::Post),
        6 => any::<usize>().prop_map(Step::Finish),
        6 => any::<usize>().prop_map(Step::Fail),
        2 => any::<usize>().prop_map(Step::Abandon),
        4 => (1..60u16).prop_map(Step::Advance),
        1 => Just(Step::Restart),
        1 => Just(Step::RedriveAll),
    ];
    prop::collection::vec(step, 1..120)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn queues_do_what_the_model_says(steps in steps(), concurrency in 1..4u32) {
        let storage: Arc<dyn Storage> = Arc::new(Memory::default());
        let clock = Arc::new(ManualClock::default());
        let open = || Driver::open(Arc::clone(&storage), Arc::clone(&clock), concurrency, 7).unwrap();
        let (mut driver, mut model, mut held) = (open(), Model::new(), Vec::<Started>::new());
        let (mut next, mut age) = (0, 0);
        for step in steps {
            match step {
                Step::Post(count) => for _ in 0..count {
                    drop(driver.post(next));
                    model.extend((0..QUEUES.len()).map(|queue| ((queue, next), (Place::Waiting, 0, age))));
                    next += 1;
                    age += 1;
                },
                Step::Finish(index) => if let Some((started, place)) = take(&mut held, index) {
                    drop(driver.finish(started.lease, place.1));
                    model.entry(place).and_modify(|known| known.0 = Place::Done);
                },
                Step::Fail(index) => if let Some((started, place)) = take(&mut held, index) {
                    let fault = Fault { error: "no".to_owned(), again: true };
                    driver.pending.push(Command::Fail { lease: started.lease, fault });
                    model.entry(place).and_modify(|known| {
                        known.0 = if known.1 == ALLOWED { Place::Dead } else { Place::Waiting };
                    });
                },
                // A handler that never comes back holds its message until the restart.
                Step::Abandon(index) => drop(take(&mut held, index)),
                Step::Advance(by) => clock.advance(Duration::from_millis(by.into())),
                Step::Restart => {
                    driver.turn().unwrap();
                    note(&mut driver, &mut model, &mut held)?;
                    driver = open();
                    held.clear();
                    for known in model.values_mut().filter(|known| known.0 == Place::Held) {
                        known.0 = Place::Waiting;
                    }
                }
                Step::RedriveAll => {
                    let (done, _) = tokio::sync::oneshot::channel();
                    driver.turn().unwrap();
                    note(&mut driver, &mut model, &mut held)?;
                    driver.pending.push(Command::Redrive { keys: dead(storage.snapshot().unwrap().as_ref()), done });
                    // What was buried without a start is only known to be dead on disk.
                    for known in model.values_mut().filter(|known| known.0 == Place::Dead) {
                        *known = (Place::Waiting, 0, age);
                    }
                    age += 1;
                }
            }
            driver.turn().unwrap();
            note(&mut driver, &mut model, &mut held)?;
            compare(&driver, &model, &clock)?;
        }
        // In the end everything can be finished: nothing is stuck.
        driver = open();
        held.clear();
        for _ in 0..4 * next + 8 {
            driver.turn().unwrap();
            clock.advance(Duration::from_millis(50));
            while let Ok(started) = driver.started.try_recv() {
                drop(driver.finish(started.lease, started.envelope.id.parse().unwrap()));
            }
        }
        let stats = driver.core.stats(u64::MAX - 1);
        prop_assert!(stats.queues.values().all(|queue| queue.ready + queue.delayed + queue.in_flight == 0));
    }
}

/// One of the held messages, and what the model knows it as.
fn take(held: &mut Vec<Started>, index: usize) -> Option<(Started, (usize, u64))> {
    if held.is_empty() {
        return None;
    }
    let started = held.swap_remove(index % held.len());
    let place = (started.lease.queue, started.envelope.id.parse().unwrap());
    Some((started, place))
}

/// Takes in what was started; each start is one more than the last of its message.
fn note(driver: &mut Driver, model: &mut Model, held: &mut Vec<Started>) -> Result<(), TestCaseError> {
    while let Ok(started) = driver.started.try_recv() {
        let known = model
            .get_mut(&(started.lease.queue, started.envelope.id.parse().unwrap()))
            .unwrap();
        // One that was buried without a start and redriven begins anew.
        let anew = started.attempt == 1 && known.1 == ALLOWED;
        prop_assert!(
            known.0 == Place::Waiting && (known.1 == started.attempt - 1 || anew),
            "{:?}",
            known
        );
        prop_assert!(started.attempt <= ALLOWED);
        *known = (Place::Held, started.attempt, known.2);
        let (place, came) = (
            (started.lease.queue, started.envelope.id.parse().unwrap()),
            known.2,
        );
        prop_assert!(
            !overtakes(model, place, came),
            "{place:?} overtakes another of its group"
        );
        held.push(started);
    }
    Ok(())
}

/// Whether a message is started while another of its group is in hand, or waits and came before it. One without an
/// attempt left may be buried already.
fn overtakes(model: &Model, place: (usize, u64), came: u64) -> bool {
    let others = model.iter().filter(|(other, _)| {
        place.0 == ORDERED && other.0 == ORDERED && **other != place && group(other.1) == group(place.1)
    });
    let mut before = others.map(|(_, known)| match known.0 {
        Place::Held => true,
        Place::Waiting => known.1 < ALLOWED && known.2 < came,
        Place::Dead | Place::Done => false,
    });
    before.any(|before| before)
}

/// A waiting message without an attempt left is buried as soon as it is its turn, which the model cannot know.
fn compare(driver: &Driver, model: &Model, clock: &ManualClock) -> Result<(), TestCaseError> {
    let stats = driver.core.stats(micros(crate::clock::Clock::now(clock)));
    for (index, name) in QUEUES.iter().enumerate() {
        let count = |wanted: &dyn Fn(&(Place, u32, u64)) -> bool| {
            model
                .iter()
                .filter(|(place, known)| place.0 == index && wanted(known))
                .count() as u64
        };
        let queue = &stats.queues[*name];
        prop_assert_eq!(queue.in_flight, count(&|known| known.0 == Place::Held));
        let over = count(&|known| known.0 == Place::Waiting && known.1 == ALLOWED);
        let (waiting, dead) = (
            count(&|known| known.0 == Place::Waiting),
            count(&|known| known.0 == Place::Dead),
        );
        prop_assert_eq!(queue.ready + queue.delayed + queue.dead, waiting + dead);
        prop_assert!(queue.dead >= dead && queue.dead <= dead + over);
    }
    Ok(())
}

fn dead(snapshot: &dyn Read) -> Vec<Vec<u8>> {
    let (from, to) = Key::new(Space::Dead).range();
    let mut keys = Vec::new();
    let mut note = |key: &[u8], _: &[u8]| {
        keys.push(key.to_vec());
        std::ops::ControlFlow::Continue(())
    };
    snapshot.scan(&from, &to, &mut note).unwrap();
    keys
}
