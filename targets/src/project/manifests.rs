//! The files around the code: manifests, and what git ignores.

use aqueduct_compiler::model::Model;
use askama::Template;

use crate::files::Files;
use crate::rust::names::package;
use crate::{Origin, Target, rendered};

#[derive(Template)]
#[template(path = "project/Cargo.toml", escape = "none")]
struct Workspace<'a> {
    header: &'a str,
    members: Vec<&'static str>,
    local: bool,
    aws: bool,
}

#[derive(Template)]
#[template(path = "project/system/Cargo.toml", escape = "none")]
struct SystemManifest<'a> {
    header: &'a str,
    package: &'a str,
    system: &'a str,
}

pub(super) fn emit(targets: &[&Target], model: &Model, origin: &Origin, files: &mut Files) {
    let (header, system) = (origin.header(), model.name.as_str());
    let (header, package) = (header.as_str(), package(system));
    let package = package.as_str();
    let members: Vec<&'static str> = ["system", "handlers"]
        .into_iter()
        .chain(targets.iter().map(|target| target.name))
        .collect();
    files.generated(
        "Cargo.toml",
        rendered(&Workspace {
            header,
            local: members.contains(&"local"),
            aws: members.contains(&"aws"),
            members,
        }),
    );
    files.generated(
        "system/Cargo.toml",
        rendered(&SystemManifest {
            header,
            package,
            system,
        }),
    );
    files.once(
        "rustfmt.toml",
        "# The style of the project, whatever folder it stands in.\nstyle_edition = \"2024\"\n",
    );
    files.once(".gitignore", "/target/\n/.aqueduct/\n");
}
