//! The model as JSON: valid by its published schema, whole, one for both forms of a system.

use std::collections::BTreeSet;

use aqueduct_compiler::model::Model;
use aqueduct_tests::{analyzed, corpus, listed, read, root};
use serde_json::Value;

/// The document of a system, read back.
fn document(name: &str, text: &str) -> (Value, Model) {
    let (analysis, sources) = analyzed(name, text);
    let drawn = analysis
        .drawn()
        .unwrap_or_else(|| panic!("{}", listed(&analysis, &sources)));
    let text = aqueduct_document::document(drawn, &sources).to_string();
    (serde_json::from_str(&text).unwrap(), analysis.model)
}

/// Every object in a document.
fn each_object<'a>(value: &'a Value, see: &mut impl FnMut(&'a serde_json::Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            see(object);
            object.values().for_each(|inner| each_object(inner, see));
        }
        Value::Array(items) => items.iter().for_each(|inner| each_object(inner, see)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Takes away what says where something is written.
fn without_places(value: &mut Value) {
    match value {
        Value::Object(object) => {
            let _ = object.remove("at");
            let _ = object.remove("within");
            object.values_mut().for_each(without_places);
        }
        Value::Array(items) => items.iter_mut().for_each(without_places),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn complaints(validator: &jsonschema::Validator, document: &Value) -> Vec<String> {
    let errors = validator.iter_errors(document);
    errors
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

/// Makes a document wrong.
type Spoil = fn(&mut Value);

fn published() -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(&read("docs/model.schema.json")).unwrap();
    jsonschema::draft202012::meta::validate(&schema).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
}

#[test]
fn every_system_is_valid_by_the_published_schema() {
    let validator = published();
    for (name, text) in corpus() {
        let complaints = complaints(&validator, &document("in.flow", &text).0);
        assert!(complaints.is_empty(), "{name}:\n{}", complaints.join("\n"));
    }
}

#[test]
fn the_schema_refuses_what_is_no_model() {
    let validator = published();
    let text = read("tests/cases/golden/wild-rydes/in.flow");
    let whole = document("in.flow", &text).0;
    let broken: [(&str, Spoil); 6] = [
        ("a member too many", |model| model["wrong"] = Value::Bool(true)),
        ("another version", |model| {
            model["format"] = "aqueduct.model.v2".into();
        }),
        ("a member that is missing", |model| {
            let _ = model.as_object_mut().unwrap().remove("services");
        }),
        ("a member too many in what is flattened", |model| {
            model["types"][0]["wrong"] = 1.into();
        }),
        ("a kind that there isn't", |model| {
            model["types"][0]["kind"] = "wrong".into();
        }),
        ("nothing in place of something absent", |model| {
            model["owner"] = Value::Null;
        }),
    ];
    for (what, spoil) in broken {
        let mut spoiled = whole.clone();
        spoil(&mut spoiled);
        assert!(!validator.is_valid(&spoiled), "{what}");
    }
}

#[test]
fn both_forms_of_a_system_have_one_model() {
    for (name, text) in corpus() {
        let rust = match name.as_str() {
            // The example lies elsewhere, and so does what stands in for the gateway.
            "wild-rydes" => read("examples/wild-rydes-rust/src/system.rs")
                .replace("\"../wild-rydes/gateway\"", "\"gateway\""),
            _ => read(root().join("tests/cases/golden").join(&name).join("in.rs")),
        };
        let mut forms = [document("in.flow", &text).0, document("in.rs", &rust).0];
        forms.iter_mut().for_each(without_places);
        let [flow, rust] = forms.map(|form| format!("{form:#}"));
        let difference = similar::TextDiff::from_lines(&flow, &rust)
            .unified_diff()
            .context_radius(5)
            .to_string();
        assert!(flow == rust, "{name}:\n{difference}");
    }
}

/// Every name that is declared in the tables of a model.
fn names(model: &Model) -> Vec<String> {
    let named = model.types.values().filter(|it| !it.is_unnamed());
    let labels = [
        // What the author hasn't named may be told once for several.
        named.map(|it| &it.label).collect::<Vec<_>>(),
        model.domains.values().map(|it| &it.label).collect(),
        model.channels.values().map(|it| &it.label).collect(),
        model.services.values().map(|it| &it.label).collect(),
        model.stores.values().map(|it| &it.label).collect(),
        model.handlers.values().map(|it| &it.label).collect(),
        model.apis.values().map(|it| &it.label).collect(),
        model.sagas.values().map(|it| &it.label).collect(),
        model
            .sagas
            .values()
            .flat_map(|saga| saga.steps().into_iter().map(|it| &it.label))
            .collect(),
        model.choreographies.values().map(|it| &it.label).collect(),
        model.scatters.values().map(|it| &it.label).collect(),
        model.tentatives.values().map(|it| &it.label).collect(),
        model.schedules.values().map(|it| &it.label).collect(),
        model.samples.values().map(|it| &it.label).collect(),
    ];
    let labels = labels.into_iter().flatten();
    labels.map(|label| label.name.to_string()).collect()
}

#[test]
fn every_name_of_the_model_is_in_the_document() {
    for (name, text) in corpus() {
        let (document, model) = document("in.flow", &text);
        let mut told = Vec::new();
        each_object(&document, &mut |object| {
            if object.contains_key("at") || object.contains_key("id") {
                told.extend(object.get("name").and_then(Value::as_str).map(str::to_owned));
            }
        });
        for declared in names(&model) {
            // Each name accounts for one thing: what is told once doesn't stand for two.
            let found = told.iter().position(|told| *told == declared);
            let found = found.unwrap_or_else(|| panic!("{name}: {declared} isn't in the document"));
            let _ = told.swap_remove(found);
        }
        assert_eq!(
            document["routes"].as_array().unwrap().len(),
            model.routes.len(),
            "{name}"
        );
        assert_eq!(
            document["scenarios"].as_array().unwrap().len(),
            model.scenarios.len(),
            "{name}"
        );
        assert_eq!(
            document["refused"].as_array().unwrap().len(),
            model.refused.len(),
            "{name}"
        );
    }
}

#[test]
fn what_is_referred_to_is_there_once() {
    // Members that hold an id of something of this kind, with the place of its declarations.
    const REFERENCES: [(&[&str], &[&str]); 5] = [
        (
            &["types"],
            &[
                "carries", "gives", "takes", "input", "reply", "message", "row", "fault",
            ],
        ),
        (&["channels"], &["channel", "from", "to"]),
        (
            &["services", "handlers"],
            &["handler", "reserve", "confirm", "cancel"],
        ),
        (&["services", "stores"], &["store"]),
        (&["services", "sagas"], &["saga"]),
    ];
    for (name, text) in corpus() {
        let mut whole = document("in.flow", &text).0;
        // A converter leads from one type to another, and is the only thing that does.
        whole["converters"] = Value::Null;
        for (place, members) in REFERENCES {
            let mut declared = vec![&whole];
            for part in place {
                declared = declared
                    .into_iter()
                    .flat_map(|value| value[*part].as_array().unwrap())
                    .collect();
            }
            let ids: Vec<&str> = declared
                .iter()
                .map(|value| value["id"].as_str().unwrap())
                .collect();
            let once: BTreeSet<&str> = ids.iter().copied().collect();
            assert_eq!(ids.len(), once.len(), "{name}: {ids:?}");
            each_object(&whole, &mut |object| {
                for member in members {
                    let Some(Value::String(id)) = object.get(*member) else {
                        continue;
                    };
                    // A type says what it is for, too.
                    let word = *member == "message" && object.contains_key("public");
                    assert!(
                        word || once.contains(id.as_str()),
                        "{name}: {member} `{id}` isn't declared"
                    );
                }
            });
        }
    }
}
