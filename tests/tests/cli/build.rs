//! Building: what is written, what is left alone, what is named as different.

use std::fs;

use aqueduct_tests::command::call;
use aqueduct_tests::read;

use super::{BROKEN, folder_with, texts, wild_rydes};

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
    assert!(
        unknown
            .err
            .contains("local and aws, and `flow` prints the system"),
        "{}",
        unknown.err
    );
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

#[test]
fn a_system_can_be_printed_and_nothing_is_written() {
    let folder = folder_with(
        "queue a: Placed   // waits\nevent Placed{id:uuid}\nservice Shop {handler see(Placed) on a{natural because \"it only looks\"}, auth jwt}\n",
    );
    let wanted = "event Placed { id: uuid }\n\nqueue a: Placed\n\nservice Shop {\n  auth jwt\n\n  \
                  handler see(Placed) on a { natural because \"it only looks\" }\n}\n";
    let printed = call(folder.path(), &["build", "--target", "flow"]);
    assert_eq!(printed.out, wanted);
    assert!(
        printed.err.contains("[FLO002]"),
        "what check says: {}",
        printed.err
    );
    assert_eq!(texts(folder.path()).len(), 1, "nothing was written");

    fs::write(folder.path().join("system.flow"), BROKEN).unwrap();
    let wrong = call(folder.path(), &["build", "--target", "flow"]);
    assert_eq!(
        (wrong.code, wrong.out.as_str()),
        (1, "event OrderPlaced { x: int }\n\nqueue q: Bill\n")
    );
    assert!(wrong.err.starts_with("error[NAM001]"), "{}", wrong.err);

    fs::write(
        folder.path().join("system.flow"),
        "event Placed { id: uuid }\nqueue a: {\n",
    )
    .unwrap();
    let unreadable = call(folder.path(), &["build", "--target", "flow"]);
    assert_eq!((unreadable.code, unreadable.out.as_str()), (1, ""));
    assert!(unreadable.err.starts_with("error[SYN001]"), "{}", unreadable.err);
    assert!(
        unreadable.err.ends_with("System: 1 error; nothing was printed\n"),
        "{}",
        unreadable.err
    );
}

#[test]
fn what_only_prints_goes_with_nothing_that_writes() {
    let folder = wild_rydes();
    let printed = call(folder.path(), &["build", "--target", "flow", "--format", "short"]);
    assert_eq!((printed.code, printed.err.as_str()), (0, ""));
    assert_eq!(printed.out, read("tests/cases/golden/wild-rydes/flow/out.flow"));
    for other in [
        ["--target", "aws"],
        ["--check", ""],
        ["--stubs", ""],
        ["--query-language", "jsonata"],
        ["--format", "json"],
    ] {
        let other: Vec<&str> = other.into_iter().filter(|word| !word.is_empty()).collect();
        let refused = call(
            folder.path(),
            &[&["build", "--target", "flow"], other.as_slice()].concat(),
        );
        assert_eq!((refused.code, refused.out.as_str()), (2, ""), "{other:?}");
        let named = format!("doesn't go with `{}", other[0]);
        assert!(refused.err.contains(&named), "{}", refused.err);
    }
    assert_eq!(texts(folder.path()).len(), 1, "nothing was written");
}
