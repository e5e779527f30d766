//! How findings look.

use super::{Style, human, json, short};
use crate::codes::UNREADABLE_ENTRY;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::parse::parse;
use crate::source::SourceMap;

const PLAIN: Style = Style {
    color: false,
    width: 100,
};

fn look(text: &str) -> String {
    let mut sources = SourceMap::default();
    let file = sources.add("a.flow", text);
    let parsed = parse(&mut sources, file);
    human(&parsed.diagnostics, &sources, PLAIN)
}

#[test]
fn a_finding_shows_place_reason_and_change() {
    insta::assert_snapshot!(look("qeue orders: Order\n"));
    insta::assert_snapshot!(look("type A {\n  a: int b: int\n}\n"));
    insta::assert_snapshot!(look("service S {\n  auth jwt\nqueue b: T\n"));
    insta::assert_snapshot!(look("queue a: T {\n  timeout: 5s\n  owner 'me'\n}\n"));
}

#[test]
fn related_places_hops_and_targets_are_shown_in_their_files() {
    let mut sources = SourceMap::default();
    let one = sources.add("one.flow", "queue a: T\r\n\tqueue b: T\r\n");
    let two = sources.add("two.flow", "handler é(T) on a\n");
    let (a, b) = (sources.span(one, 6, 7), sources.span(one, 19, 20));
    let handler = sources.span(two, 8, 10);
    let mut finding = Diagnostic::new(Code("ORD007"), Severity::Warn, a, "two paths race")
        .label("here they part")
        .related(b, "the other one")
        .hop(a, "from here")
        .hop(handler, "to there")
        .note("the second may come first")
        .help("join them");
    finding.targets = vec!["aws".into()];
    insta::assert_snapshot!(human(&[finding], &sources, PLAIN));
}

#[test]
fn every_span_can_be_shown() {
    for text in ["", "\n", "\r\n", "é", "\té\t", "x".repeat(500).as_str(), "a\nb\n"] {
        let mut sources = SourceMap::default();
        let file = sources.add("a.flow", text);
        let places: Vec<usize> = (0..=text.len()).filter(|at| text.is_char_boundary(*at)).collect();
        for start in &places {
            for end in places.iter().filter(|end| *end >= start).take(4) {
                let span = sources.span(file, *start, *end);
                let finding = Diagnostic::error(UNREADABLE_ENTRY, span, "x")
                    .label("y")
                    .replace("z", span, "w");
                let shown = human(std::slice::from_ref(&finding), &sources, PLAIN);
                assert!(shown.contains("error[SYN001]: x"), "{shown}");
                assert!(shown.contains("a.flow:"), "{shown}");
                assert!(!json(&[finding], &sources).is_empty());
            }
        }
    }
    let nowhere = Diagnostic::error(UNREADABLE_ENTRY, crate::source::SpanId::NOWHERE, "x");
    assert_eq!(
        human(std::slice::from_ref(&nowhere), &SourceMap::default(), PLAIN),
        "error[SYN001]: x\n\n"
    );
    assert_eq!(short(&[nowhere], &SourceMap::default()), "error[SYN001]: x\n");
}

#[test]
fn short_is_a_line_each_and_json_one_document() {
    let mut sources = SourceMap::default();
    let file = sources.add("a.flow", "queue é: T\n\nqueue b: T {\n");
    let parsed = parse(&mut sources, file);
    insta::assert_snapshot!(short(&parsed.diagnostics, &sources));
    insta::assert_snapshot!(json(&parsed.diagnostics, &sources));
}
