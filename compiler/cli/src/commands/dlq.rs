//! `aqueduct dlq`: looks at dead letters, and sends them back.

use std::fmt::Write;

use anyhow::bail;
use aqueduct::admin::{DeadLetter, Request, Response};
use aqueduct_dsl::diagnostic::nearest;
use clap::Subcommand;

use super::running::Place;
use crate::{Outcome, output};

/// Look at dead letters, and send them back to their queues
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aqueduct dlq list
  aqueduct dlq show 0198f2c4-…
  aqueduct dlq redrive --queue accounting
  aqueduct dlq redrive --all

A queue with `dead_letter NAME after N` moves its dead letters to the queue NAME. Those are listed too, as long as they
wait there; the handler of NAME takes them, and redrive leaves them to it.")]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List dead letters, oldest first
    List {
        /// Only those of this queue
        #[arg(long)]
        queue: Option<String>,
        /// As JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Show one with its body, its reason and every attempt
    Show {
        /// The message's id, or queue/id
        id: String,
        /// As JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Send dead letters back to their queues, with all their attempts before them
    Redrive {
        /// Only these: ids, or queue/id
        ids: Vec<String>,
        /// All of this queue
        #[arg(long, conflicts_with = "ids")]
        queue: Option<String>,
        /// All there are
        #[arg(long, conflicts_with_all = ["ids", "queue"])]
        all: bool,
        #[command(flatten)]
        place: Place,
    },
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    match &args.action {
        Action::List { queue, json, place } => list(place, queue.clone(), *json),
        Action::Show { id, json, place } => show(place, id, *json),
        Action::Redrive {
            ids,
            queue,
            all,
            place,
        } => redrive(place, ids, queue.clone(), *all),
    }
}

fn list(place: &Place, queue: Option<String>, json: bool) -> anyhow::Result<Outcome> {
    known(place, queue.as_deref())?;
    let Response::DeadLetters { dead_letters, total } = place.ask(&Request::DeadLetters { queue })? else {
        bail!("the program answered something else");
    };
    if json {
        output::json(&dead_letters)?;
        return Ok(Outcome::Clean);
    }
    let mut text = String::new();
    for letter in &dead_letters {
        let _ = writeln!(
            text,
            "{}  {}  {}  {:.0}  after {} starts: {}{}",
            letter.id,
            letter.queue,
            letter.kind,
            letter.time,
            letter.starts,
            letter.reason,
            letter
                .waits_in
                .as_ref()
                .map(|queue| format!("; it waits in {queue}"))
                .unwrap_or_default()
        );
    }
    output::data(&text)?;
    let listed = dead_letters.len();
    match total {
        0 => output::tell("no dead letters"),
        total if total > listed as u64 => {
            output::tell(&format!("{total} dead letters; these are the oldest {listed}"));
        }
        1 => output::tell("1 dead letter"),
        total => output::tell(&format!("{total} dead letters")),
    }
    Ok(Outcome::Clean)
}

fn show(place: &Place, id: &str, json: bool) -> anyhow::Result<Outcome> {
    let Response::DeadLetter { dead_letter } = place.ask(&Request::DeadLetter { id: id.to_owned() })? else {
        bail!("the program answered something else");
    };
    if json {
        output::json(&dead_letter)?;
    } else {
        output::data(&page(&dead_letter)?)?;
    }
    Ok(Outcome::Clean)
}

fn page(letter: &DeadLetter) -> anyhow::Result<String> {
    let mut text = String::new();
    let _ = writeln!(text, "{} {}", letter.kind, letter.id);
    let _ = writeln!(text, "  died in    {} at {:.3}", letter.queue, letter.time);
    if let Some(queue) = &letter.waits_in {
        let _ = writeln!(text, "  waits in   {queue}, for the handler that listens there");
    }
    let _ = writeln!(text, "  reason     {}", letter.reason);
    let _ = writeln!(
        text,
        "  born       {:.3}, sent to {}",
        letter.born, letter.channel
    );
    let _ = writeln!(text, "  correlated {}", letter.correlation_id);
    if let Some(cause) = &letter.causation_id {
        let _ = writeln!(text, "  caused by  {cause}");
    }
    let _ = writeln!(text, "  starts     {}", letter.starts);
    for attempt in &letter.attempts {
        let _ = writeln!(
            text,
            "    {}. {:.3}  {}",
            attempt.attempt, attempt.time, attempt.error
        );
    }
    if let Some(body) = &letter.body {
        let _ = writeln!(text, "\n{}", serde_json::to_string_pretty(body)?);
    }
    Ok(text)
}

fn redrive(place: &Place, ids: &[String], queue: Option<String>, all: bool) -> anyhow::Result<Outcome> {
    if ids.is_empty() && queue.is_none() && !all {
        bail!("say which: some ids, `--queue NAME`, or `--all`");
    }
    known(place, queue.as_deref())?;
    let asked = ids.len() as u64;
    let request = Request::Redrive {
        queue,
        ids: ids.to_vec(),
        all,
    };
    let Response::Redriven { count } = place.ask(&request)? else {
        bail!("the program answered something else")
    };
    if count < asked {
        bail!(
            "{count} of {asked} back in their queues; the others are not among the dead letters, or wait in a queue that has a handler"
        );
    }
    output::tell(&format!(
        "{count} back in {}",
        if count == 1 { "its queue" } else { "their queues" }
    ));
    Ok(Outcome::Clean)
}

/// Refuses the name of a queue that isn't there; a store at rest knows only the queues that hold something.
fn known(place: &Place, queue: Option<&str>) -> anyhow::Result<()> {
    let Some(queue) = queue else { return Ok(()) };
    let Response::Stats { stats } = place.ask(&Request::Stats)? else {
        bail!("the program answered something else");
    };
    if !stats.running || stats.queues.contains_key(queue) {
        return Ok(());
    }
    let names: Vec<&str> = stats.queues.keys().map(String::as_str).collect();
    match nearest(queue, names.iter().copied()) {
        Some(near) => bail!("no queue is called `{queue}`; did you mean `{near}`?"),
        None => bail!("no queue is called `{queue}`; there are {}", names.join(", ")),
    }
}
