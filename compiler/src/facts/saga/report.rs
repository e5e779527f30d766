//! What becomes of a saga when something goes wrong, for people: a table, and the shortest way to each broken word.

use super::contract::{Done, Move, Violation, check};
use super::ends::{Row, table};
use super::promises::contracts;
use crate::model::{Action, ActionKind, Id, Model, Saga, Step, Target};

/// One saga on one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// `Service.Saga`
    pub saga: String,
    /// Where.
    pub target: Target,
    /// Its steps, in the order of the text.
    pub steps: Vec<String>,
    /// How it ends, by step and fault.
    pub rows: Vec<Row>,
    /// Steps that break their word.
    pub broken: Vec<Broken>,
}

/// A step that breaks its word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Which.
    pub step: String,
    /// How.
    pub violation: Violation,
    /// What can go wrong there, in a word.
    pub profile: &'static str,
    /// The shortest way, as a Mermaid sequence diagram.
    pub sequence: String,
}

/// Looks at a saga on a target.
pub fn report(model: &Model, id: Id<Saga>, target: Target) -> Report {
    let saga = &model.sagas[id];
    let broken = contracts(model, saga, target)
        .into_iter()
        .filter_map(|(step, contract)| {
            let bad = check(&contract)?;
            Some(Broken {
                step: step.label.name.to_string(),
                violation: bad.violation,
                profile: contract.profile.word(),
                sequence: sequence(model, saga, step, &bad.way, bad.end, bad.violation),
            })
        });
    Report {
        saga: model.saga_name(id),
        target,
        steps: saga
            .steps()
            .iter()
            .map(|step| step.label.name.to_string())
            .collect(),
        rows: table(model, saga, target),
        broken: broken.collect(),
    }
}

fn sequence(
    model: &Model,
    saga: &Saga,
    step: &Step,
    way: &[Move],
    end: Done,
    violation: Violation,
) -> String {
    let mut lines = vec![
        "sequenceDiagram".to_owned(),
        format!("  participant saga as {}", saga.label.name),
        format!("  participant step as {}", actor(model, &step.action)),
    ];
    if let Some(undo) = &step.undo {
        lines.push(format!("  participant undo as {}", actor(model, undo)));
    }
    let name = &step.label.name;
    lines.extend(way.iter().map(|step| format!("  {}", line(*step, name))));
    let ended = match end {
        Done::Done => "it ended well",
        Done::Undone => "it went back",
    };
    lines.push(format!(
        "  Note over saga: {ended}, and {name} is {}",
        violation.word()
    ));
    lines.join("\n") + "\n"
}

fn actor(model: &Model, action: &Action) -> String {
    let store = |id| &model.stores[id].label.name;
    match &action.kind {
        ActionKind::Call { handler, .. } => model.handler_name(*handler),
        ActionKind::Receive { message, .. } => format!("whoever sends {}", model.types[*message].label.name),
        ActionKind::Child { saga, .. } => model.saga_name(*saga),
        ActionKind::Start { saga, .. } => format!("start {}", model.saga_name(*saga)),
        ActionKind::Insert { store: id, .. } => format!("insert {}", store(*id)),
        ActionKind::Put { store: id, .. } => format!("put {}", store(*id)),
        ActionKind::Update { store: id, .. } => format!("update {}", store(*id)),
        ActionKind::Get { store: id, .. } => format!("get {}", store(*id)),
        ActionKind::Delete { store: id, .. } => format!("delete {}", store(*id)),
        ActionKind::Emit { channel, .. } => format!("emit to {}", model.channels[*channel].label.name),
    }
}

fn line(step: Move, name: &str) -> String {
    let fixed = match step {
        Move::Ask => return format!("saga->>step: {name}"),
        Move::AskUndo => return format!("saga->>undo: take {name} back"),
        Move::Do => "step-->>saga: done",
        Move::DoUnheard => "step--xsaga: done, and the answer is lost",
        Move::Repeat => "step-->>saga: done already",
        Move::RepeatUnheard => "step--xsaga: done already, and the answer is lost",
        Move::Refuse => "step-->>saga: no",
        Move::RefuseUnheard => "step--xsaga: no, and the answer is lost",
        Move::Lose => "Note over saga,step: the question is lost",
        Move::GiveUp => "Note over saga: waits no longer",
        Move::DoStray => "Note over step: done after all",
        Move::SettleStray => "Note over step: what comes late is refused",
        Move::LoseStray => "Note over step: what comes late is lost",
        Move::Copy => "Note over saga,step: the question arrives twice",
        Move::TurnBack => "Note over saga: another step fails",
        Move::Finish => "Note over saga: every step is done",
        Move::Undo => "undo-->>saga: taken back",
        Move::UndoUnheard => "undo--xsaga: taken back, and the answer is lost",
        Move::UndoNothing => "undo-->>saga: nothing to take back",
        Move::LoseUndo => "Note over saga,undo: the question is lost",
        Move::CopyUndo => "Note over saga,undo: the question arrives twice",
        Move::UndoStray => "Note over undo: taken back once more",
    };
    fixed.to_owned()
}
