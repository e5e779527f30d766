//! Reading, lowering and checking of generated systems of 100 to 100,000 named entries, and all files of one of 1,000.
//!
//! `cargo bench -p aqueduct-tests --bench compile`. It fails when 10,000 entries take longer or more memory than
//! allowed, when an entry of the largest system costs much more than one of the smallest, or files take too long.

use std::process::ExitCode;
use std::time::Duration;

use aqueduct_targets::{Origin, QueryLanguage};
use aqueduct_tests::analyzed;
use aqueduct_tests::generate::system;
use aqueduct_tests::measure::{Spread, peak_memory};

/// What 10,000 entries may take.
const BUDGET: Duration = Duration::from_millis(400);
/// And how much memory, in bytes.
const MEMORY: u64 = 200 << 20;
/// What all files of 1,000 entries may take.
const FILES: Duration = Duration::from_millis(500);
/// So many times what an entry of 1,000 costs may one of 100,000 cost: caches grow cold, work does not grow.
const GROWTH: f64 = 2.5;

fn main() -> ExitCode {
    println!(
        "{:>7} {:>8} {:>10} {:>10} {:>10} {:>10} {:>9}",
        "entries", "lines", "least", "median", "most", "per entry", "memory"
    );
    let mut problems = Vec::new();
    let mut per_entry = Vec::new();
    for (nodes, runs) in [(100, 200), (1_000, 50), (10_000, 20), (100_000, 3)] {
        let text = system(nodes);
        let spread = Spread::of_runs(runs, || {
            let (analysis, _) = analyzed("generated.flow", &text);
            assert!(analysis.checked().is_some(), "the system is sound");
        });
        let each = spread.median.as_secs_f64() / f64::from(u32::try_from(nodes).expect("there are few"));
        // The most that this process ever held: sizes grow, so that is the last one's.
        let memory = peak_memory();
        println!(
            "{nodes:>7} {:>8} {spread} {:>7.2} µs {:>6} MB",
            text.lines().count(),
            each * 1e6,
            memory >> 20
        );
        per_entry.push(each);
        if nodes == 10_000 && spread.median > BUDGET {
            problems.push(format!(
                "10,000 entries take {:?}, and {BUDGET:?} are allowed",
                spread.median
            ));
        }
        if nodes == 10_000 && memory > MEMORY {
            problems.push(format!(
                "10,000 entries take {} MB, and {} are allowed",
                memory >> 20,
                MEMORY >> 20
            ));
        }
    }
    if let [_, small, .., large] = per_entry.as_slice()
        && large / small > GROWTH
    {
        problems.push(format!(
            "an entry of 100,000 costs {:.1} times one of 1,000",
            large / small
        ));
    }
    let files = emission();
    println!("all files of 1,000 entries: {files}");
    if files.median > FILES {
        problems.push(format!(
            "all files of 1,000 entries take {:?}, and {FILES:?} are allowed",
            files.median
        ));
    }
    for problem in &problems {
        eprintln!("{problem}");
    }
    if problems.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Everything that `build` and `diagram` make of a system.
fn emission() -> Spread {
    let text = system(1_000).replace("targets local", "targets local | aws");
    let origin = Origin {
        source: "generated.flow".to_owned(),
        version: "0.0.0".to_owned(),
        query: QueryLanguage::default(),
        linked: None,
    };
    let (analysis, _) = analyzed("generated.flow", &text);
    let checked = analysis.beside_errors();
    Spread::of_runs(20, || {
        for target in aqueduct_targets::all() {
            let files = aqueduct_targets::emit(target, checked, &origin);
            assert!(files.iter().next().is_some(), "{} makes files", target.name);
        }
    })
}
