//! Scenarios are played: what is true passes, and every line can be found untrue.

use std::fs;

use aqueduct::scenario::{Report, Script, Then, What, play};
use aqueduct_simulator::{program, script};
use aqueduct_tests::command::{Called, call};
use aqueduct_tests::{analyzed, listed, read};

const RIDES: &str = "tests/cases/scenarios/rides.flow";

/// Plays a system with what is made of its script.
fn played(text: &str, change: impl FnOnce(&mut Script)) -> Report {
    let (analysis, sources) = analyzed("rides.flow", text);
    let checked = analysis
        .checked()
        .unwrap_or_else(|| panic!("{}", listed(&analysis, &sources)));
    let mut script = script(checked, &sources, "", 7);
    change(&mut script);
    play(&program(checked), &script).unwrap()
}

/// What a line says, turned round.
fn opposite(then: &Then) -> Then {
    match then.clone() {
        Then::Receives { channel, count } => Then::Receives {
            channel,
            count: count + 7,
        },
        Then::Applied { handler, count } => Then::Applied {
            handler,
            count: count + 7,
        },
        Then::NeverReceives { channel } => Then::Receives { channel, count: 1 },
        Then::Done { saga, within } => Then::Failed {
            saga,
            with: None,
            undone: None,
            within,
        },
        Then::Failed {
            saga,
            with,
            undone: Some(mut steps),
            within,
        } => {
            let _ = steps.pop();
            Then::Failed {
                saga,
                with,
                undone: Some(steps),
                within,
            }
        }
        Then::Failed { saga, within, .. } => Then::Done { saga, within },
        Then::Has { table, fields } => Then::Lacks { table, fields },
        Then::Lacks { table, fields } => Then::Has { table, fields },
        // What every ride has in it.
        Then::NeverCarries { channel, .. } => Then::NeverCarries {
            channel,
            text: "customer".to_owned(),
        },
    }
}

#[test]
fn every_phrase_is_true_where_it_is_and_untrue_where_it_is_not() {
    let text = read(RIDES);
    let report = played(&text, |_| {});
    assert_eq!(report.misses(), 0, "{report:#?}");
    let mut lines = 0;
    let mut wrong = Vec::new();
    let _ = played(&text, |script| {
        for scenario in &script.scenarios {
            for (index, line) in scenario.lines.iter().enumerate() {
                if let What::Then(then) = &line.what {
                    let mut turned = scenario.clone();
                    turned.lines[index].what = What::Then(opposite(then));
                    wrong.push((turned, line.line));
                    lines += 1;
                }
            }
        }
        script.scenarios = wrong.iter().map(|(scenario, _)| scenario.clone()).collect();
    })
    .scenarios
    .iter()
    .zip(&wrong)
    .map(|(played, (_, line))| {
        let miss = played
            .miss
            .as_ref()
            .unwrap_or_else(|| panic!("{}: line {line} is found true", played.title));
        // A line that becomes true when time passes leaves the one after it untrue.
        assert!(miss.line >= *line, "{}: {miss:?}", played.title);
    })
    .count();
    assert!(lines > 30, "{lines}");
}

#[test]
fn the_same_seed_tells_the_same_story() {
    let text = read(RIDES);
    assert_eq!(played(&text, |_| {}), played(&text, |_| {}));
}

const UNTRUE: &str = "
scenario \"it's <said> to be: \\\"free\\\"\" {
  when  POST \"/rides\" ride
  then  FareCollection failed with CardDeclined within 5m
}
scenario \"refused\" { when POST \"/rides\" ride returns 402 }
";

#[test]
fn what_is_untrue_is_shown_with_what_was_seen() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("rides.flow"), read(RIDES) + UNTRUE).unwrap();
    let Called { code, out, err } = call(
        folder.path(),
        &["test", "--filter", "to be", "--junit", "out/junit.xml"],
    );
    assert_eq!(code, 1, "{err}");
    let lines: Vec<&str> = out.lines().collect();
    let line = read(RIDES).lines().count() + 4;
    assert_eq!(
        lines[..8],
        [
            "FALSE  it's <said> to be: \"free\"",
            &format!("   --> rides.flow:{line}"),
            "    |",
            &format!("{line} | then FareCollection failed with CardDeclined within 5m"),
            "    |",
            "    = expected: Accounting.FareCollection failed with CardDeclined within 5m",
            "    = seen:     done after 1m",
            "    = what happened:",
        ]
    );
    assert!(
        out.contains("\n```mermaid\n---\ntitle: \"it's <said> to be: \\\"free\\\"\"\n---\n"),
        "{out}"
    );
    assert!(
        out.ends_with("1 scenario, 1 not true; `--seed 1` plays the same again\n"),
        "{out}"
    );
    let junit = fs::read_to_string(folder.path().join("out/junit.xml")).unwrap();
    assert!(junit.contains("tests=\"1\" failures=\"1\""), "{junit}");
    assert!(
        junit.contains("name=\"it's &lt;said&gt; to be: &quot;free&quot;\""),
        "{junit}"
    );
    let refused = call(
        folder.path(),
        &["test", "--filter", "refused", "--format", "json"],
    );
    let report: serde_json::Value = serde_json::from_str(&refused.out).unwrap();
    let miss = &report["scenarios"][0]["miss"];
    assert_eq!(miss["expected"], "402");
    assert!(miss["seen"].as_str().unwrap().starts_with("201 {"), "{miss}");
}

#[test]
fn all_true_ends_with_0_and_an_unknown_title_with_2() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("rides.flow"), read(RIDES)).unwrap();
    let all = call(folder.path(), &["test"]);
    assert_eq!(all.code, 0, "{}", all.out);
    assert!(all.out.ends_with("12 scenarios, all true\n"), "{}", all.out);
    let none = call(folder.path(), &["test", "--filter", "cheep"]);
    assert_eq!(none.code, 2);
    assert!(
        none.err
            .starts_with("error: no scenario has \"cheep\" in its title; there are\n  a dear ride"),
        "{}",
        none.err
    );
}

#[test]
fn what_the_corpus_says_of_itself_is_true() {
    let told: Vec<(String, usize)> = aqueduct_tests::systems()
        .into_iter()
        .map(|(name, text)| {
            let report = played(&text, |_| {});
            assert_eq!(report.misses(), 0, "{name}: {report:#?}");
            (name, report.scenarios.len())
        })
        .collect();
    for name in ["travel-desk", "wild-rydes"] {
        assert!(
            told.iter()
                .any(|(system, scenarios)| system == name && *scenarios > 3),
            "{told:?}"
        );
    }
}
