//! The clients of this function, and where its things are.

use std::env;

use aqueduct::Failure;
use aws_credential_types::Credentials;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region, SharedHttpClient, timeout::TimeoutConfig};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use std::time::Duration;

use crate::{Resources, Table};

/// How long one call of a service may take with all its retries: less than the five seconds that the template gives a
/// function beyond its handler.
const LONGEST: Duration = Duration::from_secs(4);

/// How long one attempt of it may take: a connection that has died while the function was frozen costs no more.
const ATTEMPT: Duration = Duration::from_millis(1500);

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(1);

/// What a function can reach.
#[derive(Debug, Clone)]
pub(crate) struct Cloud {
    pub(crate) tables: aws_sdk_dynamodb::Client,
    pub(crate) topics: aws_sdk_sns::Client,
    pub(crate) queues: aws_sdk_sqs::Client,
    pub(crate) machines: aws_sdk_sfn::Client,
    resources: &'static Resources,
}

/// What the environment has to say and doesn't.
#[derive(Debug, thiserror::Error)]
#[error("the environment variable {variable} is not set: {what}")]
pub(crate) struct Missing {
    variable: String,
    what: &'static str,
}

/// One configuration for clients whose types differ and whose builders read alike.
macro_rules! client {
    ($service:ident, $shared:expr) => {{
        let shared: &Shared = $shared;
        let config = $service::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(shared.region.clone()))
            .credentials_provider(shared.credentials.clone())
            .timeout_config(shared.timeouts.clone())
            .http_client(shared.http.clone());
        let config = match &shared.endpoint {
            Some(endpoint) => config.endpoint_url(endpoint),
            None => config,
        };
        $service::Client::from_conf(config.build())
    }};
}

/// What all clients have in common.
struct Shared {
    region: String,
    credentials: Credentials,
    timeouts: TimeoutConfig,
    http: SharedHttpClient,
    endpoint: Option<String>,
}

impl Cloud {
    /// From what Lambda and the template have put into the environment.
    pub(crate) fn from_environment(resources: &'static Resources) -> Result<Self, Missing> {
        let lambda = |variable| wanted(variable, "Lambda sets it for every function");
        let shared = Shared {
            region: lambda("AWS_REGION")?,
            credentials: Credentials::new(
                lambda("AWS_ACCESS_KEY_ID")?,
                lambda("AWS_SECRET_ACCESS_KEY")?,
                env::var("AWS_SESSION_TOKEN").ok(),
                None,
                "environment",
            ),
            timeouts: TimeoutConfig::builder()
                .connect_timeout(CONNECT)
                .operation_attempt_timeout(ATTEMPT)
                .operation_timeout(LONGEST)
                .build(),
            http: aws_smithy_http_client::Builder::new()
                .tls_provider(Provider::Rustls(CryptoMode::Ring))
                .build_https(),
            endpoint: env::var("AWS_ENDPOINT_URL").ok(),
        };
        Ok(Self {
            tables: client!(aws_sdk_dynamodb, &shared),
            topics: client!(aws_sdk_sns, &shared),
            queues: client!(aws_sdk_sqs, &shared),
            machines: client!(aws_sdk_sfn, &shared),
            resources,
        })
    }

    /// A declared table, and its name in DynamoDB.
    pub(crate) fn table(&self, name: &str) -> Result<(&'static Table, String), Failure> {
        let table = self.resources.tables.iter().find(|table| table.name == name);
        let table = table.ok_or_else(|| Failure::new(format!("there is no table {name}")))?;
        Ok((
            table,
            wanted(table.variable, "the template sets it where the table may be used")?,
        ))
    }

    /// Where a channel is.
    pub(crate) fn channel(&self, name: &str) -> Result<Place, Failure> {
        let find = |list: &[(&str, &'static str)]| {
            let found = list.iter().find(|(channel, _)| *channel == name);
            found.map(|(_, variable)| wanted(variable, "the template sets it where the channel may be used"))
        };
        if let Some(arn) = find(self.resources.topics) {
            return Ok(Place::Topic { arn: arn? });
        }
        match find(self.resources.queues) {
            Some(url) => Ok(Place::Queue { url: url? }),
            None => Err(Failure::new(format!("there is no channel {name}"))),
        }
    }

    /// The state machine of a saga, as an ARN.
    pub(crate) fn machine(&self, saga: &str) -> Result<String, Failure> {
        let mut machines = self.resources.machines.iter();
        let found = machines.find(|(name, _)| *name == saga);
        let (_, variable) = found.ok_or_else(|| Failure::new(format!("there is no saga {saga}")))?;
        Ok(wanted(variable, "the template sets it for what starts the saga")?)
    }

    /// The table of declared keys and of answers.
    pub(crate) fn inbox() -> Result<String, Failure> {
        Ok(wanted(
            "INBOX_TABLE",
            "the template sets it where inputs are recognized",
        )?)
    }

    /// The table of messages that wait to be published, if this function has one.
    pub(crate) fn outbox() -> Option<String> {
        env::var("OUTBOX_TABLE").ok()
    }
}

/// Where a channel is in the cloud.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// An SNS topic.
    Topic { arn: String },
    /// An SQS queue.
    Queue { url: String },
}

fn wanted(variable: &str, what: &'static str) -> Result<String, Missing> {
    env::var(variable).map_err(|_| Missing {
        variable: variable.to_owned(),
        what,
    })
}
