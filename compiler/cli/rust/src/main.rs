//! Starter as one program with an embedded durable store.

fn main() -> std::process::ExitCode {
    aqueduct::local::main(starter::program())
}
