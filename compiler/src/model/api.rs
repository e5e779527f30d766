//! HTTP operations.

use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::{Channel, Handler, Id, Label, Load, Rate, Saga, Scatter, Service, Setting, Store, TypeDecl};

/// One HTTP operation of a service.
#[derive(Debug, Clone, PartialEq)]
pub struct Api {
    /// `POST /rides`, with the place of the line.
    pub label: Label,
    /// Whose it is.
    pub service: Id<Service>,
    /// The method.
    pub method: Method,
    /// The path.
    pub path: PathTemplate,
    /// What answers.
    pub target: ApiTarget,
    /// The status of success, 200 to 299.
    pub success: u16,
    /// Whether 404 is declared.
    pub may_miss: bool,
    /// How a caller proves who they are, here or for the whole service; `None` when nobody has said.
    pub auth: Option<Auth>,
    /// With which status it answers to a fault of its handler.
    pub fails: Vec<(Id<TypeDecl>, u16, SpanId)>,
    /// The largest body, in bytes.
    pub size: Option<Setting<u64>>,
    /// How many rows one answer has at most.
    pub page: Option<Setting<u32>>,
    /// How much is expected.
    pub load: Option<Load>,
    /// How much is let in.
    pub limit: Option<Setting<Rate>>,
}

/// Who may call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Auth {
    /// Who brings a token that the issuer has signed.
    Jwt {
        /// Where that is said.
        span: SpanId,
    },
    /// Everyone.
    None {
        /// The author's reason.
        because: SmolStr,
        /// Where that is said.
        span: SpanId,
    },
}

/// What answers an HTTP request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApiTarget {
    /// A handler of the service: body and path parameters are its input, its reply is the answer.
    Handler(Id<Handler>),
    /// The row whose key is in the path.
    Row(Id<Store>),
    /// The rows of which a part of the key is in the path, page by page.
    Rows(Id<Store>),
    /// The body is a message: accepted, and sent.
    Channel(Id<Channel>),
    /// A scatter, or what has come of one.
    Scatter(Id<Scatter>, Asked),
    /// A saga, or what has come of one.
    Saga(Id<Saga>, Asked),
    /// The step of a saga that waits for this request.
    Complete(Id<Saga>, usize),
}

impl ApiTarget {
    /// The handler that answers.
    pub fn handler(self) -> Option<Id<Handler>> {
        let Self::Handler(handler) = self else { return None };
        Some(handler)
    }
}

/// What is asked of a conversation that takes its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// To begin.
    Start,
    /// How far it is.
    Status,
    /// What it has come to.
    Result,
}

/// HTTP methods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// Look.
    Get,
    /// Do.
    Post,
    /// Make it so.
    Put,
    /// Change a part.
    Patch,
    /// Take away.
    Delete,
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Get, Self::Post, Self::Put, Self::Patch, Self::Delete];

    /// As on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// Whether a body comes with the request.
    pub fn has_body(self) -> bool {
        matches!(self, Self::Post | Self::Put | Self::Patch)
    }
}

/// `/rides/{ride_id}`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathTemplate {
    /// Between the slashes.
    pub segments: Vec<PathSegment>,
    /// As written.
    pub text: SmolStr,
    /// Where.
    pub span: SpanId,
}

impl PathTemplate {
    /// The names in braces, in order.
    pub fn parameters(&self) -> impl Iterator<Item = &SmolStr> {
        self.segments.iter().filter_map(|segment| match segment {
            PathSegment::Parameter(name) => Some(name),
            PathSegment::Literal(_) => None,
        })
    }
}

/// One part of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathSegment {
    /// `rides`
    Literal(SmolStr),
    /// `{ride_id}`
    Parameter(SmolStr),
}
