//! Findings as text: for people, for one line each, for machines. Only this file knows `annotate-snippets`.

mod json;
mod sarif;
mod short;

use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Patch, Renderer, Snippet};

use crate::diagnostic::{Diagnostic, Edit, Fix, Label, Severity};
use crate::source::{FileId, SourceMap};

pub use json::json;
pub use sarif::{SarifRule, sarif};
pub use short::short;

/// How findings look; the caller knows whether anybody watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// With the colors of a terminal.
    pub color: bool,
    /// Columns; longer lines of source are cut.
    pub width: usize,
}

/// Findings with the text they are about, one after the other.
pub fn human(diagnostics: &[Diagnostic], sources: &SourceMap, style: Style) -> String {
    let renderer = if style.color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let renderer = renderer.term_width(style.width);
    let mut text = String::new();
    for diagnostic in diagnostics {
        text.push_str(renderer.render(&groups(diagnostic, sources)).trim_end());
        text.push_str("\n\n");
    }
    text
}

fn groups<'a>(diagnostic: &'a Diagnostic, sources: &'a SourceMap) -> Vec<Group<'a>> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warn => Level::WARNING,
        Severity::Hint => Level::INFO.with_name("hint"),
    };
    let mut group = Group::with_title(level.primary_title(&*diagnostic.message).id(diagnostic.code.0));
    let mut labels = vec![(
        AnnotationKind::Primary,
        &diagnostic.primary,
        diagnostic.primary.text.clone(),
    )];
    labels.extend(
        diagnostic
            .related
            .iter()
            .map(|label| (AnnotationKind::Context, label, label.text.clone())),
    );
    for snippet in snippets(&labels, sources) {
        group = group.element(snippet);
    }
    let mut groups = Vec::new();
    if diagnostic.hops.is_empty() {
        group = remarks(group, diagnostic);
        groups.push(group);
    } else {
        groups.push(group);
        let mut path = Group::with_title(Level::NOTE.secondary_title("hop by hop"));
        let hops = diagnostic.hops.iter().enumerate();
        let numbered =
            hops.map(|(at, hop)| (AnnotationKind::Primary, hop, format!("{}. {}", at + 1, hop.text)));
        for snippet in snippets(&numbered.collect::<Vec<_>>(), sources) {
            path = path.element(snippet);
        }
        groups.push(remarks(path, diagnostic));
    }
    if let Some(fix) = &diagnostic.fix {
        let title = diagnostic.help.as_deref().unwrap_or(&fix.title);
        groups.extend(patch(title, fix, sources));
    }
    groups
}

/// Why it matters, and what to do unless a patch shows it.
fn remarks<'a>(mut group: Group<'a>, diagnostic: &'a Diagnostic) -> Group<'a> {
    for note in &diagnostic.notes {
        group = group.element(Level::NOTE.message(&**note));
    }
    if !diagnostic.targets.is_empty() {
        let targets = diagnostic.targets.join(", ");
        group = group.element(Level::NOTE.message(format!("this holds for {targets}")));
    }
    match &diagnostic.help {
        Some(help) if diagnostic.fix.is_none() => group.element(Level::HELP.message(&**help)),
        _ => group,
    }
}

/// One snippet for each file that the labels are in, in the order in which they name them.
fn snippets<'a>(
    labels: &[(AnnotationKind, &'a Label, String)],
    sources: &'a SourceMap,
) -> Vec<Snippet<'a, Annotation<'a>>> {
    let mut files: Vec<FileId> = Vec::new();
    for (_, label, _) in labels {
        if let Some(range) = sources.range(label.span)
            && !files.contains(&range.file)
        {
            files.push(range.file);
        }
    }
    let snippets = files.into_iter().filter_map(|file| {
        let here = labels.iter().filter_map(|(kind, label, text)| {
            let range = sources.range(label.span).filter(|range| range.file == file)?;
            Some((*kind, range, text.clone()))
        });
        let here: Vec<_> = here.collect();
        let (window, line) = window(here.iter().map(|(_, range, _)| *range), sources)?;
        let annotations = here.into_iter().map(|(kind, range, text)| {
            let text = (!text.is_empty()).then_some(text);
            kind.span(inside(range, &window)).label(text)
        });
        let source = sources.file(file);
        Some(
            Snippet::source(source.text.get(window.clone()).unwrap_or_default())
                .line_start(line)
                .path(source.name.as_str())
                .fold(true)
                .annotations(annotations.collect::<Vec<_>>()),
        )
    });
    snippets.collect()
}

/// The text as it would be, around the change.
fn patch<'a>(title: &'a str, fix: &'a Fix, sources: &'a SourceMap) -> Option<Group<'a>> {
    let ranges = fix.edits.iter().filter_map(|edit| sources.range(edit.span));
    let file = ranges.clone().next()?.file;
    let (window, line) = window(ranges.filter(|range| range.file == file), sources)?;
    let source = sources.file(file);
    let patch = |edit: &'a Edit| {
        let range = sources.range(edit.span).filter(|range| range.file == file)?;
        Some(Patch::new(inside(range, &window), &*edit.text))
    };
    let snippet = Snippet::source(source.text.get(window.clone()).unwrap_or_default())
        .line_start(line)
        .path(source.name.as_str())
        .fold(true)
        .patches(fix.edits.iter().filter_map(patch).collect::<Vec<_>>());
    Some(Level::HELP.secondary_title(title).element(snippet))
}

/// The whole lines that ranges of one file touch, and the first one's number.
fn window(
    ranges: impl Iterator<Item = crate::source::Range>,
    sources: &SourceMap,
) -> Option<(Range<usize>, usize)> {
    let all = ranges.reduce(|a, b| crate::source::Range {
        file: a.file,
        start: a.start.min(b.start),
        end: a.end.max(b.end),
    })?;
    let (bytes, line) = sources.lines(all);
    Some((bytes, line as usize))
}

/// A range as seen from the start of a window.
fn inside(range: crate::source::Range, window: &Range<usize>) -> Range<usize> {
    let place = |at: u32| (at as usize).clamp(window.start, window.end) - window.start;
    place(range.start)..place(range.end)
}

#[cfg(test)]
mod tests;
