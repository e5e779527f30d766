//! Making a call: within the limits of who is called, again where that helps, always with the same key.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use uuid::Uuid;

use super::answer::{CIRCUIT_OPEN, Meaning, THROTTLED, TIMEOUT, meaning};
use super::breaker::Breaker;
use super::{Call, Question, Transport};
use crate::Failure;
use crate::topology::ExternalSpec;

/// The keys of all calls come from here.
const KEYS: Uuid = Uuid::from_u128(0x1f8a_6f5b_90c2_4b53_8d2e_0b8e_3f7a_51c4);

/// What all callers of a program share.
#[derive(Debug)]
pub(crate) struct Calls {
    transport: Arc<dyn Transport>,
    /// By `Service.handler`.
    callees: HashMap<String, Callee>,
    /// Stands for every handler that isn't declared, in unit tests.
    anything: Option<Callee>,
    /// By service: until when its next calls are given away.
    paces: HashMap<String, Pace>,
}

#[derive(Debug, Default)]
struct Callee {
    /// The declared ones; any, when there is no declaration.
    faults: Option<Vec<String>>,
    breaker: Mutex<Breaker>,
    /// Made by who calls first: all callers of one handler share it.
    bulkhead: Mutex<Option<Arc<Semaphore>>>,
}

/// Spreads calls evenly, as many in a time as a service takes.
#[derive(Debug)]
struct Pace {
    between: Duration,
    next: Mutex<Option<Instant>>,
}

/// Who calls: what makes the key of each call, the same whenever the same input is handled again.
#[derive(Debug, Clone, Default)]
pub(crate) struct Caller {
    /// `Service.handler`.
    pub(crate) handler: String,
    /// The declared key of its input, or of what it undoes, or the id of the message.
    pub(crate) input: String,
    /// How many calls it has made.
    pub(crate) made: u32,
}

impl Calls {
    pub(crate) fn new(externals: &[ExternalSpec], transport: Arc<dyn Transport>) -> Self {
        let mut callees = HashMap::new();
        let mut paces = HashMap::new();
        for service in externals {
            for handler in &service.handlers {
                let callee = Callee {
                    faults: Some(handler.fails.clone()),
                    breaker: Mutex::default(),
                    bulkhead: Mutex::default(),
                };
                callees.insert(format!("{}.{}", service.service, handler.name), callee);
            }
            if let Some((count, within)) = service.limit {
                let pace = Pace {
                    between: within / count.max(1),
                    next: Mutex::default(),
                };
                paces.insert(service.service.clone(), pace);
            }
        }
        Self {
            transport,
            callees,
            anything: None,
            paces,
        }
    }

    /// Of a unit test, where nothing is declared: every service is there, and every fault is a declared one.
    pub(crate) fn anywhere(transport: Arc<dyn Transport>) -> Self {
        Self {
            anything: Some(Callee::default()),
            ..Self::new(&[], transport)
        }
    }

    /// Asks until there is an answer or no try is left.
    pub(crate) async fn ask(&self, call: &Call, caller: &mut Caller, body: Bytes) -> Result<Bytes, Failure> {
        let name = format!("{}.{}", call.service, call.handler);
        let known = self.callees.get(&name).or(self.anything.as_ref());
        let known = known.ok_or_else(|| Failure::new(format!("{name} is not declared as extern")))?;
        let key = caller.key(&name);
        let question = Question {
            service: call.service,
            handler: call.handler,
            key: &key,
            body: &body,
        };
        let _room = match known.room(call) {
            Some(bulkhead) => bulkhead.acquire_owned().await.ok(),
            None => None,
        };
        let mut attempt = 1;
        loop {
            let (failure, declared) = match self.once(call, known, &question).await {
                Meaning::Reply(reply) => return Ok(reply),
                Meaning::Fault(failure) => (failure, true),
                Meaning::Trouble(failure) => (failure, false),
            };
            if attempt > call.retries || !call.again(failure.name(), declared) {
                return Err(failure);
            }
            attempt += 1;
            tracing::debug!(callee = %name, attempt, %failure, "called again");
            sleep(call.wait(attempt)).await;
        }
    }

    async fn once(&self, call: &Call, callee: &Callee, question: &Question<'_>) -> Meaning {
        let name = format!("{}.{}", call.service, call.handler);
        if let Some((_, within)) = call.breaker
            && !callee.breaker().admits(within, Instant::now())
        {
            let message = format!("{name} isn't called for up to {within:?}, after too many failures");
            return Meaning::Trouble(Failure::outside(CIRCUIT_OPEN, message));
        }
        if let Some(pace) = self.paces.get(call.service)
            && !pace.turn(call.timeout).await
        {
            let message = format!("too many calls of {} wait already", call.service);
            return Meaning::Trouble(Failure::outside(THROTTLED, message));
        }
        let late = || {
            let message = format!("{name} gave no answer within {:?}", call.timeout);
            Meaning::Trouble(Failure::outside(TIMEOUT, message))
        };
        let answer = timeout(call.timeout, self.transport.ask(question)).await;
        let meaning = answer.map_or_else(
            |_| late(),
            |answer| meaning(question, callee.faults.as_deref(), answer),
        );
        if let Some((most, within)) = call.breaker {
            match meaning {
                Meaning::Reply(_) | Meaning::Fault(_) => callee.breaker().succeeded(),
                Meaning::Trouble(_) => callee.breaker().failed(most, within, Instant::now()),
            }
        }
        meaning
    }
}

impl Callee {
    fn breaker(&self) -> std::sync::MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn room(&self, call: &Call) -> Option<Arc<Semaphore>> {
        let most = call.bulkhead? as usize;
        let mut bulkhead = self.bulkhead.lock().unwrap_or_else(PoisonError::into_inner);
        Some(Arc::clone(
            bulkhead.get_or_insert_with(|| Arc::new(Semaphore::new(most.max(1)))),
        ))
    }
}

impl Pace {
    /// Waits for a turn; says that it would take longer than this.
    async fn turn(&self, longest: Duration) -> bool {
        let at = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            let at = next.map_or(now, |next| next.max(now));
            if at.duration_since(now) > longest {
                return false;
            }
            *next = Some(at + self.between);
            at
        };
        sleep_until(at).await;
        true
    }
}

impl Caller {
    /// The key of the next call.
    fn key(&mut self, callee: &str) -> String {
        self.made += 1;
        let text = format!("{}\0{}\0{callee}\0{}", self.handler, self.input, self.made);
        Uuid::new_v5(&KEYS, text.as_bytes()).to_string()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::external::Scripted;

    const CALL: Call = Call::new("Gateway", "capture", Duration::from_secs(3)).retry(
        2,
        Duration::from_millis(10),
        200,
        Duration::from_secs(1),
    );

    fn calls(spec: ExternalSpec) -> (Calls, Arc<Scripted>) {
        let gateway = Arc::new(Scripted::default());
        let spec = spec.handler("capture", ["Declined"], Duration::from_secs(3));
        (Calls::new(&[spec], Arc::clone(&gateway) as _), gateway)
    }

    fn caller() -> Caller {
        Caller {
            handler: "S.charge".to_owned(),
            input: "m1".to_owned(),
            made: 0,
        }
    }

    async fn ask(calls: &Calls, call: &Call) -> Result<Bytes, Failure> {
        calls.ask(call, &mut caller(), Bytes::from_static(b"{}")).await
    }

    #[test]
    fn trouble_is_tried_again_with_the_same_key_and_a_no_is_not() {
        crate::test::run(async {
            tokio::time::pause();
            let (calls, gateway) = calls(ExternalSpec::new("Gateway"));
            gateway.answer("Gateway.capture", 503, &json!({}));
            gateway.hang("Gateway.capture");
            gateway.answer("Gateway.capture", 200, &json!({"receipt": "r"}));
            assert_eq!(ask(&calls, &CALL).await.unwrap(), r#"{"receipt":"r"}"#);
            gateway.answer("Gateway.capture", 422, &json!({"fault": "Declined"}));
            assert_eq!(ask(&calls, &CALL).await.unwrap_err().name(), Some("Declined"));
            let keys = gateway.keys();
            assert_eq!(keys.len(), 4);
            assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
            let mut two = caller();
            assert_ne!(two.key("Gateway.capture"), two.key("Gateway.capture"));
        });
    }

    #[test]
    fn tries_end_and_then_the_breaker_spares_the_service() {
        crate::test::run(async {
            tokio::time::pause();
            let call = CALL.breaker(3, Duration::from_secs(60));
            let (calls, gateway) = calls(ExternalSpec::new("Gateway"));
            for _ in 0..3 {
                gateway.hang("Gateway.capture");
            }
            assert_eq!(ask(&calls, &call).await.unwrap_err().name(), Some("Timeout"));
            assert_eq!(ask(&calls, &call).await.unwrap_err().name(), Some("CircuitOpen"));
            assert_eq!(gateway.keys().len(), 3);
            tokio::time::sleep(Duration::from_secs(61)).await;
            gateway.answer("Gateway.capture", 200, &json!({}));
            assert!(ask(&calls, &call).await.is_ok());
        });
    }

    #[test]
    fn a_limit_spreads_calls_and_a_bulkhead_bounds_them() {
        crate::test::run(async {
            tokio::time::pause();
            let (calls, gateway) = calls(ExternalSpec::new("Gateway").limit(10, Duration::from_secs(1)));
            let begun = Instant::now();
            for _ in 0..11 {
                gateway.answer("Gateway.capture", 200, &json!({}));
                ask(&calls, &CALL).await.unwrap();
            }
            assert!(begun.elapsed() >= Duration::from_secs(1));

            let alone = CALL.bulkhead(1);
            gateway.hang("Gateway.capture");
            let slow = ask(&calls, &alone);
            let quick = async {
                tokio::task::yield_now().await;
                ask(&calls, &alone).await
            };
            for _ in 0..2 {
                gateway.answer("Gateway.capture", 200, &json!({}));
            }
            let begun = Instant::now();
            let (slow, quick) = tokio::join!(slow, quick);
            assert!(slow.is_ok() && quick.is_ok());
            assert!(
                begun.elapsed() >= Duration::from_secs(3),
                "one waited for the other"
            );
        });
    }
}
