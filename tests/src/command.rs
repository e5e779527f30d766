//! The command line as a child process.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
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
    let mut command = Command::new(aqueduct());
    // A user's own settings are not the test's.
    let _ = command
        .args(args)
        .current_dir(folder)
        .env_remove("CARGO_PKG_NAME")
        .env_remove("NO_COLOR");
    called(&command.output().expect("the command line can be started"))
}

fn called(output: &Output) -> Called {
    Called {
        code: output.status.code().expect("it ends by itself"),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
