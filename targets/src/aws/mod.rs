//! `aws/`: the system as a SAM template, with the Lambda program over the same handlers.

mod channels;
mod events;
mod functions;
mod grants;
mod ids;
mod item;
mod machine;
mod plan;
mod subscriptions;
mod watch;

use aqueduct_compiler::check::Checked;
use askama::Template;

use crate::files::Files;
use crate::rust::layout::{Code, call, text};
use crate::rust::names::{literal, package};
use crate::{Linked, Origin, Target, rendered};
use functions::Function;
use plan::Plan;

pub(crate) const TARGET: Target = Target {
    name: "aws",
    summary: "a SAM template and one Lambda program",
    of_project: true,
    emit,
};

#[derive(Template)]
#[template(path = "aws/template.yaml")]
struct Sam<'a> {
    header: &'a str,
    package: &'a str,
    plan: &'a Plan,
}

#[derive(Template)]
#[template(path = "aws/Cargo.toml", escape = "none")]
struct Manifest<'a> {
    header: &'a str,
    package: &'a str,
    system: &'a str,
    linked: Option<&'a Linked>,
}

#[derive(Template)]
#[template(path = "aws/src/main.rs", escape = "none")]
struct Main<'a> {
    header: &'a str,
    system: &'a str,
    plan: &'a Plan,
    topics: String,
    queues: String,
    machines: String,
}

#[derive(Template)]
#[template(path = "aws/samconfig.toml", escape = "none")]
struct Config<'a> {
    package: &'a str,
}

#[derive(Template)]
#[template(path = "aws/README.md", escape = "none")]
struct Readme<'a> {
    header: &'a str,
    source: &'a str,
    package: &'a str,
    system: &'a str,
    roles: Vec<Role>,
    /// A function to try first; nothing when the system does nothing.
    first: Option<&'a Function>,
    api: bool,
    jwt: bool,
    dead: bool,
    named: bool,
    heard: bool,
    outbox: bool,
    /// State machines: the saga, and its file.
    machines: Vec<(&'a str, &'a str)>,
    /// Parameters with the addresses of services outside, and whose each is.
    externals: &'a [(String, String)],
    /// How many executions of the account are set aside.
    reserved: u32,
}

fn emit(checked: Checked<'_>, origin: &Origin) -> Files {
    let model = checked.model();
    let (header, system) = (origin.header(), model.name.as_str());
    let (header, package) = (header.as_str(), package(system));
    let package = package.as_str();
    let plan = &Plan::of(model, origin.query);
    let mut files = Files::default();
    files.generated(
        "aws/template.yaml",
        rendered(&Sam {
            header,
            package,
            plan,
        }),
    );
    files.generated(
        "aws/Cargo.toml",
        rendered(&Manifest {
            header,
            package,
            system,
            linked: origin.linked.as_ref(),
        }),
    );
    files.once("aws/samconfig.toml", rendered(&Config { package }));
    let variables = |field: &str, pairs: Vec<(&str, &str)>| {
        let pairs = pairs
            .into_iter()
            .map(|(name, variable)| call("", [text(literal(name)), text(literal(variable))]));
        Code::Array(pairs.collect()).lay(4, field.len() + ": &,".len())
    };
    files.generated(
        "aws/src/main.rs",
        rendered(&Main {
            header,
            system,
            plan,
            topics: variables(
                "topics",
                plan.topics
                    .iter()
                    .map(|topic| (topic.name.as_str(), topic.variable.as_str()))
                    .collect(),
            ),
            queues: variables(
                "queues",
                plan.queues
                    .iter()
                    .map(|queue| (queue.name.as_str(), queue.variable.as_str()))
                    .collect(),
            ),
            machines: variables(
                "machines",
                plan.machines
                    .iter()
                    .map(|resource| (resource.machine.name.as_str(), resource.variable.as_str()))
                    .collect(),
            ),
        }),
    );
    files.generated(
        "aws/README.md",
        rendered(&Readme {
            header,
            source: &origin.source,
            package,
            system,
            roles: roles(checked),
            first: plan.functions.first(),
            api: plan.api.is_some(),
            jwt: plan.has_jwt(),
            dead: !plan.queues.is_empty(),
            named: plan.queues.iter().any(|queue| queue.only_dead),
            heard: !plan.subscriptions.is_empty(),
            outbox: plan.outbox,
            machines: plan
                .machines
                .iter()
                .map(|resource| (resource.machine.name.as_str(), resource.machine.file.as_str()))
                .collect(),
            externals: &plan.externals,
            reserved: plan
                .functions
                .iter()
                .filter_map(|function| function.reserved)
                .sum(),
        }),
    );
    for resource in &plan.machines {
        let machine = &resource.machine;
        files.generated(
            format!("aws/{}", machine.file),
            format!("{:#}\n", machine.definition),
        );
    }
    for (name, event) in events::events(model) {
        files.generated(format!("aws/events/{name}"), format!("{event:#}"));
    }
    files
}

/// What a function may do, counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// The function, as the author calls it.
    pub function: String,
    /// How many actions, each on one resource.
    pub actions: usize,
    /// How many resources.
    pub resources: usize,
}

/// The roles of a system, in the order of the template.
pub fn roles(checked: Checked<'_>) -> Vec<Role> {
    let model = checked.model();
    let roles = grants::works(model).into_iter().map(|work| {
        let grants = grants::grants(model, work);
        Role {
            function: work.name(model),
            actions: grants.iter().map(|grant| grant.actions.len()).sum(),
            resources: grants.len(),
        }
    });
    let machines = model.sagas.ids().map(|id| {
        let grants = grants::machine_grants(model, id);
        Role {
            function: format!("{} (machine)", model.saga_name(id)),
            actions: grants.iter().map(|grant| grant.actions.len()).sum(),
            resources: grants.len(),
        }
    });
    roles.chain(machines).collect()
}
