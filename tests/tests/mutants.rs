//! What happens to a text with one token dropped or misspelt: no panic, an error near by, and few that pass.

use aqueduct_dsl::diagnostic::Severity;
use aqueduct_targets::{Inputs, Origin, QueryLanguage};
use aqueduct_tests::mutants::{Mutant, mutants};
use aqueduct_tests::{analyzed, read, root};

const SEED: u64 = 20_261_121;
const COUNT: usize = 500;

/// The mutants that pass, each reviewed: a declaration that nothing else names has another name, a limit another value,
/// or a warning says what is odd.
const ACCEPTED: &str = "tests/cases/mutants/accepted.txt";

/// The line of the first error.
fn first_finding(mutant: &Mutant) -> Option<(usize, String)> {
    let (analysis, sources) = analyzed("mutant.flow", &mutant.text);
    // Findings are in the order of the text.
    let finding = analysis
        .findings
        .iter()
        .find(|finding| finding.severity == Severity::Error)?;
    let (line, _) = sources.line_column(finding.primary.span).unwrap_or_default();
    Some((line as usize, format!("{} {}", finding.code, finding.message)))
}

#[test]
fn one_wrong_token_is_found_near_its_place() {
    let text = read("examples/wild-rydes/wild_rydes.flow");
    let mutants = mutants(&text, SEED, COUNT);
    assert_eq!(mutants.len(), COUNT);
    let (mut near, mut far, mut accepted) = (0, String::new(), String::new());
    for mutant in &mutants {
        match first_finding(mutant) {
            None => accepted.push_str(&format!("{}: {}\n", mutant.line, mutant.what)),
            Some((line, _)) if line.abs_diff(mutant.line) <= 3 => near += 1,
            Some((line, message)) => {
                far.push_str(&format!(
                    "line {}: {}\n    found in line {line}: {message}\n",
                    mutant.line, mutant.what
                ));
            }
        }
    }
    let refused = near + far.matches("line ").count() / 2;
    eprintln!("{COUNT} mutants (seed {SEED}): {refused} refused, {near} of them within three lines");
    assert!(near * 10 >= refused * 9, "too far away:\n{far}");
    if std::env::var_os("AQUEDUCT_BLESS").is_some() {
        std::fs::write(root().join(ACCEPTED), &accepted).unwrap();
    }
    assert_eq!(
        accepted,
        read(ACCEPTED),
        "review what passes now, then accept it with AQUEDUCT_BLESS=1"
    );
}

#[test]
fn code_beside_errors_is_made_whatever_the_errors_are() {
    let text = read("examples/wild-rydes/wild_rydes.flow");
    let origin = Origin {
        source: "mutant.flow".to_owned(),
        version: "0.0.0".to_owned(),
        query: QueryLanguage::default(),
        linked: None,
    };
    for mutant in mutants(&text, SEED, COUNT / 10) {
        let (analysis, _) = analyzed("mutant.flow", &mutant.text);
        for inputs in [Inputs::Whole, Inputs::Spread] {
            let files = aqueduct_targets::system(analysis.beside_errors(), &origin, inputs);
            let rust = files.iter().filter(|(path, _)| !path.starts_with("sagas/"));
            for (path, file) in rust {
                let readable = file.text.parse::<proc_macro2::TokenStream>();
                assert!(readable.is_ok(), "line {}: {}: {path}", mutant.line, mutant.what);
            }
        }
    }
}
