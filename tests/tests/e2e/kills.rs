//! Twenty kills while rides come in: nothing that was answered is lost, and nothing is done twice.

mod check;
mod crowd;

use std::ops::RangeInclusive;

use aqueduct_tests::e2e::{Build, Program, wild_rydes};
use aqueduct_tests::mutants::Random;

use crowd::Crowd;

/// How many rides the clients post in a run.
const RIDES: usize = 2_000;

/// One run for each.
const SEEDS: RangeInclusive<u64> = 1..=20;

#[test]
fn a_kill_loses_nothing_and_repeats_nothing() {
    for seed in seeds() {
        let problems = run(seed, Build::AsIs, &[]);
        assert!(
            problems.is_empty(),
            "seed {seed}, {} problems:\n{}\n`AQUEDUCT_SEED={seed} cargo test -p aqueduct-tests --test e2e kills` replays it",
            problems.len(),
            problems
                .iter()
                .take(20)
                .map(String::as_str)
                .collect::<Vec<_>>()
                .join("\n")
        );
    }
}

/// The control: were the test above blind, it would find nothing here either.
///
/// The same build without the flag goes through, so it is the early answer that is found, and not the build.
#[test]
fn an_answer_before_the_commit_is_found_out() {
    let honest = run(1, Build::WithFaults, &[]);
    assert!(honest.is_empty(), "without the flag: {honest:?}");
    for (runs, seed) in (1..).zip(seeds()) {
        let problems = run(seed, Build::WithFaults, &["--fault-ack-before-commit"]);
        // A ride that was answered with 201 and isn't there.
        if let Some(lost) = problems
            .iter()
            .find(|problem| problem.contains("is not at /rides/"))
        {
            println!(
                "the control was found out in run {runs}, by {} problems, one of them: {lost}",
                problems.len()
            );
            return;
        }
    }
    panic!("a program that answers before it commits went through every run");
}

fn seeds() -> impl Iterator<Item = u64> {
    let one: Option<u64> = std::env::var("AQUEDUCT_SEED")
        .ok()
        .map(|seed| seed.parse().expect("AQUEDUCT_SEED is a number"));
    SEEDS.filter(move |_| one.is_none()).chain(one)
}

/// Posts, kills, starts again, and gives back everything that is wrong in the end.
fn run(seed: u64, build: Build, flags: &[&str]) -> Vec<String> {
    let project = wild_rydes(build);
    let data = tempfile::tempdir().expect("there is room for data");
    let mut random = Random(seed);
    let begun = std::time::Instant::now();
    let crowd = Crowd::new(&mut random, RIDES, &project.token);
    let kill_after = RIDES / 20 + random.below(RIDES * 9 / 10);
    let delay = std::time::Duration::from_micros(random.below(3_000) as u64);
    let start = || Program::start(&project, data.path(), "0.3", flags);
    let program = crowd.post_all(start, kill_after, delay);
    let posted = begun.elapsed();
    let stats = program.drained();
    let drained = begun.elapsed();
    let checked = check::everything(&crowd, &program, &stats);
    println!(
        "seed {seed}: killed after {} answers, {} requests for {RIDES} rides, {} dead letters; \
         posted after {posted:.1?}, drained after {drained:.1?}, checked after {:.1?}",
        crowd.answers_at_kill(),
        crowd.requests(),
        stats.queues.values().map(|queue| queue.dead).sum::<u64>(),
        begun.elapsed()
    );
    checked
}
