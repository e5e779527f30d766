//! Every page is documentation and test at once: its example raises its code, its cure raises nothing.

use aqueduct_compiler::rules;
use aqueduct_tests::{analyzed, blocks, codes, listed, systems};

#[test]
fn the_example_of_every_page_raises_its_code_and_the_cure_raises_nothing() {
    let mut problems = String::new();
    for page in rules::pages() {
        let bad = blocks(page.text, "Example", "flow");
        let good = blocks(page.text, "Use instead", "flow");
        if bad.is_empty() || good.is_empty() {
            problems.push_str(&format!("{}: the page needs an example and a cure\n", page.code));
        }
        for text in bad {
            let found = codes(&text);
            if found.is_empty() || found.iter().any(|code| code != page.code) {
                let (analysis, sources) = analyzed("example", &text);
                problems.push_str(&format!(
                    "{}: the example raises\n{}",
                    page.code,
                    listed(&analysis, &sources)
                ));
            }
        }
        for text in good {
            let (analysis, sources) = analyzed("cure", &text);
            if !analysis.findings.is_empty() {
                problems.push_str(&format!(
                    "{}: the cure raises\n{}",
                    page.code,
                    listed(&analysis, &sources)
                ));
            }
        }
    }
    assert!(problems.is_empty(), "\n{problems}");
}

#[test]
fn the_corpus_is_clean() {
    for (name, text) in systems() {
        let (analysis, sources) = analyzed(&name, &text);
        assert!(
            analysis.findings.is_empty(),
            "{name}:\n{}",
            listed(&analysis, &sources)
        );
    }
}
