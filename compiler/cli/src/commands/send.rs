//! `aqueduct send`: puts a message into a channel of a running program.

use std::io::Read;

use anyhow::{Context, bail};
use aqueduct::admin::{Request, Response};

use super::running::Place;
use crate::{Outcome, output};

/// Send a message to a channel of a running program
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aqueduct send ride_completed '{\"ride_id\": \"…\", \"fare\": 12.50, …}'
  aqueduct send accounting - < ride.json")]
pub(crate) struct Args {
    /// A topic or a queue
    channel: String,
    /// The message as JSON, or - for standard input
    body: String,
    #[command(flatten)]
    place: Place,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let mut text = args.body.clone();
    if text == "-" {
        text.clear();
        let _ = std::io::stdin()
            .read_to_string(&mut text)
            .context("can't read standard input")?;
    }
    let body = serde_json::from_str(&text).context("the message is not JSON")?;
    let request = Request::Send {
        channel: args.channel.clone(),
        body,
    };
    let Response::Sent { message_id, queues } = args.place.ask(&request)? else {
        bail!("the program answered something else");
    };
    output::data(&format!("{message_id}\n"))?;
    output::tell(&format!(
        "in {queues} queue{}",
        if queues == 1 { "" } else { "s" }
    ));
    Ok(Outcome::Clean)
}
