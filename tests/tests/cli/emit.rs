//! `check --emit`: documents for other programs on standard output, and nothing else there.

use aqueduct_tests::command::{Called, call};
use aqueduct_tests::read;
use serde_json::Value;

use super::{BROKEN, folder_with, wild_rydes};

#[test]
fn a_model_is_printed_and_nothing_else() {
    let folder = wild_rydes();
    let Called { code, out, err } = call(folder.path(), &["check", "--emit", "model"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let model: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(model["format"], "aqueduct.model.v1");
    assert_eq!(model["targets"], serde_json::json!(["local", "aws"]));
    assert_eq!(model["services"][0]["at"]["file"], "system.flow");
    let narrowed = call(folder.path(), &["check", "--emit", "model", "--target", "aws"]);
    let narrowed: Value = serde_json::from_str(&narrowed.out).unwrap();
    assert_eq!(narrowed["targets"], serde_json::json!(["aws"]));
}

#[test]
fn what_a_target_can_not_carry_is_said_in_the_model() {
    let folder = folder_with("event OrderPlaced { order_id: uuid @key }\nstream orders: OrderPlaced\n");
    let Called { code, out, err } = call(folder.path(), &["check", "--emit", "model", "--format", "short"]);
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("error[TAR011]"), "{err}");
    let model: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(model["channels"][0]["kind"], "stream");
    assert_eq!(model["refused"][0]["at"]["line"], 2);
}

#[test]
fn a_system_with_errors_has_no_model() {
    let folder = folder_with(BROKEN);
    let Called { code, out, err } = call(folder.path(), &["check", "--emit", "model"]);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(
        err.starts_with("error[NAM001]: no type is called `Bill`\n"),
        "{err}"
    );
    assert!(err.ends_with("System: 1 error; no model was printed\n"), "{err}");
}

#[test]
fn the_schema_is_the_published_one_and_needs_no_system() {
    let folder = tempfile::tempdir().unwrap();
    let Called { code, out, err } = call(folder.path(), &["check", "--emit", "schema"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(out, read("docs/model.schema.json"));
}

#[test]
fn one_document_at_a_time() {
    let folder = wild_rydes();
    for (other, named) in [
        (["--format", "json"], "`--format json`"),
        (["--format", "sarif"], "`--format sarif`"),
        (["--saga", "FareCollection"], "`--saga`"),
    ] {
        let args = [&["check", "--emit", "model"], other.as_slice()].concat();
        let Called { code, out, err } = call(folder.path(), &args);
        assert_eq!((code, out.as_str()), (2, ""));
        assert!(
            err.contains(named) && err.contains("leave one of them out"),
            "{err}"
        );
    }
}
