//! The sources that projects have are carried inside the binary: build again when they change.

fn main() {
    for folder in [
        "../../dsl",
        "../../macros",
        "../../runtime",
        "../../targets",
        "../rules",
        "../src",
    ] {
        println!("cargo::rerun-if-changed={folder}");
    }
}
