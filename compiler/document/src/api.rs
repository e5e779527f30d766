//! HTTP operations.

use aqueduct_compiler::model::{self, Id};
use schemars::JsonSchema;
use serde::Serialize;
use serde_with::skip_serializing_none;

use crate::label::{Label, Setting, setting};
use crate::reader::Reader;
use crate::service::{Load, Rate, rate};
use crate::words::{Asked, Method};

/// An HTTP operation of a service.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Api {
    #[serde(flatten)]
    label: Label,
    /// Its method.
    method: Method,
    /// Its path, with parameters in braces.
    path: String,
    /// The parameters of the path, in order.
    parameters: Vec<String>,
    /// What answers.
    answers: ApiTarget,
    /// The status of success.
    success: u16,
    /// Whether 404 is declared.
    may_miss: bool,
    /// How a caller proves who they are.
    auth: Option<Auth>,
    /// With which status it answers to a fault.
    fails: Vec<Refusal>,
    /// The largest body.
    size_bytes: Option<Setting<u64>>,
    /// How many rows one answer has at most.
    page: Option<Setting<u32>>,
    /// How much is expected.
    load: Option<Load>,
    /// How much is let in.
    limit: Option<Setting<Rate>>,
}

/// What answers an HTTP request.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum ApiTarget {
    /// A handler: body and path parameters are its input, its reply is the answer.
    Handler {
        /// Which.
        handler: String,
    },
    /// The row whose key is in the path.
    Row {
        /// Of this store.
        store: String,
    },
    /// The rows of which a part of the key is in the path, page by page.
    Rows {
        /// Of this store.
        store: String,
    },
    /// The body is a message: accepted, and sent.
    Channel {
        /// Where to.
        channel: String,
    },
    /// A scatter, or what has come of one.
    Scatter {
        /// Which.
        scatter: String,
        /// What is asked of it.
        asked: Asked,
    },
    /// A saga, or what has come of one.
    Saga {
        /// Which.
        saga: String,
        /// What is asked of it.
        asked: Asked,
    },
    /// A step of a saga waits for this request.
    Complete {
        /// The saga.
        saga: String,
        /// The step.
        step: String,
    },
}

/// Who may call.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Auth {
    /// Who brings a token that the issuer has signed.
    Jwt,
    /// Everyone.
    None {
        /// The author's reason.
        because: String,
    },
}

/// How a fault is told.
#[derive(Debug, Serialize, JsonSchema)]
struct Refusal {
    /// The type of the fault.
    fault: String,
    /// The status.
    status: u16,
}

impl Reader<'_> {
    pub(crate) fn api(&self, id: Id<model::Api>) -> Api {
        let model::Api {
            label,
            service: _,
            method,
            path,
            target,
            success,
            may_miss,
            auth,
            fails,
            size,
            page,
            load,
            limit,
        } = &self.model.apis[id];
        let fails = fails.iter().map(|(fault, status, _)| Refusal {
            fault: self.type_id(*fault),
            status: *status,
        });
        Api {
            label: self.label(label),
            method: (*method).into(),
            path: path.text.to_string(),
            parameters: path.parameters().map(ToString::to_string).collect(),
            answers: self.api_target(*target),
            success: *success,
            may_miss: *may_miss,
            auth: auth.as_ref().map(Auth::from),
            fails: fails.collect(),
            size_bytes: setting(*size),
            page: setting(*page),
            load: load.map(Load::from),
            limit: limit.map(rate),
        }
    }

    fn api_target(&self, of: model::ApiTarget) -> ApiTarget {
        match of {
            model::ApiTarget::Handler(handler) => ApiTarget::Handler {
                handler: self.handler_id(handler),
            },
            model::ApiTarget::Row(store) => ApiTarget::Row {
                store: self.store_id(store),
            },
            model::ApiTarget::Rows(store) => ApiTarget::Rows {
                store: self.store_id(store),
            },
            model::ApiTarget::Channel(channel) => ApiTarget::Channel {
                channel: self.channel_id(channel),
            },
            model::ApiTarget::Scatter(scatter, asked) => ApiTarget::Scatter {
                scatter: self.scatter_id(scatter),
                asked: asked.into(),
            },
            model::ApiTarget::Saga(saga, asked) => ApiTarget::Saga {
                saga: self.saga_id(saga),
                asked: asked.into(),
            },
            model::ApiTarget::Complete(saga, step) => ApiTarget::Complete {
                saga: self.saga_id(saga),
                step: self.model.sagas[saga]
                    .steps()
                    .get(step)
                    .map(|step| step.label.name.to_string())
                    .unwrap_or_default(),
            },
        }
    }
}

impl From<&model::Auth> for Auth {
    fn from(of: &model::Auth) -> Self {
        match of {
            model::Auth::Jwt { span: _ } => Self::Jwt,
            model::Auth::None { because, span: _ } => Self::None {
                because: because.to_string(),
            },
        }
    }
}
