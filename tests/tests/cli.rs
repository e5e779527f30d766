//! The command line from outside: what it prints where, what it writes, and its exit codes.

use std::fs;
use std::path::Path;

use aqueduct_tests::command::{Called, call, call_with};
use aqueduct_tests::{analyzed, read, root, systems};

const BROKEN: &str = "event OrderPlaced { x: int }\nqueue q: Bill\n";

fn folder_with(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("system.flow"), text).unwrap();
    folder
}

fn wild_rydes() -> tempfile::TempDir {
    folder_with(&read("examples/wild-rydes/wild_rydes.flow"))
}

fn texts(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(inner) = folders.pop() {
        for entry in fs::read_dir(inner).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = fs::read_to_string(&path) {
                found.push((path.strip_prefix(folder).unwrap().display().to_string(), text));
            }
        }
    }
    found.sort();
    found
}

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
            "there is no nothing.flow; name a .flow file, or a folder with one in it",
        ),
        (
            &["check"],
            "there is no .flow file in .; `aqueduct new NAME` makes a system to begin with",
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
            .contains("has several .flow files; name one: a.flow, b.flow")
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

#[test]
fn a_diagram_goes_to_standard_output_or_to_a_file_and_never_half() {
    let folder = wild_rydes();
    let drawn = call(folder.path(), &["diagram"]);
    let golden =
        read("tests/cases/golden/wild-rydes/mermaid/flowchart.mmd").replace("in.flow", "system.flow");
    assert_eq!((drawn.code, &drawn.out), (0, &golden));
    let written = call(folder.path(), &["diagram", "--out", "docs/chart.mmd"]);
    assert_eq!((written.code, written.out.as_str()), (0, ""));
    assert_eq!(
        fs::read_to_string(folder.path().join("docs/chart.mmd")).unwrap(),
        golden
    );
    let broken = folder_with(BROKEN);
    let refused = call(broken.path(), &["diagram", "--out", "chart.mmd"]);
    assert_eq!((refused.code, refused.out.as_str()), (1, ""));
    assert!(!broken.path().join("chart.mmd").exists());
}

#[test]
fn a_saga_is_drawn_as_states_or_as_one_way_or_as_all_of_them() {
    let folder = folder_with(&read("tests/cases/diagrams/sagas.flow"));
    let drawn = |args: &[&str]| call(folder.path(), &[&["diagram", "--saga"], args].concat());
    let states = drawn(&["FareCollection"]);
    assert_eq!(states.code, 0, "{}", states.err);
    assert!(states.out.contains("\nstateDiagram-v2\n"), "{}", states.out);
    let way = drawn(&["CustomerAccounting.FareCollection", "--path", "charge=Timeout"]);
    assert!(way.out.contains("loop 4 tries"), "{}", way.out);
    let all = drawn(&["FareCollection", "--path", "all"]);
    let headings: Vec<&str> = all.out.lines().filter(|line| line.starts_with('#')).collect();
    assert_eq!(
        headings,
        [
            "# FareCollection",
            "## Everything goes well",
            "## register fails with AlreadyExists",
            "## authorize fails with CardDeclined",
            "## authorize gets no answer",
            "## charge fails with CaptureRefused",
            "## charge gets no answer",
            "## booked fails with AccountClosed",
            "## booked gets no answer",
        ]
    );
    assert_eq!(all.out.matches("```mermaid\n").count(), headings.len());
    let none = drawn(&["Fares"]);
    assert_eq!(none.code, 2);
    assert_eq!(
        none.err,
        "error: Rides has no saga Fares; it has CustomerAccounting.FareCollection, \
         CustomerAccounting.Crossroads, CustomerAccounting.Odd\n"
    );
    let nowhere = drawn(&["FareCollection", "--path", "charge=Fire"]);
    assert_eq!(nowhere.code, 2);
    assert!(
        nowhere.err.contains("\n  charge=CaptureRefused\n"),
        "{}",
        nowhere.err
    );
}

#[test]
fn a_trace_is_drawn_from_a_file_or_from_standard_input() {
    let trace = read("tests/cases/diagrams/rides.trace.jsonl");
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("trace.jsonl"), &trace).unwrap();
    let from_file = call(folder.path(), &["diagram", "--trace", "trace.jsonl"]);
    let piped = call_with(folder.path(), &["diagram", "--trace", "-"], &trace);
    assert_eq!((from_file.code, piped.code), (0, 0), "{}", piped.err);
    assert_eq!(from_file.out.replace("trace.jsonl", "standard input"), piped.out);
    assert!(piped.out.contains("participant p0 as client\n"), "{}", piped.out);
    let wrong = call_with(folder.path(), &["diagram", "--trace", "-"], "no JSON\n");
    assert_eq!(wrong.code, 2);
    assert!(
        wrong.err.contains("line 1 is no event of a trace"),
        "{}",
        wrong.err
    );
}

#[test]
fn building_again_changes_nothing_and_leaves_the_users_files_alone() {
    let folder = wild_rydes();
    let first = call(folder.path(), &["build"]);
    assert_eq!(first.code, 0, "{}", first.err);
    let mine = folder.path().join("handlers/src/customer_loyalty.rs");
    let changed = fs::read_to_string(&mine).unwrap() + "// mine\n";
    fs::write(&mine, &changed).unwrap();
    fs::write(folder.path().join("system/src/notes.txt"), "foreign").unwrap();
    let before = texts(folder.path());
    let second = call(folder.path(), &["build"]);
    assert_eq!(
        (second.code, second.err.as_str()),
        (0, "WildRydes: 0 files written, 0 removed, in .\n")
    );
    assert_eq!(texts(folder.path()), before);
}

#[test]
fn what_is_no_longer_declared_is_no_longer_there() {
    let folder = wild_rydes();
    assert_eq!(call(folder.path(), &["build"]).code, 0);
    let text = read("examples/wild-rydes/wild_rydes.flow");
    let (kept, _) = text.split_once("/// Hears only of long").unwrap();
    let kept: String = kept
        .lines()
        .filter(|line| !line.contains("extraordinary"))
        .map(|line| format!("{line}\n"))
        .collect();
    fs::write(folder.path().join("system.flow"), kept).unwrap();
    let built = call(folder.path(), &["build"]);
    assert_eq!(built.code, 0, "{}", built.err);
    assert!(built.err.contains("1 removed"), "{}", built.err);
    assert!(
        !folder
            .path()
            .join("system/src/services/extraordinary_rides.rs")
            .exists()
    );
    assert!(
        folder.path().join("handlers/src/extraordinary_rides.rs").exists(),
        "that one is the user's"
    );
}

#[test]
fn a_missing_handler_is_named_and_its_stub_can_be_added() {
    let folder = wild_rydes();
    assert_eq!(call(folder.path(), &["build"]).code, 0);
    let flow = folder.path().join("system.flow");
    let text = fs::read_to_string(&flow).unwrap().replace(
        "  handler credit(",
        "  handler forgive(RideCompleted as ride) on loyalty { natural because \"mercy is mercy\" }\n  handler credit(",
    );
    fs::write(&flow, text).unwrap();
    let built = call(folder.path(), &["build"]);
    assert_eq!(built.code, 1);
    assert!(
        built.err.contains("CustomerAccounting.forgive isn't written yet"),
        "{}",
        built.err
    );
    assert!(built.err.contains("    async fn forgive("), "{}", built.err);
    let stubbed = call(folder.path(), &["build", "--stubs"]);
    assert_eq!(stubbed.code, 0, "{}", stubbed.err);
    let handlers = fs::read_to_string(folder.path().join("handlers/src/customer_accounting.rs")).unwrap();
    assert!(
        handlers.contains("async fn forgive(") && handlers.contains("async fn credit("),
        "{handlers}"
    );
    assert_eq!(call(folder.path(), &["build"]).code, 0);
}

#[test]
fn nothing_is_built_of_a_system_with_errors() {
    let folder = folder_with(BROKEN);
    let built = call(folder.path(), &["build"]);
    assert_eq!(built.code, 1);
    assert!(built.err.contains("1 error; nothing was built"), "{}", built.err);
    assert_eq!(texts(folder.path()).len(), 1);
}

#[test]
fn a_new_system_is_clean_and_never_replaces_anything() {
    let folder = tempfile::tempdir().unwrap();
    let made = call(folder.path(), &["new", "corner-shop"]);
    assert_eq!(made.code, 0, "{}", made.err);
    let starter = texts(&root().join("compiler/cli/starter"));
    assert_eq!(texts(folder.path()).len(), starter.len(), "the whole starter");
    let checked = call(folder.path(), &["check", "corner-shop"]);
    assert_eq!(checked.code, 0, "{}", checked.out);
    assert!(
        checked.err.starts_with("CornerShop: nothing to complain about"),
        "{}",
        checked.err
    );
    let before = texts(folder.path());
    let again = call(folder.path(), &["new", "corner-shop"]);
    assert_eq!(again.code, 2);
    assert!(
        again.err.contains("is there already and not empty"),
        "{}",
        again.err
    );
    assert_eq!(texts(folder.path()), before);
    let built = call(folder.path(), &["build", "corner-shop"]);
    assert_eq!(
        built.code, 0,
        "every handler of the starter is written: {}",
        built.err
    );
}

#[test]
fn a_system_can_begin_with_nothing_but_a_hint() {
    let folder = tempfile::tempdir().unwrap();
    let made = call(folder.path(), &["new", "corner-shop", "--from", "empty"]);
    assert_eq!(made.code, 0, "{}", made.err);
    assert!(
        made.err
            .ends_with("next: write in corner-shop/corner_shop.flow, then aqueduct run corner-shop\n")
    );
    assert!(
        !made.err.contains("handlers/"),
        "they are made by `build`: {}",
        made.err
    );
    let clean = "CornerShop: nothing to complain about (0 services, ";
    let checked = call(folder.path(), &["check", "corner-shop"]);
    assert!(checked.err.starts_with(clean), "{}{}", checked.out, checked.err);
    for word in ["build", "run"] {
        let refused = call(folder.path(), &[word, "corner-shop"]);
        let wanted = "CornerShop has no service, so there is nothing to build; declare one in corner-shop/corner_shop.flow\n";
        assert_eq!((refused.code, refused.err.as_str()), (1, wanted));
    }
    assert_eq!(texts(folder.path()).len(), 1, "nothing was made");

    // What it hints at is sound.
    let file = folder.path().join("corner-shop/corner_shop.flow");
    let text = fs::read_to_string(&file).unwrap();
    let hinted = text.lines().map(|line| match line.strip_prefix("//   ") {
        Some(code) => format!("{code}\n"),
        None => format!("{line}\n"),
    });
    fs::write(&file, hinted.collect::<String>()).unwrap();
    let checked = call(folder.path(), &["check", "corner-shop"]);
    let clean = "CornerShop: nothing to complain about (2 services, 2 handlers, ";
    assert!(checked.err.starts_with(clean), "{}{}", checked.out, checked.err);
}

#[test]
fn the_example_can_be_had_in_a_folder_of_ones_own() {
    let folder = tempfile::tempdir().unwrap();
    let made = call(folder.path(), &["new", "my rides", "--from", "wild-rydes"]);
    assert_eq!(made.code, 0, "{}", made.err);
    let example = root().join("examples/wild-rydes");
    let written = texts(&folder.path().join("my rides"));
    for (path, text) in &written {
        if path != "README.md" {
            assert_eq!(text, &fs::read_to_string(example.join(path)).unwrap(), "{path}");
        }
    }
    for folder in ["handlers/src", "gateway", "gateway/src"] {
        for file in fs::read_dir(example.join(folder)).unwrap() {
            let file = file.unwrap();
            let path = format!("{folder}/{}", file.file_name().display());
            let comes = !file.file_type().unwrap().is_file() || written.iter().any(|(to, _)| *to == path);
            assert!(comes, "{path}");
        }
    }
    let (_, readme) = written.iter().find(|(path, _)| path == "README.md").unwrap();
    assert!(
        !readme.contains("examples/") && !readme.contains("cargo aqueduct"),
        "{readme}"
    );
    assert!(readme.contains("`aqueduct run my rides`"), "{readme}");
    let built = call(&folder.path().join("my rides"), &["build"]);
    assert_eq!(built.code, 0, "every handler is written: {}", built.err);
}

#[test]
fn every_command_helps_and_shells_complete() {
    let here = root();
    let help = call(&here, &["--help"]).out;
    for command in [
        "new",
        "check",
        "fmt",
        "explain",
        "build",
        "run",
        "test",
        "token",
        "diagram",
        "test",
        "dlq",
        "sagas",
        "send",
        "tail",
        "stats",
        "completions",
    ] {
        assert!(help.contains(&format!("\n  {command} ")), "{command}: {help}");
        assert_eq!(call(&here, &[command, "--help"]).code, 0);
    }
    for shell in ["bash", "zsh", "fish"] {
        assert!(
            call(&here, &["completions", shell]).out.contains("redrive"),
            "{shell}"
        );
    }
}

#[test]
fn a_file_that_was_not_generated_is_never_written_over() {
    let folder = wild_rydes();
    fs::write(
        folder.path().join("Cargo.toml"),
        "[package]\nname = \"precious\"\n",
    )
    .unwrap();
    let before = texts(folder.path());
    let built = call(folder.path(), &["build"]);
    assert_eq!(built.code, 2);
    assert!(
        built.err.contains("Cargo.toml would be written over"),
        "{}",
        built.err
    );
    assert_eq!(texts(folder.path()), before);
}

#[test]
fn a_new_service_is_named_and_can_be_added() {
    let folder = wild_rydes();
    assert_eq!(call(folder.path(), &["build"]).code, 0);
    let flow = folder.path().join("system.flow");
    let text = fs::read_to_string(&flow).unwrap()
        + "service Audit {\n  api POST \"/audits\" -> audit\n  handler audit(days: int) -> (count: int)\n}\n";
    fs::write(&flow, text).unwrap();
    let built = call(folder.path(), &["build"]);
    assert_eq!(built.code, 1);
    assert!(
        built.err.contains("mod audit;\npub use audit::Audit;"),
        "{}",
        built.err
    );
    let stubbed = call(folder.path(), &["build", "--stubs"]);
    assert_eq!(stubbed.code, 0, "{}", stubbed.err);
    let library = fs::read_to_string(folder.path().join("handlers/src/lib.rs")).unwrap();
    assert!(
        library.contains("mod audit;") && library.contains("audit: Audit,"),
        "{library}"
    );
    assert_eq!(call(folder.path(), &["build"]).code, 0);
}

#[test]
fn a_pasted_stub_needs_no_use() {
    let folder = wild_rydes();
    assert_eq!(call(folder.path(), &["build"]).code, 0);
    let flow = folder.path().join("system.flow");
    let text = fs::read_to_string(&flow).unwrap().replace(
        "  handler credit(",
        "  handler peek(days: int) -> (count: int)\n  api POST \"/peeks\" -> peek\n  handler credit(",
    );
    fs::write(&flow, text).unwrap();
    let built = call(folder.path(), &["build"]);
    let wanted = "_input: system::messages::CustomerAccountingPeekInput,";
    assert!(built.err.contains(wanted), "{}", built.err);
    assert!(
        built
            .err
            .contains("Result<system::messages::CustomerAccountingPeekReply, aqueduct::Failure>"),
        "{}",
        built.err
    );
}

#[test]
fn a_project_keeps_what_it_was_built_for() {
    let folder = wild_rydes();
    let built = call(folder.path(), &["build", "--target", "aws"]);
    assert_eq!((built.code, built.out.as_str()), (0, ""), "{}", built.err);
    let role = built
        .err
        .lines()
        .find_map(|line| line.trim().strip_prefix("RideManagement.submit"));
    assert_eq!(role.map(str::trim), Some("9 on 4 resources"), "{}", built.err);
    assert!(
        built.err.contains("cargo lambda build --package wild-rydes-aws"),
        "{}",
        built.err
    );
    let there = |path: &str| folder.path().join(path).exists();
    assert!(there("aws/template.yaml") && there("system/src/lib.rs") && !there("local"));
    assert!(there(".aqueduct/runtime/Cargo.toml"));

    // A plain build is for what there is, and another target is added to it.
    assert_eq!(
        call(folder.path(), &["build"]).err,
        "WildRydes: 0 files written, 0 removed, in .\n"
    );
    assert_eq!(call(folder.path(), &["build", "--target", "local"]).code, 0);
    assert!(there("aws/template.yaml") && there("local/src/main.rs"));
    let manifest = fs::read_to_string(folder.path().join("Cargo.toml")).unwrap();
    assert!(
        manifest.contains(r#"members = ["system", "handlers", "local", "aws"]"#),
        "{manifest}"
    );

    let unknown = call(folder.path(), &["build", "--target", "azure"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("local and aws"), "{}", unknown.err);
}

#[test]
fn what_a_build_brings_up_to_date_is_the_other_target_too() {
    let folder = wild_rydes();
    assert_eq!(
        call(folder.path(), &["build", "--target", "local", "--target", "aws"]).code,
        0
    );
    let flow = folder.path().join("system.flow");
    let text = read("examples/wild-rydes/wild_rydes.flow");
    fs::write(&flow, text.replace("dead_letter after 5", "dead_letter after 9")).unwrap();
    assert_eq!(call(folder.path(), &["build"]).code, 0);
    let template = || fs::read_to_string(folder.path().join("aws/template.yaml")).unwrap();
    assert!(template().contains("maxReceiveCount: 9"));

    // What the file no longer names goes, and nothing else.
    fs::write(
        &flow,
        text.replace("owner \"team-rides\"", "owner \"team-rides\"\n  targets local"),
    )
    .unwrap();
    let built = call(folder.path(), &["build"]);
    assert_eq!(built.code, 0, "{}", built.err);
    let left = texts(&folder.path().join("aws"));
    let names: Vec<&str> = left.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["samconfig.toml"], "that one is the user's");
    assert!(folder.path().join("local/src/main.rs").exists());
    let refused = call(folder.path(), &["build", "--target", "aws"]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("isn't meant for aws"), "{}", refused.err);
}

#[test]
fn a_check_of_what_was_built_names_every_difference_and_mends_none() {
    let folder = wild_rydes();
    let empty = call(folder.path(), &["build", "--check"]);
    assert_eq!((empty.code, empty.out.as_str()), (1, ""));
    assert!(
        empty.err.contains("system/src/lib.rs is missing\n"),
        "{}",
        empty.err
    );
    assert_eq!(texts(folder.path()).len(), 1, "nothing was written");

    assert_eq!(call(folder.path(), &["build", "--target", "aws"]).code, 0);
    let fresh = call(folder.path(), &["build", "--check"]);
    assert_eq!(
        (fresh.code, fresh.err.as_str()),
        (0, "everything is up to date\n")
    );

    let place = |path: &str| folder.path().join(path);
    fs::write(place("aws/template.yaml"), "Generated by aqueduct\n").unwrap();
    fs::remove_file(place("system/src/wiring.rs")).unwrap();
    let owned = fs::read_to_string(place(".aqueduct/files")).unwrap();
    fs::write(place(".aqueduct/files"), format!("aws/events/old.json\n{owned}")).unwrap();
    fs::write(place("aws/events/old.json"), "{}\n").unwrap();
    let before = texts(folder.path());
    let stale = call(folder.path(), &["build", "--check"]);
    assert_eq!(stale.code, 1);
    assert_eq!(
        stale.err,
        "aws/events/old.json is no longer made\naws/template.yaml differs from what is made now\n\
         system/src/wiring.rs is missing\n\n3 files out of date; `aqueduct build` writes what is made now\n"
    );
    assert_eq!(texts(folder.path()), before);

    assert_eq!(call(folder.path(), &["build"]).code, 0);
    let flow = place("system.flow");
    let text = read("examples/wild-rydes/wild_rydes.flow");
    let more = text.replace(
        "service CustomerLoyalty {",
        "service CustomerLoyalty {\n  handler forgive(points: int)\n  api POST \"/forgive\" -> forgive",
    );
    fs::write(&flow, more).unwrap();
    let lacking = call(folder.path(), &["build", "--check"]);
    assert_eq!(lacking.code, 1);
    assert!(
        lacking.err.contains("CustomerLoyalty.forgive isn't written yet"),
        "{}",
        lacking.err
    );
}

#[test]
fn a_checkout_without_the_list_of_owned_files_is_built_again() {
    let folder = wild_rydes();
    assert_eq!(call(folder.path(), &["build", "--target", "aws"]).code, 0);
    fs::remove_dir_all(folder.path().join(".aqueduct")).unwrap();
    assert_eq!(call(folder.path(), &["build", "--check"]).code, 0);
    let text = read("examples/wild-rydes/wild_rydes.flow");
    fs::write(
        folder.path().join("system.flow"),
        text.replace("/rides/{ride_id}", "/all-rides/{ride_id}"),
    )
    .unwrap();
    let built = call(folder.path(), &["build"]);
    assert_eq!(built.code, 0, "{}", built.err);
    let event = folder.path().join("aws/events/RideManagement.rides.get.json");
    assert!(fs::read_to_string(event).unwrap().contains("/all-rides/"));
}

#[test]
fn errors_of_one_target_leave_its_files_as_they_are() {
    let folder = wild_rydes();
    let both = ["build", "--target", "local", "--target", "aws"];
    assert_eq!(call(folder.path(), &both).code, 0);
    let flow = folder.path().join("system.flow");
    let text = read("examples/wild-rydes/wild_rydes.flow");
    // Locally nothing comes twice, so there a handler may say nothing about it.
    let twice = text
        .replace(
            "writes accounts\n    idempotent by ride_id for 30d",
            "writes accounts",
        )
        .replace("/rides/{ride_id}", "/all-rides/{ride_id}");
    fs::write(&flow, twice).unwrap();
    let aws = texts(&folder.path().join("aws"));
    let built = call(folder.path(), &["build"]);
    assert_eq!(built.code, 0, "{}", built.err);
    assert!(
        built
            .err
            .contains("aws/ is left as it is: the system has errors for aws alone"),
        "{}",
        built.err
    );
    assert_eq!(texts(&folder.path().join("aws")), aws);
    let wiring = fs::read_to_string(folder.path().join("system/src/wiring.rs")).unwrap();
    assert!(wiring.contains("/all-rides/"));
    assert_eq!(call(folder.path(), &["build", "--check"]).code, 0);

    let refused = call(folder.path(), &["build", "--target", "aws"]);
    assert_eq!(refused.code, 1);
    assert!(
        refused.err.contains("SQS delivers at least once") && refused.err.contains("nothing was built"),
        "{}",
        refused.err
    );
    fs::write(&flow, text).unwrap();
    assert_eq!(call(folder.path(), &["build"]).code, 0);
    assert_eq!(texts(&folder.path().join("aws")), aws);
}
