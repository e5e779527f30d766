//! Scenarios against generated programs: a model without code is the same system, and handlers of people pass too.

use std::path::Path;
use std::process::Command;

use aqueduct_compiler::model::{Model, TypeKind};
use aqueduct_simulator::{shapes, topology};
use aqueduct_tests::command::aqueduct;
use aqueduct_tests::e2e::{Build, Project, parcel_depot, place, wild_rydes};
use aqueduct_tests::{analyzed, listed, read, root};

fn target() -> &'static Path {
    aqueduct().ancestors().nth(2).unwrap()
}

/// A program that prints what generated code is made of.
fn printer(crate_name: &str, model: &Model) -> String {
    let shown = model
        .types
        .values()
        .filter(|ty| !matches!(ty.kind, TypeKind::Alias(_)));
    let shapes: String = shown
        .map(|ty| {
            let name = &ty.label.name;
            format!("    println!(\"{name} {{:?}}\", <{crate_name}::messages::{name} as aqueduct::Message>::shape());\n")
        })
        .collect();
    format!("fn main() {{\n    println!(\"{{:#?}}\", {crate_name}::topology());\n{shapes}}}\n")
}

fn same(project: &Project, package: &str, flow: &str) {
    let (analysis, sources) = analyzed(flow, &read(flow));
    let checked = analysis
        .checked()
        .unwrap_or_else(|| panic!("{}", listed(&analysis, &sources)));
    let examples = project.folder.join("system/examples");
    std::fs::create_dir_all(&examples).unwrap();
    let text = printer(&package.replace('-', "_"), checked.model());
    std::fs::write(examples.join("printer.rs"), text).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--package", package, "--example", "printer"])
        .current_dir(&project.folder)
        .env("CARGO_TARGET_DIR", target())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let mut made = format!("{:#?}\n", topology(checked));
    for (name, shape) in shapes(checked) {
        made.push_str(&format!("{name} {shape:?}\n"));
    }
    let generated = String::from_utf8(output.stdout).unwrap();
    for (made, generated) in made.lines().zip(generated.lines()) {
        assert_eq!(made, generated);
    }
    assert_eq!(made.len(), generated.len());
}

#[test]
fn a_model_without_code_is_put_together_as_its_generated_program() {
    same(
        &wild_rydes(Build::AsIs),
        "wild-rydes-system",
        "examples/wild-rydes/wild_rydes.flow",
    );
    same(
        &parcel_depot(),
        "parcel-depot-system",
        "tests/cases/golden/parcel-depot/in.flow",
    );
}

#[test]
fn the_handlers_of_wild_rydes_do_what_its_scenarios_say() {
    let folder = place("tested");
    let source = root().join("examples/wild-rydes/handlers/src");
    std::fs::create_dir_all(folder.join("handlers/src")).unwrap();
    for entry in std::fs::read_dir(source).unwrap() {
        let path = entry.unwrap().path();
        let _ = std::fs::copy(&path, folder.join("handlers/src").join(path.file_name().unwrap())).unwrap();
    }
    let manifest = "examples/wild-rydes/handlers/Cargo.toml";
    std::fs::write(folder.join("handlers/Cargo.toml"), read(manifest)).unwrap();
    let text = read("examples/wild-rydes/wild_rydes.flow");
    std::fs::write(folder.join("wild_rydes.flow"), text).unwrap();
    let test = |args: &[&str]| {
        let output = Command::new(aqueduct())
            .arg("test")
            .args(args)
            .current_dir(&folder)
            .env("CARGO_TARGET_DIR", target())
            .env_remove("CARGO_PKG_NAME")
            .output()
            .unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let (code, without, err) = test(&[]);
    assert_eq!(code, Some(0), "{without}{err}");
    let (code, with, err) = test(&["--project"]);
    assert_eq!(code, Some(0), "{with}{err}");
    assert_eq!(without, with);
    assert!(with.ends_with("7 scenarios, all true\n"), "{with}");
}
