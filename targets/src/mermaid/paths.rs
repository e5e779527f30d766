//! The ways through a saga as sequence diagrams: the good one, and one for each thing that can fail.

use aqueduct_compiler::model::{Id, Model, Saga as Declared};
use aqueduct_saga::definition::{Action, Saga, Statement};
use aqueduct_saga::{Deed, Error, Kind, Outcome, State, TIMEOUT, Task};
use serde_json::Value;

use super::play::{Plan, Scene, play};
use super::sequence::{NEXT, Sequence, Tone};
use super::words;
use crate::{Origin, rendered, samples};

/// One way through a saga.
#[derive(Debug)]
pub struct Path {
    /// What it is asked for with: `ok`, or `STEP=FAULT`.
    pub name: String,
    /// What happens, for people: `charge fails with CaptureRefused`.
    pub what: String,
    /// The diagram.
    pub diagram: String,
}

impl Path {
    /// The same as the heading of a section.
    pub fn heading(&self) -> String {
        let mut letters = self.what.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        // A step's name stays as it is written.
        if self.name == "ok" || self.name.starts_with("fail_") {
            first.chain(letters).collect()
        } else {
            self.what.clone()
        }
    }
}

/// All ways through a saga: the good one first, then what can fail in the order of the text.
pub fn paths(model: &Model, id: Id<Declared>, origin: &Origin) -> Vec<Path> {
    let saga = crate::saga::definition(model, id);
    let plans = std::iter::once(Plan::default()).chain(Plan::all(&saga));
    plans.map(|plan| path(model, id, &saga, &plan, origin)).collect()
}

fn path(model: &Model, id: Id<Declared>, saga: &Saga, plan: &Plan, origin: &Origin) -> Path {
    let declared = &model.sagas[id];
    let (name, what) = match (&plan.given_up, plan.fails.last()) {
        (Some((statement, fault)), _) => (format!("{statement}={fault}"), format!("it fails with {fault}")),
        (None, Some((step, failing))) if failing.known => (
            format!("{step}={}", failing.name),
            format!("{step} fails with {}", failing.name),
        ),
        (None, Some((step, failing))) => (
            format!("{step}={}", failing.name),
            format!("{step} gets no answer"),
        ),
        (None, None) => ("ok".to_owned(), "everything goes well".to_owned()),
    };
    let title = format!("{}, {what}", declared.label.name);
    let input = samples::message(model, declared.input);
    let (scenes, state) = play(saga, input, plan, |task| output(model, task));
    let drawing = Drawing {
        saga,
        places: places(saga),
        sequence: Sequence::new(origin.header(), title),
        name: &declared.label.name,
    };
    let sequence = drawing.draw(&model.types[declared.input].label.name, &scenes, &state);
    Path {
        name,
        what,
        diagram: rendered(&sequence),
    }
}

/// What a step gives when it succeeds, made from its type.
fn output(model: &Model, task: &Task) -> Value {
    match &task.deed {
        Some(Deed::Call { handler, .. }) => {
            let called = model
                .handlers
                .ids()
                .find(|id| model.handler_name(*id) == *handler);
            let reply = called.and_then(|id| model.handlers[id].reply);
            reply.map_or(Value::Null, |reply| samples::message(model, reply))
        }
        Some(Deed::Get { at }) => {
            let table = model.stores.ids().find(|id| model.store_name(*id) == at.table);
            table.map_or(Value::Null, |id| samples::message(model, model.stores[id].row))
        }
        _ => Value::Null,
    }
}

/// Where a step stands: the parallel block that it is in, and the branch.
struct Place {
    step: String,
    block: String,
    branch: String,
}

fn places(saga: &Saga) -> Vec<Place> {
    let mut found = Vec::new();
    find_blocks(&saga.body, &mut found);
    found
}

fn find_blocks(body: &[Statement], found: &mut Vec<Place>) {
    for statement in body {
        match statement {
            Statement::Parallel { name, branches } => {
                for (branch, body) in branches {
                    let mut inside = Vec::new();
                    names(body, &mut inside);
                    found.extend(inside.into_iter().map(|step| Place {
                        step,
                        block: name.clone(),
                        branch: branch.clone(),
                    }));
                }
            }
            Statement::Choice { arms, otherwise, .. } => {
                arms.iter().for_each(|(_, body)| find_blocks(body, found));
                find_blocks(otherwise, found);
            }
            Statement::Step(step) => step.on.iter().for_each(|on| find_blocks(&on.body, found)),
            Statement::Wait { .. } | Statement::Fail { .. } => {}
        }
    }
}

fn names(body: &[Statement], found: &mut Vec<String>) {
    for statement in body {
        match statement {
            Statement::Step(step) => {
                found.push(step.name.clone());
                step.on.iter().for_each(|on| names(&on.body, found));
            }
            Statement::Choice { arms, otherwise, .. } => {
                arms.iter().for_each(|(_, body)| names(body, found));
                names(otherwise, found);
            }
            Statement::Parallel { branches, .. } => branches.iter().for_each(|(_, body)| names(body, found)),
            Statement::Wait { name, .. } => found.push(name.clone()),
            Statement::Fail { .. } => {}
        }
    }
}

struct Drawing<'a> {
    saga: &'a Saga,
    places: Vec<Place>,
    sequence: Sequence,
    name: &'a str,
}

/// What is behind going back.
const BACK: &str = "rgb(255, 244, 223)";

impl Drawing<'_> {
    fn draw(mut self, input: &str, scenes: &[Scene], state: &State) -> Sequence {
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
            undos.iter().for_each(|scene| self.scene(scene, me));
            self.sequence.close();
        }
        finishes.iter().for_each(|scene| self.scene(scene, me));
        let ending = match state {
            State::Ended(Outcome::Done) => "done".to_owned(),
            State::Ended(Outcome::Failed { error }) => format!("failed with {}", error.name),
            State::Stuck { step, error, .. } => format!("stuck at {step}: {}", error.name),
            State::Running(_) => "goes on trying".to_owned(),
        };
        self.sequence.note(me, ending);
        self.sequence
    }

    fn introduce(&mut self, scenes: &[Scene]) {
        let mut order = Vec::new();
        actions(&self.saga.body, &mut |action| order.push(partner(action)));
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

/// Shows all actions of a saga, an undo after its step.
fn actions(body: &[Statement], see: &mut dyn FnMut(&Action)) {
    for statement in body {
        match statement {
            Statement::Step(step) => {
                see(&step.action);
                if let Some(undo) = &step.undo {
                    see(&undo.action);
                }
                step.on.iter().for_each(|on| actions(&on.body, see));
            }
            Statement::Choice { arms, otherwise, .. } => {
                arms.iter().for_each(|(_, body)| actions(body, see));
                actions(otherwise, see);
            }
            Statement::Parallel { branches, .. } => branches.iter().for_each(|(_, body)| actions(body, see)),
            Statement::Wait { .. } | Statement::Fail { .. } => {}
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
