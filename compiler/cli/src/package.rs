//! The Cargo package of a system that is declared in Rust, as cargo sees it.

use std::path::{Component, Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use aqueduct_targets::Linked;
use serde::Deserialize;

/// What cargo knows of the package.
#[derive(Debug)]
pub(crate) struct Package {
    /// Its name.
    pub(crate) name: String,
    /// The names of the packages of its workspace.
    members: Vec<String>,
    runtime: Dependency,
    folder: PathBuf,
}

#[derive(Debug, Deserialize)]
struct Metadata {
    packages: Vec<Listed>,
}

#[derive(Debug, Deserialize)]
struct Listed {
    name: String,
    manifest_path: PathBuf,
    dependencies: Vec<Dependency>,
}

#[derive(Debug, Clone, Deserialize)]
struct Dependency {
    name: String,
    source: Option<String>,
    /// The version that is asked for.
    req: String,
    path: Option<PathBuf>,
}

impl Package {
    /// Asks cargo for the package in a folder.
    pub(crate) fn of(folder: &Path) -> anyhow::Result<Self> {
        let output = Command::new(crate::commands::cargo())
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .current_dir(folder)
            .output()
            .context("can't start cargo; install Rust from rustup.rs")?;
        if !output.status.success() {
            bail!(
                "cargo can't read the package in {}:\n{}",
                folder.display(),
                String::from_utf8_lossy(&output.stderr).trim_end()
            );
        }
        let metadata: Metadata =
            serde_json::from_slice(&output.stdout).context("cargo's metadata is unreadable")?;
        let members = metadata
            .packages
            .iter()
            .map(|package| package.name.clone())
            .collect();
        let place = std::fs::canonicalize(folder)?;
        let manifest = place.join("Cargo.toml");
        let own = metadata
            .packages
            .into_iter()
            .find(|package| package.manifest_path == manifest);
        let own = own.with_context(|| format!("there is no Cargo package in {}", folder.display()))?;
        let runtime = own
            .dependencies
            .into_iter()
            .find(|dependency| dependency.name == "aqueduct");
        let runtime = runtime.with_context(|| {
            format!(
                "{} doesn't depend on `aqueduct`, which its system is made with; add it to its Cargo.toml",
                own.name
            )
        })?;
        Ok(Self {
            name: own.name,
            members,
            runtime,
            folder: place,
        })
    }

    /// What the program of a target has to link, from its folder in the package.
    pub(crate) fn linked(&self) -> anyhow::Result<Linked> {
        let source = match (&self.runtime.path, &self.runtime.source) {
            (Some(path), _) => {
                let from = self.folder.join("aws");
                let path = relative(&from, &path.join("aws"));
                format!("path = \"{path}\"")
            }
            (None, Some(source)) => match source.strip_prefix("git+") {
                Some(address) => git(address),
                None => format!("version = \"{}\"", self.runtime.req),
            },
            (None, None) => bail!("cargo doesn't say where {} has `aqueduct` from", self.name),
        };
        Ok(Linked {
            package: self.name.clone(),
            aws_runtime: source,
        })
    }

    /// Whether the workspace of the package has a member with this name.
    pub(crate) fn has_member(&self, name: &str) -> bool {
        self.members.iter().any(|member| member == name)
    }
}

/// `https://host/repo?rev=abc` as keys and values of a dependency.
fn git(address: &str) -> String {
    let (place, pin) = address.split_once('?').unwrap_or((address, ""));
    let pin = pin
        .split_once('=')
        .map(|(key, value)| format!(", {key} = \"{value}\""));
    format!("git = \"{place}\"{}", pin.unwrap_or_default())
}

/// The way from one folder to another, with `/` between its parts.
fn relative(from: &Path, to: &Path) -> String {
    let parts = |path: &Path| -> Vec<String> {
        let normal = path
            .components()
            .filter(|part| !matches!(part, Component::CurDir));
        normal
            .map(|part| part.as_os_str().to_string_lossy().into_owned())
            .collect()
    };
    let (from, to) = (parts(from), parts(to));
    let shared = from
        .iter()
        .zip(&to)
        .take_while(|(one, other)| one == other)
        .count();
    let up = std::iter::repeat_n("..".to_owned(), from.len() - shared);
    up.chain(to.into_iter().skip(shared))
        .collect::<Vec<_>>()
        .join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dependency_stays_pinned() {
        assert_eq!(git("https://host/a"), "git = \"https://host/a\"");
        assert_eq!(
            git("https://host/a?rev=1f"),
            "git = \"https://host/a\", rev = \"1f\""
        );
        assert_eq!(
            git("https://host/a?tag=v1"),
            "git = \"https://host/a\", tag = \"v1\""
        );
    }

    #[test]
    fn the_way_between_folders_is_the_same_wherever_they_are() {
        assert_eq!(
            relative(
                Path::new("/work/examples/rides/aws"),
                Path::new("/work/runtime/aws")
            ),
            "../../../runtime/aws"
        );
    }
}
