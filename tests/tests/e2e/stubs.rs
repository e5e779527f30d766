//! A project that nobody has written handlers for: it compiles without a warning, and says what is missing at run time.

use std::process::Command;

use aqueduct_tests::command::{aqueduct, call};
use aqueduct_tests::e2e::place;
use aqueduct_tests::systems;

#[test]
fn a_fresh_project_pleases_clippy() {
    let target = aqueduct().ancestors().nth(2).unwrap().to_owned();
    for (name, text) in systems() {
        // A fixed place, so that cargo finds again what it has checked before.
        let folder = place(&format!("fresh-{name}"));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("in.flow"), text).unwrap();
        let built = call(&folder, &["build"]);
        assert_eq!(built.code, 0, "{}", built.err);
        let output = Command::new(env!("CARGO"))
            .args([
                "clippy",
                "--quiet",
                "--workspace",
                "--all-targets",
                "--",
                "-D",
                "warnings",
            ])
            .current_dir(&folder)
            .env("CARGO_TARGET_DIR", &target)
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{name}:\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}
