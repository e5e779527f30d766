//! What became of scenarios, as the XML of `JUnit` has it: for whoever collects the outcomes of tests.

use aqueduct::scenario::{Played, Report};

/// One suite: the file; one case: a scenario.
pub(super) fn document(file: &str, report: &Report) -> String {
    let cases: String = report.scenarios.iter().map(|played| case(file, played)).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites>\n  <testsuite name=\"{file}\" tests=\"{all}\" failures=\"{misses}\" errors=\"0\">\n\
         {cases}  </testsuite>\n</testsuites>\n",
        file = escaped(file),
        all = report.scenarios.len(),
        misses = report.misses(),
    )
}

fn case(file: &str, played: &Played) -> String {
    let (file, title, line) = (escaped(file), escaped(&played.title), played.line);
    let head = format!("    <testcase classname=\"{file}\" name=\"{title}\" file=\"{file}\" line=\"{line}\"");
    match &played.miss {
        None => format!("{head}/>\n"),
        Some(miss) => format!(
            "{head}>\n      <failure message=\"{}\">{}</failure>\n    </testcase>\n",
            escaped(&format!("expected: {}; seen: {}", miss.expected, miss.seen)),
            escaped(&format!("{}:{}: {}", file, miss.line, miss.text)),
        ),
    }
}

/// Text inside an element or a quoted attribute; what XML can't say at all is left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(' '),
            other if other.is_control() => {}
            other => out.push(other),
        }
    }
    out
}
