//! Sagas: steps that are all done, or taken back, or stuck where a person sees it.

use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::{
    Action, Again, Channel, Fail, Id, Label, Map, Mapping, OnFault, Service, Setting, Statement, Step,
    TypeDecl, Value,
};

/// A saga of a service.
#[derive(Debug, Clone, PartialEq)]
pub struct Saga {
    /// Its name.
    pub label: Label,
    /// Whose it is.
    pub service: Id<Service>,
    /// The message that it starts with.
    pub input: Id<TypeDecl>,
    /// What the author calls it; `it` when nothing is said.
    pub input_name: SmolStr,
    /// Where the input stands.
    pub input_span: SpanId,
    /// The queue that starts it; nothing when requests, handlers or other sagas do.
    pub on: Option<(Id<Channel>, SpanId)>,
    /// What tells runs apart: paths in the input, never empty; at most one run for each key.
    pub by: Vec<Vec<SmolStr>>,
    /// Where that is said.
    pub by_span: SpanId,
    /// What it answers: a message that `done` emits, or fields of its signature.
    pub reply: Option<(Id<TypeDecl>, SpanId)>,
    /// What the answer is made of: what `done` emits, or what the last step gives that gives a field of its name.
    pub answer: Option<Mapping>,
    /// What it may end with; when `failed` emits one of these, that is told in place of whatever has failed.
    pub faults: Vec<(Id<TypeDecl>, SpanId)>,
    /// Who knows where it stands.
    pub style: Style,
    /// No step is begun later than this after the start, in milliseconds.
    pub deadline: Option<Setting<u64>>,
    /// How many run at once, where that is said; at least 1.
    pub concurrency: Option<Setting<u32>>,
    /// In the order of the text.
    pub body: Vec<Statement>,
    /// What failures lead to wherever they happen: in place of any step that says nothing of them itself.
    pub on_fault: Vec<OnFault>,
    /// Failures that are tried again wherever they happen.
    pub again: Vec<Again>,
    /// What follows a good end.
    pub done: Option<Ending>,
    /// What follows when everything is taken back.
    pub failed: Option<Ending>,
}

/// Who knows where a saga stands.
#[derive(Debug, Clone, PartialEq)]
pub enum Style {
    /// A coordinator with a log.
    Coordinated,
    /// The message that travels: it carries the route, and what has been done.
    Slip {
        /// Where that is said.
        span: SpanId,
        /// Which steps are taken, in which order: a list of their names.
        route: Value,
        /// The steps that a route may name, in order.
        steps: Vec<(SmolStr, SpanId)>,
    },
}

/// What an action of a saga is for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Role<'a> {
    /// It is what a step does.
    Forward(&'a Step),
    /// It takes a step back.
    Undo(&'a Step),
    /// It stands alone: nobody waits for it.
    Alone,
    /// It follows a good end.
    Done,
    /// It follows when everything is taken back.
    Failed,
}

impl Saga {
    /// Every step, wherever it stands, in the order of the text.
    pub fn steps(&self) -> Vec<&Step> {
        let mut found = Vec::new();
        for block in self.blocks() {
            steps_of(block, &mut found);
        }
        found
    }

    /// What it does, and what it does when something fails wherever that is.
    pub fn blocks(&self) -> impl Iterator<Item = &[Statement]> {
        let on = self.on_fault.iter().map(|on| on.body.as_slice());
        std::iter::once(self.body.as_slice()).chain(on)
    }

    /// Everything that is once for each item of a list, wherever it stands, in the order of the text.
    pub fn maps(&self) -> Vec<&Map> {
        let mut found = Vec::new();
        for statement in self.statements() {
            if let Statement::Map(map) = statement {
                found.push(map.as_ref());
            }
        }
        found
    }

    /// Every statement, wherever it stands, in the order of the text.
    pub fn statements(&self) -> Vec<&Statement> {
        let mut found = Vec::new();
        for block in self.blocks() {
            statements_of(block, &mut found);
        }
        found
    }

    /// A step by its name.
    pub fn step(&self, name: &str) -> Option<&Step> {
        self.steps().into_iter().find(|step| step.label.name == name)
    }

    /// Everything it may do, with what for.
    pub fn actions(&self) -> Vec<(&Action, Role<'_>)> {
        let mut found = Vec::new();
        for step in self.steps() {
            found.push((&step.action, Role::Forward(step)));
            found.extend(step.undo.iter().map(|undo| (undo, Role::Undo(step))));
        }
        for statement in self.statements() {
            if let Statement::Alone(action) = statement {
                found.push((action, Role::Alone));
            }
        }
        for (ending, role) in [(&self.done, Role::Done), (&self.failed, Role::Failed)] {
            found.extend(
                ending
                    .iter()
                    .flat_map(|ending| &ending.actions)
                    .map(|action| (action, role)),
            );
        }
        found
    }

    /// Every `fail`, in the order of the text.
    pub fn fails(&self) -> Vec<&Fail> {
        let mut found = Vec::new();
        for block in self.blocks() {
            fails_of(block, &mut found);
        }
        found
    }

    /// The key as the author writes it, without the input's name: `ride_id`, or `(customer, ride_id)`.
    pub fn key(&self) -> String {
        let paths: Vec<String> = self.by.iter().map(|path| path.join(".")).collect();
        match paths.as_slice() {
            [one] => one.clone(),
            several => format!("({})", several.join(", ")),
        }
    }
}

fn steps_of<'a>(body: &'a [Statement], found: &mut Vec<&'a Step>) {
    for statement in body {
        if let Statement::Step(step) = statement {
            found.push(step);
        }
        for block in statement.blocks() {
            steps_of(block, found);
        }
    }
}

fn statements_of<'a>(body: &'a [Statement], found: &mut Vec<&'a Statement>) {
    for statement in body {
        found.push(statement);
        for block in statement.blocks() {
            statements_of(block, found);
        }
    }
}

fn fails_of<'a>(body: &'a [Statement], found: &mut Vec<&'a Fail>) {
    for statement in body {
        if let Statement::Fail(fail) = statement {
            found.push(fail);
        }
        for block in statement.blocks() {
            fails_of(block, found);
        }
    }
}

/// `done { }`, `failed { }`
#[derive(Debug, Clone, PartialEq)]
pub struct Ending {
    /// `done TripBooked { }`: the message that tells of it, and that is emitted here.
    pub message: Option<(Id<TypeDecl>, SpanId)>,
    /// What is done, in order; each is tried until it is done.
    pub actions: Vec<Action>,
    /// The word.
    pub span: SpanId,
}
