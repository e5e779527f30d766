//! The command line as a child process.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use crate::root;

/// The binary, built once for a test run from the sources that are tested.
///
/// # Panics
/// When it can't be built.
pub fn aqueduct() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let output = Command::new(env!("CARGO"))
            .args([
                "build",
                "--package",
                "aqueduct-cli",
                "--message-format",
                "json-render-diagnostics",
            ])
            .current_dir(root())
            .output()
            .expect("cargo can be started");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let messages = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut paths = messages.lines().filter_map(|line| {
            let message: serde_json::Value = serde_json::from_str(line).ok()?;
            message.get("executable")?.as_str().map(PathBuf::from)
        });
        paths.next_back().expect("cargo says what it has built")
    })
}

/// What a call came to.
#[derive(Debug)]
pub struct Called {
    /// The exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

/// Calls the command line in a folder.
///
/// # Panics
/// When it can't be started, or is ended by a signal.
pub fn call(folder: &Path, args: &[&str]) -> Called {
    let output = command(folder, args).output();
    called(&output.expect("the command line can be started"))
}

/// The same with something on standard input.
///
/// # Panics
/// When it can't be started, doesn't read, or is ended by a signal.
pub fn call_with(folder: &Path, args: &[&str], input: &str) -> Called {
    let mut command = command(folder, args);
    let _ = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("the command line can be started");
    let mut stdin = child.stdin.take().expect("standard input is a pipe");
    stdin.write_all(input.as_bytes()).expect("it reads");
    drop(stdin);
    called(&child.wait_with_output().expect("it ends"))
}

fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(aqueduct());
    // A user's own settings are not the test's.
    let _ = command
        .args(args)
        .current_dir(folder)
        .env_remove("CARGO_PKG_NAME")
        .env_remove("NO_COLOR");
    command
}

fn called(output: &Output) -> Called {
    Called {
        code: output.status.code().expect("it ends by itself"),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
