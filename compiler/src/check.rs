//! Runs the catalogue over a model; a model without errors becomes a `Checked`.

use aqueduct_dsl::diagnostic::{Diagnostic, Severity};
use aqueduct_dsl::source::SpanId;

use crate::graph::Graph;
use crate::model::{Model, Target};
use crate::rules::{self, Needs, Rule};

/// A model that has passed every rule: the only thing that targets accept. It can't be changed any more.
#[derive(Debug, Clone, Copy)]
pub struct Checked<'a> {
    model: &'a Model,
    graph: &'a Graph,
}

impl<'a> Checked<'a> {
    /// The model.
    pub fn model(&self) -> &'a Model {
        self.model
    }

    /// Its graph.
    pub fn graph(&self) -> &'a Graph {
        self.graph
    }
}

/// What a rule reads.
#[derive(Debug)]
pub struct Context<'a> {
    /// The model.
    pub model: &'a Model,
    /// Its graph.
    pub graph: &'a Graph,
}

/// Where a rule puts what it finds: it can't say anything under another code than its own.
#[derive(Debug)]
pub struct Sink<'a> {
    rule: &'static Rule,
    found: &'a mut Vec<Diagnostic>,
}

impl Sink<'_> {
    /// A finding at the rule's own level.
    pub fn report(&mut self, span: SpanId, message: String, finish: impl FnOnce(Diagnostic) -> Diagnostic) {
        self.report_at(self.rule.level, span, message, finish);
    }

    /// A finding at another level than the rule's.
    pub fn report_at(
        &mut self,
        level: Severity,
        span: SpanId,
        message: String,
        finish: impl FnOnce(Diagnostic) -> Diagnostic,
    ) {
        self.found
            .push(finish(Diagnostic::new(self.rule.code, level, span, message)));
    }
}

/// How much of the text made it into the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// All of it.
    Whole,
    /// Something could not be read or resolved: what isn't there proves nothing.
    Partial,
}

/// Runs every rule.
pub fn findings(model: &Model, graph: &Graph, reading: Reading) -> Vec<Diagnostic> {
    let cx = Context { model, graph };
    let mut found = Vec::new();
    for rule in rules::all() {
        if rule.needs == Needs::Whole && reading == Reading::Partial {
            continue;
        }
        (rule.check)(
            &cx,
            &mut Sink {
                rule,
                found: &mut found,
            },
        );
    }
    found
}

/// A model as something that can be built for targets, unless an error holds for one of them.
pub fn checked<'a>(
    model: &'a Model,
    graph: &'a Graph,
    targets: &[Target],
    findings: &[Diagnostic],
) -> Option<Checked<'a>> {
    let blocks = |finding: &Diagnostic| finding.severity == Severity::Error && concerns(finding, targets);
    let sound = !findings.iter().any(blocks);
    sound.then_some(Checked { model, graph })
}

/// A model as far as it could be read; what is made of it is shown beside the errors and never built.
pub fn beside_errors<'a>(model: &'a Model, graph: &'a Graph) -> Checked<'a> {
    Checked { model, graph }
}

/// Keeps what holds for any of the targets. What holds for all of them names none.
pub fn narrow(findings: &mut Vec<Diagnostic>, targets: &[Target]) {
    findings.retain(|finding| concerns(finding, targets));
    for finding in findings {
        finding
            .targets
            .retain(|word| targets.iter().any(|target| target.word() == word));
        if finding.targets.len() == targets.len() {
            finding.targets.clear();
        }
    }
}

/// Whether a finding holds for any of the targets; one that names none holds for all.
fn concerns(finding: &Diagnostic, targets: &[Target]) -> bool {
    let named = |target: &Target| finding.targets.iter().any(|word| word == target.word());
    finding.targets.is_empty() || targets.iter().any(named)
}
