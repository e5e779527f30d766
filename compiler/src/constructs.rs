//! What the language has beside clauses, and who carries it: the other half of the capability table.
//!
//! A clause's carriers stand in its row of the clause table; those of shapes, positions and expressions stand here.
//! The checker refuses by this table (TAR011) and the manual prints it.

use aqueduct_dsl::clauses::Carried;

/// Something that can be written and is no clause of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Construct {
    /// As findings name it: words of the language in backticks.
    pub name: &'static str,
    /// How it is written.
    pub example: &'static str,
    /// Who carries it.
    pub carried: Carried,
    /// What to write for targets that don't.
    pub instead: Option<&'static str>,
}

impl Construct {
    const fn refused(name: &'static str, example: &'static str) -> Self {
        Self {
            name,
            example,
            carried: Carried::By(&[]),
            instead: None,
        }
    }

    const fn instead(mut self, instead: &'static str) -> Self {
        self.instead = Some(instead);
        self
    }

    const fn carried(mut self) -> Self {
        self.carried = Carried::By(&["local", "aws"]);
        self
    }

    const fn stated(mut self) -> Self {
        self.carried = Carried::Stated;
        self
    }
}

/// Names the constructs and lists them.
macro_rules! constructs {
    ($($(#[$docs:meta])* $name:ident = $value:expr;)*) => {
        $($(#[$docs])* pub const $name: Construct = $value;)*
        /// All of them, in the order in which they are documented.
        pub const ALL: &[Construct] = &[$($name,)*];
    };
}

constructs! {
    /// One of several records.
    UNION = Construct::refused("a union of types", "type Means = Card | Cash").instead("one message for each case");
    /// A message of which there are several versions.
    VERSION = Construct::refused("a version in a message's name", "event BasketChanged.v2 { … }")
        .carried();
    /// Others may depend on it.
    PUBLIC = Construct::refused("`public`", "public event RideCompleted { … }").stated();
    /// It carries state, and the last one counts.
    SUMMARY = Construct::refused("`summary`", "summary event BasketChanged { … }").stated();
    /// It says that something has happened, and little more.
    NOTIFICATION = Construct::refused("`notification`", "notification event BasketChanged { … }").stated();
    /// The number that puts messages of one key in order.
    SEQ = Construct::refused("`@seq`", "version: int @seq").stated();
    /// When it happened.
    TIME = Construct::refused("`@time`", "at: instant @time").stated();
    /// Who knows the value best.
    ORIGIN = Construct::refused("`@origin`", "owner: string @origin(Customers)").stated();
    /// An integer beyond what a JSON number keeps everywhere.
    WIDE = Construct::refused("`@wide`", "offset: int @wide").instead("a `string`");
    /// Content-based rules.
    BUS = Construct::refused("`bus`", "bus enterprise: OrderPlaced").instead("a topic");
    /// A partitioned log.
    STREAM = Construct::refused("`stream`", "stream readings: Reading { partition by device_id }")
        .instead("a topic and queues with `fifo by`");
    /// Somebody else sends to it, or reads from it.
    EXTERN_CHANNEL = Construct::refused("an extern channel", "extern in queue fax_in: Menu");
    /// One channel for several messages.
    UNION_CHANNEL = Construct::refused("several types on one channel", "topic outcomes: Paid | Refused")
        .instead("one channel for each");
    /// A channel for whatever there is.
    ANY_CHANNEL = Construct::refused("a channel of any type", "topic wiretap: any").instead("a channel of one type");
    /// Competing consumers that hand on.
    ROUTE_FROM_QUEUE = Construct::refused("a route out of a queue", "orders -> orders_once")
        .instead("a topic in front of both queues");
    /// One service for each member of a role.
    EACH = Construct::refused("`each`", "service Unicorn each 1..10 { … }").instead("one service for each member");
    /// One inbox for several channels.
    ON_SEVERAL = Construct::refused("a handler on several channels", "handler note(Paid) on paid | repaid")
        .instead("one handler for each");
    /// A key in a handler's signature.
    HANDLER_KEY = Construct::refused("`handler … by`", "handler note(Paid) on paid by order_id")
        .instead("`idempotent by` or `order by` in its block");
    /// The handlers of one question.
    SCATTER = Construct::refused("`scatter`", "scatter quotes(RequestQuotes) by rfq_id { … }");
    /// A hold that is made final or given up.
    TENTATIVE = Construct::refused("`tentative`", "tentative courier by order_id { … }");
    /// A part of a system with an owner of its own.
    DOMAIN = Construct::refused("`domain`", "domain pricing { … }").instead("one system");
    /// The whole, told from the outside.
    CHOREOGRAPHY = Construct::refused("`choreography`", "choreography Fulfilment by order_id { … }").stated();
    /// Rows in an order of their own.
    STORE_SORT = Construct::refused("`sort`", "store rides: Ride by customer sort at");
    /// Rows that several fields tell apart.
    STORE_KEYS = Construct::refused("a store key of several fields", "store quotes: Quote by (rfq_id, responder)")
        .instead("a key of one field");
    /// What the envelope says, as a key or in a condition.
    META = Construct::refused("`meta`", "idempotent by meta.idempotency_key").instead("a field of the message");
    /// A call inside the system whose caller waits.
    CALLS_OWN = Construct::refused("`calls` of a handler of the system", "calls Stock.pick")
        .instead("a saga step, or a message");
    /// A handler that answers to the address in the envelope.
    REPLY_ON_CHANNEL = Construct::refused("a reply of a handler that listens", "handler fee(GetFee) on fees -> Fee")
        .instead("a message that it `emits`");
    /// Requests that start a saga, look for one or complete a step of one.
    API_SAGA = Construct::refused("a saga behind an `api`", "api POST \"/trips\" -> TripBooking")
        .instead("a handler that emits to the queue of the saga");
    /// Requests that are messages.
    API_CHANNEL = Construct::refused("a channel behind an `api`", "api POST \"/readings\" -> readings")
        .instead("a handler that emits to it");
    /// Requests that scatter, or look at what was gathered.
    API_SCATTER = Construct::refused("a scatter behind an `api`", "api GET \"/quotes/{rfq_id}\" -> quotes.result");
    /// Requests for several rows.
    API_QUERY = Construct::refused("`store.query` behind an api", "api GET \"/rides/{customer}\" -> rides.query")
        .instead("a handler that reads the store");
    /// A handler that finds nothing.
    API_MISS = Construct::refused("`404` from a handler", "api GET \"/fares/{id}\" -> find { returns 200 | 404 }")
        .instead("`returns` with its status of success alone");
    /// A way for failures of a saga.
    SAGA_FAILS = Construct::refused("`fails` of a saga", "saga Trip(BookTrip) … fails TripRefused")
        .instead("`failed { emit … }`");
    /// What a saga answers.
    SAGA_REPLY = Construct::refused("the reply of a saga", "saga Trip(BookTrip) … -> TripBooked")
        .instead("`done { emit … }`");
    /// A saga that something else starts.
    SAGA_UNHEARD = Construct::refused("a saga that listens on no queue", "saga Trip(BookTrip) by trip.trip_id { … }")
        .instead("`on` a queue with the message that it begins with");
    /// A saga inside a saga.
    CHILD_SAGA = Construct::refused("a saga as a step", "step insure = Insurance(trip_id: trip.trip_id)")
        .instead("its steps in this saga, or a message to its queue");
    /// A step that calls what listens as well.
    STEP_LISTENS = Construct::refused("a step that calls a handler with `on`", "step note = Audit.note(id: it.id)")
        .instead("a handler of its own for the saga");
    /// Once for each item of a list.
    MAP = Construct::refused("`map`", "map legs = trip.legs as leg { … }").instead("a handler that goes through the list");
    /// A value that is made from others.
    COMPUTED = Construct::refused("a value that is computed", "amount: sum(legs.price)")
        .instead("a handler that replies with it");
    /// What has failed, while the saga goes on from it.
    ERROR_IN_ON = Construct::refused("`error` in `on`", "on Declined { fail Refused(reason: error.name) }")
        .instead("`error` in `failed`");
    /// A message on the way, without a name.
    EMIT_ALONE = Construct::refused("`emit` without a name", "on Declined { emit Refused(id: it.id) to refusals }")
        .instead("`step told = emit …`");
    /// A target that nothing is built for yet.
    TARGET = Construct::refused("this target", "targets nats").instead("`targets local | aws`");
}
