//! Sagas: steps that are all done, or taken back, or stuck where a person sees it.

use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::{Action, Channel, Id, Label, Mapping, Predicate, Service, Setting, Type, TypeDecl, Value};

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
    /// What it answers: a message that `done` emits.
    pub reply: Option<(Id<TypeDecl>, SpanId)>,
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
            if let Statement::Start(action) = statement {
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

impl Statement {
    /// The blocks inside it.
    pub fn blocks(&self) -> Vec<&[Statement]> {
        match self {
            Self::Step(step) => step.on.iter().map(|on| on.body.as_slice()).collect(),
            Self::If { arms, otherwise, .. } => arms
                .iter()
                .map(|(_, body)| body.as_slice())
                .chain([otherwise.as_slice()])
                .collect(),
            Self::Parallel { branches, .. } => branches.iter().map(|branch| branch.body.as_slice()).collect(),
            Self::Map(map) => vec![map.body.as_slice()],
            Self::Wait { .. } | Self::Start(_) | Self::Fail(_) => Vec::new(),
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

/// One line of a saga.
#[derive(Debug, Clone, PartialEq)]
pub enum Statement {
    /// `step x = …` and its like.
    Step(Box<Step>),
    /// `if a { } else { }`: the first arm whose condition holds.
    If {
        /// Conditions over what is known at this point, with what they guard; never empty.
        arms: Vec<(Predicate, Vec<Statement>)>,
        /// The last `else`.
        otherwise: Vec<Statement>,
        /// The whole.
        span: SpanId,
    },
    /// `parallel all { branch a { } }`
    Parallel {
        /// When it goes on.
        until: Join,
        /// Never fewer than two.
        branches: Vec<Branch>,
        /// The word.
        span: SpanId,
    },
    /// `map legs = trip.legs as leg { }`
    Map(Box<Map>),
    /// `wait 10m`
    Wait {
        /// Until when.
        until: Until,
        /// What it fails with when the deadline comes first; nothing is how every deadline ends.
        otherwise: Option<Id<TypeDecl>>,
        /// The whole.
        span: SpanId,
    },
    /// `start Insurance(…)`: always an [`ActionKind::Start`](super::ActionKind::Start).
    Start(Action),
    /// `fail NotApproved(by: …)`
    Fail(Fail),
}

/// When several that run at once have ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Join {
    /// `all`: every branch runs to its end, then it goes on or back.
    All,
    /// `first`: one is done; what the others have done is taken back. It goes back when none could be done.
    First,
}

impl Join {
    /// The word of the language.
    pub fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::First => "first",
        }
    }
}

/// How long is waited.
#[derive(Debug, Clone, PartialEq)]
pub enum Until {
    /// For so long, in milliseconds.
    Passed(u64),
    /// Until that time.
    At(Value),
}

/// `map legs = trip.legs as leg { }`: once for each item of a list.
///
/// Its result is a list of what the last of its steps gives, in the order of the items.
#[derive(Debug, Clone, PartialEq)]
pub struct Map {
    /// Its name.
    pub label: Label,
    /// The list.
    pub of: Value,
    /// What one of its items is called.
    pub item: SmolStr,
    /// What that is.
    pub item_type: Type,
    /// How many items there are at most, where the list's type says so.
    pub most: Option<u64>,
    /// How many are under way at once.
    pub concurrency: Option<Setting<u32>>,
    /// What is done for each.
    pub body: Vec<Statement>,
    /// The whole.
    pub span: SpanId,
}

impl Map {
    /// How many are under way at once when nothing is said.
    pub const CONCURRENCY: u32 = 16;

    /// The step whose result the list is made of.
    pub fn telling(&self) -> Option<&Step> {
        let Some(Statement::Step(step)) = self.body.last() else {
            return None;
        };
        Some(step)
    }
}

/// One of several that run at once. A step that stands in `parallel` alone is a branch of its own name.
#[derive(Debug, Clone, PartialEq)]
pub struct Branch {
    /// Its name.
    pub name: SmolStr,
    /// What it does.
    pub body: Vec<Statement>,
    /// Where it stands.
    pub span: SpanId,
}

/// `fail F(…)`: ends the saga as if a step had failed so.
#[derive(Debug, Clone, PartialEq)]
pub struct Fail {
    /// The fault.
    pub fault: Id<TypeDecl>,
    /// Its fields.
    pub fields: Mapping,
    /// The whole.
    pub span: SpanId,
}

/// A step.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Its name.
    pub label: Label,
    /// What a failure of it leads to.
    pub class: StepClass,
    /// What it does.
    pub action: Action,
    /// How long to wait for one try, in milliseconds; written, or what the called handler may take.
    pub timeout: Setting<u64>,
    /// How often it is tried.
    pub retry: Retry,
    /// How long the other side may be silent, in milliseconds.
    pub heartbeat: Option<Setting<u64>>,
    /// What leads elsewhere than back.
    pub on: Vec<OnFault>,
    /// Failures with a number of tries of their own.
    pub again: Vec<Again>,
    /// What takes it back.
    pub undo: Option<Action>,
    /// Nobody can take it back, says the author.
    pub irreversible: Option<SpanId>,
}

/// What kind of step it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepClass {
    /// `step`: taken back when something after it fails.
    Compensatable,
    /// `pivot`: once it is done, the saga only goes forward.
    Pivot,
    /// `retriable`: tried until it is done.
    Retriable,
    /// `readonly`: leaves nothing to take back.
    ReadOnly,
}

impl StepClass {
    /// The word of the language.
    pub fn word(self) -> &'static str {
        match self {
            Self::Compensatable => "step",
            Self::Pivot => "pivot",
            Self::Retriable => "retriable",
            Self::ReadOnly => "readonly",
        }
    }
}

/// How often something is tried, and when again.
#[derive(Debug, Clone, PartialEq)]
pub struct Retry {
    /// Tries after the first; `None` is as often as it takes.
    pub count: Option<u32>,
    /// Before the second try, in milliseconds.
    pub backoff: u64,
    /// What each wait is longer than the one before, as an exact decimal: 1 or more.
    pub factor: rust_decimal::Decimal,
    /// The longest wait, in milliseconds.
    pub cap: u64,
    /// Only these faults are tried again; empty is all that is no declared fault.
    pub on: Vec<Id<TypeDecl>>,
    /// After which time a person is called, in milliseconds.
    pub alarm: Option<u64>,
    /// Where it is written; nowhere for the default.
    pub span: SpanId,
}

impl Retry {
    /// Once: a handler that is called, when nothing is said.
    pub fn never() -> Self {
        Self::default_of(Some(0), 30_000)
    }

    /// What the engine does itself, when nothing is said: rows, messages, and the actions of an ending.
    pub fn without_code() -> Self {
        Self::default_of(Some(5), 30_000)
    }

    /// What takes a step back; when all of these were in vain the saga is stuck, and a person sees it.
    pub fn of_undo() -> Self {
        Self::default_of(Some(10), 60_000)
    }

    /// As often as it takes: a `retriable`, when nothing is said.
    pub fn until_settled() -> Self {
        Self::default_of(None, 60_000)
    }

    fn default_of(count: Option<u32>, cap: u64) -> Self {
        Self {
            count,
            backoff: 1_000,
            factor: rust_decimal::Decimal::TWO,
            cap,
            on: Vec::new(),
            alarm: None,
            span: SpanId::NOWHERE,
        }
    }
}

impl Step {
    /// How long one try of what needs no code may take, when nothing is said, in milliseconds.
    pub const TIMEOUT: u64 = 5_000;
}

/// `on F { }`
#[derive(Debug, Clone, PartialEq)]
pub struct OnFault {
    /// The fault, or `None` for `on timeout`.
    pub fault: Option<Id<TypeDecl>>,
    /// What is done in the step's place.
    pub body: Vec<Statement>,
    /// Where.
    pub span: SpanId,
}

/// `on F retry 3`
#[derive(Debug, Clone, PartialEq)]
pub struct Again {
    /// The fault.
    pub fault: Id<TypeDecl>,
    /// Tries after the first.
    pub count: u32,
    /// Where.
    pub span: SpanId,
}
