//! `local/`: the system as one program with an embedded durable store.

use aqueduct_compiler::check::Checked;
use aqueduct_compiler::model::Auth;
use askama::Template;

use crate::files::Files;
use crate::rust::names::package;
use crate::{Origin, Target, rendered};

pub(crate) const TARGET: Target = Target {
    name: "local",
    summary: "one program with an embedded store",
    of_project: true,
    emit,
};

#[derive(Template)]
#[template(path = "local/Cargo.toml", escape = "none")]
struct Manifest<'a> {
    header: &'a str,
    package: &'a str,
    system: &'a str,
    jwt: bool,
    /// Whether services outside are called.
    calls: bool,
}

#[derive(Template)]
#[template(path = "local/src/main.rs", escape = "none")]
struct Main<'a> {
    header: &'a str,
    system: &'a str,
}

fn emit(checked: Checked<'_>, origin: &Origin) -> Files {
    let (header, system) = (origin.header(), checked.model().name.as_str());
    let (header, package) = (header.as_str(), package(system));
    let mut files = Files::default();
    files.generated(
        "local/Cargo.toml",
        rendered(&Manifest {
            header,
            package: &package,
            system,
            jwt: checked
                .model()
                .apis
                .values()
                .any(|api| matches!(api.auth, Some(Auth::Jwt { .. }))),
            calls: checked.model().external_services().next().is_some(),
        }),
    );
    files.generated("local/src/main.rs", rendered(&Main { header, system }));
    files
}
