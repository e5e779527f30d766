//! `aws/`: the system as a SAM template, with the Lambda program over the same handlers.

mod channels;
mod functions;
mod grants;
mod ids;
mod plan;
mod subscriptions;
mod watch;

use aqueduct_compiler::check::Checked;
use askama::Template;

use crate::files::Files;
use crate::rust::layout::{Code, call, text};
use crate::rust::names::{literal, package};
use crate::{Origin, Target, rendered};
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
}

#[derive(Template)]
#[template(path = "aws/src/main.rs", escape = "none")]
struct Main<'a> {
    header: &'a str,
    system: &'a str,
    plan: &'a Plan,
    topics: String,
    queues: String,
}

#[derive(Template)]
#[template(path = "aws/samconfig.toml", escape = "none")]
struct Config<'a> {
    header: &'a str,
    package: &'a str,
}

fn emit(checked: Checked<'_>, origin: &Origin) -> Files {
    let model = checked.model();
    let (header, system) = (origin.header(), model.name.as_str());
    let (header, package) = (header.as_str(), package(system));
    let package = package.as_str();
    let plan = &Plan::of(model);
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
        }),
    );
    files.generated("aws/samconfig.toml", rendered(&Config { header, package }));
    let variables = |pairs: Vec<(&str, &str)>| {
        let pairs = pairs
            .into_iter()
            .map(|(name, variable)| call("", [text(literal(name)), text(literal(variable))]));
        Code::Array(pairs.collect()).lay(4, "queues: &,".len())
    };
    files.generated(
        "aws/src/main.rs",
        rendered(&Main {
            header,
            system,
            plan,
            topics: variables(
                plan.topics
                    .iter()
                    .map(|topic| (topic.name.as_str(), topic.variable.as_str()))
                    .collect(),
            ),
            queues: variables(
                plan.queues
                    .iter()
                    .map(|queue| (queue.name.as_str(), queue.variable.as_str()))
                    .collect(),
            ),
        }),
    );
    files
}
