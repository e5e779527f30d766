//! One Lambda function for each unit of work, with its role, its triggers and its limits.

use aqueduct_compiler::model::{Auth, ChannelKind, Handler, Id, Model};

use super::channels::seconds;
use super::grants::{Grant, Resource, Work, grants};
use super::ids::Ids;
use super::subscriptions::Subscription;

/// As long as a Lambda function may run, in seconds.
const LONGEST: u64 = 900;
/// What a function is given beside the handler's own time: to begin, to commit, to answer.
const MARGIN: u64 = 5;
/// Looking up a row, starting a saga, and sending ten messages with a few retries.
pub(super) const SHORT: u64 = 30;
/// Most messages in a batch that isn't waited for.
const LARGEST_BATCH: u32 = 10;
/// As many batches as there should be at once: a slow message holds back the whole of its own.
const LEAST_BATCHES: u32 = 4;
/// Most batches of one queue in work at once.
const MOST_AT_ONCE: u32 = 1_000;
/// As long as a description may be, in characters.
const LONGEST_DESCRIPTION: usize = 256;

/// One function.
#[derive(Debug)]
pub(super) struct Function {
    /// What its ids begin with.
    pub(super) stem: String,
    /// What the program finds in `_HANDLER`.
    pub(super) name: String,
    pub(super) description: String,
    /// In seconds.
    pub(super) timeout: u64,
    /// How many may run at once, where the queue can't see to it.
    pub(super) reserved: Option<u32>,
    /// What must be there before it runs: who hears what it publishes.
    pub(super) after: Vec<String>,
    /// Names of variables, and the resources whose `Ref` they are given.
    pub(super) variables: Vec<(String, String)>,
    pub(super) statements: Vec<Statement>,
    pub(super) routes: Vec<Route>,
    pub(super) queue: Option<Mapping>,
    /// Whether it is told of what is put into the outbox.
    pub(super) publisher: bool,
}

/// One statement of a role.
#[derive(Debug)]
pub(super) struct Statement {
    pub(super) because: Vec<String>,
    pub(super) actions: Vec<&'static str>,
    /// The one resource that the actions are for, as an intrinsic.
    pub(super) resource: String,
    /// Patterns of the partition keys that they are for; none for all.
    pub(super) keys: Vec<String>,
}

/// One HTTP operation.
#[derive(Debug)]
pub(super) struct Route {
    /// The name of the event, unique in its function.
    pub(super) event: String,
    pub(super) method: &'static str,
    pub(super) path: String,
    /// Whether everyone may call.
    pub(super) open: bool,
}

/// How messages of a queue come to a function.
#[derive(Debug)]
pub(super) struct Mapping {
    /// The queue's id.
    pub(super) queue: String,
    pub(super) pace: Pace,
}

/// How many messages are in work at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pace {
    /// Messages that a function is given together, and works on at once.
    pub(super) batch: u32,
    /// Batches in work at once.
    pub(super) at_once: u32,
    /// How many functions may run, where `at_once` can't be that few.
    pub(super) reserved: Option<u32>,
}

impl Function {
    pub(super) fn of(model: &Model, ids: &Ids, subscriptions: &[Subscription], work: Work) -> Self {
        let stem = ids.function(work).to_owned();
        let grants = grants(model, work);
        let handler = match work {
            Work::Handler(id) => Some(&model.handlers[id]),
            Work::Row(_) | Work::Saga(_) | Work::Publisher => None,
        };
        let routes = routes(model, work);
        let queue = mapping(model, ids, work);
        Self {
            name: work.name(model),
            description: description(model, work),
            timeout: handler.map_or(SHORT, |handler| timeout(model, handler)),
            reserved: reserved(handler, queue.as_ref(), !routes.is_empty()),
            after: listeners(&grants, ids, subscriptions),
            variables: variables(&grants, model, ids, handler),
            statements: grants
                .into_iter()
                .map(|grant| statement(model, grant, ids, &stem))
                .collect(),
            routes,
            queue,
            publisher: work == Work::Publisher,
            stem,
        }
    }

    /// Whether anything starts it; a handler that nothing causes is still there to be called by hand.
    pub(super) fn has_events(&self) -> bool {
        !self.routes.is_empty() || self.queue.is_some() || self.publisher
    }
}

/// How many functions may run at once, if the function itself has to see to it.
///
/// What is reserved is taken from what all functions of the account share, so for callers over HTTP nothing is unless the
/// author says how many: how many requests are let in bounds it.
fn reserved(handler: Option<&Handler>, queue: Option<&Mapping>, called: bool) -> Option<u32> {
    let for_queue = queue.and_then(|mapping| mapping.pace.reserved);
    let written = handler.and_then(|handler| handler.concurrency).filter(|_| called);
    for_queue.or(written.map(|written| written.value))
}

/// How long the function of a handler may run, in seconds: never longer than its message is hidden from others.
pub(super) fn timeout(model: &Model, handler: &Handler) -> u64 {
    let wanted = (seconds(handler.timeout.value) + MARGIN).min(LONGEST);
    let hidden = handler
        .on
        .and_then(|(channel, _)| match &model.channels[channel].kind {
            ChannelKind::Queue { visibility, .. } => visibility.map(|setting| seconds(setting.value)),
            ChannelKind::Topic | ChannelKind::Bus | ChannelKind::Stream => None,
        });
    hidden.map_or(wanted, |hidden| wanted.min(hidden.max(1)))
}

fn mapping(model: &Model, ids: &Ids, work: Work) -> Option<Mapping> {
    let channel = work.queue(model)?;
    let at_once = match work {
        Work::Handler(id) => model.handlers[id].at_once(),
        Work::Saga(_) | Work::Row(_) | Work::Publisher => Handler::CONCURRENCY,
    };
    Some(Mapping {
        queue: ids.channel(channel).resource.clone(),
        pace: pace(at_once, model.channels[channel].order.is_some()),
    })
}

/// Batches so that never more messages are in work than the handler allows: all of a batch are worked on at once.
///
/// SQS can't be told to work on fewer than two batches at once, so one at a time is seen to by the function itself.
pub(super) fn pace(concurrency: u32, fifo: bool) -> Pace {
    let reserved = (concurrency == 1).then_some(1);
    // A failed message of a FIFO queue holds back the others of its key: a batch of one fails alone.
    let largest = if fifo {
        1
    } else {
        LARGEST_BATCH.min(concurrency / LEAST_BATCHES)
    };
    let divides = |batch: &u32| concurrency.is_multiple_of(*batch);
    let batch = (1..=largest).rev().find(divides).unwrap_or(1);
    Pace {
        batch,
        at_once: (concurrency / batch).clamp(2, MOST_AT_ONCE),
        reserved,
    }
}

fn routes(model: &Model, work: Work) -> Vec<Route> {
    let number = |index: usize| match index {
        0 => "Request".to_owned(),
        more => format!("Request{}", more + 1),
    };
    let apis = work.apis(model).enumerate();
    apis.map(|(index, api)| Route {
        event: number(index),
        method: api.method.word(),
        path: api.path.text.to_string(),
        open: !matches!(api.auth, Some(Auth::Jwt { .. })),
    })
    .collect()
}

/// The subscriptions of the topics that a function publishes to: a topic keeps nothing for who comes later.
pub(super) fn listeners(grants: &[Grant], ids: &Ids, subscriptions: &[Subscription]) -> Vec<String> {
    let publishes = |topic: &str| {
        let mut all = grants.iter();
        all.any(|grant| matches!(grant.resource, Resource::Channel(id) if ids.channel(id).resource == topic))
    };
    let heard = subscriptions.iter().filter(|one| publishes(&one.topic));
    heard.map(|one| one.id.clone()).collect()
}

/// A function is told where those things are that it may touch, and nothing else.
fn variables(grants: &[Grant], model: &Model, ids: &Ids, handler: Option<&Handler>) -> Vec<(String, String)> {
    let variable = |grant: &Grant| match grant.resource {
        Resource::Table(store) => {
            let name = ids.store(store);
            Some((name.variable.clone(), name.resource.clone()))
        }
        Resource::Channel(channel) => {
            let name = ids.channel(channel);
            Some((name.variable.clone(), name.resource.clone()))
        }
        Resource::Inbox => Some(("INBOX_TABLE".to_owned(), "Inbox".to_owned())),
        Resource::Outbox => Some(("OUTBOX_TABLE".to_owned(), "Outbox".to_owned())),
        Resource::Machine(saga) => {
            let name = ids.saga(saga);
            Some((name.variable.clone(), name.resource.clone()))
        }
        Resource::OutboxStream
        | Resource::OutboxFailures
        | Resource::Function(_)
        | Resource::StuckSagas
        | Resource::Log => None,
    };
    let mut variables: Vec<(String, String)> = grants.iter().filter_map(variable).collect();
    let calls = handler
        .map(|handler| handler.calls.as_slice())
        .unwrap_or_default();
    variables.extend(calls.iter().map(|call| {
        let name = ids.external(model.handlers[call.handler].service);
        (name.variable.clone(), name.resource.clone())
    }));
    variables.sort();
    variables.dedup();
    variables
}

pub(super) fn statement(model: &Model, grant: Grant, ids: &Ids, stem: &str) -> Statement {
    let arn = |resource: &str| format!("Fn::GetAtt: [{resource}, Arn]");
    Statement {
        because: grant.because,
        actions: grant.actions.into_iter().collect(),
        keys: grant
            .keys
            .iter()
            .map(|beginning| format!("{beginning}*"))
            .collect(),
        resource: match grant.resource {
            Resource::Table(store) => arn(&ids.store(store).resource),
            Resource::Inbox => arn("Inbox"),
            Resource::Outbox => arn("Outbox"),
            Resource::OutboxStream => "Fn::GetAtt: [Outbox, StreamArn]".to_owned(),
            Resource::OutboxFailures => arn("OutboxFailures"),
            Resource::Channel(channel) => {
                let resource = &ids.channel(channel).resource;
                match model.channels[channel].kind {
                    ChannelKind::Topic => format!("Ref: {resource}"),
                    ChannelKind::Queue { .. } | ChannelKind::Bus | ChannelKind::Stream => arn(resource),
                }
            }
            Resource::Function(handler) => arn(&format!("{}Function", ids.function(Work::Handler(handler)))),
            // The reference of a state machine is its ARN.
            Resource::Machine(saga) => format!("Ref: {}", ids.saga(saga).resource),
            Resource::StuckSagas => arn("StuckSagas"),
            Resource::Log => arn(&format!("{stem}Logs")),
        },
    }
}

fn description(model: &Model, work: Work) -> String {
    let text = match work {
        Work::Handler(id) => handler_description(model, id),
        Work::Row(store) => format!("Answers with a row of {}.", model.store_name(store)),
        Work::Saga(id) => format!("Starts {} for each message.", model.saga_name(id)),
        Work::Publisher => "Sends what handlers have committed to the outbox.".to_owned(),
    };
    cut(&text, LONGEST_DESCRIPTION)
}

fn handler_description(model: &Model, id: Id<Handler>) -> String {
    let handler = &model.handlers[id];
    if handler.label.docs.is_empty() {
        return match handler.on {
            Some((channel, _)) => format!("Works on the messages of {}.", model.channels[channel].label.name),
            None => format!("Does the work of {}.", model.handler_name(id)),
        };
    }
    handler.label.docs.join(" ")
}

/// The first characters of a text, with a sign that there was more.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_more_messages_are_in_work_than_declared() {
        for concurrency in 2..3_000 {
            for fifo in [false, true] {
                let Pace {
                    batch,
                    at_once,
                    reserved,
                } = pace(concurrency, fifo);
                assert!(batch * at_once <= concurrency, "{concurrency}");
                assert!((2..=1_000).contains(&at_once) && (1..=10).contains(&batch));
                assert_eq!(reserved, None);
            }
        }
    }

    #[test]
    fn batches_are_as_large_as_they_divide() {
        let of = |concurrency, fifo| {
            let pace = pace(concurrency, fifo);
            (pace.batch, pace.at_once, pace.reserved)
        };
        assert_eq!(of(1, false), (1, 2, Some(1)));
        assert_eq!(of(2, false), (1, 2, None));
        assert_eq!(of(5, false), (1, 5, None));
        assert_eq!(of(8, false), (2, 4, None));
        assert_eq!(of(16, false), (4, 4, None));
        assert_eq!(of(100, false), (10, 10, None));
        assert_eq!(of(16, true), (1, 16, None));
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        assert_eq!(cut("ä b", 3), "ä b");
        assert_eq!(cut("ä bc", 3), "ä…");
    }
}
