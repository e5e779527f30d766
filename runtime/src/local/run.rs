//! A running program: everything started in order, everything stopped and awaited in the opposite order.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::{Options, versions};
use crate::admin::server::Server;
use crate::clock::{Backoff, Ids, SystemClock, SystemIds};
use crate::edge::Edge;
use crate::engine::{self, Engine, Parts};
use crate::store::file;
use crate::{Program, http, store, topology};

/// Why a program cannot run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Its parts do not fit.
    #[error(transparent)]
    Topology(#[from] topology::Error),
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {error}; choose another port with --port, or 0 for any free one")]
    Listen {
        /// The address that was wanted.
        address: SocketAddr,
        /// What the system says.
        error: io::Error,
    },
    /// The administration socket cannot be made.
    #[error("cannot make the administration socket in {}: {error}; choose another --data directory", data.display())]
    Admin {
        /// The data directory.
        data: std::path::PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// Nobody could prove who they are.
    #[error("cannot check the tokens of callers: {0}")]
    Tokens(String),
    /// Nobody knows where a service outside is.
    #[error("cannot call services outside: {0}")]
    Externals(String),
    /// Sagas that run can't go on under this version of the program.
    #[error(transparent)]
    Sagas(#[from] versions::Error),
    /// The system gives no signals.
    #[error("cannot listen to signals: {0}")]
    Signals(io::Error),
}

/// A program that runs.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    grace: Duration,
    engine: engine::Running,
    http: JoinHandle<io::Result<()>>,
    admin: JoinHandle<()>,
}

/// Starts a program: its store first, then what listens.
///
/// # Errors
/// When the store, the port or the data directory cannot be used, or the program's parts do not fit.
pub async fn start(program: Program, options: Options) -> Result<Running, Error> {
    program.check()?;
    let guard = super::tokens::guard(program.topology(), &options.tokens).map_err(Error::Tokens)?;
    let way = super::externals::way(program.topology(), &options.externs).map_err(Error::Externals)?;
    let address = SocketAddr::new(options.host, options.port);
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| Error::Listen { address, error })?;
    let address = listener
        .local_addr()
        .map_err(|error| Error::Listen { address, error })?;
    let storage = Arc::new(file::open(&options.data, &program.topology.name)?);
    versions::check(storage.as_ref(), program.topology())?;
    let server = Server::bind(&options.data).map_err(|error| Error::Admin {
        data: options.data.clone(),
        error,
    })?;
    let ids = Arc::new(SystemIds);
    let parts = Parts {
        storage,
        clock: Arc::new(SystemClock),
        backoff: Backoff::new(
            options.retry_first,
            options.retry_cap,
            ids.new_id().as_u64_pair().1,
        ),
        ids,
        group: options.group,
        way,
        among_tasks: false,
        #[cfg(feature = "fault")]
        acknowledge_early: options.acknowledge_early,
        #[cfg(feature = "simulate")]
        witness: None,
    };
    let longest = program
        .topology()
        .handlers
        .iter()
        .map(|handler| handler.timeout)
        .max()
        .unwrap_or_default();
    let running = Engine::start(program, parts)?;
    let engine = Arc::clone(&running.engine);
    let admin = tokio::spawn(server.run(Arc::clone(&engine)));
    let stopping = engine.stopping.clone();
    let edge = guard(Edge::new(&engine.site));
    let service = axum::serve(http::Bounded::new(listener, longest), http::router(engine, edge));
    let http = tokio::spawn(async move {
        service
            .with_graceful_shutdown(async move { stopping.cancelled().await })
            .await
    });
    Ok(Running {
        address,
        grace: options.grace,
        engine: running,
        http,
        admin,
    })
}

impl Running {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits until the program cannot go on by itself, because its disk fails.
    pub async fn ended(&self) {
        self.engine.engine.stopping.cancelled().await;
    }

    /// Stops cleanly: takes nothing new, lets requests and handlers finish within the grace time, gives back
    /// the rest, syncs, and waits for all of it.
    ///
    /// # Errors
    /// When the store has failed.
    pub async fn stop(mut self) -> Result<(), Error> {
        self.engine.engine.stopping.cancel();
        if tokio::time::timeout(self.grace, &mut self.http).await.is_err() {
            tracing::warn!("requests have not finished in time");
            self.http.abort();
            // Aborted on purpose, so its result says nothing.
            let _ = self.http.await;
        }
        // The administration ends with the same token; a panic there must not keep the store from closing.
        let _ = self.admin.await;
        Ok(self.engine.stop(self.grace).await?)
    }
}
