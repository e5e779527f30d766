//! `aqueduct tail`: what happens in a running program, as it happens.

use std::io::Write;

use anyhow::bail;
use aqueduct::admin::{Event, Response};

use super::running::{Place, refuse};
use crate::{Outcome, output};

/// Watch messages as they are published, delivered, retried and buried
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Ends with the program, or with Ctrl-C. With --json each line is an event of aqueduct.trace.v1."
)]
pub(crate) struct Args {
    #[command(flatten)]
    place: Place,
    /// As JSON lines
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let Some(client) = args.place.client()? else {
        bail!(
            "nothing runs in {}; start it with `aqueduct run`",
            args.place.data().display()
        );
    };
    let mut out = anstream::stdout().lock();
    for response in client.tail()? {
        let response = refuse(response?)?;
        if let Response::Event { event } = &response {
            let text = if args.json {
                serde_json::to_string(event)?
            } else {
                line(event)
            };
            writeln!(out, "{text}")?;
        } else if let Response::Missed { count } = response {
            output::tell(&format!("missed {count} events: the reader is too slow"));
        }
        out.flush()?;
    }
    Ok(Outcome::Clean)
}

fn line(event: &Event) -> String {
    let kind = serde_json::to_value(event.kind).ok();
    let kind = kind.as_ref().and_then(|kind| kind.as_str()).unwrap_or_default();
    let mut line = format!("{:.3}  {kind:13} {}", event.time, event.message_id);
    let places = [
        ("in", &event.channel),
        ("by", &event.handler),
        ("of", &event.saga),
        ("key", &event.key),
        ("step", &event.step),
    ];
    for (word, value) in places {
        if let Some(value) = value {
            line.push_str(&format!("  {word} {value}"));
        }
    }
    if let Some(attempt) = event.attempt {
        line.push_str(&format!("  start {attempt}"));
    }
    if let Some(outcome) = &event.outcome {
        line.push_str(&format!("  ({outcome})"));
    }
    line
}
