//! The system of `in.flow` in annotated Rust.

#[aqueduct::system]
pub mod odd_names {
    //! Names that Rust, serde or the runtime use themselves, and things that are left empty.

    use std::collections::BTreeMap;

    use aqueduct::{Decimal, Result, SignedDuration, Timestamp, Value};

    pub enum Option {
        #[name(self)]
        Itself,
        NoneAtAll,
        #[name(Some)]
        Some,
    }

    pub struct Uuid {
        #[key]
        id: aqueduct::Uuid,
        value: std::option::Option<Decimal>,
    }

    pub struct Store {
        #[key]
        name: String,
        rows: Vec<Option>,
        by_name: BTreeMap<String, Uuid>,
        best: std::option::Option<Option>,
        #[default = -5]
        count: i64,
    }

    pub type Short = Long;

    #[limits(0..2, items(1..3))]
    pub type Long = Vec<String>;

    #[event(name = TableReserved.v2)]
    pub struct TableReservedV2 {
        #[key]
        r#type: String,
        #[name(self)]
        #[limits(0..100)]
        own: i64,
        #[default = true]
        r#match: bool,
        r#in: Short,
        #[default(now())]
        r#async: Timestamp,
        #[limits(..10)]
        data: std::option::Option<Vec<u8>>,
        raw: Value,
        #[limits(0..1)]
        ratio: f64,
        #[default = 90s]
        pause: SignedDuration,
        #[default([Option::Itself, Option::NoneAtAll])]
        names: Vec<Option>,
    }

    #[command]
    pub struct Message {
        r#type: String,
        #[name(self)]
        #[limits(0..100)]
        own: i64,
        r#in: Long,
        raw: Value,
        #[limits(0..1)]
        ratio: f64,
    }

    #[topic]
    pub struct Topic(TableReservedV2);

    #[queue]
    #[route(Topic -> where match && !(self in [1, 2]) && r#type != "a \"quoted\" \\ text" -> Queue)]
    pub struct Queue(TableReservedV2);

    /// A service called like a message.
    #[service(name = Message)]
    #[auth(none because "nobody but \"us\" knows the address")]
    pub trait Messages {
        #[handler]
        #[api(POST "/messages")]
        #[reads(store)]
        #[writes(now)]
        #[writes(uuid)]
        #[emits(TableReserved.v2 to topic via outbox)]
        async fn make(&self, cx: Message, context: &mut MakeContext) -> Result<TableReservedV2>;

        #[store(by name)]
        #[api(GET "/stores/{name}")]
        type Store = Store;

        #[store(by id)]
        type Now = Uuid;

        #[store(by id)]
        type Uuid = Uuid;

        #[handler]
        #[api(DELETE "/uuids/{id}")]
        async fn r#loop(&self, id: aqueduct::Uuid, cx: &mut LoopContext) -> Result<()>;
    }

    #[service]
    pub trait Table {
        #[handler(on = Queue)]
        #[idempotent(by r#type)]
        async fn self_made(&self, r#type: TableReservedV2, cx: &mut SelfMadeContext) -> Result<()>;
    }

    #[service(owner = "nobody does anything here")]
    pub trait Lib {}
}
