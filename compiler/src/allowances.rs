//! `allow CODE because "…"`: findings that the author accepts, where the author accepts them.

use aqueduct_dsl::diagnostic::{Code, Diagnostic, Severity};
use aqueduct_dsl::source::{SourceMap, SpanId};

use crate::check::Reading;
use crate::model::Allowance;

/// An allowance that hides nothing.
const STALE_ALLOW: Code = Code("STY003");

/// Takes out what is accepted, and says which allowances accept nothing.
pub(crate) fn apply(
    findings: &mut Vec<Diagnostic>,
    allowances: &[Allowance],
    sources: &SourceMap,
    reading: Reading,
) {
    let mut used = vec![false; allowances.len()];
    findings.retain(|finding| {
        let mut accepted = false;
        for (allowance, used) in allowances.iter().zip(&mut used) {
            if finding.code.0 == allowance.code && covers(allowance, finding, sources) {
                accepted = true;
                *used = true;
            }
        }
        !accepted
    });
    // Where something could not be read, some findings are not there yet.
    if reading == Reading::Partial {
        return;
    }
    let stale = allowances.iter().zip(used).filter(|(_, used)| !used);
    findings.extend(stale.map(|(allowance, _)| {
        Diagnostic::new(
            STALE_ALLOW,
            Severity::Warn,
            allowance.because.span,
            format!(
                "nothing here is accepted: there is no {} to allow",
                allowance.code
            ),
        )
        .label("hides nothing any more")
        .note("an allowance that is not needed hides the next finding of its kind")
        .help("delete it")
    }));
}

/// Whether a finding stands in the entry that an allowance holds for.
fn covers(allowance: &Allowance, finding: &Diagnostic, sources: &SourceMap) -> bool {
    let Some(scope) = allowance.scope else { return true };
    inside(finding.primary.span, scope, sources)
}

fn inside(span: SpanId, scope: SpanId, sources: &SourceMap) -> bool {
    let (Some(inner), Some(outer)) = (sources.range(span), sources.range(scope)) else {
        return false;
    };
    inner.file == outer.file && outer.start <= inner.start && inner.end <= outer.end
}
