//! The contracts of every step of a saga, explored: of one, ten and fifty steps, on AWS.
//!
//! `cargo bench -p aqueduct-tests --bench sagas`. It fails when ten take longer than allowed.

use std::process::ExitCode;
use std::time::Duration;

use aqueduct_compiler::facts::saga::report::report;
use aqueduct_compiler::model::Target;
use aqueduct_tests::analyzed;
use aqueduct_tests::measure::Spread;

/// What ten steps may take.
const BUDGET: Duration = Duration::from_millis(10);

const SHOP: &str = "event Ordered { id: uuid @key = new() }\nfault Refused\nqueue orders: Ordered\n\
    service Shop {\n  auth jwt\n  api POST \"/orders\" -> order\n  handler order(Ordered) { emits Ordered to orders }\n}\n\
    service Bank {\n  store paid: Ordered by id\n  \
      handler charge(key: uuid) fails Refused { writes paid, idempotent by key }\n  \
      handler refund(key: uuid) { writes paid, undoes charge by key }\n}\n";

fn main() -> ExitCode {
    println!("{:>7} {:>10} {:>10} {:>10}", "steps", "least", "median", "most");
    let mut ten = Duration::ZERO;
    for count in [1, 10, 50] {
        let steps: String = (0..count)
            .map(|at| format!("    step s{at} = Bank.charge(key: order.id) {{ retry 2, undo Bank.refund(key: order.id) }}\n"))
            .collect();
        let text = format!(
            "{SHOP}service Checkout {{\n  saga Buying(Ordered as order) on orders by order.id {{\n    deadline 2h\n{steps}  }}\n}}\n"
        );
        let (analysis, _) = analyzed("saga.flow", &text);
        let saga = analysis.model.sagas.ids().next().expect("the saga is read");
        let spread = Spread::of_runs(50, || {
            let report = report(&analysis.model, saga, Target::Aws);
            assert!(report.broken.is_empty(), "every step keeps its word");
        });
        println!("{count:>7} {spread}");
        if count == 10 {
            ten = spread.median;
        }
    }
    println!("budget for ten: {BUDGET:?}");
    if ten <= BUDGET {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
