//! The HTTP edge behind a listener of its own, bounded in connections, requests, bodies and patience.

mod body;
mod listener;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use bytes::Bytes;
use tokio::sync::Semaphore;

use crate::edge::{self, Problem};
use crate::engine::Engine;
pub(crate) use listener::Bounded;

/// How many requests are worked on at once; more get 503.
const IN_FLIGHT: usize = 1024;

/// What every request needs.
#[derive(Debug)]
struct Server {
    engine: Arc<Engine>,
    edge: edge::Edge,
    in_flight: Semaphore,
}

impl Server {
    fn new(engine: Arc<Engine>, edge: edge::Edge) -> Self {
        Self {
            engine,
            edge,
            in_flight: Semaphore::new(IN_FLIGHT),
        }
    }
}

/// Everything that the topology declares, as a service.
pub(crate) fn router(engine: Arc<Engine>, edge: edge::Edge) -> Router {
    Router::new()
        .fallback(serve)
        .with_state(Arc::new(Server::new(engine, edge)))
}

async fn serve(State(server): State<Arc<Server>>, request: Request) -> Response {
    handle(&server, request)
        .await
        .unwrap_or_else(Problem::into_response)
        .map(Body::from)
}

async fn handle(server: &Server, request: Request) -> Result<axum::http::Response<Bytes>, Problem> {
    let engine = server.engine.as_ref();
    if engine.stopping.is_cancelled() {
        return Err(Problem::busy("the program is stopping"));
    }
    let Ok(_permit) = server.in_flight.try_acquire() else {
        return Err(Problem::busy("too many requests are being worked on"));
    };
    let (head, body) = request.into_parts();
    let body = body::read(&head, body);
    server.edge.serve(&engine.site, engine, None, &head, body).await
}

#[cfg(test)]
mod tests {
    use std::sync::{Mutex, PoisonError};
    use std::time::Duration;

    use axum::http::StatusCode;
    use axum::http::header::RETRY_AFTER;

    use super::*;
    use crate::clock::{Backoff, SystemClock, SystemIds};
    use crate::engine::{Parts, Running};
    use crate::store::memory::Memory;
    use crate::store::{Batch, Error, Snapshot, Storage};
    use crate::{Activation, Api, Failure, Handler, HandlerSpec, Program, Reply, Topology};

    /// A disk on which nothing is committed while somebody holds the lock.
    #[derive(Debug, Default)]
    struct Stuck {
        memory: Memory,
        lock: Arc<Mutex<()>>,
    }

    impl Storage for Stuck {
        fn snapshot(&self) -> Result<Snapshot, Error> {
            self.memory.snapshot()
        }

        fn commit(&self, batch: &Batch) -> Result<(), Error> {
            let _free = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
            self.memory.commit(batch)
        }
    }

    struct Nothing;

    impl Handler for Nothing {
        async fn handle(&self, _: crate::Body, _: &mut Activation) -> Result<Reply, Failure> {
            Ok(Reply::none())
        }
    }

    fn start(storage: Stuck) -> (Running, Arc<Server>) {
        let topology = Topology::new("Test")
            .handler(HandlerSpec::new("S.do"))
            .api(Api::post("/do").handler("S.do"));
        let parts = Parts {
            storage: Arc::new(storage),
            clock: Arc::new(SystemClock),
            ids: Arc::new(SystemIds),
            backoff: Backoff::new(Duration::ZERO, Duration::ZERO, 1),
            way: None,
            #[cfg(feature = "simulate")]
            witness: None,
            among_tasks: false,
            group: 16,
            #[cfg(feature = "fault")]
            acknowledge_early: false,
        };
        let running = Engine::start(Program::new(topology).handler("S.do", Nothing), parts).unwrap();
        let edge = edge::Edge::new(&running.engine.site);
        let server = Server::new(Arc::clone(&running.engine), edge);
        (running, Arc::new(server))
    }

    async fn post(edge: &Arc<Server>) -> Response {
        let request = Request::post("/do")
            .header("idempotency-key", "k")
            .body(Body::empty())
            .unwrap();
        serve(State(Arc::clone(edge)), request).await
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_program_that_cannot_keep_up_says_when_to_come_back() {
        let storage = Stuck::default();
        let lock = Arc::clone(&storage.lock);
        let (running, edge) = start(storage);
        let (locked, is_locked) = std::sync::mpsc::channel();
        let (free, is_free) = std::sync::mpsc::channel::<()>();
        let holder = std::thread::spawn(move || {
            let _held = lock.lock().unwrap();
            locked.send(()).unwrap();
            is_free.recv().unwrap();
        });
        is_locked.recv().unwrap();
        let first = tokio::spawn({
            let edge = Arc::clone(&edge);
            async move { post(&edge).await.status() }
        });
        let crowd: Vec<_> = (0..1200)
            .map(|_| {
                let engine = Arc::clone(&edge.engine);
                tokio::spawn(async move { engine.stats().await.is_ok() })
            })
            .collect();
        while !edge.engine.is_full() {
            tokio::task::yield_now().await;
        }
        let refused = post(&edge).await;
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(refused.headers().get(RETRY_AFTER).unwrap(), "1");
        free.send(()).unwrap();
        holder.join().unwrap();
        assert_eq!(first.await.unwrap(), StatusCode::OK);
        for one in crowd {
            assert!(one.await.unwrap());
        }
        running.stop(Duration::from_secs(1)).await.unwrap();
        assert_eq!(post(&edge).await.status(), StatusCode::SERVICE_UNAVAILABLE);
    }
}
