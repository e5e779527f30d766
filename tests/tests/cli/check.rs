//! Checking and explaining: what is printed where, and how it ends.

use std::fs;

use aqueduct_tests::command::{Called, call};
use aqueduct_tests::{analyzed, read, systems};

use super::{BROKEN, folder_with, wild_rydes};

#[test]
fn a_clean_system_is_praised_and_ends_with_0() {
    let folder = wild_rydes();
    let Called { code, out, err } = call(folder.path(), &["check"]);
    assert_eq!((code, out.as_str()), (0, ""), "{err}");
    assert_eq!(
        err,
        "WildRydes: nothing to complain about (6 services, 14 handlers, 1 saga, 8 channels, 6 routes)\n"
    );
}

#[test]
fn findings_end_with_1_and_come_in_three_formats() {
    let folder = folder_with(BROKEN);
    let human = call(folder.path(), &["check"]);
    assert_eq!(human.code, 1);
    assert!(
        human
            .out
            .starts_with("error[NAM001]: no type is called `Bill`\n --> system.flow:2:10\n"),
        "{}",
        human.out
    );
    let short = call(folder.path(), &["check", "--format", "short"]);
    assert_eq!((short.code, short.err.as_str()), (1, ""));
    assert_eq!(
        short.out,
        "system.flow:2:10: error[NAM001]: no type is called `Bill`\n"
    );
    let json = call(folder.path(), &["check", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(json["format"], 1);
    assert_eq!(json["findings"][0]["code"], "NAM001");
    let clean = call(wild_rydes().path(), &["check", "--format", "json"]);
    let clean: serde_json::Value = serde_json::from_str(&clean.out).unwrap();
    assert_eq!(clean["findings"].as_array().map(Vec::len), Some(0));
}

#[test]
fn a_saga_is_reported_on_by_its_name() {
    let folder = folder_with(&read("tests/cases/golden/wild-rydes/in.flow"));
    let human = call(
        folder.path(),
        &["check", "--saga", "FareCollection", "--target", "aws"],
    );
    assert_eq!((human.code, human.err.as_str()), (0, ""));
    assert!(
        human
            .out
            .starts_with("CustomerAccounting.FareCollection on aws\n\n  at         what happens "),
        "{}",
        human.out
    );
    let json = call(
        folder.path(),
        &["check", "--saga", "FareCollection", "--format", "json"],
    );
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(json["targets"][1]["target"], "aws");
    assert_eq!(json["targets"][1]["broken"].as_array().map(Vec::len), Some(0));
    assert_eq!(json["targets"][1]["rows"][0]["at"], "register");
    let unknown = call(folder.path(), &["check", "--saga", "FareColection"]);
    assert_eq!((unknown.code, unknown.out.as_str()), (2, ""));
    assert_eq!(
        unknown.err,
        "error: WildRydes has no saga FareColection; did you mean FareCollection? \
         It has CustomerAccounting.FareCollection\n"
    );
    let none = call(folder.path(), &["check", "--saga", "Nope"]);
    assert_eq!(none.code, 2);
    assert_eq!(
        none.err,
        "error: WildRydes has no saga Nope; it has CustomerAccounting.FareCollection\n"
    );
}

#[test]
fn color_is_for_terminals_unless_asked_for() {
    let folder = folder_with(BROKEN);
    assert!(!call(folder.path(), &["check"]).out.contains('\u{1b}'));
    assert!(
        call(folder.path(), &["check", "--color", "always"])
            .out
            .contains("\u{1b}[")
    );
}

#[test]
fn what_can_not_be_read_ends_with_2_and_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let cases: [(&[&str], &str); 9] = [
        (
            &["check", "nothing.flow"],
            "there is no nothing.flow; name a .flow file, a Rust file with a system, or a folder with one in it",
        ),
        (
            &["check"],
            "there is no .flow file in ., and no Rust file with `#[aqueduct::system]` in ./src; `aqueduct new NAME` makes a \
             system to begin with",
        ),
        (&["check", "--fromat", "json"], "unexpected argument '--fromat'"),
        (
            &["explain", "DEL044"],
            "there is no code DEL044; did you mean DEL004?",
        ),
        (
            &["dlq", "list"],
            "there is no data in ./.aqueduct/data; start the program with `aqueduct run`",
        ),
        (
            &["dlq", "redrive"],
            "say which: some ids, `--queue NAME`, or `--all`",
        ),
        (
            &["sagas", "--stuck"],
            "there is no data in ./.aqueduct/data; start the program with `aqueduct run`",
        ),
        (&["new", "1st"], "`1st` can't name a system"),
        (&["send", "orders", "{"], "the message is not JSON"),
    ];
    for (args, wanted) in cases {
        let Called { code, out, err } = call(folder.path(), args);
        assert_eq!((code, out.as_str()), (2, ""), "{args:?}");
        assert!(err.contains(wanted), "{args:?}: {err}");
    }
    fs::write(folder.path().join("a.flow"), [0xff, 0xfe]).unwrap();
    assert!(
        call(folder.path(), &["check"])
            .err
            .contains("a.flow is not UTF-8 at byte 0")
    );
    fs::write(folder.path().join("b.flow"), "").unwrap();
    assert!(
        call(folder.path(), &["check"])
            .err
            .contains("has several systems; name one: a.flow, b.flow")
    );
}

#[test]
fn explain_prints_pages_and_entries_that_can_be_pasted() {
    let folder = wild_rydes();
    let page = call(folder.path(), &["explain", "del004"]);
    assert_eq!((page.code, page.out), (0, read("compiler/rules/DEL004.md")));
    assert!(
        call(folder.path(), &["explain"])
            .out
            .contains("DEL004 no-failure-exit\n")
    );
    let entry = call(folder.path(), &["explain", "system.flow", "loyalty"]);
    assert_eq!(
        entry.out,
        "queue loyalty:        RideCompleted {\n  dead_letter after 5  // default\n}\n"
    );
    let wrong = call(folder.path(), &["explain", "system.flow", "loyality"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("did you mean `loyalty`?"), "{}", wrong.err);
}

#[test]
fn a_system_with_every_default_written_out_is_the_same_system() {
    for (name, text) in systems() {
        let folder = folder_with(&text);
        let (analysis, _) = analyzed(&name, &text);
        for channel in analysis.model.channels.values() {
            let explained = call(folder.path(), &["explain", "system.flow", &channel.label.name]);
            let line = text.lines().find(|line| {
                let mut words = line.split([' ', ':']).filter(|word| !word.is_empty());
                words.next() == Some(channel.kind.word()) && words.next() == Some(&channel.label.name)
            });
            let pasted = text.replacen(line.unwrap(), explained.out.trim_end(), 1);
            let (again, _) = analyzed(&name, &pasted);
            assert_eq!(again.model, analysis.model, "{name}: {}", explained.out);
        }
    }
}
