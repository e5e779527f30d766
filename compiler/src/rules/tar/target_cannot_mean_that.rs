//! Something is declared that no target carries, or that one of them can't mean: refused by name, never ignored.

mod sagas;

use aqueduct_dsl::diagnostic::{Code, Severity};
use indexmap::IndexMap;
use smol_str::SmolStr;

use crate::check::{Context, Sink};
use crate::facts::sns;
use crate::limits;
use crate::model::{Channel, ChannelKind, Id, Refused, Target, duration_text};
use crate::rules::{Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    code: Code("TAR011"),
    name: "target-cannot-mean-that",
    level: Severity::Error,
    needs: Needs::Part,
    check,
};

fn check(cx: &Context<'_>, out: &mut Sink<'_>) {
    for (what, all) in by_construct(&cx.model.refused) {
        refuse(out, what, &all);
    }
    for channel in cx.model.channels.values() {
        limits_of_queues(channel, out);
    }
    for subscription in sns::subscriptions(cx.model) {
        regrouped(cx, out, subscription.topic, subscription.queue);
    }
    sagas::check(cx, out);
}

/// So many further places of one construct are shown.
const SHOWN: usize = 5;

/// A construct is told once, wherever it stands.
fn by_construct(refused: &[Refused]) -> IndexMap<&SmolStr, Vec<&Refused>> {
    let mut found: IndexMap<&SmolStr, Vec<&Refused>> = IndexMap::new();
    for one in refused {
        found.entry(&one.what).or_default().push(one);
    }
    found
}

fn refuse(out: &mut Sink<'_>, what: &str, all: &[&Refused]) {
    let Some((first, others)) = all.split_first() else {
        return;
    };
    let words: Vec<&str> = first.by.iter().map(|target| target.word()).collect();
    let nobody = first.by.len() == Target::BUILT.len();
    let who = if nobody {
        "no target carries it yet".to_owned()
    } else {
        format!("{} can't carry it yet", words.join(" and "))
    };
    out.report(
        first.span,
        format!("{what} is part of the language, and {who}"),
        |finding| {
            let mut finding = finding.label("would be accepted and ignored");
            for other in others.iter().take(SHOWN) {
                finding = finding.related(other.span, "and here");
            }
            if others.len() > SHOWN {
                finding = finding.note(format!("{} more stand below", others.len() - SHOWN));
            }
            if !nobody {
                for word in words {
                    finding = finding.holds_for(word);
                }
            }
            let finding = finding.note("what is declared is enforced, so what can't be enforced is refused");
            match &first.instead {
                Some(instead) => finding.help(format!("until then use {instead}")),
                None => finding.help("leave it out for now; `docs/targets.md` says what each target carries"),
            }
        },
    );
}

/// What SQS can't keep or hide for that long.
fn limits_of_queues(channel: &Channel, out: &mut Sink<'_>) {
    let ChannelKind::Queue {
        retain, visibility, ..
    } = &channel.kind
    else {
        return;
    };
    let kept = limits::SQS_RETENTION_MIN.value..=limits::SQS_RETENTION_MAX.value;
    let hidden = 0..=limits::SQS_VISIBILITY_MAX.value;
    for (setting, range, what) in [
        (retain, kept, "keeps messages"),
        (visibility, hidden, "hides a message"),
    ] {
        let Some(setting) = setting.filter(|setting| !range.contains(&setting.value)) else {
            continue;
        };
        let (from, to) = (duration_text(*range.start()), duration_text(*range.end()));
        out.report(
            setting.span,
            format!(
                "SQS {what} for {from} to {to}, and not for {}",
                duration_text(setting.value)
            ),
            |finding| {
                finding
                    .label("outside that range")
                    .related(channel.label.span, "this queue")
                    .note("AWS refuses the queue")
                    .help(format!("write a duration from {from} to {to}"))
                    .holds_for("aws")
            },
        );
    }
}

/// SNS hands its own group on, and a queue behind it can't choose another.
fn regrouped(cx: &Context<'_>, out: &mut Sink<'_>, topic: Id<Channel>, queue: Id<Channel>) {
    let (topic, queue) = (&cx.model.channels[topic], &cx.model.channels[queue]);
    let (Some(first), Some(second)) = (&topic.order, &queue.order) else {
        return;
    };
    if first.by == second.by {
        return;
    }
    let (one, other) = (&topic.label.name, &queue.label.name);
    out.report(
        second.span,
        format!("`{other}` can't keep another order than `{one}`, which feeds it"),
        |finding| {
            finding
                .label("another key than the topic's")
                .related(first.span, "the groups are made here")
                .note("SNS hands the group of a message on to the queue, which can't choose another")
                .help("use the same key in both")
                .holds_for("aws")
        },
    );
}
