//! The HTTP edge: requests in, checked against the topology; answers out, only after their effects are on disk.

mod answer;
mod call;
mod input;
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
