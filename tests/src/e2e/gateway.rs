//! The payment gateway of Wild Rydes as a process of its own, told how to misbehave.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use serde_json::{Value, json};

use super::http::Client;
use super::project::{cargo, target};
use crate::root;

/// A running gateway. It is killed when this is dropped.
#[derive(Debug)]
pub struct Gateway {
    child: Child,
    address: SocketAddr,
}

impl Gateway {
    /// Starts one that remembers in this folder, on this port, 0 for any.
    ///
    /// # Panics
    /// When it can't be built or doesn't start.
    pub fn start(data: &Path, port: u16) -> Self {
        static BUILT: OnceLock<()> = OnceLock::new();
        BUILT.get_or_init(|| cargo(&root().join("examples/wild-rydes/gateway"), &["build", "--quiet"]));
        let mut child = Command::new(target().join("debug/gateway"))
            .args(["--port", &port.to_string(), "--data"])
            .arg(data)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the gateway can be started");
        let mut line = String::new();
        let out = child.stdout.take().expect("standard output is a pipe");
        let _ = BufReader::new(out).read_line(&mut line);
        let address = line
            .trim()
            .strip_prefix("listening on http://")
            .and_then(|text| text.parse().ok());
        Self {
            address: address.unwrap_or_else(|| panic!("the gateway says where it listens, not {line:?}")),
            child,
        }
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Tells it what to do wrong, and how often.
    ///
    /// # Panics
    /// When it doesn't know that.
    pub fn misbehave(&self, operation: &str, mood: &str, times: u32) {
        let wish = json!({ "operation": operation, "mood": mood, "times": times });
        let answer = self.client().send("POST", "/misbehave", &wish.to_string());
        assert_eq!(answer.status, 204, "{}", answer.text);
    }

    /// What it has taken and given back, by payment.
    pub fn payments(&self) -> Value {
        self.client().get("/ledger").json()["payments"].clone()
    }

    /// Whether it still runs.
    ///
    /// # Panics
    /// When nobody can tell.
    pub fn is_alive(&mut self) -> bool {
        self.child.try_wait().expect("it can be waited for").is_none()
    }

    fn client(&self) -> Client {
        Client::new(self.address, "")
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        // It may have died; then there is nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
