//! Beginning: a new system, an example, help and completions.

use std::fs;

use aqueduct_tests::command::call;
use aqueduct_tests::root;

use super::texts;

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
fn a_new_system_in_rust_is_clean_and_has_what_it_is_compiled_with() {
    let folder = tempfile::tempdir().unwrap();
    let made = call(folder.path(), &["new", "corner-shop", "--from", "rust"]);
    assert_eq!(made.code, 0, "{}", made.err);
    for word in ["check", "test", "build"] {
        let outcome = call(folder.path(), &[word, "corner-shop"]);
        assert_eq!(outcome.code, 0, "{word}: {}{}", outcome.out, outcome.err);
    }
    let shop = folder.path().join("corner-shop");
    let metadata = std::process::Command::new("cargo")
        .args(["metadata", "--offline", "--no-deps", "--format-version", "1"])
        .current_dir(shop.join(".aqueduct"))
        .output()
        .unwrap();
    assert!(
        metadata.status.success(),
        "{}",
        String::from_utf8_lossy(&metadata.stderr)
    );
    // What a clone of its repository lacks is put back by the next build.
    fs::remove_dir_all(shop.join(".aqueduct")).unwrap();
    assert_eq!(call(folder.path(), &["build", "corner-shop"]).code, 0);
    assert!(shop.join(".aqueduct/macros/impl/Cargo.toml").is_file());
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
