//! A choreography in the flowchart: its messages, and who makes one of the other.

use aqueduct_compiler::model::{Choreography, Id, Model, Party, Turn, TypeDecl, duration_text};

/// What a choreography says, beside what runs.
#[derive(Debug)]
pub(super) struct Claim {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) messages: Vec<Message>,
    pub(super) arrows: Vec<Step>,
}

/// A message, or somebody after whom nothing comes.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) id: String,
    pub(super) name: String,
    /// Its class: a message, a good end, a bad one, somebody.
    pub(super) look: &'static str,
}

/// Somebody makes one message of another.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) who: String,
}

impl Claim {
    pub(super) fn of(model: &Model, at: usize, choreography: &Choreography) -> Self {
        let id = format!("choreography{at}");
        let place = |message: Id<TypeDecl>| format!("{id}_{}", message.index());
        let mut messages: Vec<Message> = Vec::new();
        for (message, _) in choreography.messages() {
            if messages.iter().all(|known| known.id != place(message)) {
                messages.push(Message {
                    id: place(message),
                    name: model.types[message].label.name.to_string(),
                    look: look(choreography, message),
                });
            }
        }
        let mut arrows = Vec::new();
        for (turn, told) in choreography.turns.iter().enumerate() {
            let who = party(model, told);
            if told.then.is_empty() {
                let last = format!("{id}_turn{turn}");
                arrows.extend(told.after.iter().map(|(after, _)| Step {
                    from: place(*after),
                    to: last.clone(),
                    who: String::new(),
                }));
                messages.push(Message {
                    id: last,
                    name: who.clone(),
                    look: "handler",
                });
            }
            for (after, _) in &told.after {
                arrows.extend(told.then.iter().map(|(then, _)| Step {
                    from: place(*after),
                    to: place(*then),
                    who: who.clone(),
                }));
            }
        }
        let by: Vec<String> = choreography.by.iter().map(|path| path.join(".")).collect();
        let deadline = choreography
            .deadline
            .map(|deadline| format!(", within {}", duration_text(deadline.value)));
        Self {
            name: format!(
                "{} · by {}{}",
                choreography.label.name,
                by.join(", "),
                deadline.unwrap_or_default()
            ),
            id,
            messages,
            arrows,
        }
    }
}

fn party(model: &Model, turn: &Turn) -> String {
    match turn.party {
        Party::Handler(handler) => model.handler_name(handler),
        Party::Saga(saga) => model.saga_name(saga),
    }
}

fn look(choreography: &Choreography, message: Id<TypeDecl>) -> &'static str {
    let among = |ends: &[(Id<TypeDecl>, _)]| ends.iter().any(|(end, _)| *end == message);
    if among(&choreography.done) {
        "done"
    } else if among(&choreography.failed) {
        "dead"
    } else {
        "topic"
    }
}
