//! What holds of every text, whoever wrote it: formatting and printing change no meaning, findings have places.

use aqueduct_compiler::Analysis;
use aqueduct_dsl::diagnostic::Diagnostic;
use aqueduct_dsl::source::SourceMap;
use aqueduct_dsl::{format, parse};

use crate::mutants::Random;
use crate::{analyzed, files, listed};

/// For the layout that a formatted text is disturbed with.
const SEED: u64 = 20_261_121;

/// The canonical form; nothing if the text can't be read.
pub fn formatted(text: &str) -> Option<String> {
    let mut sources = SourceMap::default();
    let file = sources.add("case.flow", text);
    format(&mut sources, file).ok()
}

/// Comments and documentation, and everything else in pieces without blanks and commas; both in order.
fn pieces(text: &str) -> (Vec<String>, Vec<String>) {
    let (mut comments, mut words) = (Vec::new(), Vec::new());
    // A `\r` alone ends a line as well.
    for line in text.split(['\n', '\r']) {
        let mut quoted = false;
        let mut escaped = false;
        let comment = line.char_indices().find_map(|(at, letter)| {
            quoted ^= letter == '"' && !escaped;
            escaped = letter == '\\' && !escaped;
            (!quoted && line[at..].starts_with("//")).then_some(at)
        });
        let (code, comment) = line.split_at(comment.unwrap_or(line.len()));
        if !comment.is_empty() {
            comments.push(comment.trim_end().to_owned());
        }
        let letters = code
            .chars()
            .filter(|letter| !letter.is_whitespace() && *letter != ',');
        words.extend(letters.map(String::from));
    }
    (comments, words)
}

fn sorted<T: Ord>(mut all: Vec<T>) -> Vec<T> {
    all.sort();
    all
}

/// Other indentation, blanks at line ends, and two blank lines for each.
fn disturbed(text: &str, random: &mut Random) -> String {
    let lines = text.lines().map(|line| {
        let line = line.trim_start();
        let blanks = [" ", "", "\t", "        "][random.below(4)];
        let blank_line = if line.is_empty() { "\n" } else { "" };
        format!("{blanks}{line}{}{blank_line}\n", " ".repeat(random.below(3)))
    });
    lines.collect()
}

/// All that has to hold of a text that can be read, when it is formatted.
///
/// # Panics
/// When it doesn't hold.
pub fn assert_formatting_holds(name: &str, text: &str) {
    let once = formatted(text).unwrap_or_else(|| {
        let (analysis, sources) = analyzed("case.flow", text);
        panic!("{name} can't be read:\n{}\n{text}", listed(&analysis, &sources))
    });
    let shown = || format!("{name}\n── before\n{text}\n── after\n{once}");
    assert_eq!(
        formatted(&once).as_ref(),
        Some(&once),
        "formatted twice: {}",
        shown()
    );
    let (comments, words) = pieces(text);
    let (comments_after, words_after) = pieces(&once);
    assert_eq!(
        sorted(words.clone()),
        sorted(words_after.clone()),
        "words: {}",
        shown()
    );
    assert_eq!(
        sorted(comments.clone()),
        sorted(comments_after.clone()),
        "comments: {}",
        shown()
    );
    let mut sources = SourceMap::default();
    let (before, after) = (sources.add("a.flow", text), sources.add("b.flow", once.as_str()));
    let trees = (parse(&mut sources, before).file, parse(&mut sources, after).file);
    if words == words_after {
        assert_eq!(comments, comments_after, "order of comments: {}", shown());
        assert!(trees.0 == trees.1, "another tree: {}", shown());
    }
    let before = in_any_order(analyzed("case.flow", text).0);
    let after = in_any_order(analyzed("case.flow", &once).0);
    assert!(before.model == after.model, "another model: {}", shown());
    assert_eq!(codes(&before), codes(&after), "findings: {}", shown());
    for line in once.lines() {
        assert_eq!(line.trim_end(), line, "blanks at a line's end: {}", shown());
    }
    assert!(
        !once.contains("\n\n\n") && !once.starts_with('\n') && !once.ends_with("\n\n"),
        "{}",
        shown()
    );
    let once = once.replace("\r\n", "\n");
    assert_eq!(
        formatted(&disturbed(&once, &mut Random(SEED))).as_ref(),
        Some(&once),
        "layout doesn't matter: {}",
        shown()
    );
}

/// What was read; nothing if a part of the text couldn't be.
pub fn whole(text: &str) -> Option<Analysis> {
    let (analysis, _) = analyzed("case.flow", text);
    analysis.is_whole().then_some(analysis)
}

fn codes(analysis: &Analysis) -> Vec<&str> {
    let mut codes: Vec<&str> = analysis.findings.iter().map(|finding| finding.code.0).collect();
    codes.sort_unstable();
    codes
}

/// What is refused is listed in the order of the text, and entries or clauses may have moved.
pub fn in_any_order(mut analysis: Analysis) -> Analysis {
    analysis
        .model
        .refused
        .sort_by(|one, other| one.what.cmp(&other.what));
    analysis
}

/// All that has to hold of what was read, when its trees are printed.
///
/// # Panics
/// When it doesn't hold.
pub fn assert_printing_holds(name: &str, before: Analysis) {
    let written = aqueduct_dsl::write(&before.files);
    let (after, sources) = analyzed("case.flow", &written);
    let shown = || format!("{name} becomes\n{written}\n{}", listed(&after, &sources));
    assert!(after.is_whole(), "can't be read: {}", shown());
    assert_eq!(
        aqueduct_dsl::write(&after.files),
        written,
        "written twice: {}",
        shown()
    );
    let (first, others) = files(&written);
    let others = others.into_iter().map(|(_, text)| text);
    for text in [first].into_iter().chain(others) {
        assert_eq!(formatted(&text).as_ref(), Some(&text), "{}", shown());
    }
    assert_eq!(codes(&before), codes(&after), "findings: {}", shown());
    let (one, other) = (in_any_order(before), in_any_order(after.clone()));
    assert!(one.model == other.model, "another model: {}", shown());
}

/// Every place of a finding is in its file, and begins and ends between characters.
///
/// # Panics
/// When one isn't.
pub fn assert_places_hold(findings: &[Diagnostic], sources: &SourceMap) {
    for finding in findings {
        let labels = [&finding.primary]
            .into_iter()
            .chain(&finding.related)
            .chain(&finding.hops);
        let edits = finding
            .fix
            .iter()
            .flat_map(|fix| &fix.edits)
            .map(|edit| edit.span);
        for range in labels
            .map(|label| label.span)
            .chain(edits)
            .filter_map(|span| sources.range(span))
        {
            let text = &sources.file(range.file).text;
            assert!(
                text.get(range.start as usize..range.end as usize).is_some(),
                "a place of {} is not in the text: {range:?}",
                finding.message
            );
        }
    }
}
