//! Answers administration over a Unix socket in the data directory while the program runs.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinSet;

use super::{Request, Response, SOCKET, letters, rows, sagas};
use crate::core::command::Unit;
use crate::engine::Engine;
use crate::record::{Birth, Envelope};
use crate::seam::Uncommitted;
use crate::shape::{Minting, check_with};
use crate::stats::SagaStats;
use crate::topology::Topology;
use crate::{Shape, Unknown};

/// How long a listener that reads nothing is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many may be connected at once.
const CONNECTIONS: usize = 64;

/// How long a request may be, in bytes.
const LONGEST: u64 = 1 << 20;

/// How many dead letters go back in one transaction.
const GROUP: usize = 256;

/// The longest path that every system binds a socket to.
const LONGEST_PATH: usize = 100;

/// A bound socket, removed when the program ends.
#[derive(Debug)]
pub(crate) struct Server {
    listener: UnixListener,
    files: Vec<PathBuf>,
}

impl Server {
    /// Binds the socket of a data directory whose store is ours; what is left of an earlier run goes.
    pub(crate) fn bind(data: &Path) -> io::Result<Self> {
        let socket = data.join(SOCKET);
        match std::fs::remove_file(&socket) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        if socket.as_os_str().len() <= LONGEST_PATH {
            return Ok(Self {
                listener: UnixListener::bind(&socket)?,
                files: vec![socket],
            });
        }
        let short = std::env::temp_dir().join(format!("aqueduct-{}.sock", uuid::Uuid::now_v7().simple()));
        let listener = UnixListener::bind(&short)?;
        std::os::unix::fs::symlink(&short, &socket)?;
        Ok(Self {
            listener,
            files: vec![socket, short],
        })
    }

    /// Serves until the program stops.
    pub(crate) async fn run(self, engine: Arc<Engine>) {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                () = engine.stopping.cancelled() => break,
                accepted = self.listener.accept(), if connections.len() < CONNECTIONS => match accepted {
                    Ok((stream, _)) => drop(connections.spawn(serve(Arc::clone(&engine), stream))),
                    Err(error) => {
                        tracing::warn!(%error, "an administration connection was not accepted");
                        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                    }
                },
                Some(_) = connections.join_next(), if !connections.is_empty() => {}
            }
        }
        connections.shutdown().await;
        for file in self.files {
            // Whatever is left is removed at the next start.
            let _ = std::fs::remove_file(file);
        }
    }
}

async fn serve(engine: Arc<Engine>, stream: UnixStream) {
    let (reader, mut writer) = stream.into_split();
    let mut reader = BufReader::new(reader);
    loop {
        let mut line = Vec::new();
        match (&mut reader).take(LONGEST).read_until(b'\n', &mut line).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        let response = match serde_json::from_slice(&line) {
            Ok(Request::Tail) => return tail(&engine, reader, writer).await,
            Ok(request) => answer(&engine, request).await,
            Err(error) => Response::error(format!("the request cannot be read: {error}")),
        };
        if write(&mut writer, &response).await.is_err() {
            return;
        }
    }
}

pub(crate) async fn answer(engine: &Engine, request: Request) -> Response {
    let answered = match request {
        Request::DeadLetters { queue } => {
            with_snapshot(engine, move |snapshot| letters::list(snapshot, queue.as_deref())).await
        }
        Request::DeadLetter { id } => {
            with_snapshot(engine, move |snapshot| letters::find(snapshot, &id)).await
        }
        Request::Redrive { queue, ids, all } => redrive(engine, queue.as_deref(), &ids, all).await,
        Request::Send { channel, body } => Ok(send(engine, &channel, &body).await),
        Request::Stats => stats(engine).await,
        Request::Tail => Ok(Response::error("a tail is a stream")),
        Request::Sagas { standing } => {
            with_snapshot(engine, move |snapshot| sagas::list(snapshot, standing)).await
        }
        Request::Saga { name, key } => {
            with_snapshot(engine, move |snapshot| sagas::find(snapshot, &name, &key)).await
        }
        Request::ResumeSaga { name, key } => Ok(resume(engine, &name, &key).await),
    };
    answered.unwrap_or_else(|error| Response::error(error.to_string()))
}

/// Reads the store where it may take its time.
async fn with_snapshot<T: Send + 'static>(
    engine: &Engine,
    read: impl FnOnce(&dyn crate::store::Read) -> Result<T, crate::store::Error> + Send + 'static,
) -> Result<T, crate::store::Error> {
    let snapshot = engine.storage.snapshot()?;
    if Handle::current().runtime_flavor() == RuntimeFlavor::CurrentThread {
        // A simulation: another thread would not be the same in every run.
        return read(snapshot.as_ref());
    }
    let read = tokio::task::spawn_blocking(move || read(snapshot.as_ref())).await;
    read.unwrap_or_else(|error| Err(crate::store::Error::Engine(error.to_string())))
}

async fn stats(engine: &Engine) -> Result<Response, crate::store::Error> {
    let mut stats = match engine.stats().await {
        Ok(stats) => stats,
        Err(refused) => return Ok(Response::error(refused.to_string())),
    };
    // Tables without rows are told too: they are declared.
    let declared = engine
        .site
        .topology
        .tables
        .iter()
        .map(|table| (table.name.clone(), 0));
    stats.tables = declared.collect();
    stats
        .tables
        .extend(with_snapshot(engine, |snapshot| rows::count(snapshot)).await?);
    let sagas = engine.site.topology.sagas.iter();
    stats.sagas = sagas
        .map(|saga| (saga.definition.name.clone(), SagaStats::default()))
        .collect();
    stats
        .sagas
        .extend(with_snapshot(engine, |snapshot| sagas::count(snapshot)).await?);
    Ok(Response::Stats { stats })
}

async fn redrive(
    engine: &Engine,
    queue: Option<&str>,
    ids: &[String],
    all: bool,
) -> Result<Response, crate::store::Error> {
    let selection = match letters::selection(queue, ids, all) {
        Ok(selection) => selection,
        Err(refusal) => return Ok(*refusal),
    };
    let keys = with_snapshot(engine, move |snapshot| letters::select(snapshot, &selection)).await?;
    let mut count = 0;
    for group in keys.chunks(GROUP) {
        match engine.redrive(group.to_vec()).await {
            Ok(moved) => count += moved,
            Err(refused) => return Ok(Response::error(format!("{refused}; {count} went back before"))),
        }
    }
    Ok(Response::Redriven { count })
}

async fn resume(engine: &Engine, name: &str, key: &str) -> Response {
    match engine.site.resume_saga(engine, name, key).await {
        Ok(()) => Response::Resumed,
        Err(Uncommitted::Failed(failure)) => Response::error(failure.to_string()),
        Err(Uncommitted::Refused(refused)) => Response::error(refused.to_string()),
    }
}

async fn send(engine: &Engine, channel: &str, body: &serde_json::Value) -> Response {
    let Some(carries) = carries(&engine.site.topology, channel) else {
        let channels = engine
            .site
            .topology
            .topics
            .iter()
            .map(|topic| topic.name.as_str());
        let channels = channels.chain(
            engine
                .site
                .topology
                .queues
                .iter()
                .map(|queue| queue.name.as_str()),
        );
        let known: Vec<_> = channels.collect();
        return Response::error(format!(
            "there is no channel {channel}; there are {}",
            known.join(", ")
        ));
    };
    let minting = Minting {
        ids: engine.site.ids.as_ref(),
        clock: engine.site.clock.as_ref(),
    };
    let (kind, checked) = match carries {
        Some((kind, shape)) => (kind.as_str(), check_with(shape, body, Unknown::Refuse, minting)),
        None => ("", Ok(body.clone())),
    };
    let checked = match checked {
        Ok(body) => body,
        Err(fields) => {
            let message = format!("the body is not a valid {kind}: nothing was sent");
            return Response::Error { message, fields };
        }
    };
    let body = checked.to_string();
    let id = engine.site.ids.new_id().to_string();
    let birth = Birth {
        id: id.clone(),
        kind,
        time: engine.site.clock.now(),
        channel,
        correlation: &id,
        causation: None,
        body: body.as_bytes(),
    };
    let routed = match engine.route(Envelope::new(birth), &checked) {
        Ok(routed) => routed,
        Err(failure) => return Response::error(failure.to_string()),
    };
    let queues = routed.queues.len();
    let (mut unit, outcome) = Unit::new(None);
    unit.messages.push(routed);
    match engine.finish(unit, outcome).await {
        Ok(_) => Response::Sent {
            message_id: id,
            queues,
        },
        Err(refused) => Response::error(refused.to_string()),
    }
}

/// What a channel carries; `None` when there is no such channel.
#[allow(
    clippy::option_option,
    reason = "no channel, and a channel that carries anything, are two things"
)]
fn carries<'a>(topology: &'a Topology, channel: &str) -> Option<Option<&'a (String, Shape)>> {
    let topics = topology
        .topics
        .iter()
        .map(|topic| (&topic.name, topic.carries.as_ref()));
    let queues = topology
        .queues
        .iter()
        .map(|queue| (&queue.name, queue.carries.as_ref()));
    topics
        .chain(queues)
        .find(|(name, _)| *name == channel)
        .map(|(_, carries)| carries)
}

/// Tells every event until the program ends or the listener goes away.
async fn tail(engine: &Engine, mut reader: BufReader<OwnedReadHalf>, mut writer: OwnedWriteHalf) {
    let mut events = engine.tracer.listen();
    if write(&mut writer, &Response::Listening).await.is_err() {
        return;
    }
    let mut more = [0; 1];
    loop {
        let event = tokio::select! {
            // A listener has nothing more to say: whatever comes is the end of its connection.
            _ = reader.read(&mut more) => return,
            event = events.recv() => event,
        };
        let response = match event {
            Ok(event) => Response::Event {
                event: event.as_ref().clone(),
            },
            Err(RecvError::Lagged(count)) => Response::Missed { count },
            Err(RecvError::Closed) => return,
        };
        let written = tokio::time::timeout(PATIENCE, write(&mut writer, &response)).await;
        if !matches!(written, Ok(Ok(()))) {
            return;
        }
    }
}

async fn write(writer: &mut OwnedWriteHalf, response: &Response) -> io::Result<()> {
    let mut line = serde_json::to_vec(response)?;
    line.push(b'\n');
    writer.write_all(&line).await
}
