//! `aqueduct stats`: what is in the queues and tables, how sagas stand, and what has happened.

use std::fmt::Write;

use anyhow::bail;
use aqueduct::admin::{Request, Response};

use super::running::Place;
use crate::{Outcome, output};

/// Show what is in the queues and tables, how sagas stand, and what has happened
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    place: Place,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let Response::Stats { stats } = args.place.ask(&Request::Stats)? else {
        bail!("the program answered something else")
    };
    if args.json {
        output::json(&stats)?;
        return Ok(Outcome::Clean);
    }
    let width = stats
        .queues
        .keys()
        .map(String::len)
        .max()
        .unwrap_or_default()
        .max("queue".len());
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{:width$}  {:>8}  {:>8}  {:>9}  {:>6}",
        "queue", "ready", "delayed", "in flight", "dead"
    );
    for (name, queue) in &stats.queues {
        let _ = writeln!(
            text,
            "{name:width$}  {:>8}  {:>8}  {:>9}  {:>6}",
            queue.ready, queue.delayed, queue.in_flight, queue.dead
        );
    }
    if !stats.tables.is_empty() {
        let width = stats
            .tables
            .keys()
            .map(String::len)
            .max()
            .unwrap_or_default()
            .max("table".len());
        let _ = writeln!(text, "\n{:width$}  {:>8}", "table", "rows");
        for (name, rows) in &stats.tables {
            let _ = writeln!(text, "{name:width$}  {rows:>8}");
        }
    }
    if !stats.sagas.is_empty() {
        let longest = stats.sagas.keys().map(String::len).max().unwrap_or_default();
        let width = longest.max("saga".len());
        let _ = writeln!(
            text,
            "\n{:width$}  {:>8}  {:>8}  {:>8}  {:>8}",
            "saga", "running", "stuck", "done", "failed"
        );
        for (name, saga) in &stats.sagas {
            let _ = writeln!(
                text,
                "{name:width$}  {:>8}  {:>8}  {:>8}  {:>8}",
                saga.running, saga.stuck, saga.done, saga.failed
            );
        }
    }
    if stats.running {
        text.push_str("\nsince the start\n");
        if let serde_json::Value::Object(counters) = serde_json::to_value(&stats.counters)? {
            for (name, count) in counters {
                // As text: a JSON number doesn't let itself be aligned.
                let count = count.to_string();
                let _ = writeln!(text, "  {:14} {count:>9}", name.replace('_', " "));
            }
        }
    } else {
        text.push_str("\nnothing runs: this is what the store holds\n");
    }
    output::data(&text)?;
    Ok(Outcome::Clean)
}
