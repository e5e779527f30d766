//! What each function may do and why: the one place that decides it.
//!
//! The template's roles, their comments, the variables a function is given and the counts that `build` prints all come
//! from here.

use std::collections::{BTreeMap, BTreeSet};

use aqueduct_compiler::model::{
    ActionKind, Api, ApiTarget, Channel, ChannelKind, Handler, Id, Method, Model, Repetition, Role, Saga,
    Store,
};

/// What one Lambda function does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Work {
    /// Runs a handler.
    Handler(Id<Handler>),
    /// Answers requests with rows of a store.
    Row(Id<Store>),
    /// Starts a saga for each message of its queue.
    Saga(Id<Saga>),
    /// Publishes what handlers have put into the outbox.
    Publisher,
}

impl Work {
    /// Its name for people and for the program, which finds it in `_HANDLER`.
    pub(super) fn name(self, model: &Model) -> String {
        match self {
            Self::Handler(id) => model.handler_name(id),
            Self::Row(id) => format!("{}.get", model.store_name(id)),
            Self::Saga(id) => model.saga_name(id),
            Self::Publisher => "outbox".to_owned(),
        }
    }

    /// The queue that it takes messages from.
    pub(super) fn queue(self, model: &Model) -> Option<Id<Channel>> {
        let on = match self {
            Self::Handler(id) => model.handlers[id].on,
            Self::Saga(id) => model.sagas[id].on,
            Self::Row(_) | Self::Publisher => None,
        };
        on.map(|(channel, _)| channel)
    }

    /// The HTTP operations that it answers.
    pub(super) fn apis(self, model: &Model) -> impl Iterator<Item = &Api> {
        model.apis.values().filter(move |api| match api.target {
            ApiTarget::Handler(id) => self == Self::Handler(id),
            ApiTarget::Row(id) => self == Self::Row(id),
            ApiTarget::Rows(_)
            | ApiTarget::Channel(_)
            | ApiTarget::Scatter(..)
            | ApiTarget::Saga(..)
            | ApiTarget::Complete(..) => false,
        })
    }
}

/// Every function of a system: handlers in order, then sagas, then rows, then the publisher if anything needs it.
pub(super) fn works(model: &Model) -> Vec<Work> {
    let handlers = model.own_handlers().map(Work::Handler);
    let sagas = model.sagas.iter().filter(|(_, saga)| saga.on.is_some());
    let sagas = sagas.map(|(id, _)| Work::Saga(id));
    let rows = model.stores.ids().map(Work::Row);
    let rows = rows.filter(|work| work.apis(model).next().is_some());
    let publisher = outbox_channels(model).next().map(|_| Work::Publisher);
    handlers.chain(sagas).chain(rows).chain(publisher).collect()
}

/// Something that a function may touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Resource {
    /// The rows of a store.
    Table(Id<Store>),
    /// The keys of what has been handled.
    Inbox,
    /// The messages that are committed and not yet sent.
    Outbox,
    /// What was put into the outbox, in order.
    OutboxStream,
    /// Where the publisher leaves what it can't send.
    OutboxFailures,
    /// A topic or a queue.
    Channel(Id<Channel>),
    /// The function of a handler.
    Function(Id<Handler>),
    /// The state machine of a saga.
    Machine(Id<Saga>),
    /// Where a saga says that it is stuck.
    StuckSagas,
    /// The function's own log.
    Log,
}

/// Actions on one resource, with the edges of the system that need them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Grant {
    pub(super) resource: Resource,
    /// In alphabetical order.
    pub(super) actions: BTreeSet<&'static str>,
    /// The beginnings of the partition keys that the actions are for, on tables that functions share; empty for all.
    pub(super) keys: BTreeSet<String>,
    /// In the author's words.
    pub(super) because: Vec<String>,
}

/// Whether the messages of a handler have to be committed together with something else, or on the condition that what
/// was read is still so, and are sent afterwards.
pub(super) fn needs_outbox(model: &Model, id: Id<Handler>) -> bool {
    let handler = &model.handlers[id];
    match handler.emits.as_slice() {
        [] => false,
        [one] => one.outbox || !handler.reads.is_empty() || commits(model, id),
        _ => true,
    }
}

/// Whether anything besides messages is committed.
fn commits(model: &Model, id: Id<Handler>) -> bool {
    let handler = &model.handlers[id];
    !handler.writes.is_empty()
        || is_idempotent(handler)
        || takes_idempotency_key(model, id)
        || handler.undoes.is_some()
        || is_undone(model, id)
}

/// Whether another handler takes its work back.
fn is_undone(model: &Model, id: Id<Handler>) -> bool {
    let mut undoes = model
        .handlers
        .values()
        .filter_map(|handler| handler.undoes.as_ref());
    undoes.any(|undoes| undoes.handler == id)
}

fn is_idempotent(handler: &Handler) -> bool {
    matches!(handler.repetition, Some(Repetition::Idempotent { .. }))
}

/// Behind POST and PATCH an `Idempotency-Key` is honoured: the answer is kept.
fn takes_idempotency_key(model: &Model, id: Id<Handler>) -> bool {
    let mut apis = Work::Handler(id).apis(model);
    apis.any(|api| matches!(api.method, Method::Post | Method::Patch))
}

/// The channels that get their messages through the outbox, in order.
pub(super) fn outbox_channels(model: &Model) -> impl Iterator<Item = Id<Channel>> {
    let through = |channel: Id<Channel>| {
        let mut handlers = model.handlers.iter();
        handlers.any(|(id, handler)| {
            needs_outbox(model, id) && handler.emits.iter().any(|emit| emit.channel == channel)
        })
    };
    model.channels.ids().filter(move |channel| through(*channel))
}

/// All that a function may do, one grant for each resource.
pub(super) fn grants(model: &Model, work: Work) -> Vec<Grant> {
    let mut grants = Grants::default();
    grants.allow(
        Resource::Log,
        &["logs:CreateLogStream", "logs:PutLogEvents"],
        "its own log",
    );
    match work {
        Work::Handler(id) => handler(model, id, &mut grants),
        Work::Row(store) => {
            for api in work.apis(model) {
                let because = format!(
                    "{} answers with a row of {}",
                    api.label.name,
                    model.store_name(store)
                );
                grants.allow(Resource::Table(store), &["dynamodb:GetItem"], because);
            }
        }
        Work::Saga(id) => starter(model, id, &mut grants),
        Work::Publisher => publisher(model, &mut grants),
    }
    grants.finish()
}

fn handler(model: &Model, id: Id<Handler>, grants: &mut Grants) {
    let handler = &model.handlers[id];
    let name = model.handler_name(id);
    listens(model, Work::Handler(id), grants);
    let outbox = needs_outbox(model, id);
    for used in &handler.reads {
        let because = format!("{name} reads {}", model.stores[used.store].label.name);
        grants.allow(Resource::Table(used.store), &["dynamodb:GetItem"], &because);
        if commits(model, id) || !handler.emits.is_empty() {
            // What was read must still be so when something follows from it.
            grants.allow(
                Resource::Table(used.store),
                &["dynamodb:ConditionCheckItem"],
                because,
            );
        }
    }
    for used in &handler.writes {
        grants.allow(
            Resource::Table(used.store),
            &[
                "dynamodb:ConditionCheckItem",
                "dynamodb:DeleteItem",
                "dynamodb:GetItem",
                "dynamodb:PutItem",
            ],
            format!("{name} writes {}", model.stores[used.store].label.name),
        );
    }
    // The keys are those that the program makes: `transaction.rs` and `outbox.rs` of `aqueduct-aws`.
    let inbox = ["dynamodb:GetItem", "dynamodb:PutItem"];
    if let Some(Repetition::Idempotent { by, .. }) = &handler.repetition {
        let fields: Vec<String> = by.iter().map(|path| path.join(".")).collect();
        let because = format!("{name} is idempotent by {}", fields.join(", "));
        grants.allow(Resource::Inbox, &inbox, because);
        grants.only(Resource::Inbox, format!("input {name} "));
    }
    if is_undone(model, id) {
        let because = format!("{name} is refused where its work was taken back");
        grants.allow(Resource::Inbox, &inbox, because);
        grants.only(Resource::Inbox, format!("undoing {name} "));
    }
    if let Some(undoes) = &handler.undoes {
        let undone = model.handler_name(undoes.handler);
        let because = format!("{name} takes back what {undone} has done, once");
        grants.allow(Resource::Inbox, &inbox, because);
        grants.only(Resource::Inbox, format!("undoing {undone} "));
        grants.only(Resource::Inbox, format!("input {undone} "));
    }
    if takes_idempotency_key(model, id) {
        let because = format!("{name} gives the same answer to the same Idempotency-Key");
        grants.allow(Resource::Inbox, &inbox, because);
        for api in Work::Handler(id).apis(model) {
            grants.only(
                Resource::Inbox,
                format!("answer {} {} ", api.method.word(), api.path.text),
            );
        }
    }
    for emit in &handler.emits {
        let (message, channel) = (&model.types[emit.message], &model.channels[emit.channel]);
        let because = format!("{name} emits {} to {}", message.label.name, channel.label.name);
        if outbox {
            grants.allow(Resource::Outbox, &["dynamodb:UpdateItem"], because);
            grants.only(Resource::Outbox, format!("{} ", channel.label.name));
        } else {
            grants.allow(Resource::Channel(emit.channel), sending(&channel.kind), because);
        }
    }
}

fn listens(model: &Model, work: Work, grants: &mut Grants) {
    let Some(channel) = work.queue(model) else { return };
    grants.allow(
        Resource::Channel(channel),
        &[
            "sqs:ChangeMessageVisibility",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "sqs:ReceiveMessage",
        ],
        format!(
            "{} listens on {}",
            work.name(model),
            model.channels[channel].label.name
        ),
    );
}

fn starter(model: &Model, id: Id<Saga>, grants: &mut Grants) {
    listens(model, Work::Saga(id), grants);
    let because = format!("each message starts {}", model.saga_name(id));
    grants.allow(Resource::Machine(id), &["states:StartExecution"], because);
}

/// All that the state machine of a saga may do.
pub(super) fn machine_grants(model: &Model, id: Id<Saga>) -> Vec<Grant> {
    let mut grants = Grants::default();
    for (action, role) in model.sagas[id].actions() {
        let (resource, does) = match &action.kind {
            // Refused for this target.
            ActionKind::Receive { .. } | ActionKind::Child { .. } | ActionKind::Start { .. } => continue,
            ActionKind::Call { handler, .. } => (Resource::Function(*handler), "lambda:InvokeFunction"),
            ActionKind::Insert { store, .. } | ActionKind::Put { store, .. } => {
                (Resource::Table(*store), "dynamodb:PutItem")
            }
            ActionKind::Update { store, .. } => (Resource::Table(*store), "dynamodb:UpdateItem"),
            ActionKind::Get { store, .. } => (Resource::Table(*store), "dynamodb:GetItem"),
            ActionKind::Delete { store, .. } => (Resource::Table(*store), "dynamodb:DeleteItem"),
            ActionKind::Emit { channel, .. } => {
                let [sends] = sending(&model.channels[*channel].kind);
                (Resource::Channel(*channel), *sends)
            }
        };
        grants.allow(resource, &[does], place(role));
    }
    let because = "what can't be taken back is reported there";
    grants.allow(Resource::StuckSagas, &["sqs:SendMessage"], because);
    grants.finish()
}

/// Where an action stands in its saga.
fn place(role: Role<'_>) -> String {
    match role {
        Role::Forward(step) => format!("{} {}", step.class.word(), step.label.name),
        Role::Undo(step) => format!("undo of {}", step.label.name),
        Role::Alone => "start".to_owned(),
        Role::Done => "done".to_owned(),
        Role::Failed => "failed".to_owned(),
    }
}

fn publisher(model: &Model, grants: &mut Grants) {
    grants.allow(
        Resource::OutboxStream,
        &[
            "dynamodb:DescribeStream",
            "dynamodb:GetRecords",
            "dynamodb:GetShardIterator",
            "dynamodb:ListStreams",
        ],
        "the publisher is told of each message in the outbox",
    );
    grants.allow(
        Resource::Outbox,
        &[
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:Scan",
            "dynamodb:UpdateItem",
        ],
        "the publisher reads what waits, and takes out what it has sent",
    );
    for channel in outbox_channels(model) {
        let channel_name = &model.channels[channel].label.name;
        let emitters = model.handlers.iter().filter(|(id, handler)| {
            needs_outbox(model, *id) && handler.emits.iter().any(|emit| emit.channel == channel)
        });
        for (id, _) in emitters {
            let because = format!("{} emits to {channel_name}", model.handler_name(id));
            let actions = sending(&model.channels[channel].kind);
            grants.allow(Resource::Channel(channel), actions, because);
        }
    }
    grants.allow(
        Resource::OutboxFailures,
        &["sqs:SendMessage"],
        "what can't be sent is reported there",
    );
}

fn sending(kind: &ChannelKind) -> &'static [&'static str; 1] {
    match kind {
        ChannelKind::Topic => &["sns:Publish"],
        ChannelKind::Queue { .. } | ChannelKind::Bus | ChannelKind::Stream => &["sqs:SendMessage"],
    }
}

/// Grants in the making: one for each resource, in the order in which resources were first named.
#[derive(Default)]
struct Grants {
    order: Vec<Resource>,
    of: BTreeMap<Resource, Grant>,
}

impl Grants {
    fn allow(&mut self, resource: Resource, actions: &[&'static str], because: impl Into<String>) {
        if !self.of.contains_key(&resource) {
            self.order.push(resource);
        }
        let grant = self.of.entry(resource).or_insert_with(|| Grant {
            resource,
            actions: BTreeSet::new(),
            keys: BTreeSet::new(),
            because: Vec::new(),
        });
        grant.actions.extend(actions);
        let because = because.into();
        if !grant.because.contains(&because) {
            grant.because.push(because);
        }
    }

    /// Allows it for partition keys that begin like this.
    fn only(&mut self, resource: Resource, beginning: String) {
        if let Some(grant) = self.of.get_mut(&resource) {
            let _ = grant.keys.insert(beginning);
        }
    }

    fn finish(mut self) -> Vec<Grant> {
        let in_order = self.order.iter();
        in_order.filter_map(|resource| self.of.remove(resource)).collect()
    }
}
