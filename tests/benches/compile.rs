//! Reading, lowering and checking of generated systems of 100, 1,000 and 10,000 named entries.
//!
//! `cargo bench -p aqueduct-tests --bench compile`. It fails when 10,000 take longer than allowed.

use std::process::ExitCode;
use std::time::Duration;

use aqueduct_tests::analyzed;
use aqueduct_tests::generate::system;
use aqueduct_tests::measure::Spread;

/// What 10,000 entries may take.
const BUDGET: Duration = Duration::from_millis(400);

fn main() -> ExitCode {
    println!(
        "{:>7} {:>8} {:>10} {:>10} {:>10} {:>10}",
        "entries", "lines", "least", "median", "most", "per entry"
    );
    let mut last = Duration::ZERO;
    for (nodes, runs) in [(100, 200), (1_000, 50), (10_000, 20)] {
        let text = system(nodes);
        let spread = Spread::of_runs(runs, || {
            let (analysis, _) = analyzed("generated.flow", &text);
            assert!(analysis.checked().is_some(), "the system is sound");
        });
        let each = spread.median / u32::try_from(nodes).expect("there are few");
        println!(
            "{nodes:>7} {:>8} {spread} {:>7.2} µs",
            text.lines().count(),
            each.as_secs_f64() * 1e6
        );
        last = spread.median;
    }
    println!("budget for 10,000: {BUDGET:?}");
    if last <= BUDGET {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
