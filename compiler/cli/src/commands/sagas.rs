//! `aqueduct sagas`: looks at runs of sagas, and lets those go on that are stuck.

use std::fmt::Write;

use anyhow::bail;
use aqueduct::admin::{Request, Response, SagaRun};
use aqueduct::saga::{Entry, Event, Kind, Log, Outcome as End, Standing};
use clap::Subcommand;

use super::running::Place;
use crate::{Outcome, output};

/// Look at runs of sagas, and let those go on that are stuck
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  aqueduct sagas
  aqueduct sagas --stuck
  aqueduct sagas show FareCollection 0198f2c4-…
  aqueduct sagas resume FareCollection 0198f2c4-…

A run is stuck when something can't be done and can't be left: an undo, or a step after the point of no return, whose
tries are used up. Mend what it fails on, then resume it: it has all its tries again."
)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Option<Action>,
    /// Only those that are stuck
    #[arg(long)]
    stuck: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show one with all that has happened
    Show {
        /// The saga, with its service or without
        name: String,
        /// The key of the run
        key: String,
        /// As JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Let one go on that is stuck, with all its tries before it
    Resume {
        /// The saga, with its service or without
        name: String,
        /// The key of the run
        key: String,
        #[command(flatten)]
        place: Place,
    },
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    match &args.action {
        None => list(&args.place, args.stuck, args.json),
        Some(Action::Show {
            name,
            key,
            json,
            place,
        }) => show(place, name, key, *json),
        Some(Action::Resume { name, key, place }) => resume(place, name, key),
    }
}

fn list(place: &Place, stuck: bool, json: bool) -> anyhow::Result<Outcome> {
    let standing = stuck.then_some(Standing::Stuck);
    let Response::Sagas { sagas, total } = place.ask(&Request::Sagas { standing })? else {
        bail!("the program answered something else");
    };
    if json {
        output::json(&sagas)?;
        return Ok(Outcome::Clean);
    }
    let text: String = sagas.iter().map(line).collect();
    output::data(&text)?;
    let (listed, which) = (sagas.len(), if stuck { "stuck sagas" } else { "sagas" });
    match total {
        0 => output::tell(&format!("no {which}")),
        total if total > listed as u64 => {
            output::tell(&format!("{total} {which}; these are {listed} of them"));
        }
        1 => output::tell(if stuck { "1 stuck saga" } else { "1 saga" }),
        total => output::tell(&format!("{total} {which}")),
    }
    Ok(Outcome::Clean)
}

fn line(run: &SagaRun) -> String {
    let mut line = format!(
        "{}  {}  {:7}  started {:.0}",
        run.name,
        run.key,
        word(run.standing),
        run.started
    );
    if !run.at.is_empty() {
        line.push_str(&format!("  at {}", run.at.join(", ")));
    }
    if let Some(error) = &run.error {
        line.push_str(&format!("  ({error})"));
    }
    line.push('\n');
    line
}

fn word(standing: Standing) -> &'static str {
    match standing {
        Standing::Running => "running",
        Standing::Stuck => "stuck",
        Standing::Done => "done",
        Standing::Failed => "failed",
    }
}

fn show(place: &Place, name: &str, key: &str, json: bool) -> anyhow::Result<Outcome> {
    let request = Request::Saga {
        name: name.to_owned(),
        key: key.to_owned(),
    };
    let Response::Saga { log } = place.ask(&request)? else {
        bail!("the program answered something else");
    };
    if json {
        output::json(&log)?;
    } else {
        output::data(&page(&log)?)?;
    }
    Ok(Outcome::Clean)
}

fn page(log: &Log) -> anyhow::Result<String> {
    let mut text = String::new();
    let _ = writeln!(text, "{} {}", log.saga, log.key);
    let _ = writeln!(text, "  stands     {}", word(log.standing()));
    let _ = writeln!(text, "  started    {:.3}", log.started);
    let _ = writeln!(text, "  correlated {}\n", log.correlation);
    for entry in &log.entries {
        let _ = writeln!(text, "  {:.3}  {}", entry.at, happened(entry));
    }
    if let Some(ended) = &log.ended {
        let how = match &ended.outcome {
            End::Done => "done".to_owned(),
            End::Failed { error } => format!("taken back for {}", error.name),
        };
        let _ = writeln!(text, "  {:.3}  {how}", ended.at);
    }
    let _ = writeln!(text, "\n{}", serde_json::to_string_pretty(&log.input)?);
    Ok(text)
}

/// An entry for people.
fn happened(entry: &Entry) -> String {
    let of = match entry.kind {
        Kind::Undo => "undo of ",
        Kind::Forward | Kind::Finish | Kind::Timer => "",
    };
    let what = match &entry.event {
        Event::Begun => "begun".to_owned(),
        Event::Succeeded { output } if output.is_null() => "done".to_owned(),
        Event::Succeeded { output } => format!("done: {output}"),
        Event::Chosen { arm } => format!("branch {}", arm + 1),
        Event::Resumed => "resumed".to_owned(),
        Event::Tried { error } => format!("failed, again later: {}", told(&error.name, &error.message)),
        Event::Failed { error } => format!("failed: {}", told(&error.name, &error.message)),
        Event::Stuck { error } => format!("stuck: {}", told(&error.name, &error.message)),
    };
    format!("{of}{} {what}", entry.step)
}

fn told(name: &str, message: &str) -> String {
    if message.is_empty() {
        return name.to_owned();
    }
    format!("{name}, {message}")
}

fn resume(place: &Place, name: &str, key: &str) -> anyhow::Result<Outcome> {
    let request = Request::ResumeSaga {
        name: name.to_owned(),
        key: key.to_owned(),
    };
    let Response::Resumed = place.ask(&request)? else {
        bail!("the program answered something else");
    };
    output::tell("it goes on");
    Ok(Outcome::Clean)
}
