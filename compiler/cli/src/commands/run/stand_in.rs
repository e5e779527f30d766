//! Programs that `aqueduct run` starts in the place of services that somebody else runs.
//!
//! Such a program is started with `--port 0 --data DIR`, says `listening on http://…` in the first line of its standard
//! output, and ends when its standard input does. The write end of that is ours and, after us, the program's that takes
//! our place: however that ends, its stand-ins end with it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, bail};
use aqueduct::ExternalSpec;
use aqueduct_compiler::model::Model;

use crate::output;

/// What a stand-in says first.
const LISTENING: &str = "listening on ";

/// A program in the place of a service.
#[derive(Debug)]
pub(super) struct StandIn {
    /// The environment variable that the program reads the address from.
    pub(super) variable: String,
    /// `http://127.0.0.1:40123`
    pub(super) address: String,
    /// Kept until the program has taken our place.
    _child: Child,
}

/// Starts one for each service that has one and whose address nobody gives.
pub(super) fn start(
    model: &Model,
    folder: &Path,
    flags: &[String],
    data: &Path,
) -> anyhow::Result<Vec<StandIn>> {
    let mut started = Vec::new();
    for (_, service) in model.external_services() {
        let name = service.label.name.as_str();
        let variable = ExternalSpec::new(name).variable();
        let given = std::env::var_os(&variable).is_some()
            || flags.iter().any(|flag| flag.contains(&format!("{name}=")));
        let Some((place, _)) = service.stand_in.as_ref().filter(|_| !given) else {
            continue;
        };
        let program = compile(&folder.join(place.as_str()), folder)
            .with_context(|| format!("{name} has no address, and its stand-in can't be started"))?;
        let child = begin(&program, &data.join(name), variable)
            .with_context(|| format!("the stand-in of {name} can't be started"))?;
        output::tell(&format!("{name} is played by {place}/, at {}", child.address));
        started.push(child);
    }
    Ok(started)
}

/// Lets cargo build it beside the project.
fn compile(place: &Path, folder: &Path) -> anyhow::Result<std::path::PathBuf> {
    if !place.join("Cargo.toml").is_file() {
        bail!("there is no Cargo project in {}", place.display());
    }
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| folder.join("target"), Into::into);
    let target = std::path::absolute(target)?;
    super::executable(
        Command::new(super::cargo())
            .args(["build", "--message-format", "json-render-diagnostics"])
            .current_dir(place)
            .env("CARGO_TARGET_DIR", target),
    )
}

fn begin(program: &Path, data: &Path, variable: String) -> anyhow::Result<StandIn> {
    std::fs::create_dir_all(data).with_context(|| format!("can't make {}", data.display()))?;
    let mut child = Command::new(program)
        .args(["--port", "0", "--data"])
        .arg(data)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    if let Some(input) = &child.stdin {
        outlive_us(input)?;
    }
    let mut first = String::new();
    if let Some(output) = child.stdout.take() {
        let _ = BufReader::new(output).read_line(&mut first)?;
    }
    let Some(address) = first.trim().strip_prefix(LISTENING) else {
        // Whatever it is doing, nobody waits for it.
        let _ = child.kill();
        bail!(
            "it has to say `{LISTENING}http://…` first, and said {:?}",
            first.trim()
        );
    };
    Ok(StandIn {
        variable,
        address: address.to_owned(),
        _child: child,
    })
}

/// Lets the program that takes our place inherit it.
#[cfg(unix)]
fn outlive_us(input: &std::process::ChildStdin) -> anyhow::Result<()> {
    Ok(rustix::io::fcntl_setfd(input, rustix::io::FdFlags::empty())?)
}

#[cfg(not(unix))]
fn outlive_us(_: &std::process::ChildStdin) -> anyhow::Result<()> {
    Ok(())
}
