//! A name that says something else than the thing is, or that collides with another once it becomes code.

use std::collections::HashMap;

use aqueduct_dsl::diagnostic::{Code, Severity};

use crate::check::{Context, Sink};
use crate::model::{Label, MessageKind, TypeKind};
use crate::rules::{Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    code: Code("STY001"),
    name: "message-naming",
    level: Severity::Hint,
    needs: Needs::Part,
    check,
};

/// Participles that don't end in `ed`, the common ones of business language.
const PARTICIPLES: [&str; 55] = [
    "Become",
    "Begun",
    "Bought",
    "Bound",
    "Broken",
    "Brought",
    "Built",
    "Chosen",
    "Come",
    "Cut",
    "Done",
    "Drawn",
    "Driven",
    "Fallen",
    "Felt",
    "Flown",
    "Forgotten",
    "Found",
    "Frozen",
    "Given",
    "Gone",
    "Grown",
    "Held",
    "Hidden",
    "Hit",
    "Kept",
    "Known",
    "Laid",
    "Left",
    "Lent",
    "Let",
    "Lost",
    "Made",
    "Met",
    "Overdue",
    "Paid",
    "Put",
    "Quit",
    "Read",
    "Rebuilt",
    "Risen",
    "Run",
    "Seen",
    "Sent",
    "Set",
    "Shown",
    "Shut",
    "Sold",
    "Spent",
    "Split",
    "Stolen",
    "Taken",
    "Told",
    "Won",
    "Written",
];

fn check(cx: &Context<'_>, out: &mut Sink<'_>) {
    for declared in cx.model.types.values() {
        match &declared.kind {
            TypeKind::Message {
                kind: MessageKind::Event,
                ..
            } => event(out, &declared.label),
            TypeKind::Message {
                kind: MessageKind::Command,
                ..
            } => command(out, &declared.label),
            TypeKind::Message { .. }
            | TypeKind::Record { .. }
            | TypeKind::Alias(_)
            | TypeKind::Choice(_)
            | TypeKind::Union(_) => {}
        }
        if !declared.is_unnamed() {
            upper_camel(out, &declared.label);
        }
    }
    let services = cx.model.services.values().map(|service| &service.label);
    services.for_each(|label| upper_camel(out, label));
    let sagas = cx.model.sagas.values().map(|saga| &saga.label);
    sagas.for_each(|label| upper_camel(out, label));
    let choreographies = cx.model.choreographies.values().map(|told| &told.label);
    choreographies.for_each(|label| upper_camel(out, label));
    let snakes = (cx.model.channels.values().map(|channel| &channel.label))
        .chain(cx.model.stores.values().map(|store| &store.label))
        .chain(cx.model.handlers.values().map(|handler| &handler.label))
        .chain(
            cx.model
                .sagas
                .values()
                .flat_map(|saga| saga.steps())
                .map(|step| &step.label),
        )
        .chain(
            cx.model
                .sagas
                .values()
                .flat_map(|saga| saga.maps())
                .map(|map| &map.label),
        );
    snakes.for_each(|label| lower_snake(out, label));
    collisions(
        out,
        "type",
        cx.model.types.values().map(|declared| &declared.label),
    );
    collisions(
        out,
        "service",
        cx.model.services.values().map(|service| &service.label),
    );
    for declared in cx.model.types.values() {
        if let TypeKind::Choice(values) = &declared.kind {
            collisions(out, "value", values.iter());
        }
    }
    for service in cx.model.services.values() {
        collisions(
            out,
            "store",
            service.stores.iter().map(|id| &cx.model.stores[*id].label),
        );
        collisions(
            out,
            "handler",
            service.handlers.iter().map(|id| &cx.model.handlers[*id].label),
        );
    }
    collisions(
        out,
        "channel",
        cx.model.channels.values().map(|channel| &channel.label),
    );
}

fn event(out: &mut Sink<'_>, label: &Label) {
    let last = words(base(&label.name)).pop().unwrap_or_default();
    if last.ends_with("ed") || PARTICIPLES.contains(&last.as_str()) {
        return;
    }
    out.report(
        label.span,
        format!(
            "event `{}` doesn't read as something that has happened",
            label.name
        ),
        |finding| {
            finding
                .label("an event is named in the past")
                .note("a name like a command invites its readers to refuse it, and an event can't be refused")
                .help("end its name with a participle: `OrderPlaced`, `PaymentTaken`")
        },
    );
}

fn command(out: &mut Sink<'_>, label: &Label) {
    let words = words(base(&label.name));
    let (Some(first), Some(last)) = (words.first(), words.last()) else {
        return;
    };
    let past = last.len() > 4 && last.ends_with("ed") || PARTICIPLES.contains(&last.as_str());
    if words.len() < 2 || !past || first.ends_with("ed") && words.len() > 2 {
        return;
    }
    out.report(
        label.span,
        format!("command `{}` reads as an event", label.name),
        |finding| {
            finding
                .label("a command asks for something")
                .note("its one receiver may refuse it; the name should leave that open")
                .help("begin its name with a verb: `PlaceOrder`, `TakePayment`")
        },
    );
}

fn upper_camel(out: &mut Sink<'_>, label: &Label) {
    let fits =
        label.name.starts_with(|first: char| first.is_ascii_uppercase()) && !base(&label.name).contains('_');
    if !fits {
        convention(out, label, "UpperCamel", "messages, types, services and systems");
    }
}

fn lower_snake(out: &mut Sink<'_>, label: &Label) {
    if label.name.contains(|letter: char| letter.is_ascii_uppercase()) {
        convention(out, label, "lower_snake", "channels, stores and handlers");
    }
}

fn convention(out: &mut Sink<'_>, label: &Label, form: &str, of: &str) {
    out.report(label.span, format!("`{}` is not {form}", label.name), |finding| {
        finding
            .label(format!("{of} are written in {form}"))
            .help("rename it")
    });
}

/// Two names that differ only in case or underscores become one identifier somewhere.
fn collisions<'a>(out: &mut Sink<'_>, what: &str, labels: impl Iterator<Item = &'a Label>) {
    let mut seen: HashMap<String, &Label> = HashMap::new();
    for label in labels {
        let folded: String = label
            .name
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|letter| letter.to_ascii_lowercase())
            .collect();
        let Some(first) = seen.insert(folded, label) else {
            continue;
        };
        if first.name == label.name {
            continue;
        }
        let message = format!(
            "{what} `{}` and {what} `{}` become the same name in generated code",
            label.name, first.name
        );
        out.report_at(Severity::Error, label.span, message, |finding| {
            finding
                .label("differs only in case or underscores")
                .related(first.span, "from this one")
                .help("rename one of the two")
        });
    }
}

/// Without the version.
fn base(name: &str) -> &str {
    name.split_once('.').map_or(name, |(base, _)| base)
}

/// `RideCompleted` is `Ride`, `Completed`.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for letter in name.chars() {
        match words.last_mut() {
            Some(word) if !letter.is_ascii_uppercase() => word.push(letter),
            Some(_) | None => words.push(letter.to_string()),
        }
    }
    words
}
