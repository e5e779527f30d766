//! `check --fix`: what it writes, what it leaves alone, and what it says.

use std::fs;

use aqueduct_tests::command::{Called, call};
use aqueduct_tests::read;

use super::folder_with;

const SLIPS: &str = "\
sytem Shop

evnt OrderPlaced { id: uuid @key, total: decimal }   // what a customer did
command Order { total: decmal }
queue orders: OrderPlacd   // waits
topic placed: OrderPlaced
placed => orders

service Billing {
  store bills: OrderPlaced by id
  api POST \"/orders\" -> place { retuns 202, auth none because \"a test\" }
  handler place(Order as order) -> OrderPlaced { emits OrderPlaced to placed via outbx }
  # by hand
  handler bill(OrderPlaced as order) on orders { writes bils, idempotent by id for 30d }
}
";

const MENDED: &str = "\
system Shop

event OrderPlaced { id: uuid @key, total: decimal }   // what a customer did
command Order { total: decimal }
queue orders: OrderPlaced   // waits
topic placed: OrderPlaced
placed -> orders

service Billing {
  store bills: OrderPlaced by id
  api POST \"/orders\" -> place { returns 202, auth none because \"a test\" }
  handler place(Order as order) -> OrderPlaced { emits OrderPlaced to placed via outbox }
  // by hand
  handler bill(OrderPlaced as order) on orders { writes bills, idempotent by id for 30d }
}
";

fn now(folder: &tempfile::TempDir) -> String {
    fs::read_to_string(folder.path().join("system.flow")).unwrap()
}

#[test]
fn many_slips_are_mended_over_several_rounds_and_then_there_is_nothing_to_do() {
    let folder = folder_with(SLIPS);
    let Called { code, out, err } = call(folder.path(), &["check", "--fix"]);
    assert_eq!(now(&folder), MENDED, "{err}{out}");
    assert_eq!((code, out.as_str()), (0, ""), "{err}");
    assert!(
        err.starts_with("system.flow:1: write `system` (SYN002)\n"),
        "{err}"
    );
    assert!(err.contains("9 changes made in 1 file\n"), "{err}");
    let again = call(folder.path(), &["check", "--fix"]);
    assert_eq!(again.code, 0);
    assert!(again.err.starts_with("nothing to mend\n"), "{}", again.err);
    assert_eq!(now(&folder), MENDED);
}

#[test]
fn line_breaks_and_a_byte_order_mark_stay_as_they_are() {
    let dos = |text: &str| format!("\u{feff}{}", text.replace('\n', "\r\n"));
    let folder = folder_with(&dos(SLIPS));
    let mended = call(folder.path(), &["check", "--fix"]);
    assert_eq!((mended.code, now(&folder)), (0, dos(MENDED)), "{}", mended.err);
    // A fix of several lines.
    let folder = folder_with("service A {\r\n  owner \"me\"\r\n");
    let mended = call(folder.path(), &["check", "--fix"]);
    assert_eq!(
        now(&folder),
        "service A {\r\n  owner \"me\"\r\n}\r\n",
        "{}",
        mended.err
    );
}

#[test]
fn looking_writes_nothing_and_ends_as_the_system_stands() {
    let folder = folder_with("evnt Placed {}\n");
    let looked = call(folder.path(), &["check", "--fix", "--dry-run"]);
    assert_eq!(
        looked.out,
        "--- system.flow\n+++ system.flow (mended)\n@@ -1 +1 @@\n-evnt Placed {}\n+event Placed {}\n"
    );
    assert_eq!(looked.code, 1);
    assert!(
        looked.err.contains("1 change to be made in 1 file"),
        "{}",
        looked.err
    );
    assert_eq!(now(&folder), "evnt Placed {}\n");
    let alone = call(folder.path(), &["check", "--dry-run"]);
    assert_eq!(alone.code, 2, "{}", alone.err);
}

#[test]
fn what_is_left_is_said_and_the_rest_is_mended() {
    let folder = folder_with("evnt Placed {}\nqueue q: Bill\n");
    let called = call(folder.path(), &["check", "--fix", "--format", "short"]);
    assert_eq!(called.code, 1);
    assert!(
        called
            .out
            .contains("system.flow:2:10: error[NAM001]: no type is called `Bill`\n"),
        "{}",
        called.out
    );
    assert_eq!(now(&folder), "event Placed {}\nqueue q: Bill\n");
}

#[test]
fn every_file_of_a_system_is_mended_and_a_file_that_needs_nothing_is_not_touched() {
    let folder = folder_with("system Shop\nuse \"a/events.flow\"\nuse \"b.flow\"\nqueue orders: Placd\n");
    let file = |name: &str| folder.path().join(name);
    fs::create_dir(file("a")).unwrap();
    fs::write(file("a/events.flow"), "evnt Placed { id: uuid }\n").unwrap();
    fs::write(file("b.flow"), "// Nothing yet.\n").unwrap();
    let untouched = fs::metadata(file("b.flow")).unwrap().modified().unwrap();
    let called = call(folder.path(), &["check", "--fix"]);
    assert!(called.err.contains("2 changes made in 2 files"), "{}", called.err);
    assert_eq!(read(file("a/events.flow")), "event Placed { id: uuid }\n");
    assert!(now(&folder).ends_with("queue orders: Placed\n"));
    assert_eq!(
        fs::metadata(file("b.flow")).unwrap().modified().unwrap(),
        untouched
    );
}

#[test]
fn rust_is_not_touched_and_said_to_be() {
    let folder = tempfile::tempdir().unwrap();
    let text = "#[aqueduct::system]\nmod shop {\n    #[evnt]\n    struct Placed {}\n}\n";
    fs::write(folder.path().join("shop.rs"), text).unwrap();
    let called = call(folder.path(), &["check", "shop.rs", "--fix"]);
    assert!(
        called.err.contains("nothing was changed: this system is Rust"),
        "{}",
        called.err
    );
    assert_eq!(read(folder.path().join("shop.rs")), text);
}
