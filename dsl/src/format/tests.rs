//! The formatter on every shape of the language; what crosses crates is tested in `tests/`.

use crate::source::SourceMap;
use crate::{ast, format, parse, test_samples};

fn formatted(text: &str) -> String {
    let mut sources = SourceMap::default();
    let file = sources.add("a.flow", text);
    format(&mut sources, file).unwrap_or_else(|found| panic!("{found:?}\n{text}"))
}

fn parsed(text: &str) -> ast::File {
    let mut sources = SourceMap::default();
    let file = sources.add("a.flow", text);
    parse(&mut sources, file).file
}

/// All that is written, blanks and commas left out.
fn letters(text: &str) -> String {
    text.chars()
        .filter(|letter| !letter.is_whitespace() && *letter != ',')
        .collect()
}

#[test]
fn every_shape_keeps_its_words_and_is_stable() {
    let wild_rydes = [("wild_rydes", test_samples::WILD_RYDES)];
    let mut unmoved = 0;
    for (name, text) in test_samples::GROUPS.into_iter().chain(wild_rydes) {
        let once = formatted(text);
        assert_eq!(formatted(&once), once, "{name} formatted twice");
        let (mut before, mut after) = (letters(text), letters(&once));
        if before == after {
            unmoved += 1;
            assert_eq!(parsed(text), parsed(&once), "{name}");
        }
        let sorted = |letters: &mut String| {
            let mut all: Vec<char> = letters.chars().collect();
            all.sort_unstable();
            all
        };
        assert_eq!(sorted(&mut before), sorted(&mut after), "{name}");
    }
    assert!(unmoved >= 4, "{unmoved} groups kept the order of their clauses");
}
