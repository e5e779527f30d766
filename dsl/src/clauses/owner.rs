//! What a clause can stand in.

use crate::ast;

/// The construct that a clause says something about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// Outside of all blocks.
    File,
    /// `system S { }`
    System,
    /// `domain d { }`
    Domain,
    /// `event E { }` and its like.
    Message,
    /// `type T { }`
    Record,
    /// `enum E { }`; its values are clauses of one word and no row's.
    Enum,
    /// `queue q { }`
    Queue,
    /// `topic t { }`
    Topic,
    /// `bus b { }`
    Bus,
    /// `stream s { }`
    Stream,
    /// A stage between arrows.
    Route,
    /// `choose { }`
    Choose,
    /// `aggregate T by k { }`
    Aggregate,
    /// `resequence by k on seq { }`
    Resequence,
    /// `enrich S.h(…) as x { }`
    Enrich,
    /// `claim f { }`
    Claim,
    /// `service S { }`
    Service,
    /// `extern service S { }`
    ExternService,
    /// `config { }`
    Config,
    /// `store s { }`
    Store,
    /// `api … -> h { }`
    Api,
    /// `handler h { }`
    Handler,
    /// `calls S.h { }`
    Calls,
    /// `asks Q to ch { }`
    Asks,
    /// `scatter s { }`
    Scatter,
    /// `tentative t by k { }`
    Tentative,
    /// `saga S { }`
    Saga,
    /// Statements inside a saga: `done { }`, `on F { }`, `branch b { }`, `if … { }`
    Statements,
    /// `parallel all { }`
    Parallel,
    /// `map xs = e as x { }`
    Map,
    /// `step s = … { }`
    Step,
    /// `choreography c { }`
    Choreography,
    /// `scenario "…" { }`
    Scenario,
    /// `target aws { }`; its settings are the target's own.
    Target,
}

impl Owner {
    /// In words, with its article.
    pub fn noun(self) -> &'static str {
        match self {
            Self::File => "the file",
            Self::System => "a system",
            Self::Domain => "a domain",
            Self::Message => "a message",
            Self::Record => "a type",
            Self::Enum => "an enum",
            Self::Queue => "a queue",
            Self::Topic => "a topic",
            Self::Bus => "a bus",
            Self::Stream => "a stream",
            Self::Route => "a route",
            Self::Choose => "a `choose`",
            Self::Aggregate => "an `aggregate`",
            Self::Resequence => "a `resequence`",
            Self::Enrich => "an `enrich`",
            Self::Claim => "a `claim`",
            Self::Service => "a service",
            Self::ExternService => "an extern service",
            Self::Config => "a `config`",
            Self::Store => "a store",
            Self::Api => "an api",
            Self::Handler => "a handler",
            Self::Calls => "a `calls`",
            Self::Asks => "an `asks`",
            Self::Scatter => "a scatter",
            Self::Tentative => "a tentative",
            Self::Saga => "a saga",
            Self::Statements => "a block of a saga",
            Self::Parallel => "a `parallel`",
            Self::Map => "a `map`",
            Self::Step => "a step",
            Self::Choreography => "a choreography",
            Self::Scenario => "a scenario",
            Self::Target => "a target",
        }
    }

    /// Whether fields with a colon stand here.
    pub(super) fn has_fields(self) -> bool {
        matches!(self, Self::Message | Self::Record | Self::Config)
    }

    /// Whether a clause is this owner's own word and no option: an enum's value, a target's setting.
    pub(super) fn is_open_to(self, clause: &ast::Clause) -> bool {
        let is_value = self == Self::Enum && clause.args.is_empty() && clause.block.is_none();
        is_value || self == Self::Target
    }
}
