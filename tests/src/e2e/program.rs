//! A program as a process: started on a free port, killed or stopped, asked over its administration socket.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use aqueduct::admin::{Client as Admin, DeadLetter, Request, Response};
use aqueduct::stats::Stats;

use super::{Client, Project, until};

/// A running program. It is killed when this is dropped.
#[derive(Debug)]
pub struct Program {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// What callers prove who they are with.
    pub token: String,
    data: PathBuf,
}

/// How a program ended that was not meant to run.
#[derive(Debug)]
pub struct Ended {
    /// The exit code.
    pub code: Option<i32>,
    /// Standard error.
    pub err: String,
}

impl Program {
    /// Starts with quick retries on a free port and waits until it listens.
    ///
    /// # Panics
    /// When it doesn't.
    pub fn start(project: &Project, data: &Path, outages: &str, flags: &[&str]) -> Self {
        let mut command = command(project, data, outages, flags);
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program can be started");
        let out = child.stdout.take().expect("standard output is a pipe");
        let line = first_line(out);
        let address = line
            .strip_prefix("listening on http://")
            .and_then(|text| text.parse().ok());
        let address = address.unwrap_or_else(|| panic!("the program says where it listens, not {line:?}"));
        Self {
            child,
            address,
            token: project.token.clone(),
            data: data.to_owned(),
        }
    }

    /// Starts, expecting that it ends by itself.
    ///
    /// # Panics
    /// When it can't be started.
    pub fn refused(project: &Project, data: &Path, flags: &[&str]) -> Ended {
        let output = command(project, data, "0", flags)
            .output()
            .expect("the program can be started");
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        Ended {
            code: output.status.code(),
            err,
        }
    }

    /// A client of its own connection.
    pub fn client(&self) -> Client {
        Client::new(self.address, &self.token)
    }

    /// The first line on standard output and on standard error of a program that is given hints.
    ///
    /// # Panics
    /// When it doesn't start.
    pub fn said(project: &Project, data: &Path, hints: &str) -> (String, String) {
        let mut command = command(project, data, "0", &[]);
        let _ = command.env("AQUEDUCT_HINTS", hints);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program can be started");
        let out = first_line(child.stdout.take().expect("standard output is a pipe"));
        let err = first_line(child.stderr.take().expect("standard error is a pipe"));
        child.kill().expect("it runs");
        let _ = child.wait().expect("it can be waited for");
        (out, err)
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// `kill -9`, and its data is free.
    ///
    /// # Panics
    /// When it has ended before.
    pub fn kill(mut self) {
        self.child.kill().expect("it runs");
        let _ = self.child.wait().expect("it can be waited for");
    }

    /// SIGTERM; the exit code.
    ///
    /// # Panics
    /// When it can't be told.
    pub fn stop(mut self) -> Option<i32> {
        self.terminate();
        until("the program ends", || {
            self.child.try_wait().expect("it can be waited for")
        })
        .code()
    }

    /// SIGTERM and, while it still waits for its requests, SIGTERM again; the exit code.
    ///
    /// # Panics
    /// When it doesn't wait, or not end then.
    pub fn hurry(mut self) -> Option<i32> {
        self.terminate();
        std::thread::sleep(Duration::from_millis(300));
        let ended = self.child.try_wait().expect("it can be waited for");
        assert_eq!(ended, None, "it waits");
        self.terminate();
        let told = Instant::now();
        let ended = until("the program ends", || {
            self.child.try_wait().expect("it can be waited for")
        });
        assert!(told.elapsed() < Duration::from_secs(3), "{:?}", told.elapsed());
        ended.code()
    }

    fn terminate(&self) {
        let told = Command::new("kill")
            .args(["-TERM", &self.pid().to_string()])
            .status();
        assert!(told.expect("there is a command kill").success());
    }

    /// Asks the administration.
    ///
    /// # Panics
    /// When there is no answer.
    pub fn ask(&self, request: &Request) -> Response {
        let mut admin = Admin::connect(&self.data).expect("the program runs");
        admin.request(request).expect("the program answers")
    }

    /// What has been counted.
    ///
    /// # Panics
    /// When the program answers something else.
    pub fn stats(&self) -> Stats {
        match self.ask(&Request::Stats) {
            Response::Stats { stats } => stats,
            other => panic!("{other:?}"),
        }
    }

    /// Every dead letter.
    ///
    /// # Panics
    /// When the program answers something else, or not with all of them.
    pub fn dead_letters(&self) -> Vec<DeadLetter> {
        match self.ask(&Request::DeadLetters { queue: None }) {
            Response::DeadLetters { dead_letters, total } if dead_letters.len() as u64 == total => {
                dead_letters
            }
            other => panic!("{other:?}"),
        }
    }

    /// One with its body.
    ///
    /// # Panics
    /// When the program answers something else.
    pub fn dead_letter(&self, queue: &str, id: &str) -> DeadLetter {
        match self.ask(&Request::DeadLetter {
            id: format!("{queue}/{id}"),
        }) {
            Response::DeadLetter { dead_letter } => *dead_letter,
            other => panic!("{other:?}"),
        }
    }

    /// Waits until nothing waits and nothing is being handled.
    pub fn drained(&self) -> Stats {
        until("every queue is empty", || {
            let stats = self.stats();
            let left = stats
                .queues
                .values()
                .map(|queue| queue.ready + queue.delayed + queue.in_flight);
            (left.sum::<u64>() == 0).then_some(stats)
        })
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended; then there is nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn first_line(pipe: impl Read) -> String {
    let mut line = String::new();
    let _ = BufReader::new(pipe)
        .read_line(&mut line)
        .expect("the program can be listened to");
    line.trim().to_owned()
}

fn command(project: &Project, data: &Path, outages: &str, flags: &[&str]) -> Command {
    let mut command = Command::new(&project.binary);
    let _ = command
        .args([
            "--log",
            "off",
            "--retry-first",
            "2ms",
            "--retry-cap",
            "20ms",
            "--port",
            "0",
        ])
        .arg("--data")
        .arg(data)
        .args([
            "--jwt-issuer",
            "aqueduct-dev",
            "--jwt-audience",
            "aqueduct-dev",
            "--jwt-keys",
        ])
        .arg(project.folder.join(".aqueduct/dev/keys.json"))
        .args(flags)
        .env("WILD_RYDES_OUTAGES", outages)
        // Where nobody answers: who calls the gateway says where it is, with `--extern`.
        .env("CARD_GATEWAY_URL", "http://127.0.0.1:9");
    command
}
