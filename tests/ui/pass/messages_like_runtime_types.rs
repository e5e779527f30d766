//! Messages that are called like what the code that is made uses.

#![deny(missing_docs)]
#![deny(warnings)]

/// A system of borrowed names.
#[aqueduct::system]
pub mod borrowed {
    use aqueduct::{Result, Uuid};

    #[command]
    pub struct Message {
        #[key]
        id: Uuid,
        queue: Queue,
    }

    pub struct Queue {
        #[key]
        id: Uuid,
        name: String,
    }

    #[event]
    pub struct Failed {
        #[key]
        id: Uuid,
    }

    #[fault]
    pub struct Failure;

    pub struct Activation {
        #[key]
        id: Uuid,
        table: Option<Table>,
    }

    pub struct Table {
        rows: Vec<Handler>,
    }

    pub enum Handler {
        Some,
        None,
        Ok,
        Err,
    }

    #[queue]
    pub struct Topic(Message);

    #[topic]
    pub struct Failures(Failed);

    #[queue]
    #[route(Failures -> Store)]
    pub struct Store(Failed);

    #[service(auth = jwt)]
    pub trait Program {
        #[store(by id)]
        #[api(GET "/queues/{id}", returns 200 | 404)]
        type Topology = Queue;

        #[handler(emits(Message to Topic))]
        #[api(POST "/messages")]
        async fn post(&self, message: Message, cx: &mut PostContext) -> Result<()>;

        #[handler(fails = Failure, writes(topology), emits(Failed to Failures, via = outbox))]
        #[api(POST "/queues")]
        #[natural(because "the same row is put again")]
        async fn open(&self, queue: Queue, cx: &mut OpenContext) -> Result<Activation>;

        #[handler(on = Topic)]
        #[natural(because "it only logs")]
        async fn note(&self, message: Message, cx: &mut NoteContext) -> Result<()>;

        #[handler(on = Store)]
        #[natural(because "it only logs")]
        async fn hear(&self, failed: Failed, cx: &mut HearContext) -> Result<()>;
    }
}
