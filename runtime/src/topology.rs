//! A system as data: channels, routes, tables, handlers and APIs, as generated `system/src/wiring.rs` builds it.

mod api;
mod channel;
mod check;
mod external;
mod handler;
mod saga;

pub use api::{Api, Method, RowAnswer};
pub(crate) use channel::group;
pub use channel::{Queue, Route, Topic};
pub use check::Error;
pub use external::{ExternalHandler, ExternalSpec};
pub use handler::{HandlerSpec, Idempotent, KeyPath, TableSpec, Undoes};
pub use saga::SagaSpec;
pub(crate) use saga::{OWN, Part, own_name};

/// Everything that a program is made of, apart from the code of its handlers.
#[derive(Debug, Clone, PartialEq)]
pub struct Topology {
    /// The name of the system; a data directory belongs to one system.
    pub name: String,
    /// Channels that copy each message to every route.
    pub topics: Vec<Topic>,
    /// Channels that keep each message until a handler has finished with it.
    pub queues: Vec<Queue>,
    /// Arrows from a topic to a queue or to another topic.
    pub routes: Vec<Route>,
    /// Tables of services.
    pub tables: Vec<TableSpec>,
    /// Handlers, with where they listen and their limits.
    pub handlers: Vec<HandlerSpec>,
    /// HTTP routes.
    pub apis: Vec<Api>,
    /// Sagas.
    pub sagas: Vec<SagaSpec>,
    /// Services that somebody else runs.
    pub externals: Vec<ExternalSpec>,
}

impl Topology {
    /// An empty system.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            topics: Vec::new(),
            queues: Vec::new(),
            routes: Vec::new(),
            tables: Vec::new(),
            handlers: Vec::new(),
            apis: Vec::new(),
            sagas: Vec::new(),
            externals: Vec::new(),
        }
    }

    /// The group of a message on a channel that keeps an order: the values of its key, as JSON.
    pub fn group(&self, channel: &str, body: &serde_json::Value) -> Option<String> {
        let topics = self.topics.iter().map(|topic| (&topic.name, &topic.fifo_by));
        let queues = self.queues.iter().map(|queue| (&queue.name, &queue.fifo_by));
        let (_, by) = topics.chain(queues).find(|(name, _)| *name == channel)?;
        group(by, body)
    }

    /// Adds a topic.
    pub fn topic(mut self, topic: Topic) -> Self {
        self.topics.push(topic);
        self
    }

    /// Adds a queue.
    pub fn queue(mut self, queue: Queue) -> Self {
        self.queues.push(queue);
        self
    }

    /// Adds a route.
    pub fn route(mut self, route: Route) -> Self {
        self.routes.push(route);
        self
    }

    /// Adds a table.
    pub fn table(mut self, table: TableSpec) -> Self {
        self.tables.push(table);
        self
    }

    /// Adds a handler.
    pub fn handler(mut self, handler: HandlerSpec) -> Self {
        self.handlers.push(handler);
        self
    }

    /// Adds an HTTP route.
    pub fn api(mut self, api: Api) -> Self {
        self.apis.push(api);
        self
    }

    /// Adds a saga.
    pub fn saga(mut self, saga: SagaSpec) -> Self {
        self.sagas.push(saga);
        self
    }

    /// Adds a service that somebody else runs.
    pub fn external(mut self, external: ExternalSpec) -> Self {
        self.externals.push(external);
        self
    }
}
