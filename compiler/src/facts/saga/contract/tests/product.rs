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
    outcome: Outcome,
}

/// What the coordinator knows of a step.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Outcome {
    #[default]
    Open,
    Succeeded,
    /// It failed, and is taken back all the same.
    Doubtful,
    /// It failed, and counts as never done.
    Nothing,
}

#[derive(Clone, Copy)]
enum Course {
    /// The steps of this stage are being done, all at once.
    On(usize),
    /// This step is being taken back.
    Back(usize),
    /// The saga is over, and came to this end.
    Over(bool),
}

/// The numbers of the steps of one stage: from, and up to but not including.
type Stage = std::ops::Range<usize>;

#[derive(Clone)]
struct World {
    course: Course,
    sides: Vec<Side>,
}

impl World {
    fn packed(&self) -> u64 {
        let course = match self.course {
            Course::On(stage) => stage as u64,
            Course::Back(step) => 4 + step as u64,
            Course::Over(done) => 8 + u64::from(done),
        };
        self.sides.iter().fold(course, |packed, side| {
            let outcome = side.outcome as u8;
            let counts = [
                side.applied,
                side.undone,
                side.strays,
                side.undo_strays,
                side.left,
                outcome,
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

    /// A step has answered yes.
    fn succeeded(self, at: usize, saga: &Plan) -> Self {
        self.with(at, |side| side.outcome = Outcome::Succeeded)
            .joined(saga)
    }

    /// A step has said no, or nothing at all.
    fn disappointed(mut self, at: usize, saga: &Plan, refused: bool) -> Self {
        let step = &saga.steps[at];
        let again = if refused {
            step.retries_refusals
        } else {
            step.retries_silence
        };
        if again && step.tries == Tries::UntilKnown {
            return self;
        }
        if again && self.sides[at].left > 0 {
            self.sides[at].left -= 1;
            return self;
        }
        let itself = if refused {
            step.promises.undone_when_failed
        } else {
            step.promises.undone_when_unknown
        };
        self.sides[at].outcome = if itself {
            Outcome::Doubtful
        } else {
            Outcome::Nothing
        };
        self.joined(saga)
    }

    /// Goes on, or back, once every step of the stage has come to something.
    fn joined(mut self, saga: &Plan) -> Self {
        let Course::On(stage) = self.course else {
            return self;
        };
        let outcomes: Vec<Outcome> = self.sides[saga.stages[stage].clone()]
            .iter()
            .map(|side| side.outcome)
            .collect();
        if outcomes.contains(&Outcome::Open) {
            return self;
        }
        if outcomes.iter().any(|outcome| *outcome != Outcome::Succeeded) {
            return self.back_from(saga, saga.steps.len());
        }
        self.course = if stage + 1 == saga.stages.len() {
            Course::Over(true)
        } else {
            Course::On(stage + 1)
        };
        self
    }

    /// Goes on with the next undo in front of a step.
    fn back_from(mut self, saga: &Plan, end: usize) -> Self {
        let touched = |at: &usize| {
            saga.steps[*at].has_undo
                && matches!(self.sides[*at].outcome, Outcome::Succeeded | Outcome::Doubtful)
        };
        let next = (0..end).rev().find(touched);
        self.course = next.map_or(Course::Over(false), Course::Back);
        self
    }
}

/// A saga: its steps, and which of them are done at once.
#[derive(Debug)]
struct Plan {
    steps: Vec<Contract>,
    stages: Vec<Stage>,
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

fn next(world: &World, saga: &Plan) -> Vec<World> {
    let mut found = Vec::new();
    match world.course {
        Course::On(stage) => {
            for at in saga.stages[stage].clone() {
                if world.sides[at].outcome == Outcome::Open {
                    forward(world, at, saga, &mut found);
                }
            }
        }
        Course::Back(at) => backward(world, at, saga, &mut found),
        Course::Over(_) => {}
    }
    for (at, step) in saga.steps.iter().enumerate() {
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

fn forward(world: &World, at: usize, saga: &Plan, found: &mut Vec<World>) {
    let (step, side) = (&saga.steps[at], &world.sides[at]);
    if !side.asked {
        found.push(world.with(at, |side| side.asked = true));
        return;
    }
    let idle = world.with(at, |side| side.asked = false);
    let done = idle.with(at, |side| apply(side, step));
    let may_refuse = step.may_refuse && !(step.promises.idempotent && side.applied > 0);
    found.push(done.clone().succeeded(at, saga));
    if may_refuse {
        found.push(idle.clone().disappointed(at, saga, true));
    }
    if step.profile.lossy {
        found.push(done.disappointed(at, saga, false));
        found.push(idle.clone().disappointed(at, saga, false));
    }
    if step.profile.late {
        let stray = idle.with(at, |side| side.strays = (side.strays + 1).min(2));
        found.push(stray.disappointed(at, saga, false));
    }
    if step.profile.duplicates && side.strays < 2 {
        found.push(world.with(at, |side| side.strays += 1));
    }
}

fn backward(world: &World, at: usize, saga: &Plan, found: &mut Vec<World>) {
    let (step, side) = (&saga.steps[at], &world.sides[at]);
    if !side.undo_asked {
        found.push(world.with(at, |side| side.undo_asked = true));
        return;
    }
    let idle = world.with(at, |side| side.undo_asked = false);
    let undone = idle.with(at, |side| take_back(side, step));
    found.push(undone.clone().back_from(saga, at));
    if step.profile.lossy {
        found.extend([undone, idle]);
    }
    if (step.profile.late || step.profile.duplicates) && side.undo_strays < 2 {
        found.push(world.with(at, |side| side.undo_strays += 1));
    }
}

/// Every way in which each step breaks its word, and how many states there were.
fn explore(saga: &Plan) -> (Vec<BTreeSet<Violation>>, usize) {
    let sides = saga.steps.iter().map(|step| Side {
        left: u8::from(step.tries == Tries::Twice),
        ..Side::default()
    });
    let start = World {
        course: Course::On(0),
        sides: sides.collect(),
    };
    let mut seen: HashSet<u64, BuildHasherDefault<Mixer>> = HashSet::default();
    let mut found = vec![BTreeSet::new(); saga.steps.len()];
    let _ = seen.insert(start.packed());
    let mut open = vec![start];
    while let Some(world) = open.pop() {
        let still = world
            .sides
            .iter()
            .all(|side| side.strays == 0 && side.undo_strays == 0);
        if let (Course::Over(done), true) = (world.course, still) {
            for ((side, step), found) in world.sides.iter().zip(&saga.steps).zip(&mut found) {
                if step.has_effect {
                    found.extend(verdict(*side, done && side.undone == 0, done));
                }
            }
        }
        for next in next(&world, saga) {
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
            has_effect: self.roll(6) > 0,
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

    fn saga(&mut self) -> Plan {
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
        let both_at_once = self.roll(3) == 0;
        let count = if both_at_once {
            2
        } else {
            1 + usize::try_from(self.roll(3)).unwrap()
        };
        let mut steps: Vec<Contract> = (0..count).map(|_| self.step(profile)).collect();
        let failing: Vec<bool> = steps.iter().map(can_fail).collect();
        for (at, step) in steps.iter_mut().enumerate() {
            let others = failing.iter().enumerate();
            let mut others = others.filter(|(other, _)| *other > at || both_at_once && *other != at);
            step.may_go_back = others.any(|(_, fails)| *fails);
        }
        let stages = if both_at_once {
            std::iter::once(0..2).collect()
        } else {
            (0..count).map(|at| at..at + 1).collect()
        };
        Plan { steps, stages }
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
        let saga = dice.saga();
        let (product, count) = explore(&saga);
        states += count;
        for (at, (step, product)) in saga.steps.iter().zip(product).enumerate() {
            let alone: BTreeSet<Violation> = check(step).into_iter().flat_map(|bad| bad.all).collect();
            assert_eq!(alone, product, "step {at} of {saga:#?}");
            broken += usize::from(!alone.is_empty());
        }
    }
    assert!(
        broken > 100 && states > 100_000,
        "{broken} broken, {states} states"
    );
    println!("500 sagas, {states} states of products, {broken} broken contracts");
}
