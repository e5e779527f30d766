//! Whole sagas explored by brute force: each step must break its word there exactly when its contract says so.

use std::collections::{BTreeSet, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use super::super::{Contract, Profile, Promises, Tries, Violation, check};

/// A step's side of the world.
#[derive(Clone, Copy, Default)]
struct Side {
    applied: u8,
    undone: u8,
    strays: u8,
    undo_strays: u8,
    left: u8,
    fenced: bool,
    asked: bool,
    undo_asked: bool,
}

#[derive(Clone, Copy)]
enum Course {
    /// This step is being done.
    On,
    /// This step is being taken back.
    Back,
    /// The saga is over, and came to this end.
    Over(bool),
}

#[derive(Clone)]
struct World {
    course: Course,
    at: usize,
    sides: Vec<Side>,
}

impl World {
    fn packed(&self) -> u64 {
        let course = match self.course {
            Course::On => 0,
            Course::Back => 1,
            Course::Over(false) => 2,
            Course::Over(true) => 3,
        };
        let whole = course << 2 | self.at as u64;
        self.sides.iter().fold(whole, |packed, side| {
            let counts = [
                side.applied,
                side.undone,
                side.strays,
                side.undo_strays,
                side.left,
            ];
            let packed = counts
                .iter()
                .fold(packed, |packed, count| packed << 2 | u64::from(*count));
            let flags = [side.fenced, side.asked, side.undo_asked];
            flags
                .iter()
                .fold(packed, |packed, flag| packed << 1 | u64::from(*flag))
        })
    }

    fn with(&self, at: usize, change: impl FnOnce(&mut Side)) -> Self {
        let mut world = self.clone();
        change(&mut world.sides[at]);
        world
    }

    /// The step has answered yes.
    fn succeeded(mut self, steps: &[Contract]) -> Self {
        if self.at + 1 == steps.len() {
            self.course = Course::Over(true);
        } else {
            self.at += 1;
        }
        self
    }

    /// The step has said no, or nothing at all.
    fn disappointed(mut self, steps: &[Contract], refused: bool) -> Self {
        let step = &steps[self.at];
        let again = if refused {
            step.retries_refusals
        } else {
            step.retries_silence
        };
        if again {
            if step.tries == Tries::UntilKnown {
                return self;
            }
            if self.sides[self.at].left > 0 {
                self.sides[self.at].left -= 1;
                return self;
            }
        }
        let itself = if refused {
            step.promises.undone_when_failed
        } else {
            step.promises.undone_when_unknown
        };
        let last = if itself {
            Some(self.at)
        } else {
            self.at.checked_sub(1)
        };
        self.back_from(steps, last)
    }

    /// Goes on with the next undo at or before a step.
    fn back_from(mut self, steps: &[Contract], last: Option<usize>) -> Self {
        let next = last.and_then(|last| (0..=last).rev().find(|at| steps[*at].has_undo));
        self.at = next.unwrap_or(0);
        self.course = if next.is_some() {
            Course::Back
        } else {
            Course::Over(false)
        };
        self
    }
}

fn apply(side: &mut Side, step: &Contract) {
    if step.has_effect && !(step.promises.idempotent && side.applied > 0) {
        side.applied = (side.applied + 1).min(2);
    }
}

fn take_back(side: &mut Side, step: &Contract) {
    let idle = step.promises.guard && (side.applied == 0 || side.undone > 0);
    if step.has_effect && !idle {
        side.undone = (side.undone + 1).min(2);
    }
    side.fenced = true;
}

fn next(world: &World, steps: &[Contract]) -> Vec<World> {
    let mut found = Vec::new();
    let at = world.at;
    match world.course {
        Course::On => {
            let (step, side) = (&steps[at], &world.sides[at]);
            if side.asked {
                let idle = world.with(at, |side| side.asked = false);
                let done = idle.with(at, |side| apply(side, step));
                let may_refuse = step.may_refuse && !(step.promises.idempotent && side.applied > 0);
                found.push(done.clone().succeeded(steps));
                if may_refuse {
                    found.push(idle.clone().disappointed(steps, true));
                }
                if step.profile.lossy {
                    found.push(done.disappointed(steps, false));
                    found.push(idle.clone().disappointed(steps, false));
                }
                if step.profile.late {
                    let stray = idle.with(at, |side| side.strays = (side.strays + 1).min(2));
                    found.push(stray.disappointed(steps, false));
                }
                if step.profile.duplicates && side.strays < 2 {
                    found.push(world.with(at, |side| side.strays += 1));
                }
            } else {
                found.push(world.with(at, |side| side.asked = true));
            }
        }
        Course::Back => {
            let (step, side) = (&steps[at], &world.sides[at]);
            if side.undo_asked {
                let idle = world.with(at, |side| side.undo_asked = false);
                let undone = idle.with(at, |side| take_back(side, step));
                found.push(undone.clone().back_from(steps, at.checked_sub(1)));
                if step.profile.lossy {
                    found.extend([undone, idle]);
                }
                if (step.profile.late || step.profile.duplicates) && side.undo_strays < 2 {
                    found.push(world.with(at, |side| side.undo_strays += 1));
                }
            } else {
                found.push(world.with(at, |side| side.undo_asked = true));
            }
        }
        Course::Over(_) => {}
    }
    for (at, step) in steps.iter().enumerate() {
        let side = &world.sides[at];
        if side.strays > 0 {
            let gone = world.with(at, |side| side.strays -= 1);
            let refused = step.promises.fence && side.fenced;
            if !refused {
                found.push(gone.with(at, |side| apply(side, step)));
            }
            if refused || step.may_refuse || step.profile.lossy {
                found.push(gone);
            }
        }
        if side.undo_strays > 0 {
            found.push(world.with(at, |side| {
                side.undo_strays -= 1;
                take_back(side, step);
            }));
        }
    }
    found
}

/// Every way in which each step breaks its word, and how many states there were.
fn explore(steps: &[Contract]) -> (Vec<BTreeSet<Violation>>, usize) {
    let sides = steps.iter().map(|step| Side {
        left: u8::from(step.tries == Tries::Twice),
        ..Side::default()
    });
    let start = World {
        course: Course::On,
        at: 0,
        sides: sides.collect(),
    };
    let mut seen: HashSet<u64, BuildHasherDefault<Mixer>> = HashSet::default();
    let mut found = vec![BTreeSet::new(); steps.len()];
    let _ = seen.insert(start.packed());
    let mut open = vec![start];
    while let Some(world) = open.pop() {
        let still = world
            .sides
            .iter()
            .all(|side| side.strays == 0 && side.undo_strays == 0);
        if let (Course::Over(done), true) = (world.course, still) {
            for (side, found) in world.sides.iter().zip(&mut found) {
                found.extend(verdict(*side, done && side.undone == 0, done));
            }
        }
        for next in next(&world, steps) {
            if seen.insert(next.packed()) {
                open.push(next);
            }
        }
    }
    (found, seen.len())
}

fn verdict(side: Side, is_done: bool, done: bool) -> Option<Violation> {
    let there = i16::from(side.applied) - i16::from(side.undone);
    match (done, there) {
        (true, 1) if is_done => None,
        (false, 0) => None,
        (true, 2..) => Some(Violation::Double),
        (false, 1..) => Some(Violation::Leaked),
        _ => Some(Violation::OverCompensated),
    }
}

/// Enough for keys that are states already.
#[derive(Default)]
struct Mixer(u64);

impl Hasher for Mixer {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, key: u64) {
        let mixed = (key ^ self.0).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ mixed >> 29;
    }
}

/// A small generator: the same sagas every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ mixed >> 31) % sides
    }

    fn coin(&mut self) -> bool {
        self.roll(2) == 0
    }

    /// A step with most promises given: broken words should be the exception.
    fn step(&mut self, profile: Profile) -> Contract {
        let mut likely = || self.roll(4) > 0;
        let promises = Promises {
            guard: likely(),
            fence: likely(),
            idempotent: likely(),
            undone_when_unknown: likely(),
            undone_when_failed: likely(),
        };
        Contract {
            has_effect: true,
            has_undo: self.roll(5) > 0,
            may_refuse: self.coin(),
            retries_refusals: self.coin(),
            retries_silence: self.roll(4) > 0,
            may_go_back: false,
            tries: [Tries::Once, Tries::Twice, Tries::UntilKnown][usize::try_from(self.roll(3)).unwrap()],
            promises,
            profile,
        }
    }

    fn saga(&mut self) -> Vec<Contract> {
        let late_and_duplicating = Profile {
            duplicates: true,
            ..Profile::LATE
        };
        let profiles = [
            Profile::PERFECT,
            Profile::LOSSY,
            Profile::LATE,
            Profile::DUPLICATING,
            late_and_duplicating,
        ];
        let profile = profiles[usize::try_from(self.roll(5)).unwrap()];
        let count = 1 + self.roll(3);
        let mut steps: Vec<Contract> = (0..count).map(|_| self.step(profile)).collect();
        for at in 0..steps.len() {
            steps[at].may_go_back = steps[at + 1..].iter().any(can_fail);
        }
        steps
    }
}

/// Whether a step can end without a good answer.
fn can_fail(step: &Contract) -> bool {
    let endless = step.tries == Tries::UntilKnown;
    step.may_refuse && !(endless && step.retries_refusals)
        || step.profile.lossy && !(endless && step.retries_silence)
}

#[test]
fn a_saga_breaks_its_word_at_a_step_exactly_when_the_contract_of_the_step_does() {
    let (mut dice, mut broken, mut states) = (Dice(7), 0, 0);
    for _ in 0..500 {
        let steps = dice.saga();
        let (product, count) = explore(&steps);
        states += count;
        for (at, (step, product)) in steps.iter().zip(product).enumerate() {
            let alone: BTreeSet<Violation> = check(step).into_iter().flat_map(|bad| bad.all).collect();
            assert_eq!(alone, product, "step {at} of {steps:#?}");
            broken += usize::from(!alone.is_empty());
        }
    }
    assert!(
        broken > 100 && states > 100_000,
        "{broken} broken, {states} states"
    );
    println!("500 sagas, {states} states of products, {broken} broken contracts");
}
