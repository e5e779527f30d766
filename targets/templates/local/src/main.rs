// {$ header $}

//! {$ system $} as one program with an embedded durable store: `aqueduct run`, or this binary by itself.

fn main() -> std::process::ExitCode {
    aqueduct::local::main(handlers::program())
}
