//! Texts that nobody would write, and what has to hold of them: whatever is read, nothing panics, hangs or lies.

mod shrink;
mod splice;

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::time::{Duration, Instant};

use aqueduct_compiler::mend::{Look, mend};
use aqueduct_dsl::diagnostic::Severity;
use aqueduct_dsl::render::{self, Style};
use aqueduct_targets::{Inputs, Origin, QueryLanguage, mermaid};

use crate::{analyzed, laws};

pub use shrink::shrunk;
pub use splice::Soil;

/// What no text of a few thousand characters may take, in a build without optimisation.
const PATIENCE: Duration = Duration::from_secs(120);

/// What is wrong with what was made of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Where it was found, as `file:line`: two failures of one place have one cause.
    pub place: String,
    /// What it said.
    pub message: String,
}

thread_local! {
    /// The last panic of this thread.
    static LAST: RefCell<Option<Failure>> = const { RefCell::new(None) };
}

/// Keeps what panics say instead of printing it; for processes that do nothing but this.
pub fn listen() {
    panic::set_hook(Box::new(|info| {
        let place = info
            .location()
            .map(|place| format!("{}:{}", place.file(), place.line()));
        let payload = info.payload();
        let said = payload.downcast_ref::<String>().map(String::as_str);
        let said = said.or_else(|| payload.downcast_ref::<&str>().copied());
        let message = said.unwrap_or_default().to_owned();
        LAST.with_borrow_mut(|last| {
            *last = Some(Failure {
                place: place.unwrap_or_default(),
                message,
            });
        });
    }));
}

/// Does with a text all that the command line does with one before it runs anything.
///
/// # Errors
/// With what doesn't hold.
pub fn examine(text: &str) -> Result<(), Failure> {
    let started = Instant::now();
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| hold(text)));
    if outcome.is_err() {
        let said = LAST.with_borrow_mut(Option::take);
        return Err(said.unwrap_or(Failure {
            place: "a panic".to_owned(),
            message: String::new(),
        }));
    }
    if started.elapsed() > PATIENCE {
        return Err(Failure {
            place: "the clock".to_owned(),
            message: format!("took {:?}", started.elapsed()),
        });
    }
    Ok(())
}

fn hold(text: &str) {
    let (analysis, sources) = analyzed("case.flow", text);
    laws::assert_places_hold(&analysis.findings, &sources);
    let style = Style {
        color: false,
        width: 80,
    };
    let _ = render::human(&analysis.findings, &sources, style);
    let _ = render::json(&analysis.findings, &sources);
    if laws::formatted(text).is_some() {
        laws::assert_formatting_holds("a fuzzed text", text);
    }
    let origin = Origin {
        source: "case.flow".to_owned(),
        version: "0.0.0".to_owned(),
        query: QueryLanguage::default(),
        linked: None,
    };
    let _ = aqueduct_document::document(analysis.beside_errors(), &sources);
    let _ = mermaid::flowchart(analysis.beside_errors(), &origin);
    for saga in analysis.model.sagas.ids() {
        let _ = mermaid::states(&analysis.model, saga, &origin);
    }
    let _ = aqueduct_targets::system(analysis.beside_errors(), &origin, Inputs::Whole);
    let before = analysis.count(Severity::Error);
    if analysis.is_whole() {
        laws::assert_printing_holds("a fuzzed text", analysis);
    }
    let Ok(mended) = mend(|changed| {
        let text = changed.get("case.flow").map_or(text, String::as_str);
        let (analysis, sources) = analyzed("case.flow", text);
        Ok::<_, std::convert::Infallible>(Look { sources, analysis })
    });
    let left = mended.left.analysis.count(Severity::Error);
    assert!(left <= before, "{left} errors after {:?}", mended.done);
}
