//! What an answer means: a reply, a declared no, a plea for patience, or nobody knows.

use bytes::Bytes;
use serde_json::Value;

use super::{Answer, Question, Unanswered};
use crate::Failure;

/// What a call came to.
#[derive(Debug)]
pub(super) enum Meaning {
    /// The reply, as JSON.
    Reply(Bytes),
    /// It says no, and has done nothing.
    Fault(Failure),
    /// Nobody knows what was done.
    Trouble(Failure),
}

/// The failure of a call that took too long.
pub(super) const TIMEOUT: &str = "Timeout";

/// The failure of a service that has too much to do.
pub(super) const THROTTLED: &str = "Throttled";

/// The failure of a service that isn't called, after too many failures.
pub(super) const CIRCUIT_OPEN: &str = "CircuitOpen";

/// The failure of a service that can't be reached, or answers otherwise than agreed.
const UNAVAILABLE: &str = "Unavailable";

/// Reads an answer; `faults` are the declared ones; any, when there is no declaration.
pub(super) fn meaning(
    question: &Question<'_>,
    faults: Option<&[String]>,
    answer: Result<Answer, Unanswered>,
) -> Meaning {
    let Question { service, handler, .. } = question;
    let trouble = |name: &str, what: String| {
        Meaning::Trouble(Failure::outside(name, format!("{service}.{handler} {what}")))
    };
    let answer = match answer {
        Ok(answer) => answer,
        Err(unanswered) => return trouble(UNAVAILABLE, format!("gave no answer: {unanswered}")),
    };
    match answer.status {
        200..=299 => Meaning::Reply(answer.body),
        422 => match fault(&answer.body, faults) {
            Some(failure) => Meaning::Fault(failure),
            None => trouble(UNAVAILABLE, "answered 422 without a declared fault".to_owned()),
        },
        429 | 503 => trouble(
            THROTTLED,
            format!("answered {}: it has too much to do", answer.status),
        ),
        status => trouble(UNAVAILABLE, format!("answered {status}")),
    }
}

/// The declared fault that a problem names. Its fields are those of the problem that RFC 9457 doesn't give a meaning.
fn fault(body: &[u8], faults: Option<&[String]>) -> Option<Failure> {
    let Ok(Value::Object(mut problem)) = serde_json::from_slice(body) else {
        return None;
    };
    let name = problem.remove("fault")?.as_str()?.to_owned();
    if faults.is_some_and(|faults| !faults.contains(&name)) {
        return None;
    }
    let detail = problem.remove("detail");
    for known in ["type", "title", "status", "instance"] {
        problem.remove(known);
    }
    let failure = Failure::fault(name, &problem);
    Some(match detail.as_ref().and_then(Value::as_str) {
        Some(detail) => failure.saying(detail),
        None => failure,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: u16, body: &'static str) -> Meaning {
        let (faults, body) = (["Declined".to_owned()], Bytes::from_static(body.as_bytes()));
        let question = Question {
            service: "Gateway",
            handler: "capture",
            key: "k",
            body: &body,
        };
        let answer = Answer {
            status,
            body: body.clone(),
        };
        meaning(&question, Some(&faults), Ok(answer))
    }

    #[test]
    fn only_a_declared_fault_says_that_nothing_was_done() {
        assert!(matches!(read(201, "{}"), Meaning::Reply(_)));
        let no = r#"{"type":"about:blank","status":422,"fault":"Declined","detail":"no money","limit":3}"#;
        let Meaning::Fault(failure) = read(422, no) else {
            panic!("it says no")
        };
        assert_eq!(
            (failure.name(), failure.message()),
            (Some("Declined"), "no money")
        );
        assert_eq!(failure.fields(), &serde_json::json!({"limit": 3}));
        for (status, body, name) in [
            (422, r#"{"fault":"Other"}"#, UNAVAILABLE),
            (422, "no", UNAVAILABLE),
            (429, "", THROTTLED),
            (503, "", THROTTLED),
            (500, no, UNAVAILABLE),
            (404, "", UNAVAILABLE),
        ] {
            let Meaning::Trouble(failure) = read(status, body) else {
                panic!("{status} {body}")
            };
            assert_eq!(failure.name(), Some(name), "{status} {body}");
        }
    }
}
