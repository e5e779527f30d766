//! The HTTP edge: requests in, checked against the topology; answers out, only after their effects are on disk.

mod answer;
mod call;
mod input;
mod listener;
mod problem;
mod route;
mod row;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use tokio::sync::Semaphore;

use crate::engine::Engine;
pub(crate) use listener::Bounded;
use problem::Problem;
use route::{Found, Routes};

/// How many requests are worked on at once; more get 503.
const IN_FLIGHT: usize = 1024;

/// How large a body may be, in bytes.
const LARGEST: usize = 256 << 10;

/// How long a client may take to send a body.
const SLOWEST: Duration = Duration::from_secs(10);

/// What every request needs.
#[derive(Debug)]
struct Edge {
    engine: Arc<Engine>,
    routes: Routes,
    in_flight: Semaphore,
}

/// Everything that the topology declares, as a service.
pub(crate) fn router(engine: Arc<Engine>) -> Router {
    let routes = Routes::new(&engine.topology);
    let edge = Edge {
        engine,
        routes,
        in_flight: Semaphore::new(IN_FLIGHT),
    };
    Router::new().fallback(serve).with_state(Arc::new(edge))
}

async fn serve(State(edge): State<Arc<Edge>>, request: Request) -> Response {
    match handle(&edge, request).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

async fn handle(edge: &Edge, request: Request) -> Result<Response, Problem> {
    if edge.engine.stopping.is_cancelled() {
        return Err(Problem::busy("the program is stopping"));
    }
    let Ok(_permit) = edge.in_flight.try_acquire() else {
        return Err(Problem::busy("too many requests are being worked on"));
    };
    let (head, body) = request.into_parts();
    let path = head.uri.path();
    match edge.routes.find(head.method.as_str(), path) {
        Found::Nothing => Err(Problem::new(
            StatusCode::NOT_FOUND,
            format!("there is nothing at {path}"),
        )),
        Found::OtherMethods(allowed) => Err(Problem::method(&head.method, path, &allowed)),
        Found::Api { index, parameters } => {
            let Some(api) = edge.engine.topology.apis.get(index) else {
                return Err(Problem::new(
                    StatusCode::NOT_FOUND,
                    format!("there is nothing at {path}"),
                ));
            };
            match &api.row {
                Some(row) => row::answer(&edge.engine, api, row, &parameters),
                None => call::answer(&edge.engine, api, &head, body, &parameters).await,
            }
        }
    }
}

/// A response with a JSON body.
fn json(status: StatusCode, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let value = axum::http::HeaderValue::from_static("application/json");
    response
        .headers_mut()
        .insert(axum::http::header::CONTENT_TYPE, value);
    response
}

#[cfg(test)]
mod tests {
    use std::sync::{Mutex, PoisonError};

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

    fn start(storage: Stuck) -> (Running, Arc<Edge>) {
        let topology = Topology::new("Test")
            .handler(HandlerSpec::new("S.do"))
            .api(Api::post("/do").handler("S.do"));
        let parts = Parts {
            storage: Arc::new(storage),
            clock: Arc::new(SystemClock),
            ids: Arc::new(SystemIds),
            backoff: Backoff::new(Duration::ZERO, Duration::ZERO, 1),
            group: 16,
            #[cfg(feature = "fault")]
            acknowledge_early: false,
        };
        let running = Engine::start(Program::new(topology).handler("S.do", Nothing), parts).unwrap();
        let engine = Arc::clone(&running.engine);
        let routes = Routes::new(&engine.topology);
        (
            running,
            Arc::new(Edge {
                engine,
                routes,
                in_flight: Semaphore::new(IN_FLIGHT),
            }),
        )
    }

    async fn post(edge: &Arc<Edge>) -> Response {
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
