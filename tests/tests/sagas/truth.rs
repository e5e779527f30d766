//! What the rules for sagas predict comes true: the example of each page ends so, and the cure never does.

use std::collections::{BTreeMap, BTreeSet};

use aqueduct_compiler::model::Target;
use aqueduct_compiler::rules;
use aqueduct_tests::{analyzed, blocks, listed};

use crate::adversary::run;
use crate::books::Bad;
use crate::subject::Subject;

/// Within so many seeds an example shows what is wrong with it.
const SHOWN: u64 = 200;

/// In so many a cure never does.
const NEVER: u64 = 2_000;

/// Where a saga runs: what can go wrong there differs.
const TARGETS: [Target; 2] = [Target::Local, Target::Aws];

/// The bad end that each rule is there for, and why the example comes to it.
const PREDICTED: [(&str, Bad, &str); 11] = [
    (
        "SAG001",
        Bad::Leaked,
        "credit fails, and nothing takes the charge back",
    ),
    (
        "SAG002",
        Bad::StuckBehindPivot,
        "credit fails behind the charge, which isn't taken back",
    ),
    (
        "SAG003",
        Bad::Blind,
        "the answer with the charge's id is lost, and the refund doesn't know which charge",
    ),
    (
        "SAG004",
        Bad::OverCompensated,
        "the charge never arrived, and the refund pays all the same",
    ),
    (
        "SAG005",
        Bad::DoneAfterItsUndo,
        "the saga waits 5 s for a charge that may take 30 s",
    ),
    (
        "SAG006",
        Bad::PivotUnknown,
        "the charge doesn't answer, and nobody asks again until it does",
    ),
    ("SAG007", Bad::HalfUndone, "the refund says no for ever"),
    (
        "SAG008",
        Bad::NeverOver,
        "nothing tells a saga that was interrupted for days to go back",
    ),
    (
        "SAG009",
        Bad::WrongOrder,
        "the branch that is written first is done last, and should go first on the way back",
    ),
    ("SAG012", Bad::NeverReached, "both arms fail before the credit"),
    (
        "SAG014",
        Bad::ToldTooEarly,
        "the mail is sent, and the charge fails",
    ),
];

/// What many runs have shown.
#[derive(Default)]
struct Shown {
    /// Each bad end with the first seed that came to it, and how many did.
    bad: BTreeMap<Bad, (u64, usize)>,
    done: usize,
    taken_back: usize,
    resumed: usize,
}

fn shown(text: &str, target: Target, seeds: u64) -> Shown {
    let subject = Subject::of(text, target);
    let (mut shown, mut reached) = (Shown::default(), BTreeSet::new());
    for seed in 0..seeds {
        let ran = run(&subject, seed);
        shown.done += usize::from(ran.done && ran.bad.is_empty());
        shown.taken_back += usize::from(!ran.done && ran.bad.is_empty());
        shown.resumed += usize::from(ran.resumed);
        for bad in ran.bad {
            shown.bad.entry(bad).or_insert((seed, 0)).1 += 1;
        }
        reached.extend(ran.reached);
    }
    if !subject.steps().is_subset(&reached) {
        let _ = shown.bad.insert(Bad::NeverReached, (seeds, 0));
    }
    shown
}

fn only(code: &str, heading: &str) -> String {
    let page = rules::page(code).unwrap_or_else(|| panic!("{code} has no page"));
    let mut found = blocks(page.text, heading, "flow");
    assert_eq!(found.len(), 1, "{code}: {heading}");
    found.remove(0)
}

/// The targets on which a text is found wrong.
fn speaks_of(text: &str, code: &str) -> Vec<Target> {
    let (analysis, _) = analyzed("page", text);
    let finding = analysis.findings.iter().find(|finding| finding.code.0 == code);
    let named = &finding.unwrap_or_else(|| panic!("{code} isn't found")).targets;
    let mut targets = TARGETS.to_vec();
    targets.retain(|target| named.is_empty() || named.iter().any(|name| name == target.word()));
    targets
}

#[test]
fn every_rule_for_sagas_predicts_an_end() {
    let pages = rules::pages().iter().map(|page| page.code);
    // SAG011 compares what a choreography says with what handlers say: nothing runs by a choreography.
    let of_sagas = |code: &&str| code.starts_with("SAG") && *code != "SAG011";
    let rules: Vec<&str> = pages.filter(of_sagas).collect();
    let predicted: Vec<&str> = PREDICTED.iter().map(|(code, ..)| *code).collect();
    assert_eq!(rules, predicted);
}

#[test]
fn the_example_of_every_rule_comes_to_its_predicted_end() {
    let mut problems = String::new();
    for (code, predicted, reason) in PREDICTED {
        let example = only(code, "Example");
        let mut first = None;
        for target in speaks_of(&example, code) {
            let shown = shown(&example, target, SHOWN);
            println!("{code} on {}: {:?}", target.word(), shown.bad);
            let seed = shown.bad.get(&predicted).map(|(seed, _)| *seed);
            first = first.or(seed.map(|seed| (target.word(), seed)));
        }
        match first {
            Some((target, seed)) => println!("{code}: {predicted:?} by seed {seed} on {target}: {reason}"),
            None => problems.push_str(&format!("{code}: never {predicted:?}, although {reason}\n")),
        }
    }
    assert!(problems.is_empty(), "\n{problems}");
}

#[test]
fn the_cure_of_every_rule_never_comes_to_a_bad_end() {
    let mut problems = String::new();
    for (code, ..) in PREDICTED {
        let cure = only(code, "Use instead");
        for target in TARGETS {
            let shown = shown(&cure, target, NEVER);
            let target = target.word();
            println!(
                "{code} on {target}: {} done, {} taken back, {} by a person's help, {:?}",
                shown.done, shown.taken_back, shown.resumed, shown.bad
            );
            // A cure that never goes back, or never goes on, would have been tried by nothing.
            if !shown.bad.is_empty() || shown.done == 0 || shown.taken_back == 0 {
                problems.push_str(&format!("{code} on {target}: {:?}\n", shown.bad));
            }
        }
    }
    assert!(problems.is_empty(), "\n{problems}");
}

/// The other cure of SAG005, which no page shows: what comes after its undo is refused.
#[test]
fn a_step_that_is_refused_after_its_undo_may_come_late() {
    let charge = "handler charge(key: uuid) { writes paid, idempotent by key, timeout 30s }";
    let fenced = only("SAG005", "Example")
        .replace("  store refunds: RideCompleted by ride_id\n", "")
        .replace(
            "undo put refunds(...ride)",
            "undo Payments.refund(key: ride.ride_id)",
        )
        .replace(
            charge,
            &format!("{charge}\n  handler refund(key: uuid) {{ writes paid, undoes charge by key }}"),
        );
    let (analysis, sources) = analyzed("fenced", &fenced);
    assert!(analysis.findings.is_empty(), "{}", listed(&analysis, &sources));
    let shown = shown(&fenced, Target::Aws, NEVER);
    assert!(shown.bad.is_empty(), "{:?}", shown.bad);
    assert!(shown.done > 0 && shown.taken_back > 0);
}
