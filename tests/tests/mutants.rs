//! What happens to a text with one token dropped or misspelt: no panic, an error near by, and few that pass.

use aqueduct_compiler::mend::{Look, Texts, mend};
use aqueduct_compiler::model::Model;
use aqueduct_dsl::diagnostic::{Diagnostic, Severity};
use aqueduct_targets::{Inputs, Origin, QueryLanguage};
use aqueduct_tests::mutants::{Mutant, mutants};
use aqueduct_tests::{analyzed, corpus, files, read, root};

const SEED: u64 = 20_261_121;
/// So many in all, shared among the systems of the corpus and the example.
const COUNT: usize = 2_000;

/// The mutants that pass and mean something else, each reviewed: a declaration that nothing else names has another
/// name, a limit has another value, a promise that nobody needs is gone, or a warning says what is odd.
const ACCEPTED: &str = "tests/cases/mutants/accepted.txt";

/// What becomes of a mutant.
enum End {
    /// An error: in which line it is found, and what it says.
    Refused(usize, String),
    /// No error, and another model.
    Another,
    /// No error, and the same model.
    Same,
}

fn end(mutant: &Mutant, before: &Model) -> End {
    let (analysis, sources) = analyzed("mutant.flow", &mutant.text);
    // What no target carries yet was refused before as well. Findings are in the order of the text.
    let is_error =
        |finding: &&Diagnostic| finding.severity == Severity::Error && !finding.code.is_about_targets();
    let Some(finding) = analysis.findings.iter().find(is_error) else {
        return if analysis.model == *before {
            End::Same
        } else {
            End::Another
        };
    };
    let (line, _) = sources.line_column(finding.primary.span).unwrap_or_default();
    End::Refused(line as usize, format!("{} {}", finding.code, finding.message))
}

#[test]
fn one_wrong_token_is_found_near_its_place() {
    let mut systems = corpus();
    // A mutant of another file has its line there.
    systems.retain(|(_, text)| files(text).1.is_empty());
    let each = COUNT.div_ceil(systems.len());
    let (mut near, mut refused, mut tried) = (0, 0, 0);
    let (mut far, mut accepted) = (String::new(), String::new());
    for (name, text) in &systems {
        let (before, _) = analyzed("mutant.flow", text);
        let found = mutants(text, SEED, each);
        tried += found.len();
        for mutant in &found {
            let (line, what) = (mutant.line, &mutant.what);
            match end(mutant, &before.model) {
                End::Refused(place, _) if place.abs_diff(line) <= 3 => {
                    near += 1;
                    refused += 1;
                }
                End::Refused(place, message) => {
                    refused += 1;
                    far.push_str(&format!(
                        "{name} line {line}: {what}\n    found in line {place}: {message}\n"
                    ));
                }
                End::Another => accepted.push_str(&format!("{name} {line}: {what}\n")),
                End::Same => {}
            }
        }
    }
    eprintln!(
        "{tried} mutants (seed {SEED}): {refused} refused, {near} of them within three lines; {} mean something else",
        accepted.lines().count()
    );
    assert!(tried >= COUNT, "only {tried} mutants were tried");
    assert!(
        near * 10 >= refused * 9,
        "{near} of {refused}; too far away:\n{far}"
    );
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
    for mutant in mutants(&text, SEED, COUNT / 40) {
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

/// The system as if it were a text of its own.
#[expect(
    clippy::unnecessary_wraps,
    reason = "whoever reads files may fail, and this is the same question"
)]
fn look(text: &str, changed: &Texts) -> Result<Look, std::convert::Infallible> {
    let text = changed.get("mutant.flow").map_or(text, String::as_str);
    let (analysis, sources) = analyzed("mutant.flow", text);
    Ok(Look { sources, analysis })
}

#[test]
fn fixes_never_make_more_errors_and_what_is_mended_stays_as_it_is() {
    let text = read("examples/wild-rydes/wild_rydes.flow");
    let (mut broken, mut restored, mut clean) = (0, 0, 0);
    for mutant in mutants(&text, SEED, COUNT / 8) {
        let Ok(before) = look(&mutant.text, &Texts::new());
        let Ok(mended) = mend(|changed| look(&mutant.text, changed));
        let errors = mended.left.analysis.count(Severity::Error);
        let what = format!("line {}: {}: {:?}", mutant.line, mutant.what, mended.done);
        let errors_before = before.analysis.count(Severity::Error);
        assert!(errors <= errors_before, "{what}");
        let after = mended.texts.get("mutant.flow").unwrap_or(&mutant.text);
        let Ok(again) = mend(|changed| look(after, changed));
        assert!(
            again.texts.is_empty(),
            "mended twice: {what}, then {:?}",
            again.done
        );
        broken += usize::from(errors_before > 0);
        clean += usize::from(errors_before > 0 && errors == 0);
        restored += usize::from(*after == text);
    }
    eprintln!(
        "{broken} mutants with errors: {clean} have none when they are mended, {restored} are as before"
    );
    assert!(clean * 3 > broken, "{clean} of {broken}");
}
