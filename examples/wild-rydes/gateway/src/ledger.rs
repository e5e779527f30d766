//! What the gateway knows: cards by token, and what became of the money of each payment.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// What can be asked of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Tokenize,
    Authorize,
    Capture,
    Void,
    Refund,
}

impl Operation {
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "tokenize" => Self::Tokenize,
            "authorize" => Self::Authorize,
            "capture" => Self::Capture,
            "void" => Self::Void,
            "refund" => Self::Refund,
            _ => return None,
        })
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Tokenize => "tokenize",
            Self::Authorize => "authorize",
            Self::Capture => "capture",
            Self::Void => "void",
            Self::Refund => "refund",
        }
    }
}

/// Why it says no: nothing has been done.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(crate) fault: &'static str,
    pub(crate) reason: &'static str,
}

impl Refusal {
    /// The refusal that an operation declares.
    pub(crate) fn of(operation: Operation) -> Self {
        match operation {
            Operation::Capture => Self {
                fault: "CaptureRefused",
                reason: "the bank has taken its word back",
            },
            _ => Self {
                fault: "CardDeclined",
                reason: "the bank says no",
            },
        }
    }
}

/// One payment.
#[derive(Debug, Clone, Default)]
struct Payment {
    amount: Value,
    authorized: u32,
    captured: u32,
    voided: u32,
    refunded: u32,
}

/// All of it.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// Whether the bank of a token declines, and whether it refuses to pay in the end.
    cards: BTreeMap<String, (bool, bool)>,
    payments: BTreeMap<String, Payment>,
    answers: BTreeMap<String, Result<Value, Refusal>>,
}

impl Ledger {
    /// Does it once for each key. What was taken back can't be done any more: a late request comes to nothing.
    pub(crate) fn operate(
        &mut self,
        operation: Operation,
        key: &str,
        input: &Value,
    ) -> Result<Value, Refusal> {
        let known = format!("{} {key}", operation.name());
        if let Some(answer) = self.answers.get(&known) {
            return answer.clone();
        }
        let answer = self.apply(operation, input);
        let _ = self.answers.insert(known, answer.clone());
        answer
    }

    fn apply(&mut self, operation: Operation, input: &Value) -> Result<Value, Refusal> {
        let text = |name: &str| input[name].as_str().unwrap_or_default().to_owned();
        if operation == Operation::Tokenize {
            let number = input["card"]["number"].as_str().unwrap_or_default();
            // As with the test cards of real gateways: the number says how its bank will behave.
            let token = format!("tok_{:06}", self.cards.len() + 1);
            let behavior = (number.ends_with("0002"), number.ends_with("0341"));
            let _ = self.cards.insert(token.clone(), behavior);
            return Ok(json!({ "token": token }));
        }
        let key = text("key");
        let payment = self.payments.entry(key.clone()).or_default();
        let gone = Refusal {
            fault: Refusal::of(operation).fault,
            reason: "it was taken back before",
        };
        match operation {
            Operation::Authorize => {
                let (declines, refuses) = self
                    .cards
                    .get(&text("token"))
                    .copied()
                    .unwrap_or((true, false));
                if payment.voided > 0 {
                    return Err(gone);
                }
                if declines {
                    return Err(Refusal::of(operation));
                }
                payment.amount = input["amount"].clone();
                payment.authorized += 1;
                Ok(
                    json!({ "code": format!("auth_{}{key}", if refuses { "refused_" } else { "" }) }),
                )
            }
            Operation::Capture => {
                if payment.refunded > 0 || payment.voided > 0 {
                    return Err(gone);
                }
                if payment.authorized == 0 || text("code").starts_with("auth_refused_") {
                    return Err(Refusal::of(operation));
                }
                payment.captured += 1;
                Ok(json!({ "charge_id": format!("ch_{key}") }))
            }
            // Taking back what never happened is no failure: it makes sure that it never will.
            Operation::Void => {
                payment.voided += 1;
                Ok(Value::Null)
            }
            Operation::Refund => {
                payment.refunded += 1;
                Ok(Value::Null)
            }
            Operation::Tokenize => Ok(Value::Null),
        }
    }

    /// What was taken and given back, by payment.
    pub(crate) fn summary(&self) -> Value {
        let payments = self.payments.iter().map(|(key, payment)| {
            let held = payment.captured.min(1).saturating_sub(payment.refunded.min(1));
            let summary = json!({
                "amount": payment.amount, "authorized": payment.authorized, "captured": payment.captured,
                "voided": payment.voided, "refunded": payment.refunded, "held": held,
            });
            (key.clone(), summary)
        });
        json!({ "cards": self.cards.len(), "payments": payments.collect::<serde_json::Map<_, _>>() })
    }
}
