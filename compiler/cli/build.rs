//! The sources of the runtime are carried inside the binary: build again when they change.

fn main() {
    println!("cargo::rerun-if-changed=../../runtime");
}
