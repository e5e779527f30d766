//! The sources of the runtime and the starter are carried inside the binary: build again when they change.

fn main() {
    for folder in ["../../runtime", "starter"] {
        println!("cargo::rerun-if-changed={folder}");
    }
}
