//! The sources that a project has beside its own: the runtime, and where its system is declared in Rust the macros.

use std::path::Path;

use aqueduct_targets::files::Files;
use include_dir::{Dir, DirEntry, include_dir};

static RUNTIME: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../runtime");
static DSL: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../dsl");
static MODEL: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../src");
static RULES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../rules");
static TARGETS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../targets");
static MACROS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../macros");
static COMPILER_MANIFEST: &str = include_str!("../../Cargo.toml");
static WORKSPACE_MANIFEST: &str = include_str!("../../../Cargo.toml");

/// The folder of a project for what it carries.
const FOLDER: &str = ".aqueduct";

/// The packages that macros are made of, as members of a workspace of their own.
const MEMBERS: [&str; 6] = [
    "compiler",
    "dsl",
    "macros",
    "macros/build",
    "macros/impl",
    "targets",
];

/// The runtime for a project whose code is written already; the part for AWS only where it is used.
pub(crate) fn runtime(aws: bool) -> Files {
    let mut files = unpacked_runtime(aws);
    let manifest = format!("{FOLDER}/runtime/Cargo.toml");
    let without = files.get(&manifest).map(|file| without_macros(&file.text));
    files.generated(manifest, without.unwrap_or_default());
    files
}

/// The runtime and the macros, for a project that is declared in Rust.
pub(crate) fn runtime_and_macros(aws: bool) -> Files {
    let mut files = unpacked_runtime(aws);
    for (folder, name) in [
        (&DSL, "dsl"),
        (&MODEL, "compiler/src"),
        (&RULES, "compiler/rules"),
        (&TARGETS, "targets"),
        (&MACROS, "macros"),
    ] {
        unpack(folder, name, &|_| true, &mut files);
    }
    files.generated(format!("{FOLDER}/compiler/Cargo.toml"), COMPILER_MANIFEST);
    files.generated(format!("{FOLDER}/Cargo.toml"), workspace());
    files
}

/// The runtime's sources; its manifest names no tests, since they are ours.
fn unpacked_runtime(aws: bool) -> Files {
    let ours = [
        "tests",
        "benches",
        "examples",
        "aws/tests",
        "aws/benches",
        "aws/examples",
    ];
    let wanted = |path: &Path| {
        !ours.iter().any(|folder| path.starts_with(folder)) && (aws || !path.starts_with("aws"))
    };
    let mut files = Files::default();
    unpack(&RUNTIME, "runtime", &wanted, &mut files);
    let manifest = format!("{FOLDER}/runtime/Cargo.toml");
    let own = files.get(&manifest).map(|file| without_tests(&file.text));
    files.generated(manifest, own.unwrap_or_default());
    files
}

/// A manifest without the targets that only we build.
fn without_tests(manifest: &str) -> String {
    let sections = manifest.split("\n\n");
    let kept = sections.filter(|section| {
        let section = section.trim_start();
        !["[[test]]", "[[bench]]", "[[example]]"]
            .iter()
            .any(|head| section.starts_with(head))
    });
    kept.collect::<Vec<_>>().join("\n\n")
}

fn unpack(folder: &Dir<'_>, name: &str, wanted: &dyn Fn(&Path) -> bool, files: &mut Files) {
    for entry in folder.entries() {
        match entry {
            DirEntry::Dir(inner) => unpack(inner, name, wanted, files),
            DirEntry::File(file) if wanted(file.path()) => {
                if let Some(text) = file.contents_utf8() {
                    files.generated(format!("{FOLDER}/{name}/{}", file.path().display()), text);
                }
            }
            DirEntry::File(_) => {}
        }
    }
}

/// The runtime's manifest without the compiler in it: what is generated already needs no macros.
fn without_macros(manifest: &str) -> String {
    let lines = manifest
        .lines()
        .filter(|line| !line.starts_with("aqueduct-macros = "));
    let lines: Vec<String> = lines
        .map(|line| line.replace("[\"dep:aqueduct-macros\"]", "[]"))
        .collect();
    lines.join("\n") + "\n"
}

/// The manifest of our own workspace, with the members that are carried.
fn workspace() -> String {
    let members = MEMBERS.map(|member| format!("{member:?}")).join(", ");
    let lines = WORKSPACE_MANIFEST.lines().map(|line| {
        if line.starts_with("members = ") {
            format!("members = [{members}]")
        } else if line.starts_with("exclude = ") {
            "exclude = [\"runtime\"]".to_owned()
        } else {
            line.to_owned()
        }
    });
    lines.collect::<Vec<_>>().join("\n") + "\n"
}
