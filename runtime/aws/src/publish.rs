//! A message on its way to SNS or SQS: its body as it is, its metadata as attributes with CloudEvents' names.

use aqueduct::Failure;
use aqueduct::seam::Envelope;
use aws_sdk_sns::types::MessageAttributeValue as TopicAttribute;
use aws_sdk_sqs::types::MessageAttributeValue as QueueAttribute;
use sha2::{Digest, Sha256};

use crate::cloud::{Cloud, Place};

/// The names of the attributes, in the binary mode of CloudEvents; nine of the ten that SQS takes.
pub(crate) const ID: &str = "ce-id";
pub(crate) const TIME: &str = "ce-time";
pub(crate) const CORRELATION: &str = "ce-correlationid";
const CAUSATION: &str = "ce-causationid";
const TYPE: &str = "ce-type";
const SOURCE: &str = "ce-source";
const VERSION: &str = "ce-specversion";

/// A group as SNS and SQS take it: up to 128 letters, digits and marks of ASCII. Others go by their digest.
pub(crate) fn group_id(group: String) -> String {
    if group.len() <= 128 && group.bytes().all(|byte| byte.is_ascii_graphic()) {
        group
    } else {
        format!("{:x}", Sha256::digest(group))
    }
}

/// A message together with what its channel needs.
#[derive(Debug)]
pub(crate) struct Post<'a> {
    pub(crate) envelope: &'a Envelope,
    /// The name of the system.
    pub(crate) source: &'a str,
    /// What keeps it in order with others, on a channel that does.
    pub(crate) group: Option<&'a str>,
}

impl Post<'_> {
    fn attributes(&self) -> Vec<(&'static str, String)> {
        let envelope = self.envelope;
        let mut attributes = vec![
            (VERSION, "1.0".to_owned()),
            (ID, envelope.id.clone()),
            (TYPE, envelope.kind.clone()),
            (SOURCE, format!("/{}", self.source)),
            (TIME, envelope.time.to_string()),
            (CORRELATION, envelope.correlation.clone()),
        ];
        if let Some(causation) = &envelope.causation {
            attributes.push((CAUSATION, causation.clone()));
        }
        // An attribute may not be empty.
        attributes.retain(|(_, value)| !value.is_empty());
        attributes
    }
}

/// Finishes and sends a request; those of SNS and SQS share names and no trait.
macro_rules! send {
    ($request:expr, $attribute:ty, $post:expr) => {{
        let post: &Post<'_> = $post;
        let mut request = $request;
        for (name, value) in post.attributes() {
            let value = <$attribute>::builder()
                .data_type("String")
                .string_value(value)
                .build()?;
            request = request.message_attributes(name, value);
        }
        // Whoever asks for order asks for the same message only once, too.
        let once = post.group.map(|_| post.envelope.id.clone());
        let request = request
            .set_message_group_id(post.group.map(str::to_owned))
            .set_message_deduplication_id(once);
        request
            .send()
            .await
            .map(drop)
            .map_err(|error| refused(post, error))
    }};
}

/// Sends a message; it is taken when this returns.
pub(crate) async fn publish(cloud: &Cloud, post: &Post<'_>) -> Result<(), Failure> {
    // Two characters that JSON may hold and SQS may not stand in texts only, where they can be escaped.
    let body = String::from_utf8_lossy(post.envelope.body())
        .replace('\u{fffe}', "\\ufffe")
        .replace('\u{ffff}', "\\uffff");
    match cloud.channel(&post.envelope.channel)? {
        Place::Topic { arn } => send!(
            cloud.topics.publish().topic_arn(arn).message(body),
            TopicAttribute,
            post
        ),
        Place::Queue { url } => send!(
            cloud.queues.send_message().queue_url(url).message_body(body),
            QueueAttribute,
            post
        ),
    }
}

fn refused(post: &Post<'_>, error: impl std::error::Error + Send + Sync + 'static) -> Failure {
    let cause = Failure::from(error);
    Failure::new(format!(
        "{} could not be published to {}: {}",
        post.envelope.id,
        post.envelope.channel,
        cause.message()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_what_sqs_takes() {
        assert_eq!(group_id("[\"a-1\",7]".to_owned()), "[\"a-1\",7]");
        for odd in ["[\"São Paulo\"]".to_owned(), "x".repeat(129)] {
            let id = group_id(odd);
            assert!(
                id.len() == 64 && id.bytes().all(|byte| byte.is_ascii_hexdigit()),
                "{id}"
            );
        }
    }
}
