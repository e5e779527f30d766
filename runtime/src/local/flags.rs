//! The flags of a generated program.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::IsTerminal;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use jiff::SignedDuration;
use lexopt::{Arg, Parser, ValueExt};
use tracing::level_filters::LevelFilter;

/// What `--help` prints.
pub(super) const HELP: &str = "\
Flags:
  --port N             port to listen on, 0 for any free one     [8080]
  --host ADDRESS       address to listen on                      [127.0.0.1]
  --data DIR           where everything is stored                [./data]
  --log LEVEL          error, warn, info, debug, trace or off    [info]
  --retry-first TIME   longest wait after a first failure        [1s]
  --retry-cap TIME     longest wait ever                         [30s]
  --grace TIME         how long handlers may finish at the end   [10s]
  --group N            how many units one transaction takes      [256]
  --extern NAME=URL    where an extern service is                [$NAME_URL]
  --jwt-keys FILE      the issuer's keys, a JSON Web Key Set     [$AQUEDUCT_JWT_KEYS]
  --jwt-issuer NAME    who signs the tokens of callers           [$AQUEDUCT_JWT_ISSUER]
  --jwt-audience NAME  whom tokens are for: this program         [$AQUEDUCT_JWT_AUDIENCE]
  --help               this";

/// How a program runs.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// Where to listen.
    pub host: IpAddr,
    /// On which port; 0 for any free one.
    pub port: u16,
    /// Where everything is stored.
    pub data: PathBuf,
    /// What is logged to stderr by [`super::main`].
    pub log: LevelFilter,
    /// The longest wait after a first failure.
    pub retry_first: Duration,
    /// The longest wait ever.
    pub retry_cap: Duration,
    /// How long handlers and requests may finish at the end. A message whose handler takes longer is given back: it
    /// stays in its queue, and the start that was cut off counts as an attempt, as after a kill.
    pub grace: Duration,
    /// How many units of work one transaction takes at most.
    pub group: usize,
    /// Where extern services are, by name; the environment says it of the others.
    pub externs: BTreeMap<String, String>,
    /// Whose tokens are good, for operations with `auth jwt`.
    pub tokens: TokenOptions,
    /// Acknowledge before the commit: a fault on purpose, which tests of durability must see.
    #[cfg(feature = "fault")]
    pub acknowledge_early: bool,
}

/// Whose tokens are good.
#[derive(Debug, Clone, Default)]
pub struct TokenOptions {
    /// A file with the keys of the issuer, a JSON Web Key Set.
    pub keys: Option<PathBuf>,
    /// The `iss` of its tokens.
    pub issuer: Option<String>,
    /// The `aud` of tokens for this program.
    pub audience: Option<String>,
}

impl TokenOptions {
    /// As the environment says; flags come before it.
    fn of_environment() -> Self {
        Self {
            keys: std::env::var_os("AQUEDUCT_JWT_KEYS").map(PathBuf::from),
            issuer: std::env::var("AQUEDUCT_JWT_ISSUER").ok(),
            audience: std::env::var("AQUEDUCT_JWT_AUDIENCE").ok(),
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            host: IpAddr::from([127, 0, 0, 1]),
            port: 8080,
            data: PathBuf::from("./data"),
            log: LevelFilter::INFO,
            retry_first: Duration::from_secs(1),
            retry_cap: Duration::from_secs(30),
            grace: Duration::from_secs(10),
            group: 256,
            externs: BTreeMap::new(),
            tokens: TokenOptions::default(),
            #[cfg(feature = "fault")]
            acknowledge_early: false,
        }
    }
}

/// What can be logged.
const LEVELS: &str = "error, warn, info, debug, trace or off";

/// How a time is written.
const TIME: &str = "a time like 200ms or 30s";

/// What the command line asks for.
#[derive(Debug)]
pub(super) enum Asked {
    Run(Box<Options>),
    Help,
}

pub(super) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Asked, String> {
    let mut parser = Parser::from_iter(arguments);
    let mut options = Options {
        tokens: TokenOptions::of_environment(),
        ..Options::default()
    };
    while let Some(argument) = parser.next().map_err(|error| error.to_string())? {
        let Arg::Long(name) = argument else {
            return Err(argument.unexpected().to_string());
        };
        let name = name.to_owned();
        match name.as_str() {
            "help" => return Ok(Asked::Help),
            #[cfg(feature = "fault")]
            "fault-ack-before-commit" => {
                options.acknowledge_early = true;
                continue;
            }
            "port" | "host" | "data" | "log" | "retry-first" | "retry-cap" | "grace" | "group" | "extern"
            | "jwt-keys" | "jwt-issuer" | "jwt-audience" => {}
            _ => return Err(format!("there is no flag --{name}")),
        }
        let value = parser.value().map_err(|_| format!("--{name} needs a value"))?;
        if name == "data" {
            options.data = PathBuf::from(value);
            continue;
        }
        if name == "jwt-keys" {
            options.tokens.keys = Some(PathBuf::from(value));
            continue;
        }
        let text = value
            .string()
            .map_err(|_| format!("the value of --{name} is not text"))?;
        let wrong = |expected: &str| format!("--{name} is {text:?}, expected {expected}");
        match name.as_str() {
            "port" => options.port = text.parse().map_err(|_| wrong("a number from 0 to 65535"))?,
            "host" => options.host = text.parse().map_err(|_| wrong("an address like 127.0.0.1"))?,
            "log" => options.log = text.parse().map_err(|_| wrong(LEVELS))?,
            "retry-first" => options.retry_first = duration(&text).ok_or_else(|| wrong(TIME))?,
            "retry-cap" => options.retry_cap = duration(&text).ok_or_else(|| wrong(TIME))?,
            "extern" => {
                let named = text
                    .split_once('=')
                    .filter(|(name, address)| !name.is_empty() && !address.is_empty());
                let (name, address) =
                    named.ok_or_else(|| wrong("a service and its address: CardGateway=http://…"))?;
                options.externs.insert(name.to_owned(), address.to_owned());
            }
            "jwt-issuer" => options.tokens.issuer = Some(text),
            "jwt-audience" => options.tokens.audience = Some(text),
            "grace" => options.grace = duration(&text).ok_or_else(|| wrong(TIME))?,
            _ => {
                let group = text.parse().ok().filter(|group| *group > 0);
                options.group = group.ok_or_else(|| wrong("a number from 1"))?;
            }
        }
    }
    Ok(Asked::Run(Box::new(options)))
}

/// Logs compact lines to stderr. A second call changes nothing.
pub(super) fn log(level: LevelFilter) {
    let lines = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(level)
        .with_target(false);
    let lines = lines.with_ansi(std::io::stderr().is_terminal()).compact();
    // An embedding program may have set up its own log.
    let _ = tracing::subscriber::set_global_default(lines.finish());
}

fn duration(text: &str) -> Option<Duration> {
    text.parse::<SignedDuration>()
        .ok()
        .and_then(|duration| Duration::try_from(duration).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(flags: &str) -> Result<Options, String> {
        let arguments = std::iter::once("program").chain(flags.split_whitespace());
        match parse(arguments.map(OsString::from))? {
            Asked::Run(options) => Ok(*options),
            Asked::Help => Err("help".to_owned()),
        }
    }

    #[test]
    fn flags_are_read() {
        let options =
            parsed("--port 0 --host ::1 --data /tmp/x --log debug --retry-first=5ms --retry-cap 1m").unwrap();
        assert_eq!((options.port, options.retry_first), (0, Duration::from_millis(5)));
        let externs = parsed("--extern Gateway=http://x/?a=b").unwrap().externs;
        assert_eq!(externs["Gateway"], "http://x/?a=b");
        assert_eq!(
            (options.retry_cap, options.log),
            (Duration::from_secs(60), LevelFilter::DEBUG)
        );
    }

    #[test]
    fn a_bad_flag_says_what_is_expected() {
        assert_eq!(
            parsed("--port x").unwrap_err(),
            "--port is \"x\", expected a number from 0 to 65535"
        );
        assert_eq!(parsed("--prot 1").unwrap_err(), "there is no flag --prot");
        assert_eq!(parsed("--data").unwrap_err(), "--data needs a value");
        assert_eq!(
            parsed("--extern Gateway").unwrap_err(),
            "--extern is \"Gateway\", expected a service and its address: CardGateway=http://…"
        );
    }
}
