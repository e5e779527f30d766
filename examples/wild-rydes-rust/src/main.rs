//! Wild Rydes as one program with an embedded durable store.

fn main() -> std::process::ExitCode {
    aqueduct::local::main(wild_rydes_rust::program())
}
