//! Services that somebody else runs, in a scenario: they recognise a repeated call, and fail as they are told.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use serde_json::{Value as Json, json};

use super::fault::{Fault, Faults};
use super::stub::Record;
use crate::external::{Answer, Asking, Question, Transport, Unanswered};

/// All of them.
#[derive(Debug)]
pub(super) struct Outside {
    faults: Arc<Faults>,
    replies: BTreeMap<String, Record>,
    /// What was answered under which key.
    given: Mutex<BTreeMap<(String, String), Json>>,
}

impl Outside {
    pub(super) fn new(faults: &Arc<Faults>, replies: BTreeMap<String, Record>) -> Self {
        Self {
            faults: Arc::clone(faults),
            replies,
            given: Mutex::default(),
        }
    }

    async fn answer(&self, question: &Question<'_>) -> Result<Answer, Unanswered> {
        let name = format!("{}.{}", question.service, question.handler);
        let mut instead = None;
        let mut lost = false;
        for fault in self.faults.take(&name) {
            match fault {
                Fault::Delay(time) => tokio::time::sleep(time).await,
                Fault::Fail(fault, fields) => return Ok(refusal(&fault, &fields)),
                Fault::Silent => std::future::pending().await,
                Fault::Crash => lost = true,
                Fault::Answer(reply) => instead = Some(reply),
            }
        }
        let reply = self.done(&name, question, instead);
        if lost {
            return Err(Unanswered("the connection broke".to_owned()));
        }
        Ok(Answer {
            status: 200,
            body: Bytes::from(reply.to_string()),
        })
    }

    /// The work is done once for each key; the answer is the same each time.
    fn done(&self, name: &str, question: &Question<'_>, instead: Option<Json>) -> Json {
        let key = (name.to_owned(), question.key.to_owned());
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        let reply = given.entry(key).or_insert_with(|| {
            self.faults.count(name);
            let body = serde_json::from_slice(question.body).unwrap_or_default();
            let record = self.replies.get(name);
            instead.unwrap_or_else(|| record.map_or(Json::Null, |record| record.answer(&body)))
        });
        reply.clone()
    }
}

impl Transport for Outside {
    fn ask<'a>(&'a self, question: &'a Question<'a>) -> Asking<'a> {
        Box::pin(self.answer(question))
    }
}

/// As a service says no: RFC 9457 with the name of the fault and its fields.
fn refusal(fault: &str, fields: &Json) -> Answer {
    let mut problem = json!({"type": "about:blank", "status": 422, "fault": fault});
    if let (Some(problem), Some(fields)) = (problem.as_object_mut(), fields.as_object()) {
        problem.extend(fields.clone());
    }
    Answer {
        status: 422,
        body: Bytes::from(problem.to_string()),
    }
}
