//! What a person sees from outside: alarms, and where things are.

use super::channels::{Queue, Topic};
use super::plan::Plan;

/// An alarm: the highest value of each minute is above the threshold for some minutes.
#[derive(Debug)]
pub(super) struct Alarm {
    pub(super) id: String,
    pub(super) description: String,
    pub(super) namespace: &'static str,
    pub(super) metric: &'static str,
    pub(super) dimension: &'static str,
    /// Whose metric, as an intrinsic.
    pub(super) of: String,
    pub(super) threshold: u64,
    pub(super) minutes: u32,
}

/// One thing that is told after a deployment.
#[derive(Debug)]
pub(super) struct Output {
    pub(super) id: String,
    pub(super) description: String,
    /// An intrinsic.
    pub(super) value: String,
}

impl Plan {
    /// One for each place where messages end that could not be handled, or may go unhandled; two for the outbox.
    pub(super) fn alarms(&self) -> Vec<Alarm> {
        let mut alarms = Vec::new();
        let heard = |topic: &&Topic| self.subscriptions.iter().any(|one| one.topic == topic.id);
        alarms.extend(self.topics.iter().filter(heard).map(undelivered));
        for queue in &self.queues {
            if queue.read {
                alarms.push(aging(queue));
            }
            if queue.only_dead {
                alarms.push(arriving(queue));
            }
        }
        for queue in &self.last_queues {
            alarms.push(waiting(&queue.id, queue.about.clone()));
        }
        if self.outbox {
            alarms.push(Alarm {
                id: "OutboxAgeAlarm".to_owned(),
                description: "Committed messages have been waiting for more than a minute to be sent."
                    .to_owned(),
                namespace: "AWS/Lambda",
                metric: "IteratorAge",
                dimension: "FunctionName",
                of: "Ref: OutboxFunction".to_owned(),
                threshold: 60_000,
                minutes: 5,
            });
        }
        alarms
    }

    /// The edge, and everything that keeps something.
    pub(super) fn outputs(&self) -> Vec<Output> {
        let output = |id: String, description: String, value: String| Output {
            id,
            description,
            value,
        };
        let reference = |id: &str| format!("Ref: {id}");
        let api = self.api.iter().map(|_| {
            let value = "Fn::GetAtt: [HttpApi, ApiEndpoint]".to_owned();
            output("ApiUrl".to_owned(), "Where requests go.".to_owned(), value)
        });
        let topics = self.topics.iter().map(|topic| {
            let description = format!("The ARN of the topic {}.", topic.name);
            output(format!("{}Arn", topic.id), description, reference(&topic.id))
        });
        let queues = self.queues.iter().map(|queue| {
            let description = format!("The URL of the queue {}.", queue.name);
            output(format!("{}Url", queue.id), description, reference(&queue.id))
        });
        let last = self.last_queues.iter().map(|queue| {
            let description = queue.about.clone();
            output(format!("{}Url", queue.id), description, reference(&queue.id))
        });
        let tables = self.tables.iter().map(|table| {
            let description = format!("The table of {}.", table.name);
            output(format!("{}Name", table.id), description, reference(&table.id))
        });
        api.chain(topics)
            .chain(queues)
            .chain(last)
            .chain(tables)
            .collect()
    }
}

fn waiting(queue: &str, description: String) -> Alarm {
    Alarm {
        id: format!("{queue}Alarm"),
        description,
        namespace: "AWS/SQS",
        metric: "ApproximateNumberOfMessagesVisible",
        dimension: "QueueName",
        of: format!("Fn::GetAtt: [{queue}, QueueName]"),
        threshold: 0,
        minutes: 1,
    }
}

/// A handler takes it at once, so that it doesn't wait: it counts that it came.
fn arriving(queue: &Queue) -> Alarm {
    Alarm {
        metric: "NumberOfMessagesReceived",
        ..waiting(
            &queue.id,
            format!("A message that could not be handled has come to {}.", queue.name),
        )
    }
}

/// A quarter of the time that a message is kept, since a dead letter may have used up half of it before it came, and SQS
/// counts its age from there.
fn aging(queue: &Queue) -> Alarm {
    Alarm {
        id: format!("{}AgeAlarm", queue.id),
        description: format!(
            "A message of {} has waited for a quarter of the time that it is kept; when that is over, it is gone.",
            queue.name
        ),
        namespace: "AWS/SQS",
        metric: "ApproximateAgeOfOldestMessage",
        dimension: "QueueName",
        of: format!("Fn::GetAtt: [{}, QueueName]", queue.id),
        threshold: queue.retention / 4,
        minutes: 1,
    }
}

fn undelivered(topic: &Topic) -> Alarm {
    Alarm {
        id: format!("{}Alarm", topic.id),
        description: format!(
            "A queue behind {} doesn't take its messages, and they are lost.",
            topic.name
        ),
        namespace: "AWS/SNS",
        metric: "NumberOfNotificationsFailed",
        dimension: "TopicName",
        of: format!("Fn::GetAtt: [{}, TopicName]", topic.id),
        threshold: 0,
        minutes: 1,
    }
}
