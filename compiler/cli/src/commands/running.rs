//! Where a program's data is, and how to ask it: the running program if there is one, the store at rest otherwise.

use std::path::PathBuf;

use anyhow::{Context, bail};
use aqueduct::admin::{self, Client, Request, Response};

/// Which program
#[derive(Debug, clap::Args)]
pub(crate) struct Place {
    /// The folder of the project
    #[arg(long, default_value = ".", value_name = "DIR")]
    project: PathBuf,
    /// The data directory, when it isn't the project's own
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

impl Place {
    /// The data directory.
    pub(crate) fn data(&self) -> PathBuf {
        self.data
            .clone()
            .unwrap_or_else(|| crate::project::data(&self.project))
    }

    /// A connection to the running program, `None` when nothing runs.
    pub(crate) fn client(&self) -> anyhow::Result<Option<Client>> {
        let data = self.data();
        if !data.is_dir() {
            bail!(
                "there is no data in {}; start the program with `aqueduct run`, or name its project with --project",
                data.display()
            );
        }
        match Client::connect(&data) {
            Ok(client) => Ok(Some(client)),
            Err(error)
                if matches!(
                    error.kind(),
                    std::io::ErrorKind::NotFound | std::io::ErrorKind::ConnectionRefused
                ) =>
            {
                Ok(None)
            }
            Err(error) => {
                Err(error).with_context(|| format!("can't reach the program of {}", data.display()))
            }
        }
    }

    /// Asks, and turns a refusal into an error that names every bad field.
    pub(crate) fn ask(&self, request: &Request) -> anyhow::Result<Response> {
        let response = match self.client()? {
            Some(mut client) => client.request(request)?,
            None => admin::offline(self.data(), request)?,
        };
        refuse(response)
    }
}

/// An answer that is no refusal.
pub(crate) fn refuse(response: Response) -> anyhow::Result<Response> {
    let Response::Error { message, fields } = response else {
        return Ok(response);
    };
    let fields: String = fields
        .iter()
        .map(|field| format!("\n  {}: {}", field.pointer, field.detail()))
        .collect();
    bail!("{message}{fields}")
}
