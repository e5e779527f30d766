//! From trees to a checked model: lowering, the typed model, graph views and the rules.
//!
//! Pure: no file, clock or environment. Start reading at [`analyze`], then [`model`], `lower.rs` and `check.rs`.
#![deny(clippy::disallowed_methods)]

mod allowances;
pub mod check;
pub mod codes;
pub mod constructs;
pub mod facts;
pub mod graph;
pub mod imports;
pub mod limits;
mod lower;
pub mod mend;
pub mod model;
pub mod rules;

use aqueduct_dsl::ast;
use aqueduct_dsl::codes::UNREADABLE_ENTRY;
use aqueduct_dsl::diagnostic::{self, Diagnostic, Severity};
use aqueduct_dsl::source::{FileId, SourceMap};
use smol_str::SmolStr;

use check::{Checked, Reading};
use graph::Graph;
use model::{Model, Target};

/// Everything that is known of a system after one run.
#[derive(Debug, Clone)]
pub struct Analysis {
    /// The trees that it was made from, as far as they could be read.
    pub files: Vec<ast::File>,
    /// The model, as far as it could be read.
    pub model: Model,
    /// Its graph.
    pub graph: Graph,
    /// What was found, in the order of the text.
    pub findings: Vec<Diagnostic>,
}

impl Analysis {
    /// The model as something that targets accept; `None` when an error was found that holds for any of the system's.
    pub fn checked(&self) -> Option<Checked<'_>> {
        check::checked(&self.model, &self.graph, &self.model.targets, &self.findings)
    }

    /// The same for one target: errors that hold only elsewhere don't count. `None` also when the system isn't meant
    /// for that target.
    pub fn checked_for(&self, target: Target) -> Option<Checked<'_>> {
        if !self.model.targets.contains(&target) {
            return None;
        }
        check::checked(&self.model, &self.graph, &[target], &self.findings)
    }

    /// The model for whoever shows it and doesn't run it: what some target can't carry is no error then.
    pub fn drawn(&self) -> Option<Checked<'_>> {
        let about_the_system = |finding: &&Diagnostic| !finding.code.is_about_targets();
        let findings: Vec<Diagnostic> = self.findings.iter().filter(about_the_system).cloned().collect();
        check::checked(&self.model, &self.graph, &self.model.targets, &findings)
    }

    /// The model as something that targets accept although errors were found, for whoever reports them in such a way
    /// that what is made can't be used: code beside `compile_error!`. So nobody else is blamed for what is missing.
    pub fn beside_errors(&self) -> Checked<'_> {
        check::beside_errors(&self.model, &self.graph)
    }

    /// The same as if the system were meant for some of its targets only.
    #[must_use]
    pub fn narrowed(mut self, targets: &[Target]) -> Self {
        check::narrow(&mut self.findings, targets);
        self.model.targets = targets.to_vec();
        self
    }

    /// Whether the trees hold all that was written: nothing was left out because it couldn't be read.
    pub fn is_whole(&self) -> bool {
        let unread = [UNREADABLE_ENTRY, codes::RUST_OUT_OF_PLACE];
        let lost =
            |finding: &Diagnostic| unread.contains(&finding.code) && finding.severity == Severity::Error;
        !self.findings.iter().any(lost)
    }

    /// How many findings are of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    }
}

/// Reads, resolves and checks the files of one system.
///
/// `fallback_name` names a system that doesn't name itself, in `UpperCamel`.
pub fn analyze(sources: &mut SourceMap, files: &[FileId], fallback_name: &str) -> Analysis {
    analyze_after(sources, files, fallback_name, Already::default())
}

/// The same for a system of several files: what the first takes in with `use` is opened and read as well.
pub fn analyze_with(
    sources: &mut SourceMap,
    first: FileId,
    fallback_name: &str,
    open: &mut imports::Open<'_>,
) -> Analysis {
    let gathered = imports::gather(sources, first, open);
    let already = Already {
        findings: gathered.findings,
        lost: Vec::new(),
    };
    analyze_trees(sources, gathered.trees, fallback_name, already)
}

/// What a front end has found before there was a text to parse.
#[derive(Debug, Clone, Default)]
pub struct Already {
    /// What was wrong.
    pub findings: Vec<Diagnostic>,
    /// Names that stand for what was wrong: what refers to them is not to blame.
    pub lost: Vec<SmolStr>,
}

/// The same where a front end has found something before.
pub fn analyze_after(
    sources: &mut SourceMap,
    files: &[FileId],
    fallback_name: &str,
    already: Already,
) -> Analysis {
    let parsed = files.iter().map(|file| aqueduct_dsl::parse(sources, *file));
    let parsed = parsed.collect();
    analyze_trees(sources, parsed, fallback_name, already)
}

fn analyze_trees(
    sources: &mut SourceMap,
    parsed: Vec<aqueduct_dsl::Parsed>,
    fallback_name: &str,
    already: Already,
) -> Analysis {
    let Already {
        mut findings,
        mut lost,
    } = already;
    let mut trees = Vec::new();
    for parsed in parsed {
        findings.extend(parsed.diagnostics);
        lost.extend(parsed.lost);
        trees.push(parsed.file);
    }
    let lowered = lower::lower(&trees, fallback_name, lost);
    findings.extend(lowered.diagnostics);
    let graph = Graph::of(&lowered.model);
    let sound = findings.iter().all(|finding| finding.severity != Severity::Error);
    let reading = if sound { Reading::Whole } else { Reading::Partial };
    findings.extend(check::findings(&lowered.model, &graph, reading));
    allowances::apply(&mut findings, &lowered.model.allowances, sources, reading);
    check::narrow(&mut findings, &lowered.model.targets);
    diagnostic::sort(&mut findings, sources);
    Analysis {
        files: trees,
        model: lowered.model,
        graph,
        findings,
    }
}
