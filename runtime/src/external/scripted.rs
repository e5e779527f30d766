//! A way to nobody: unit tests of handlers say what would be answered.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use serde_json::Value;

use super::{Answer, Asking, Question, Transport, Unanswered};

/// Answers that were prepared, and what was asked.
#[derive(Debug, Default)]
pub(crate) struct Scripted(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// By `Service.handler`, each to be given once; nothing is an answer that never comes.
    answers: HashMap<String, VecDeque<Option<Answer>>>,
    /// Callee, key and body of each question.
    asked: Vec<(String, String, Bytes)>,
}

impl Scripted {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Prepares the next answer of a handler.
    pub(crate) fn answer(&self, callee: &str, status: u16, body: &Value) {
        let body = Bytes::from(body.to_string());
        self.prepare(callee, Some(Answer { status, body }));
    }

    /// The next question gets no answer.
    #[cfg(test)]
    pub(crate) fn hang(&self, callee: &str) {
        self.prepare(callee, None);
    }

    fn prepare(&self, callee: &str, answer: Option<Answer>) {
        let mut state = self.lock();
        state
            .answers
            .entry(callee.to_owned())
            .or_default()
            .push_back(answer);
    }

    /// What a handler was asked, in order.
    pub(crate) fn asked(&self, callee: &str) -> Vec<Bytes> {
        let state = self.lock();
        let of = state.asked.iter().filter(|(asked, _, _)| asked == callee);
        of.map(|(_, _, body)| body.clone()).collect()
    }

    #[cfg(test)]
    pub(crate) fn keys(&self) -> Vec<String> {
        self.lock().asked.iter().map(|(_, key, _)| key.clone()).collect()
    }
}

impl Transport for Scripted {
    fn ask<'a>(&'a self, question: &'a Question<'a>) -> Asking<'a> {
        Box::pin(async move {
            let callee = format!("{}.{}", question.service, question.handler);
            let next = {
                let mut state = self.lock();
                let asked = (callee.clone(), question.key.to_owned(), question.body.clone());
                state.asked.push(asked);
                state.answers.get_mut(&callee).and_then(VecDeque::pop_front)
            };
            match next {
                Some(Some(answer)) => Ok(answer),
                Some(None) => std::future::pending().await,
                None => Err(Unanswered(format!("the test has no answer of {callee} left"))),
            }
        })
    }
}
