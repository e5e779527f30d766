//! Puts a play of a saga on paper: everybody has a place, and what was said is said in order.

use aqueduct_saga::definition::{Action, Saga, Statement};
use aqueduct_saga::visit::statements;
use aqueduct_saga::{Deed, Error, Kind, Outcome, State, TIMEOUT};

use super::play::Scene;
use super::sequence::{NEXT, Sequence, Tone};
use super::words;

/// Where a step stands: the outermost parallel block that it is in, which comes first, and the branch.
struct Place {
    step: String,
    block: String,
    branch: String,
}

fn places(saga: &Saga) -> Vec<Place> {
    let mut found = Vec::new();
    statements(&saga.body, &mut |statement| {
        let Statement::Parallel { name, branches } = statement else {
            return;
        };
        for (branch, body) in branches {
            statements(body, &mut |inside| {
                if let Some(step) = name_of(inside) {
                    found.push(Place {
                        step: step.to_owned(),
                        block: name.clone(),
                        branch: branch.clone(),
                    });
                }
            });
        }
    });
    found
}

/// What a scene that comes from a statement calls itself.
fn name_of(statement: &Statement) -> Option<&str> {
    match statement {
        Statement::Step(step) => Some(&step.name),
        Statement::Wait { name, .. } => Some(name),
        Statement::Choice { .. } | Statement::Parallel { .. } | Statement::Fail { .. } => None,
    }
}

pub(super) struct Staging<'a> {
    saga: &'a Saga,
    /// What the saga is called.
    name: &'a str,
    places: Vec<Place>,
    sequence: Sequence,
}

/// What is behind going back.
const BACK: &str = "rgb(255, 244, 223)";

impl<'a> Staging<'a> {
    pub(super) fn new(saga: &'a Saga, name: &'a str, sequence: Sequence) -> Self {
        Self {
            saga,
            name,
            places: places(saga),
            sequence,
        }
    }

    /// Draws what was played, begun by a message of this type.
    pub(super) fn draw(mut self, input: &str, scenes: &[Scene], state: &State) -> Sequence {
        if let Some(queue) = &self.saga.queue {
            let queue = self.sequence.who(queue);
            let me = self.sequence.who(self.name);
            self.sequence.say(queue, Tone::Call, me, input);
        }
        let me = self.sequence.who(self.name);
        // Everybody stands where he stands in the other pictures of this saga.
        self.introduce(scenes);
        let back = scenes.iter().position(|scene| scene.task.kind == Kind::Undo);
        let end = scenes
            .iter()
            .position(|scene| scene.task.kind == Kind::Finish)
            .unwrap_or(scenes.len());
        let turn = back.unwrap_or(end);
        let (forward, rest) = scenes.split_at(turn);
        let (undos, finishes) = rest.split_at(end - turn);
        self.forward(forward, me);
        let why = match state {
            State::Ended(Outcome::Failed { error }) => Some(error.name.clone()),
            State::Stuck { .. } | State::Ended(Outcome::Done) | State::Running(_) => None,
        };
        if !undos.is_empty() {
            self.sequence.open("rect", BACK);
            let last = self.sequence.last();
            if let Some(why) = &why {
                self.sequence
                    .note_across(me, last, format!("goes back for {why}"));
            }
            for scene in undos {
                self.scene(scene, me);
            }
            self.sequence.close();
        }
        for scene in finishes {
            self.scene(scene, me);
        }
        let ending = match state {
            State::Ended(Outcome::Done) => "done".to_owned(),
            State::Ended(Outcome::Failed { error }) => format!("failed with {}", error.name),
            State::Stuck { step, error, .. } => format!("stuck at {step}, {}", error.name),
            State::Running(_) => "goes on trying".to_owned(),
        };
        self.sequence.note(me, ending);
        self.sequence
    }

    fn introduce(&mut self, scenes: &[Scene]) {
        let mut order = Vec::new();
        statements(&self.saga.body, &mut |statement| {
            if let Statement::Step(step) = statement {
                order.push(partner(&step.action));
                order.extend(step.undo.as_ref().map(|undo| partner(&undo.action)));
            }
        });
        order.extend(
            self.saga
                .done
                .iter()
                .chain(&self.saga.failed)
                .map(|finish| partner(&finish.action)),
        );
        let present: Vec<String> = scenes
            .iter()
            .filter_map(|scene| scene.task.deed.as_ref().map(partner_of))
            .collect();
        for name in order.iter().filter(|name| present.contains(name)) {
            let _ = self.sequence.who(name);
        }
    }

    /// Branches of a parallel block side by side, everything else one below the other.
    fn forward(&mut self, scenes: &[Scene], me: usize) {
        let mut rest = scenes;
        while let Some((first, others)) = rest.split_first() {
            let block = self.place(&first.task.step).map(|place| place.block.clone());
            let Some(block) = block else {
                self.scene(first, me);
                rest = others;
                continue;
            };
            let of_block = |scene: &&Scene| {
                self.place(&scene.task.step)
                    .is_some_and(|place| place.block == block)
            };
            let count = rest.iter().take_while(of_block).count();
            let (inside, after) = rest.split_at(count);
            self.block(&block, inside, me);
            rest = after;
        }
    }

    fn block(&mut self, block: &str, inside: &[Scene], me: usize) {
        let mut branches: Vec<String> = Vec::new();
        for place in self.places.iter().filter(|place| place.block == block) {
            if !branches.contains(&place.branch) {
                branches.push(place.branch.clone());
            }
        }
        let mut word = "par";
        for branch in branches {
            self.sequence.open(word, branch.as_str());
            word = NEXT;
            for scene in inside {
                if self
                    .place(&scene.task.step)
                    .is_some_and(|place| place.branch == branch)
                {
                    self.scene(scene, me);
                }
            }
        }
        self.sequence.close();
    }

    fn place(&self, step: &str) -> Option<&Place> {
        self.places.iter().find(|place| place.step == step)
    }

    fn scene(&mut self, scene: &Scene, me: usize) {
        let Some(deed) = &scene.task.deed else {
            let time = scene.task.due.duration_since(scene.task.begun).as_millis();
            let time = u64::try_from(time).unwrap_or_default();
            return self.sequence.note(me, format!("waits {}", words::time(time)));
        };
        let other = self.sequence.who(&partner_of(deed));
        let what = words::deed(deed);
        let same = what.split('(').next() == Some(scene.task.step.as_str());
        let text = match scene.task.kind {
            Kind::Forward if !same => format!("{} · {what}", scene.task.step),
            Kind::Undo => format!("undo {} · {what}", scene.task.step),
            Kind::Forward | Kind::Finish | Kind::Timer => what,
        };
        if scene.tries > 1 {
            self.sequence.open("loop", format!("{} tries", scene.tries));
        }
        let sends = matches!(deed, Deed::Emit { .. });
        match &scene.result {
            Ok(_) if sends => self.sequence.say(me, Tone::Send, other, text),
            Ok(output) => {
                self.sequence.say(me, Tone::Call, other, text);
                self.sequence
                    .say(other, Tone::Answer, me, words::answer(deed, output));
            }
            Err(Error {
                name, known: false, ..
            }) if name == TIMEOUT => {
                self.sequence.say(me, Tone::Lost, other, text);
                let limit = words::time(scene.task.timeout);
                self.sequence.note(me, format!("no answer within {limit}"));
            }
            Err(error) => {
                self.sequence.say(me, Tone::Call, other, text);
                self.sequence.say(other, Tone::Refusal, me, error.name.as_str());
            }
        }
        if scene.tries > 1 {
            self.sequence.close();
        }
    }
}

/// With whom an action has to do: a service, a table or a channel.
fn partner(action: &Action) -> String {
    match action {
        Action::Call { handler, .. } => first(handler),
        Action::Insert { table, .. }
        | Action::Put { table, .. }
        | Action::Update { table, .. }
        | Action::Get { table }
        | Action::Delete { table } => last(&table.name),
        Action::Emit { channel, .. } => channel.clone(),
    }
}

fn partner_of(deed: &Deed) -> String {
    match deed {
        Deed::Call { handler, .. } => first(handler),
        Deed::Insert { at, .. }
        | Deed::Put { at, .. }
        | Deed::Update { at, .. }
        | Deed::Get { at }
        | Deed::Delete { at } => last(&at.table),
        Deed::Emit { channel, .. } => channel.clone(),
    }
}

fn first(name: &str) -> String {
    name.split_once('.').map_or(name, |(first, _)| first).to_owned()
}

fn last(name: &str) -> String {
    name.split_once('.').map_or(name, |(_, last)| last).to_owned()
}
