//! One run of a saga against one seed: participants that keep what is declared of them, and whatever can go wrong.

use std::collections::BTreeSet;

use aqueduct_compiler::facts::saga::contract::Contract;
use aqueduct_compiler::model::StepClass;
use aqueduct_saga::{Deed, Error, Event, Kind, Log, Outcome, State, TIMEOUT, Task, Timestamp};
use aqueduct_tests::mutants::Random;
use serde_json::{Value as Json, json};

use crate::books::{Bad, Books};
use crate::subject::{Part, Subject};

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Ran {
    /// What should not have come of it.
    pub(crate) bad: BTreeSet<Bad>,
    /// Whether it came to its good end.
    pub(crate) done: bool,
    /// Whether a person had to have an undo tried again that nobody answered. That is visible, and no bad end.
    pub(crate) resumed: bool,
    /// The steps that it came to.
    pub(crate) reached: BTreeSet<String>,
}

/// One run.
pub(crate) fn run(subject: &Subject, seed: u64) -> Ran {
    World::new(subject, seed).run()
}

/// What has become of one try.
#[derive(Clone, Copy)]
enum Fate {
    Answered,
    Refused,
    /// Not done, and nobody says so.
    LostQuestion,
    /// Done, and nobody says so.
    LostAnswer,
    /// Still under way when nobody waits any more.
    Late,
}

/// Longer than any deadline of a page, in seconds.
const LONG: u64 = 86_400;

struct World<'a> {
    subject: &'a Subject,
    log: Log,
    random: Random,
    now: Timestamp,
    /// How many faults are still to come: every trouble ends at last.
    faults: usize,
    /// One try in so many goes wrong.
    rarity: usize,
    /// The undos are down for so many tries.
    down: usize,
    /// An undo that may say no always does.
    stubborn: bool,
    books: Books<'a>,
    /// What nobody waits for any more, and when it is done after all.
    strays: Vec<(Timestamp, &'a str)>,
    bad: BTreeSet<Bad>,
}

fn seconds(number: u64) -> std::time::Duration {
    std::time::Duration::from_secs(number)
}

fn milliseconds(number: u64) -> std::time::Duration {
    std::time::Duration::from_millis(number)
}

/// What the saga hears of a try.
type Answer = Result<Json, Box<Error>>;

fn unanswered() -> Answer {
    Err(Box::new(Error::unknown(TIMEOUT, "nobody answers")))
}

fn refused(fault: &str, message: &str) -> Answer {
    Err(Box::new(Error::known(fault, message)))
}

/// How an undo that isn't told enough fails; it is none of its declared faults.
const INVALID: &str = "Invalid";

impl<'a> World<'a> {
    fn new(subject: &'a Subject, seed: u64) -> Self {
        let mut random = Random(seed);
        let start = Timestamp::from_second(1_767_225_600).expect("a year that is known");
        let fare = [5, 60, 500][random.below(3)];
        let input = json!({"ride_id": format!("r{seed}"), "fare": fare});
        let outage = random.below(8) == 0;
        Self {
            subject,
            log: Log::new(&subject.saga.name, &format!("r{seed}"), input, "c", start),
            now: start,
            faults: [0, 1, 3, 40][random.below(4)],
            rarity: 2 + random.below(5),
            down: if outage { 1 + random.below(25) } else { 0 },
            stubborn: random.below(3) == 0,
            books: Books::new(subject, random.below(2) == 0),
            strays: Vec::new(),
            bad: BTreeSet::new(),
            random,
        }
    }

    fn run(mut self) -> Ran {
        let outcome = self.play();
        // Whatever is still under way comes in at last.
        self.let_in(None);
        if let Some(outcome) = &outcome {
            self.bad.extend(self.books.judge(&self.log, outcome));
        }
        let forward = self
            .log
            .entries
            .iter()
            .filter(|entry| entry.kind == Kind::Forward);
        Ran {
            resumed: self.log.entries.iter().any(|entry| entry.event == Event::Resumed),
            bad: self.bad,
            done: outcome == Some(Outcome::Done),
            reached: forward.map(|entry| entry.step.clone()).collect(),
        }
    }

    fn play(&mut self) -> Option<Outcome> {
        for _ in 0..1_000 {
            match self.log.settle(&self.subject.saga, self.now) {
                State::Running(tasks) => {
                    let first = tasks
                        .iter()
                        .map(|task| task.due)
                        .min()
                        .expect("something is to be done");
                    self.now = self.now.max(first);
                    // What is due at the same time comes in any order.
                    let due: Vec<&Task> = tasks.iter().filter(|task| task.due <= self.now).collect();
                    let task = due[self.random.below(due.len())];
                    self.one(task);
                }
                // A person sees that nobody has answered, and has it tried again.
                State::Stuck {
                    kind: Kind::Undo,
                    error,
                    ..
                } if error.name == TIMEOUT => {
                    assert!(self.log.resume(self.now), "what is stuck can be resumed");
                }
                State::Stuck { kind, step, error } => {
                    let bad = self.stuck(kind, &step, &error);
                    let _ = self.bad.insert(bad);
                    return None;
                }
                State::Ended(outcome) => return Some(outcome),
            }
        }
        let _ = self.bad.insert(Bad::Endless);
        None
    }

    fn stuck(&self, kind: Kind, step: &str, error: &Error) -> Bad {
        let left = self.books.something_is_left();
        match kind {
            Kind::Undo if error.name == INVALID && left => Bad::Blind,
            Kind::Undo if error.known && left => Bad::HalfUndone,
            Kind::Forward if self.subject.parts[step].class == StepClass::Pivot => Bad::PivotUnknown,
            Kind::Forward => Bad::StuckBehindPivot,
            Kind::Undo | Kind::Finish | Kind::Timer => Bad::Stuck,
        }
    }

    fn one(&mut self, task: &Task) {
        if self.subject.watched && self.goes_wrong(3) {
            // The program is down for minutes, or for days.
            self.now += seconds([60, 1_200, 3 * LONG][self.random.below(3)]);
        }
        self.let_in(Some(self.now));
        if task.until.is_some_and(|until| self.now >= until) {
            return self.log.expired(task, self.now);
        }
        let answer = match (task.kind, &task.deed) {
            (Kind::Forward, Some(deed)) => self.forward(task, deed),
            (Kind::Undo, Some(deed)) => self.back(task, deed),
            // What only tells or waits is no matter of these rules.
            _ => Ok(Json::Null),
        };
        match answer {
            Ok(output) => self.log.succeeded(task, output, self.now),
            Err(error) => self.log.failed(&self.subject.saga, task, *error, self.now),
        }
    }

    fn goes_wrong(&mut self, rarer: usize) -> bool {
        let wrong = self.faults > 0 && self.random.below(self.rarity * rarer) == 0;
        self.faults -= usize::from(wrong);
        wrong
    }

    fn part(&self, task: &Task) -> (&'a str, &'a Part) {
        let known = self.subject.parts.get_key_value(&task.step);
        let (name, part) = known.expect("every step has its contract");
        (name, part)
    }

    fn fate(&mut self, contract: &Contract, may_refuse: bool) -> Fate {
        if !self.goes_wrong(1) {
            return Fate::Answered;
        }
        // On a perfect line the work is thrown away with the try that failed.
        let mut fates = vec![Fate::LostQuestion];
        if contract.profile.lossy {
            fates.push(Fate::LostAnswer);
        }
        if contract.profile.late {
            fates.push(Fate::Late);
        }
        if may_refuse {
            fates.push(Fate::Refused);
        }
        fates[self.random.below(fates.len())]
    }

    fn forward(&mut self, task: &Task, deed: &Deed) -> Answer {
        let (name, part) = self.part(task);
        let left = matches!(part.class, StepClass::Compensatable | StepClass::ReadOnly);
        if left && task.attempt == 1 && self.now > self.log.started + seconds(LONG) {
            let _ = self.bad.insert(Bad::NeverOver);
        }
        let repeated = self.books.repeats(name);
        let fault = match deed {
            Deed::Call { fails, .. } if !repeated => fails.first(),
            _ => None,
        };
        match self.fate(&part.contract, fault.is_some()) {
            Fate::Refused => {
                return refused(fault.map_or("", String::as_str), "says no");
            }
            Fate::Late => {
                let rest = part.runs.saturating_sub(task.timeout).max(1);
                let late = self.random.number() % rest;
                self.now += milliseconds(task.timeout);
                self.strays.push((self.now + milliseconds(late), name));
            }
            Fate::LostQuestion => self.now += milliseconds(task.timeout),
            fate @ (Fate::Answered | Fate::LostAnswer) => {
                if !repeated && !self.books.write(deed) {
                    return refused("ConditionFailed", "the row is not as it has to be");
                }
                self.books.apply(name);
                if matches!(fate, Fate::Answered) {
                    return Ok(part.reply.clone());
                }
                self.now += milliseconds(task.timeout);
            }
        }
        unanswered()
    }

    fn back(&mut self, task: &Task, deed: &Deed) -> Answer {
        let (name, part) = self.part(task);
        if self.down > 0 {
            self.down -= 1;
            self.now += milliseconds(task.timeout);
            return unanswered();
        }
        if let Deed::Call { fails, input, .. } = deed {
            if part.undo_needs.iter().any(|needed| input.get(needed).is_none()) {
                return Err(Box::new(Error::unknown(INVALID, "what to take back isn't said")));
            }
            if let (true, Some(fault)) = (self.stubborn, fails.first()) {
                return refused(fault, "says no");
            }
        }
        // An undo is waited for as long as its handler may run: one that is late is one that is lost.
        let fate = self.fate(&part.contract, false);
        if matches!(fate, Fate::LostQuestion | Fate::Late) {
            self.now += milliseconds(task.timeout);
            return unanswered();
        }
        // What was never there need not be taken back.
        let _ = self.books.write(deed);
        if !self.books.take_back(name) {
            let _ = self.bad.insert(Bad::WrongOrder);
        }
        if matches!(fate, Fate::Answered) {
            return Ok(Json::Null);
        }
        self.now += milliseconds(task.timeout);
        unanswered()
    }

    /// What nobody waits for any more is done after all: all of it, or what is done by then.
    fn let_in(&mut self, by: Option<Timestamp>) {
        self.strays.sort_unstable();
        let in_time = |at: &Timestamp| by.is_none_or(|by| *at <= by);
        let count = self.strays.iter().take_while(|(at, _)| in_time(at)).count();
        for (_, name) in self.strays.drain(..count).collect::<Vec<_>>() {
            self.books.apply(name);
        }
    }
}
