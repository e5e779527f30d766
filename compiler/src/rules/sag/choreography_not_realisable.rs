//! A choreography says what those who take part in it don't do.

use std::collections::HashSet;

use aqueduct_dsl::diagnostic::{Code, Severity};
use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use crate::check::{Context, Sink};
use crate::model::{Action, Channel, Choreography, Id, Model, Party, Turn, TypeDecl};
use crate::rules::{Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    code: Code("SAG011"),
    name: "choreography-not-realisable",
    level: Severity::Error,
    needs: Needs::Whole,
    check,
};

fn check(cx: &Context<'_>, out: &mut Sink<'_>) {
    for choreography in cx.model.choreographies.values() {
        for turn in &choreography.turns {
            for (message, span) in &turn.after {
                heard(cx.model, out, choreography, turn, (*message, *span));
            }
            for (message, span) in &turn.then {
                said(cx.model, out, turn, (*message, *span));
            }
        }
        same_key(cx.model, out, choreography);
        for end in choreography.done.iter().chain(&choreography.failed) {
            reached(cx.model, out, choreography, *end);
        }
    }
}

/// Where somebody listens, and where that is said.
fn listens(model: &Model, party: Party) -> Vec<(Id<Channel>, SpanId)> {
    match party {
        Party::Handler(id) => {
            let handler = &model.handlers[id];
            handler.on.iter().chain(&handler.also_on).copied().collect()
        }
        Party::Saga(id) => {
            let saga = &model.sagas[id];
            let awaited = saga.actions().into_iter();
            let awaited = awaited.filter_map(|(action, _)| Some((action.awaited()?.1, action.span)));
            saga.on.into_iter().chain(awaited).collect()
        }
    }
}

/// Whether a message is what a channel carries, or one of several.
fn carries(model: &Model, channel: Id<Channel>, message: Id<TypeDecl>) -> bool {
    let carried = model.channels[channel].carries;
    carried == message || model.members(carried).contains(&message)
}

/// What somebody sends, and where to.
fn emits(model: &Model, party: Party) -> Vec<(Id<TypeDecl>, Id<Channel>)> {
    match party {
        Party::Handler(id) => {
            let emits = model.handlers[id].emits.iter();
            emits.map(|emit| (emit.message, emit.channel)).collect()
        }
        Party::Saga(id) => {
            let actions = model.sagas[id].actions().into_iter();
            actions
                .map(|(action, _)| action)
                .filter_map(Action::emitted)
                .collect()
        }
    }
}

fn called(model: &Model, party: Party) -> (String, SpanId) {
    match party {
        Party::Handler(id) => (model.handler_name(id), model.handlers[id].label.span),
        Party::Saga(id) => (model.saga_name(id), model.sagas[id].label.span),
    }
}

/// Whoever acts on a message has to get it.
fn heard(
    model: &Model,
    out: &mut Sink<'_>,
    choreography: &Choreography,
    turn: &Turn,
    (message, span): (Id<TypeDecl>, SpanId),
) {
    let (who, there) = called(model, turn.party);
    let name = &model.types[message].label.name;
    let listens = listens(model, turn.party);
    let carrying: Vec<Id<Channel>> = listens
        .iter()
        .map(|(channel, _)| *channel)
        .filter(|channel| carries(model, *channel, message))
        .collect();
    if carrying.is_empty() {
        let (place, label) = match listens.first() {
            Some((channel, span)) => {
                let channel = &model.channels[*channel];
                let carries = &model.types[channel.carries].label.name;
                (
                    *span,
                    format!("listens on `{}`, which carries {carries}", channel.label.name),
                )
            }
            None => (there, "listens on nothing".to_owned()),
        };
        out.report(span, format!("`{who}` never hears of {name}"), |finding| {
            finding
                .label("claimed here")
                .related(place, label)
                .note("a choreography wires nothing: what it says has to be true of the handlers")
                .help(format!(
                    "let `{who}` listen on a channel that carries {name}, or correct the choreography"
                ))
        });
        return;
    }
    let says = |other: &&Turn| other.then.iter().any(|(then, _)| *then == message);
    let senders: Vec<&Turn> = choreography.turns.iter().filter(says).collect();
    let sources: Vec<Id<Channel>> = senders
        .iter()
        .flat_map(|turn| emits(model, turn.party))
        .filter_map(|(sent, channel)| (sent == message).then_some(channel))
        .collect();
    // Of a sender that doesn't send it its own turn speaks.
    let lost = !sources.is_empty() && !sources.iter().any(|source| leads(model, *source, &carrying));
    let Some(sender) = senders.first().filter(|_| lost) else {
        return;
    };
    let (from, place) = called(model, sender.party);
    out.report(
        span,
        format!("{name} of `{from}` never gets to `{who}`"),
        |finding| {
            finding
                .label("claimed here")
                .related(place, "sends it elsewhere")
                .related(there, "doesn't listen where it goes")
                .note("a choreography wires nothing: routes do")
                .help("route the one channel to the other, or correct the choreography")
        },
    );
}

/// Whether what is sent to a channel gets to one of some others.
fn leads(model: &Model, from: Id<Channel>, to: &[Id<Channel>]) -> bool {
    let mut seen = HashSet::new();
    let mut open = vec![from];
    while let Some(channel) = open.pop() {
        if to.contains(&channel) {
            return true;
        }
        if seen.insert(channel) {
            let routes = model.routes_from(channel).map(|(_, route)| route);
            open.extend(routes.map(|route| route.to));
        }
    }
    false
}

/// Whoever acts has to say what is claimed.
fn said(model: &Model, out: &mut Sink<'_>, turn: &Turn, (message, span): (Id<TypeDecl>, SpanId)) {
    if emits(model, turn.party).iter().any(|(sent, _)| *sent == message) {
        return;
    }
    let (who, there) = called(model, turn.party);
    let name = &model.types[message].label.name;
    out.report(span, format!("`{who}` never emits {name}"), |finding| {
        finding
            .label("claimed here")
            .related(there, format!("has no `emits {name} to …`"))
            .note("a choreography wires nothing: what it says has to be true of the handlers")
            .help(format!("let `{who}` emit {name}, or correct the choreography"))
    });
}

/// Every message tells to which conversation it belongs.
fn same_key(model: &Model, out: &mut Sink<'_>, choreography: &Choreography) {
    let mut seen = HashSet::new();
    for (message, span) in choreography
        .messages()
        .filter(|(message, _)| seen.insert(*message))
    {
        let absent = |path: &&Vec<SmolStr>| model.at_path(message, path).is_none_or(|(_, optional)| optional);
        let Some(path) = choreography.by.iter().find(absent) else {
            continue;
        };
        let (declared, path) = (&model.types[message].label, path.join("."));
        let name = &declared.name;
        out.report(
            span,
            format!(
                "{name} doesn't say to which `{}` it belongs",
                choreography.label.name
            ),
            |finding| {
                finding
                    .label(format!("has no `{path}` that is always there"))
                    .related(choreography.by_span, "what all messages of it have in common")
                    .related(declared.span, "declared here")
                    .note("who gets two conversations at once couldn't tell them apart")
                    .help(format!("give {name} the field `{path}`"))
            },
        );
    }
}

/// An end that nobody in it comes to; of a turn that claims it that one speaks.
fn reached(
    model: &Model,
    out: &mut Sink<'_>,
    choreography: &Choreography,
    (message, span): (Id<TypeDecl>, SpanId),
) {
    let turns = &choreography.turns;
    let claimed = turns
        .iter()
        .any(|turn| turn.then.iter().any(|(then, _)| *then == message));
    let emitted = |turn: &Turn| emits(model, turn.party).iter().any(|(sent, _)| *sent == message);
    if claimed || turns.iter().any(emitted) {
        return;
    }
    let name = &model.types[message].label.name;
    out.report(
        span,
        format!("nobody in `{}` emits {name}", choreography.label.name),
        |finding| {
            finding
                .label("an end that it never comes to")
                .related(choreography.label.span, "this choreography")
                .note("whoever waits for this end waits for ever")
                .help(format!("say who emits it: `… -> Service.handler -> {name}`"))
        },
    );
}
