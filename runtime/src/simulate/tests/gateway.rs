//! A card gateway as they are: it fails, hangs, answers late and knows its keys.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};

use crate::external::{Answer, Asking, Question, Transport};

/// splitmix64: one word of state.
#[derive(Debug)]
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }
}

/// What it did for one ride.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Money {
    pub(super) held: i32,
    pub(super) taken: i32,
    /// How often money was taken, whatever was given back.
    pub(super) captures: u32,
    voided: bool,
    refunded: bool,
}

#[derive(Debug)]
struct State {
    random: Random,
    /// What was answered under each key.
    answers: HashMap<String, Answer>,
    money: HashMap<String, Money>,
    /// How many questions in a hundred go wrong.
    wrong: u64,
    /// What is done without a word, the next time.
    silent: Option<&'static str>,
    asked: u64,
}

/// A card gateway. Clones are the same.
#[derive(Debug, Clone)]
pub(super) struct Gateway(Arc<Mutex<State>>);

impl Gateway {
    pub(super) fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(State {
            random: Random(seed),
            answers: HashMap::new(),
            money: HashMap::new(),
            wrong: 40,
            silent: None,
            asked: 0,
        })))
    }

    /// One on which one can rely.
    pub(super) fn reliable() -> Self {
        let gateway = Self::new(0);
        gateway.lock().wrong = 0;
        gateway
    }

    /// One on which one can rely, but that it does one thing once and never answers.
    pub(super) fn silent(handler: &'static str) -> Self {
        let gateway = Self::reliable();
        gateway.lock().silent = Some(handler);
        gateway
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What it did for a ride.
    pub(super) fn money(&self, ride: &str) -> Money {
        self.lock().money.get(ride).cloned().unwrap_or_default()
    }

    pub(super) fn asked(&self) -> u64 {
        self.lock().asked
    }

    async fn answer(&self, handler: String, key: String, body: Bytes) -> Answer {
        let (wrong, how) = {
            let mut state = self.lock();
            state.asked += 1;
            let wrong = state.random.below(100) < state.wrong;
            (wrong, state.random.below(5))
        };
        if self.lock().silent.take_if(|silent| *silent == handler).is_some() {
            self.work(&handler, &key, &body);
            return std::future::pending().await;
        }
        if !wrong {
            return self.work(&handler, &key, &body);
        }
        match how {
            // Nothing was done, and it says so in a way that nobody can rely on.
            0 => failing(500),
            1 => failing(503),
            // Nothing is done, and nothing said.
            2 => std::future::pending().await,
            // It is done, and nobody hears of it.
            3 => {
                self.work(&handler, &key, &body);
                std::future::pending().await
            }
            // It is done long after everybody has stopped waiting.
            _ => {
                let (late, wait) = (self.clone(), self.lock().random.below(20_000));
                drop(tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_millis(wait)).await;
                    late.work(&handler, &key, &body);
                }));
                std::future::pending().await
            }
        }
    }

    /// Does what is asked, once for each key.
    fn work(&self, handler: &str, key: &str, body: &[u8]) -> Answer {
        let mut state = self.lock();
        if let Some(known) = state.answers.get(key) {
            return known.clone();
        }
        let body: Value = serde_json::from_slice(body).unwrap();
        let ride = body["key"].as_str().unwrap().to_owned();
        let no_money = ride.ends_with('7');
        let money = state.money.entry(ride).or_default();
        let answer = match handler {
            "authorize" if money.voided || no_money => declined(),
            "authorize" => {
                money.held += 1;
                done()
            }
            "capture" if money.refunded => declined(),
            "capture" => {
                money.taken += 1;
                money.captures += 1;
                done()
            }
            "void" => {
                money.held = 0;
                money.voided = true;
                done()
            }
            _ => {
                money.taken = 0;
                money.refunded = true;
                done()
            }
        };
        state.answers.insert(key.to_owned(), answer.clone());
        answer
    }
}

impl Transport for Gateway {
    fn ask<'a>(&'a self, question: &'a Question<'a>) -> Asking<'a> {
        let (handler, key) = (question.handler.to_owned(), question.key.to_owned());
        Box::pin(async move { Ok(self.answer(handler, key, question.body.clone()).await) })
    }
}

fn failing(status: u16) -> Answer {
    Answer {
        status,
        body: Bytes::new(),
    }
}

fn done() -> Answer {
    Answer {
        status: 200,
        body: Bytes::from_static(b"{\"code\":\"ok\"}"),
    }
}

fn declined() -> Answer {
    Answer {
        status: 422,
        body: Bytes::from(json!({"fault": "Declined"}).to_string()),
    }
}
