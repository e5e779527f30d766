//! Logical ids and environment variables: what each thing of the system is called in the cloud.

use std::collections::{BTreeMap, BTreeSet};

use aqueduct_compiler::model::{Channel, ChannelKind, Id, Model, Saga, Service, Store};
use heck::{ToShoutySnakeCase, ToUpperCamelCase};

use super::grants::{Work, works};

/// What the template names itself: parameters, conditions, and the resources that no declaration stands for.
const FIXED: [&str; 19] = [
    "AlarmTopicArn",
    "Architecture",
    "HasAlarmTopic",
    "HttpApi",
    "HttpApiLogs",
    "Inbox",
    "JwtAudience",
    "JwtIssuer",
    "LogRetentionDays",
    "MemorySize",
    "Outbox",
    "OutboxAgeAlarm",
    "OutboxFailures",
    "OutboxFailuresAlarm",
    "OutboxFailuresPolicy",
    "RequestsPerSecond",
    "StuckSagas",
    "StuckSagasAlarm",
    "StuckSagasPolicy",
];

/// The name of a thing in the template, and of the variable that tells a function where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    /// `RideManagementRides`
    pub(super) stem: String,
    /// `RideManagementRidesTable`
    pub(super) resource: String,
    /// `RIDE_MANAGEMENT_RIDES_TABLE`
    pub(super) variable: String,
}

/// All of them. Every name is unique, and the same system always gets the same ones.
#[derive(Debug)]
pub(super) struct Ids {
    functions: BTreeMap<Work, String>,
    channels: Vec<Name>,
    stores: Vec<Name>,
    sagas: Vec<Name>,
    /// Of extern services, and nothing for the others.
    externals: Vec<Option<Name>>,
    taken: Taken,
}

impl Ids {
    pub(super) fn of(model: &Model) -> Self {
        let mut taken = Taken::default();
        let mut variables = Taken::default();
        for name in FIXED {
            let _ = taken.claim(name, &[""]);
        }
        for name in ["INBOX_TABLE", "OUTBOX_TABLE"] {
            let _ = variables.claim(name, &[""]);
        }
        let mut name = |parts: &[&str], kinds: &[&str]| {
            let stem: String = parts.iter().map(|part| part.to_upper_camel_case()).collect();
            let kind = kinds.first().copied().unwrap_or_default();
            let shout: Vec<String> = parts.iter().map(|part| part.to_shouty_snake_case()).collect();
            let variable = variables.claim(
                &format!("{}_{}", shout.join("_"), kind.to_shouty_snake_case()),
                &[""],
            );
            let stem = taken.claim(&stem, kinds);
            Name {
                resource: format!("{stem}{kind}"),
                stem,
                variable,
            }
        };
        let channels = model.channels.values().map(|channel| match channel.kind {
            ChannelKind::Topic => name(&[&channel.label.name], &["Topic", "TopicAlarm"]),
            ChannelKind::Queue { .. } | ChannelKind::Bus | ChannelKind::Stream => name(
                &[&channel.label.name],
                &[
                    "Queue",
                    "QueuePolicy",
                    "QueueAlarm",
                    "QueueAgeAlarm",
                    "DeadLetters",
                    "DeadLettersPolicy",
                    "DeadLettersAlarm",
                ],
            ),
        });
        let channels = channels.collect();
        let stores = model.stores.values().map(|store| {
            let service = &model.services[store.service].label.name;
            name(&[service, &store.label.name], &["Table"])
        });
        let stores = stores.collect();
        let sagas = model.sagas.values().map(|saga| {
            let service = &model.services[saga.service].label.name;
            name(&[service, &saga.label.name], &["Machine", "MachineRole"])
        });
        let sagas = sagas.collect();
        let externals = model.services.values().map(|service| {
            let _ = service.external?;
            Some(name(&[&service.label.name], &["Url"]))
        });
        let externals = externals.collect();
        let functions = works(model).into_iter().map(|work| {
            let stem = work.name(model).to_upper_camel_case();
            (work, taken.claim(&stem, &["Function", "Role", "Logs"]))
        });
        Self {
            functions: functions.collect(),
            channels,
            stores,
            sagas,
            externals,
            taken,
        }
    }

    /// What the ids of a function, its role and its logs begin with.
    pub(super) fn function(&self, work: Work) -> &str {
        self.functions.get(&work).expect("every function has a name")
    }

    pub(super) fn channel(&self, id: Id<Channel>) -> &Name {
        self.channels.get(id.index()).expect("every channel has a name")
    }

    pub(super) fn store(&self, id: Id<Store>) -> &Name {
        self.stores.get(id.index()).expect("every store has a name")
    }

    pub(super) fn saga(&self, id: Id<Saga>) -> &Name {
        self.sagas.get(id.index()).expect("every saga has a name")
    }

    /// The parameter that says where an extern service is.
    pub(super) fn external(&self, id: Id<Service>) -> &Name {
        let name = self.externals.get(id.index()).and_then(Option::as_ref);
        name.expect("every extern service has a name")
    }

    /// `RideCompletedToNotificationsSubscription`
    pub(super) fn subscription(&mut self, topic: Id<Channel>, queue: Id<Channel>) -> String {
        let (from, to) = (&self.channel(topic).stem, &self.channel(queue).stem);
        self.taken.claim(&format!("{from}To{to}Subscription"), &[""])
    }
}

/// Names that are in use.
#[derive(Debug, Default)]
struct Taken(BTreeSet<String>);

impl Taken {
    /// The name itself, or with the first number that makes it unique in every kind.
    fn claim(&mut self, wanted: &str, kinds: &[&str]) -> String {
        let numbered = (2_u32..).map(|number| format!("{wanted}{number}"));
        let free = |stem: &String| {
            kinds
                .iter()
                .all(|kind| !self.0.contains(&format!("{stem}{kind}")))
        };
        let stem = std::iter::once(wanted.to_owned())
            .chain(numbered)
            .find(free)
            .expect("some number is free");
        self.0.extend(kinds.iter().map(|kind| format!("{stem}{kind}")));
        stem
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_use_gets_a_number_that_fits_all_its_kinds() {
        let mut taken = Taken::default();
        assert_eq!(taken.claim("ABc", &["Queue", "DeadLetters"]), "ABc");
        assert_eq!(taken.claim("ABc2Dead", &["Letters"]), "ABc2Dead");
        assert_eq!(taken.claim("ABc", &["Queue", "DeadLetters"]), "ABc3");
        assert_eq!(taken.claim("ABc", &["Topic"]), "ABc");
    }
}
