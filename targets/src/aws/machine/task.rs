//! What an action is in Step Functions: an invocation of a function, or a call of DynamoDB, SNS or SQS without code.

use aqueduct_compiler::model::{ChannelKind, Id, Model, Store};
use aqueduct_saga::definition::{Action, Comparison, Condition, Retry, TableKey, Value};
use serde_json::{Map, Value as Json, json};
use smol_str::SmolStr;

use super::dialect::Dialect;
use super::scope::Scope;
use super::typed::field;
use crate::aws::grants::Resource;
use crate::aws::ids::Ids;
use crate::aws::item::{BY, REVISION};

/// As often as Step Functions can be told to try: less than 99,999,999 (Amazon States Language, "Retrying after error").
const ALWAYS: u32 = 99_999_998;

/// How Lambda says that it is too busy: the function has not run, so it is tried again whatever the saga says.
const BUSY: &str = "Lambda.TooManyRequestsException";

/// How DynamoDB says that a row isn't as it has to be: nothing has been done.
pub(super) const CONDITION: &str = "DynamoDB.ConditionalCheckFailedException";

/// What makes tasks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tasks<'a> {
    pub(super) model: &'a Model,
    pub(super) ids: &'a Ids,
    pub(super) dialect: Dialect,
}

/// A task without what leads elsewhere.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) state: Map<String, Json>,
    /// The part of its result that the saga may use.
    pub(super) part: Option<&'static str>,
    /// What its role has to allow, besides its arguments' names.
    pub(super) resource: Resource,
}

impl Tasks<'_> {
    /// The task of an action; `place` is unique in the saga and names what it sends.
    pub(super) fn task(self, action: &Action, place: &str, scope: &Scope) -> Task {
        let mut arguments = Map::new();
        let (service, part, resource) = match action {
            Action::Call { handler, input, .. } => {
                let id = self.model.handlers.ids();
                let mut named = id.filter(|id| self.model.handler_name(*id) == *handler);
                let resource = Resource::Function(named.next().expect("a saga calls what is declared"));
                self.name(&mut arguments, "FunctionName", resource);
                let _ = arguments.insert("Payload".to_owned(), self.payload(input, place, scope));
                ("lambda:invoke", Some("Payload"), resource)
            }
            Action::Insert { table, row } | Action::Put { table, row } => {
                let store = self.store(table);
                self.name(&mut arguments, "TableName", Resource::Table(store));
                self.row(&mut arguments, store, row, scope);
                if matches!(action, Action::Insert { .. }) {
                    self.unless_another(&mut arguments, table);
                }
                ("dynamodb:putItem", None, Resource::Table(store))
            }
            Action::Update { table, set, only_if } => {
                let store = self.store(table);
                self.name(&mut arguments, "TableName", Resource::Table(store));
                self.key(&mut arguments, store, table, scope);
                self.update(&mut arguments, store, table, (set, only_if.as_ref()), scope);
                ("dynamodb:updateItem", None, Resource::Table(store))
            }
            Action::Get { table } => {
                let store = self.store(table);
                self.name(&mut arguments, "TableName", Resource::Table(store));
                self.key(&mut arguments, store, table, scope);
                let _ = arguments.insert("ConsistentRead".to_owned(), json!(true));
                ("dynamodb:getItem", Some("Item"), Resource::Table(store))
            }
            Action::Delete { table } => {
                let store = self.store(table);
                self.name(&mut arguments, "TableName", Resource::Table(store));
                self.key(&mut arguments, store, table, scope);
                ("dynamodb:deleteItem", None, Resource::Table(store))
            }
            Action::Emit {
                channel,
                kind,
                message,
            } => self.emit(&mut arguments, (channel, kind, message), place, scope),
        };
        let mut state = Map::new();
        let _ = state.insert("Type".to_owned(), json!("Task"));
        let _ = state.insert(
            "Resource".to_owned(),
            json!(format!("arn:aws:states:::{service}")),
        );
        self.dialect.arguments(&mut state, arguments);
        Task {
            state,
            part,
            resource,
        }
    }

    /// The input of a handler, with what tells it from others: `aqueduct-aws` takes the two apart.
    fn payload(self, input: &Value, place: &str, scope: &Scope) -> Json {
        let mut payload = Map::new();
        let mut meta = Map::new();
        let name = self.dialect.context("Execution.Name");
        let id = self.dialect.format(&format!("{{}}/{place}"), &[name]);
        self.dialect.set_expression(&mut meta, "id", &id);
        let correlation = self.dialect.reference(".meta.correlation");
        self.dialect
            .set_expression(&mut meta, "correlation", &correlation);
        let _ = payload.insert("saga".to_owned(), Json::Object(meta));
        self.dialect.set(&mut payload, "input", input, scope);
        Json::Object(payload)
    }

    fn name(self, arguments: &mut Map<String, Json>, argument: &str, resource: Resource) {
        let name = super::substitution(self.ids, resource).map(|(name, _)| name);
        let name = name.unwrap_or_default();
        let _ = arguments.insert(argument.to_owned(), json!(format!("${{{name}}}")));
    }

    fn store(self, table: &TableKey) -> Id<Store> {
        let mut ids = self.model.stores.ids();
        ids.find(|id| self.model.store_name(*id) == table.name)
            .expect("a saga touches what is declared")
    }

    fn key(self, arguments: &mut Map<String, Json>, store: Id<Store>, table: &TableKey, scope: &Scope) {
        let ty = field(self.model, store, &table.field).expect("the key is a field of the row");
        let typed = self.dialect.typed(self.model, ty, &table.key, scope);
        let _ = arguments.insert("Key".to_owned(), json!({ table.field.as_str(): typed }));
    }

    fn row(self, arguments: &mut Map<String, Json>, store: Id<Store>, row: &Value, scope: &Scope) {
        let mut item = Map::new();
        if let Value::Record(fields) = row {
            for (name, value) in fields {
                if let Some(ty) = field(self.model, store, name) {
                    let _ = item.insert(name.clone(), self.dialect.typed(self.model, ty, value, scope));
                }
            }
        }
        let mut revision = Map::new();
        self.dialect
            .set_expression(&mut revision, "N", &self.dialect.chance());
        let _ = item.insert(REVISION.to_owned(), Json::Object(revision));
        let mut by = Map::new();
        self.dialect
            .set_expression(&mut by, "S", &self.dialect.context("Execution.Name"));
        let _ = item.insert(BY.to_owned(), Json::Object(by));
        let _ = arguments.insert("Item".to_owned(), Json::Object(item));
    }

    /// A row that is there already is no failure if an earlier try of this very step has put it there.
    fn unless_another(self, arguments: &mut Map<String, Json>, table: &TableKey) {
        let mut by = Map::new();
        self.dialect
            .set_expression(&mut by, "S", &self.dialect.context("Execution.Name"));
        let condition = "attribute_not_exists(#key) OR #by = :by";
        let _ = arguments.insert("ConditionExpression".to_owned(), json!(condition));
        let names = json!({ "#key": table.field, "#by": BY });
        let _ = arguments.insert("ExpressionAttributeNames".to_owned(), names);
        let _ = arguments.insert("ExpressionAttributeValues".to_owned(), json!({ ":by": by }));
    }

    fn update(
        self,
        arguments: &mut Map<String, Json>,
        store: Id<Store>,
        table: &TableKey,
        (set, only_if): (&[(String, Value)], Option<&Condition>),
        scope: &Scope,
    ) {
        let mut names = Map::new();
        let _ = names.insert("#key".to_owned(), json!(table.field));
        let _ = names.insert("#revision".to_owned(), json!(REVISION));
        let mut values = Map::new();
        let mut sets = Vec::new();
        for (index, (name, value)) in set.iter().enumerate() {
            let Some(ty) = field(self.model, store, name) else {
                continue;
            };
            // Numbered: a field may be called as one of ours.
            let _ = names.insert(format!("#set{index}"), json!(name));
            let typed = self.dialect.typed(self.model, ty, value, scope);
            let _ = values.insert(format!(":set{index}"), typed);
            sets.push(format!("#set{index} = :set{index}"));
        }
        // Whoever has read the row before must see that it has changed.
        let _ = values.insert(":two".to_owned(), json!({ "N": "2" }));
        let sets = if sets.is_empty() {
            String::new()
        } else {
            format!("SET {} ", sets.join(", "))
        };
        let mut condition = "attribute_exists(#key)".to_owned();
        if let Some(only_if) = only_if {
            let mut row = Row {
                tasks: self,
                store,
                scope,
                names: &mut names,
                values: &mut values,
            };
            condition.push_str(&format!(" AND {}", row.condition(only_if)));
        }
        let update = format!("{sets}ADD #revision :two");
        let _ = arguments.insert("UpdateExpression".to_owned(), json!(update));
        let _ = arguments.insert("ConditionExpression".to_owned(), json!(condition));
        let _ = arguments.insert("ExpressionAttributeNames".to_owned(), Json::Object(names));
        let _ = arguments.insert("ExpressionAttributeValues".to_owned(), Json::Object(values));
    }

    fn emit(
        self,
        arguments: &mut Map<String, Json>,
        (channel, kind, message): (&str, &str, &Value),
        place: &str,
        scope: &Scope,
    ) -> (&'static str, Option<&'static str>, Resource) {
        let mut channels = self.model.channels.iter();
        let (id, channel) = channels
            .find(|(_, known)| known.label.name == channel)
            .expect("a saga sends to what is declared");
        let (service, to, body) = match channel.kind {
            ChannelKind::Topic => ("sns:publish", "TopicArn", "Message"),
            ChannelKind::Queue { .. } | ChannelKind::Bus | ChannelKind::Stream => {
                ("sqs:sendMessage", "QueueUrl", "MessageBody")
            }
        };
        self.name(arguments, to, Resource::Channel(id));
        self.dialect.set(arguments, body, message, scope);
        let name = self.dialect.context("Execution.Name");
        let attributes = [
            ("ce-specversion", Err("1.0".to_owned())),
            // The same in each try, so that whoever remembers what it has seen sees it once.
            (
                "ce-id",
                Ok(self.dialect.format(&format!("{{}}/{place}"), &[name])),
            ),
            ("ce-type", Err(kind.to_owned())),
            ("ce-source", Err(format!("/{}", self.model.name))),
            ("ce-time", Ok(self.dialect.context("State.EnteredTime"))),
            (
                "ce-correlationid",
                Ok(self.dialect.reference(".meta.correlation")),
            ),
            ("ce-causationid", Ok(self.dialect.reference(".meta.causation"))),
        ];
        let mut made = Map::new();
        for (name, value) in attributes {
            let mut attribute = Map::new();
            let _ = attribute.insert("DataType".to_owned(), json!("String"));
            match value {
                Ok(expression) => self
                    .dialect
                    .set_expression(&mut attribute, "StringValue", &expression),
                Err(text) => {
                    let _ = attribute.insert("StringValue".to_owned(), json!(text));
                }
            }
            let _ = made.insert(name.to_owned(), Json::Object(attribute));
        }
        let _ = arguments.insert("MessageAttributes".to_owned(), Json::Object(made));
        (service, None, Resource::Channel(id))
    }

    /// When something is tried again: never what says no, always what has not run.
    pub(super) fn retries(retry: &Retry, refused: &[&str], action: &Action) -> Vec<Json> {
        let mut retries = Vec::new();
        if matches!(action, Action::Call { .. }) {
            retries.push(json!({
                "ErrorEquals": [BUSY], "IntervalSeconds": 1, "MaxAttempts": 8, "BackoffRate": 2,
                "MaxDelaySeconds": 60, "JitterStrategy": "FULL",
            }));
        }
        let count = retry.count.unwrap_or(ALWAYS);
        if count == 0 {
            return retries;
        }
        if retry.on.is_empty() && !refused.is_empty() {
            retries.push(json!({ "ErrorEquals": refused, "MaxAttempts": 0 }));
        }
        let errors: Vec<&str> = if retry.on.is_empty() {
            vec!["States.ALL"]
        } else {
            retry.on.iter().flat_map(|fault| errors_of(fault)).collect()
        };
        let interval = retry.backoff.div_ceil(1_000).max(1);
        let mut again = Map::new();
        let _ = again.insert("ErrorEquals".to_owned(), json!(errors));
        let _ = again.insert("IntervalSeconds".to_owned(), json!(interval));
        let _ = again.insert("MaxAttempts".to_owned(), json!(count));
        let rate = f64::from(retry.factor_percent.max(100)) / 100.0;
        let _ = again.insert("BackoffRate".to_owned(), json!(rate));
        // It has to be longer than the first wait.
        let cap = retry.cap.div_ceil(1_000);
        if cap > interval {
            let _ = again.insert("MaxDelaySeconds".to_owned(), json!(cap));
        }
        let _ = again.insert("JitterStrategy".to_owned(), json!("FULL"));
        retries.push(Json::Object(again));
        retries
    }
}

/// The errors by which an action says no: it has done nothing.
pub(super) fn refusals(action: &Action) -> Vec<&str> {
    match action {
        Action::Call { fails, .. } => fails.iter().map(String::as_str).collect(),
        Action::Insert { .. } | Action::Update { .. } => vec![CONDITION],
        Action::Put { .. } | Action::Get { .. } | Action::Delete { .. } | Action::Emit { .. } => Vec::new(),
    }
}

/// How Step Functions and Lambda name what the saga calls by one name.
pub(super) fn errors_of(fault: &str) -> Vec<&str> {
    match fault {
        "Timeout" => TIMED_OUT.to_vec(),
        other => vec![other],
    }
}

/// Nobody answered in time: the handler, the function, the task.
pub(super) const TIMED_OUT: [&str; 3] = ["Timeout", "Sandbox.Timedout", "States.Timeout"];

/// The function died.
pub(super) const CRASHED: [&str; 2] = ["Runtime.ExitError", "Lambda.Unknown"];

/// A condition over the row as DynamoDB has it.
struct Row<'a> {
    tasks: Tasks<'a>,
    store: Id<Store>,
    scope: &'a Scope,
    names: &'a mut Map<String, Json>,
    values: &'a mut Map<String, Json>,
}

impl Row<'_> {
    fn condition(&mut self, condition: &Condition) -> String {
        let mut joined = |parts: &[Condition], word: &str| {
            let parts: Vec<String> = parts.iter().map(|part| self.condition(part)).collect();
            format!("({})", parts.join(word))
        };
        match condition {
            Condition::All(parts) => joined(parts, " AND "),
            Condition::Any(parts) => joined(parts, " OR "),
            Condition::Not(inner) => format!("NOT {}", self.condition(inner)),
            Condition::Compare(how, left, right) => {
                let word = match how {
                    Comparison::Equal => "=",
                    Comparison::NotEqual => "<>",
                    Comparison::Less => "<",
                    Comparison::AtMost => "<=",
                    Comparison::Greater => ">",
                    Comparison::AtLeast => ">=",
                };
                let (left, name) = self.name(left);
                format!("{left} {word} {}", self.value(&name, right))
            }
            Condition::In(left, values) => {
                let (left, name) = self.name(left);
                let values: Vec<String> = values.iter().map(|value| self.value(&name, value)).collect();
                format!("{left} IN ({})", values.join(", "))
            }
            Condition::StartsWith(left, text) => {
                let (left, name) = self.name(left);
                let text = self.value(&name, &Value::Constant(json!(text)));
                format!("begins_with({left}, {text})")
            }
            Condition::Contains(left, text) | Condition::EndsWith(left, text) => {
                let (left, name) = self.name(left);
                let text = self.value(&name, &Value::Constant(json!(text)));
                format!("contains({left}, {text})")
            }
            Condition::Present(left) => format!("attribute_exists({})", self.name(left).0),
            Condition::Holds(left) => {
                let (left, name) = self.name(left);
                format!("{left} = {}", self.value(&name, &Value::Constant(json!(true))))
            }
        }
    }

    /// The names of a path, joined, and the path.
    fn name(&mut self, value: &Value) -> (String, Vec<String>) {
        let path = match value {
            Value::Path(path) => path.clone(),
            Value::Constant(_) | Value::New | Value::Now | Value::List(_) | Value::Record(_) => Vec::new(),
        };
        let names = path.iter().map(|part| {
            let name = format!("#if{}", self.names.len());
            let _ = self.names.insert(name.clone(), json!(part));
            name
        });
        (names.collect::<Vec<_>>().join("."), path)
    }

    fn value(&mut self, of: &[String], value: &Value) -> String {
        let name = format!(":if{}", self.values.len());
        let path: Vec<SmolStr> = of.iter().map(SmolStr::from).collect();
        let row = self.tasks.model.stores[self.store].row;
        if let Some((field, _)) = self.tasks.model.at_path(row, &path) {
            let dialect = self.tasks.dialect;
            let typed = dialect.typed(self.tasks.model, &field.ty, value, self.scope);
            let _ = self.values.insert(name.clone(), typed);
        }
        name
    }
}
