//! Tables, and handlers with where they listen and their limits.

use std::time::Duration;

use super::Part;
use crate::{Shape, Store};

/// A table of a service.
#[derive(Debug, Clone, PartialEq)]
pub struct TableSpec {
    /// `Service.table`.
    pub name: String,
    /// What a row looks like.
    pub row: Shape,
}

impl TableSpec {
    /// The table of a marker type.
    pub fn of<S: Store>() -> Self {
        Self {
            name: S::NAME.to_owned(),
            row: Shape::of::<S::Row>(),
        }
    }
}

/// A handler: where it listens and what it may take.
#[derive(Debug, Clone, PartialEq)]
pub struct HandlerSpec {
    /// `Service.handler`.
    pub name: String,
    /// The queue that it takes messages from; `None` when only APIs call it.
    pub queue: Option<String>,
    /// How many may run at once, per source (its queue, and all APIs together).
    pub concurrency: u32,
    /// How long one run may take.
    pub timeout: Duration,
    /// The declared key of an input, by which a second one is recognised.
    pub idempotent: Option<Idempotent>,
    /// What it takes back.
    pub undoes: Option<Undoes>,
    /// Paths in the body that make the key by which it is refused once it was taken back; the paths of whoever takes
    /// it back when there are none.
    pub fence: Vec<String>,
    /// The faults that it declares: it says no, and has done nothing.
    pub fails: Vec<String>,
    /// Whether it calls others, who may have done something although it failed.
    pub calls_out: bool,
    /// What it does, if the engine brings it.
    pub(crate) part: Option<Part>,
}

/// `undoes F by k`.
#[derive(Debug, Clone, PartialEq)]
pub struct Undoes {
    /// `Service.handler`.
    pub handler: String,
    /// Paths in both bodies; all together are the key.
    pub by: Vec<String>,
}

/// `idempotent by k for d`.
#[derive(Debug, Clone, PartialEq)]
pub struct Idempotent {
    /// Paths in the body, like `ride_id` or `address.city`; all together are the key.
    pub by: Vec<String>,
    /// How long a key is remembered; `None` for ever.
    pub window: Option<Duration>,
}

impl HandlerSpec {
    /// A handler of this name: 16 at once, 30 seconds each.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            queue: None,
            concurrency: 16,
            timeout: Duration::from_secs(30),
            idempotent: None,
            undoes: None,
            fence: Vec::new(),
            fails: Vec::new(),
            calls_out: false,
            part: None,
        }
    }

    /// Which queue it takes messages from.
    pub fn on(mut self, queue: &str) -> Self {
        self.queue = Some(queue.to_owned());
        self
    }

    /// How many may run at once.
    pub fn concurrency(mut self, most: u32) -> Self {
        self.concurrency = most;
        self
    }

    /// How long one run may take.
    pub fn timeout(mut self, longest: Duration) -> Self {
        self.timeout = longest;
        self
    }

    /// Recognises an input that was handled already by one field (`"ride_id"`) or several (`["a", "b"]`).
    pub fn idempotent_by(mut self, key: impl KeyPath, window: Option<Duration>) -> Self {
        self.idempotent = Some(Idempotent {
            by: key.paths(),
            window,
        });
        self
    }

    /// Takes another handler's work back, for inputs with the same values in these fields: where that handler didn't
    /// run it does nothing, and afterwards that handler is refused.
    pub fn undoes(mut self, handler: &str, key: impl KeyPath) -> Self {
        self.undoes = Some(Undoes {
            handler: handler.to_owned(),
            by: key.paths(),
        });
        self
    }

    /// Refuses an input that was taken back already, by these fields.
    pub fn fence_by(mut self, key: impl KeyPath) -> Self {
        self.fence = key.paths();
        self
    }

    /// The faults that it declares: it says no, and has done nothing.
    pub fn fails<const N: usize>(mut self, faults: [&str; N]) -> Self {
        self.fails = faults.map(str::to_owned).to_vec();
        self
    }

    /// It calls services outside of the system.
    pub fn calls_out(mut self) -> Self {
        self.calls_out = true;
        self
    }
}

/// One path in a body, or several.
pub trait KeyPath {
    /// The paths, each a dotted name.
    fn paths(self) -> Vec<String>;
}

impl KeyPath for &str {
    fn paths(self) -> Vec<String> {
        vec![self.to_owned()]
    }
}

impl<const N: usize> KeyPath for [&str; N] {
    fn paths(self) -> Vec<String> {
        self.map(str::to_owned).to_vec()
    }
}

impl KeyPath for &[&str] {
    fn paths(self) -> Vec<String> {
        self.iter().map(|&path| path.to_owned()).collect()
    }
}
