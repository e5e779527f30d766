//! An activation for unit tests of handlers: rows in memory, ids and clock the same in every run.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Activation, Delivery, Outside};
use crate::clock::{Clock, CountingIds, Ids, ManualClock};
use crate::contracts::Declared;
use crate::external::{Caller, Calls, Scripted};
use crate::seam::{Reading, RowKey, Rows, StoredRow};
use crate::{Failure, Message, Store};

/// The rows of a unit test, each at its first revision.
#[derive(Debug, Default)]
pub(super) struct Remembered(Mutex<BTreeMap<RowKey, Bytes>>);

impl Remembered {
    fn rows(&self) -> MutexGuard<'_, BTreeMap<RowKey, Bytes>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Rows for Remembered {
    fn get<'a>(&'a self, row: &'a RowKey) -> Reading<'a> {
        let json = self.rows().get(row).cloned();
        Box::pin(async move { Ok(json.map(|json| StoredRow { revision: 1, json })) })
    }

    fn revision(&self, row: &RowKey) -> Result<Option<u64>, Failure> {
        Ok(Some(u64::from(self.rows().contains_key(row))))
    }
}

impl Activation {
    /// An activation of nothing in particular: the first attempt at an HTTP request, at 2026-01-01T00:00:00Z.
    pub fn in_memory() -> Self {
        let (ids, clock) = (Arc::new(CountingIds::default()), Arc::new(ManualClock::default()));
        let delivery = Delivery {
            message_id: ids.new_id().to_string(),
            attempt: 1,
            correlation_id: ids.new_id().to_string(),
            time: clock.now(),
            channel: None,
            idempotency_key: None,
        };
        let remembered = Arc::new(Remembered::default());
        let rows: Arc<dyn Rows> = Arc::clone(&remembered) as _;
        let scripted = Arc::new(Scripted::default());
        let outside = Outside {
            calls: Arc::new(Calls::anywhere(Arc::clone(&scripted) as _)),
            caller: Caller::default(),
        };
        Self {
            remembered: Some(remembered),
            scripted: Some(scripted),
            ..Self::new(delivery, rows, ids, clock, Declared::ByType, outside)
        }
    }

    /// Prepares the next answer of a service outside: `activation.answers("CardGateway.capture", &receipt)`.
    ///
    /// # Panics
    /// When the answer cannot be JSON.
    pub fn answers<T: Serialize + ?Sized>(&mut self, callee: &str, answer: &T) {
        let answer = serde_json::to_value(answer).expect("an answer of a test is JSON");
        if let Some(scripted) = &self.scripted {
            scripted.answer(callee, 200, &answer);
        }
    }

    /// Prepares the next answer of a service outside as a no: a declared fault, with its fields.
    pub fn refuses(&mut self, callee: &str, fault: &Failure) {
        let mut problem = fault.fields().as_object().cloned().unwrap_or_default();
        problem.insert("fault".to_owned(), fault.name().unwrap_or_default().into());
        if let Some(scripted) = &self.scripted {
            scripted.answer(callee, 422, &problem.into());
        }
    }

    /// What a service outside was asked, in order.
    ///
    /// # Panics
    /// When a question is not an `I`.
    pub fn asked<I: DeserializeOwned>(&self, callee: &str) -> Vec<I> {
        let asked = self.scripted.as_ref().map(|scripted| scripted.asked(callee));
        let each = asked.unwrap_or_default().into_iter();
        each.map(|body| serde_json::from_slice(&body).expect("the question is of this type"))
            .collect()
    }

    /// Prepares a row, as an earlier activation would have left it.
    ///
    /// # Panics
    /// When the row cannot be JSON.
    pub fn put_row<S: Store>(&mut self, row: &S::Row) {
        let key = RowKey {
            table: S::NAME.into(),
            key: S::key(row).to_string(),
        };
        let json = serde_json::to_vec(row).expect("a row of a test is JSON");
        if let Some(remembered) = &self.remembered {
            let _ = remembered.rows().insert(key, json.into());
        }
    }

    /// The rows of a table as they would be after the commit, in the order of their keys.
    ///
    /// # Panics
    /// When a row is not of the table's type.
    pub fn rows<S: Store>(&self) -> Vec<S::Row> {
        let mut rows = self
            .remembered
            .as_ref()
            .map(|remembered| remembered.rows().clone())
            .unwrap_or_default();
        for (key, value) in &self.unit.writes {
            let _ = match value {
                Some(json) => rows.insert(key.clone(), json.clone()),
                None => rows.remove(key),
            };
        }
        let decode = |json: &Bytes| serde_json::from_slice(json).expect("a row is of its table's type");
        rows.iter()
            .filter(|(key, _)| key.table == S::NAME)
            .map(|(_, json)| decode(json))
            .collect()
    }

    /// What was emitted to a channel, in order.
    ///
    /// # Panics
    /// When an event is not an `M`.
    pub fn emitted<M: Message>(&self, channel: &str) -> Vec<M> {
        let events = self.unit.messages.iter().filter(|event| event.channel == channel);
        events
            .map(|event| serde_json::from_slice(&event.body).expect("the event is of this type"))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::{Failure, Field, Shape};

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    struct Account {
        customer: String,
        points: i64,
    }

    impl Message for Account {
        const TYPE: &'static str = "Account";
        fn shape() -> Shape {
            let fields = [
                Field::required("customer", Shape::string().length(1..)),
                Field::required("points", Shape::int().at_least("0")),
            ];
            Shape::record("Account", fields)
        }
    }

    struct Accounts;

    impl Store for Accounts {
        const NAME: &'static str = "Loyalty.accounts";
        type Row = Account;
        type Key = String;
        fn key(row: &Account) -> String {
            row.customer.clone()
        }
    }

    fn account(customer: &str, points: i64) -> Account {
        Account {
            customer: customer.to_owned(),
            points,
        }
    }

    #[test]
    fn a_handler_sees_rows_and_its_own_writes() {
        let mut activation = Activation::in_memory();
        activation.put_row::<Accounts>(&account("ada", 1));
        activation.put_row::<Accounts>(&account("bob", 2));
        crate::test::run(async {
            let mut accounts = activation.table::<Accounts>();
            assert_eq!(
                accounts.get(&"ada".to_owned()).await.unwrap(),
                Some(account("ada", 1))
            );
            accounts.put(&account("ada", 5)).unwrap();
            assert_eq!(
                accounts.get(&"ada".to_owned()).await.unwrap(),
                Some(account("ada", 5))
            );
            accounts.delete(&"bob".to_owned()).unwrap();
            assert_eq!(accounts.get(&"bob".to_owned()).await.unwrap(), None);
            accounts.insert(&account("eve", 3)).await.unwrap();
            let failure = accounts.insert(&account("eve", 4)).await.unwrap_err();
            assert_eq!(failure.name(), Some(Failure::ALREADY_EXISTS));
        });
        assert_eq!(
            activation.rows::<Accounts>(),
            [account("ada", 5), account("eve", 3)]
        );
    }

    #[test]
    fn what_is_not_as_declared_is_refused_by_name() {
        let mut activation = Activation::in_memory();
        let bad = account("", -1);
        let failure = activation.emit("accounts", &bad).unwrap_err();
        assert_eq!(failure.name(), Some(Failure::INVALID_MESSAGE));
        assert_eq!(
            failure.message(),
            "this Account can't go to accounts: /customer: expected at least 1 characters; /points: expected at least 0"
        );
        let failure = activation.table::<Accounts>().put(&bad).unwrap_err();
        assert_eq!(failure.name(), Some(Failure::INVALID_ROW));
        let failure = crate::test::run(activation.table::<Accounts>().insert(&bad)).unwrap_err();
        assert!(
            failure
                .message()
                .starts_with("this Account can't be kept in Loyalty.accounts: /customer")
        );
        assert_eq!(activation.rows::<Accounts>(), []);
        assert_eq!(activation.emitted::<Account>("accounts"), []);
    }

    #[test]
    fn services_outside_answer_as_prepared() {
        const CALL: crate::Call = crate::Call::new("Gateway", "capture", std::time::Duration::from_secs(1));
        let mut activation = Activation::in_memory();
        activation.answers("Gateway.capture", &account("ada", 1));
        activation.refuses("Gateway.capture", &Failure::fault("Declined", &account("bob", 2)));
        crate::test::run(async {
            let answer: Account = activation.call(&CALL, &account("eve", 3)).await.unwrap();
            assert_eq!(answer, account("ada", 1));
            let failure = activation
                .call::<_, Account>(&CALL, &account("eve", 4))
                .await
                .unwrap_err();
            assert_eq!(failure.name(), Some("Declined"));
            assert_eq!(failure.fields()["customer"], "bob");
        });
        let asked: Vec<Account> = activation.asked("Gateway.capture");
        assert_eq!(asked, [account("eve", 3), account("eve", 4)]);
    }

    #[test]
    fn who_promises_no_reply_may_send_anything() {
        const CALL: crate::Call = crate::Call::new("Gateway", "refund", std::time::Duration::from_secs(1));
        let mut activation = Activation::in_memory();
        activation.answers("Gateway.refund", &serde_json::json!({ "refunded": true }));
        activation.answers("Gateway.refund", &());
        crate::test::run(async {
            for _ in 0..2 {
                activation.tell(&CALL, &account("eve", 3)).await.unwrap();
            }
        });
        assert_eq!(activation.asked::<Account>("Gateway.refund").len(), 2);
    }

    #[test]
    fn emitted_messages_can_be_asked_for() {
        let mut activation = Activation::in_memory();
        activation.emit("accounts", &account("ada", 1)).unwrap();
        assert_eq!(activation.emitted::<Account>("accounts"), [account("ada", 1)]);
        assert_eq!(activation.emitted::<Account>("other"), []);
    }
}
