//! Every template before AWS's translator, cfn-lint, AWS's validator and checkov: what they find is mended or listed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use aqueduct_tests::{oracles, read, root, systems};
use serde::Deserialize;

/// What a judge has found.
#[derive(Debug, Deserialize)]
pub(crate) struct Finding {
    pub(crate) name: String,
    judge: String,
    pub(crate) rule: String,
    resource: String,
    #[allow(dead_code, reason = "shown when a test fails")]
    message: String,
}

/// What all judges find in templates, by the systems' names; nothing when they aren't installed.
pub(crate) fn findings(templates: &[(String, PathBuf)]) -> Option<Vec<Finding>> {
    let mut python = Command::new(oracles::python()?);
    let named = templates
        .iter()
        .map(|(name, path)| format!("{name}={}", path.display()));
    let _ = python
        .arg(root().join("tests/oracles/cloud/judge.py"))
        .args(named);
    let mut node = Command::new("node");
    let both = templates
        .iter()
        .flat_map(|(_, path)| [path.clone(), path.with_extension("cfn.json")]);
    let _alone = crate::alone();
    let found = oracles::output(&mut python);
    let _ = node
        .arg(root().join("tests/oracles/cloudformation.mjs"))
        .arg(oracles::node_modules()?)
        .args(both);
    let found = found + &oracles::output(&mut node);
    let findings = found.lines().map(|line| serde_json::from_str(line).unwrap());
    Some(findings.collect())
}

/// Judge, rule and, if it is one only, resource of the findings that stay.
fn accepted() -> Vec<Vec<String>> {
    let text = read("tests/cases/judges/accepted.txt");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let (finding, reason) = line.split_once(": ").expect("`judge rule [resource]: reason`");
            assert!(reason.len() > 20, "{line}: why?");
            finding.split(' ').map(str::to_owned).collect()
        })
        .collect()
}

impl Finding {
    fn is(&self, accepted: &[String]) -> bool {
        let own = [&self.judge, &self.rule, &self.resource];
        accepted.iter().zip(own).all(|(accepted, own)| accepted == own)
    }
}

pub(crate) fn place(folder: &Path, name: &str, text: &str) -> (String, PathBuf) {
    let path = folder.join(format!("{name}.yaml"));
    fs::write(&path, text).unwrap();
    (name.to_owned(), path)
}

/// The committed state machines of a system of the corpus: names of files and texts.
pub(crate) fn machines(system: &str) -> Vec<(String, String)> {
    let folder = root().join(format!("tests/cases/golden/{system}/aws/aws/machines"));
    let entries = fs::read_dir(folder).into_iter().flatten();
    let texts = entries.map(|entry| {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, fs::read_to_string(path).unwrap())
    });
    texts.collect()
}

/// The control: what each judge has to find when one thing is wrong.
const BROKEN: [(&str, &str, &str, &str); 4] = [
    (
        "short-visibility",
        "VisibilityTimeout: 90",
        "VisibilityTimeout: 1",
        "cfn-lint",
    ),
    (
        "unknown-mode",
        "PAY_PER_REQUEST",
        "PAY_PER_RIDE",
        "cloudformation-validate",
    ),
    (
        "unknown-attribute",
        "[NotificationsQueue, Arn]",
        "[NotificationsQueue, Arm]",
        "cfn-lint",
    ),
    (
        "open-topic",
        "KmsMasterKeyId: alias/aws/sns",
        "DisplayName: open",
        "checkov",
    ),
];

#[test]
fn judges_find_nothing_that_is_not_listed_and_something_where_there_is() {
    let folder = tempfile::tempdir().unwrap();
    let template = |name: &str| read(format!("tests/cases/golden/{name}/aws/aws/template.yaml"));
    let systems = systems();
    let mut templates: Vec<_> = systems
        .iter()
        .map(|(name, _)| place(folder.path(), name, &template(name)))
        .collect();
    for (name, right, wrong, _) in BROKEN {
        let text = template("wild-rydes");
        assert!(text.contains(right), "{name}: the template says {right}");
        let text = text.replacen(right, wrong, 1);
        templates.push(place(folder.path(), name, &text));
    }
    let Some(findings) = findings(&templates) else {
        return;
    };
    let accepted = accepted();
    let fresh: Vec<_> = findings
        .iter()
        .filter(|found| !accepted.iter().any(|accepted| found.is(accepted)))
        .collect();
    let clean = |found: &&Finding| systems.iter().any(|(name, _)| *name == found.name);
    let unlisted: Vec<_> = fresh.iter().filter(|found| clean(found)).collect();
    assert!(unlisted.is_empty(), "{unlisted:#?}");
    for (name, _, wrong, judge) in BROKEN {
        let found = fresh
            .iter()
            .any(|found| found.name == name && found.judge == judge);
        assert!(found, "{judge} doesn't mind {wrong}:\n{fresh:#?}");
    }
    for accepted in &accepted {
        let used = findings.iter().any(|found| found.is(accepted));
        assert!(
            used,
            "{accepted:?} is found nowhere any more: take it off the list"
        );
    }
    let listed = findings.iter().filter(|found| clean(found)).count();
    eprintln!(
        "{} templates: {listed} findings, each listed with its reason",
        systems.len()
    );
}
