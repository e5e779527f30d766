//! Applies the fixes of findings to their texts, in rounds, as long as no round makes anything worse.
//!
//! Reading is the caller's: it is given the texts that have changed and answers with what is found in all of them then.

use std::collections::{BTreeMap, BTreeSet};

use aqueduct_dsl::diagnostic::{Code, Diagnostic, Edit, Fix, Severity};
use aqueduct_dsl::source::{Range, SourceMap};

use crate::Analysis;

/// After so many rounds something goes in circles.
const ROUNDS: usize = 10;

/// Texts that differ from what was read, by the names of their files.
pub type Texts = BTreeMap<String, String>;

/// A system as it was read.
#[derive(Debug, Clone)]
pub struct Look {
    /// Its files.
    pub sources: SourceMap,
    /// What was found in them.
    pub analysis: Analysis,
}

/// A fix that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// The file.
    pub file: String,
    /// The line, from 1, as the text was before the round.
    pub line: u32,
    /// The name of the finding.
    pub code: Code,
    /// What was done, an imperative.
    pub title: String,
}

/// What has become of a system.
#[derive(Debug, Clone)]
pub struct Mended {
    /// Whole texts of the files that changed.
    pub texts: Texts,
    /// What was done, in this order.
    pub done: Vec<Done>,
    /// The system after that, with what is left to be said about it.
    pub left: Look,
}

/// Mends what can be mended without asking.
///
/// A round makes all fixes that don't touch each other, the first at each place. A fix that would leave more errors than
/// there were isn't made, nor a guess that would leave as many, and no text comes twice: what is mended once stays as it
/// is when it is mended again.
///
/// # Errors
/// Those of `look`.
pub fn mend<E>(mut look: impl FnMut(&Texts) -> Result<Look, E>) -> Result<Mended, E> {
    let mut mended = Mended {
        left: look(&Texts::new())?,
        texts: Texts::new(),
        done: Vec::new(),
    };
    let mut seen = BTreeSet::from([Texts::new()]);
    for _ in 0..ROUNDS {
        let offered = apart(&mended.left);
        let Some((made, texts, left)) = best(&mended, &offered, &seen, &mut look)? else {
            break;
        };
        let done: Vec<Done> = made.iter().map(|finding| done(finding, &mended.left)).collect();
        let _ = seen.insert(texts.clone());
        mended.done.extend(done);
        mended.texts = texts;
        mended.left = left;
    }
    Ok(mended)
}

/// Findings of which the fixes are made, the texts after that, and the system then.
type Round<'a> = (Vec<&'a Diagnostic>, Texts, Look);

/// All that is offered if each of its errors is gone then, else whatever does no harm when one comes after the other.
fn best<'a, E>(
    mended: &Mended,
    offered: &[&'a Diagnostic],
    seen: &BTreeSet<Texts>,
    look: &mut impl FnMut(&Texts) -> Result<Look, E>,
) -> Result<Option<Round<'a>>, E> {
    let mut attempt = |made: Vec<&'a Diagnostic>, most: usize| -> Result<Option<Round<'a>>, E> {
        let texts = changed(mended, &made);
        if seen.contains(&texts) {
            return Ok(None);
        }
        let left = look(&texts)?;
        Ok((errors(&left) <= most).then_some((made, texts, left)))
    };
    let before = errors(&mended.left);
    let wrong = offered
        .iter()
        .filter(|finding| finding.severity == Severity::Error);
    let mended_by_all = before.saturating_sub(wrong.count());
    if offered.is_empty() {
        return Ok(None);
    }
    if let Some(all) = attempt(offered.to_vec(), mended_by_all)? {
        return Ok(Some(all));
    }
    let mut best: Option<Round<'a>> = None;
    for one in offered {
        let kept = best.iter().flat_map(|(made, ..)| made.iter().copied());
        let more = kept.chain([*one]).collect();
        let before = best.as_ref().map_or(before, |(.., left)| errors(left));
        let most = before.saturating_sub(usize::from(has_to_go(one)));
        let round = attempt(more, most)?;
        best = round.filter(|round| !stumbles(one, &mended.left, round)).or(best);
    }
    Ok(best)
}

fn errors(look: &Look) -> usize {
    look.analysis.count(Severity::Error)
}

/// Whether a fix has to leave fewer errors: one that only trades an error for another was a wrong guess. What can't be
/// read hides other errors, which are shown when it is mended.
fn has_to_go(finding: &Diagnostic) -> bool {
    finding.severity == Severity::Error && !finding.code.is_about_reading()
}

/// Whether an error stands after a round where it stood before it: `with` became `within`, which is no better there.
fn stumbles(finding: &Diagnostic, before: &Look, (made, _, left): &Round<'_>) -> bool {
    let place = |look: &Look, finding: &Diagnostic| look.sources.range(finding.primary.span);
    let Some(old) = place(before, finding) else {
        return false;
    };
    let edits = made
        .iter()
        .flat_map(|finding| &finding.fix)
        .flat_map(|fix| &fix.edits);
    let (mut added, mut removed) = (0, 0);
    for edit in edits {
        let range = before.sources.range(edit.span);
        if let Some(range) = range.filter(|range| range.file == old.file && range.end <= old.start) {
            added += edit.text.len();
            removed += (range.end - range.start) as usize;
        }
    }
    let start = (old.start as usize + added).saturating_sub(removed);
    let name = &before.sources.file(old.file).name;
    left.analysis.findings.iter().any(|found| {
        found.severity == Severity::Error
            && place(left, found).is_some_and(|range| {
                range.start as usize == start && left.sources.file(range.file).name == *name
            })
    })
}

/// Findings whose fixes don't touch each other, in the order of the text.
fn apart(look: &Look) -> Vec<&Diagnostic> {
    let mut taken: Vec<Range> = Vec::new();
    let mut found = Vec::new();
    for finding in &look.analysis.findings {
        let Some(fix) = &finding.fix else { continue };
        let Some(places) = places(fix, &look.sources) else {
            continue;
        };
        let is_free = |place: &Range| !taken.iter().any(|other| touch(*place, *other));
        if places.iter().all(is_free) {
            taken.extend(places);
            found.push(finding);
        }
    }
    found
}

/// Where a fix changes something; nothing for one that isn't about the texts.
fn places(fix: &Fix, sources: &SourceMap) -> Option<Vec<Range>> {
    let place = |edit: &Edit| {
        let range = sources.range(edit.span)?;
        let text = &sources.file(range.file).text;
        let stands = text.get(range.start as usize..range.end as usize).is_some();
        stands.then_some(range)
    };
    fix.edits.iter().map(place).collect()
}

/// Whether two places share a byte or a border: what is written between two changes belongs to one of them.
fn touch(one: Range, other: Range) -> bool {
    one.file == other.file && one.start <= other.end && other.start <= one.end
}

/// All texts that differ from what was read, after some more fixes.
fn changed(mended: &Mended, made: &[&Diagnostic]) -> Texts {
    let sources = &mended.left.sources;
    let edits = made.iter().filter_map(|finding| finding.fix.as_ref());
    let edits = edits.flat_map(|fix| &fix.edits);
    let mut edits: Vec<(Range, &str)> = edits
        .filter_map(|edit| Some((sources.range(edit.span)?, edit.text.as_str())))
        .collect();
    // From the end, so that what is before keeps its place.
    edits.sort_by_key(|(range, _)| std::cmp::Reverse(*range));
    let mut texts = mended.texts.clone();
    for (range, new) in edits {
        let file = sources.file(range.file);
        let text = texts
            .entry(file.name.to_string())
            .or_insert_with(|| file.text.to_string());
        let new = if text.contains("\r\n") {
            new.replace('\n', "\r\n")
        } else {
            new.to_owned()
        };
        text.replace_range(range.start as usize..range.end as usize, &new);
    }
    texts
}

fn done(finding: &Diagnostic, look: &Look) -> Done {
    let fix = finding.fix.as_ref();
    let place = fix
        .and_then(|fix| fix.edits.first())
        .map_or(finding.primary.span, |edit| edit.span);
    let (line, _) = look.sources.line_column(place).unwrap_or_default();
    Done {
        file: look.sources.file_name(place).unwrap_or_default().to_owned(),
        line,
        code: finding.code,
        title: fix.map(|fix| fix.title.clone()).unwrap_or_default(),
    }
}
