//! `cargo dev fuzz`: random texts for as long as one likes, on every core.

use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use aqueduct_tests::fuzz::{self, Failure, Soil};
use aqueduct_tests::root;

/// How often it says how far it is.
const EVERY: Duration = Duration::from_secs(60);
/// What runs longer than this hangs.
const HANGS: Duration = Duration::from_secs(120);

/// What is shared among the cores.
struct Run {
    soil: Soil,
    next: AtomicU64,
    until: Instant,
    found: Mutex<Vec<Failure>>,
    /// For each core, the text it is at and since when.
    at: Vec<Mutex<Option<(u64, Instant)>>>,
}

/// Tries texts from a seed on, keeps what fails, shrunk, and ends with an error if anything did.
pub(crate) fn fuzz(words: &[String]) -> Result<(), String> {
    let minutes = number(words, "--minutes")?.unwrap_or(10);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let seed = number(words, "--seed")?.unwrap_or(now.as_secs() << 20);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let cores = number(words, "--cores")?.map_or(cores, |cores| usize::try_from(cores).unwrap_or(1));
    println!("{minutes} minutes on {cores} cores from seed {seed}");
    fuzz::listen();
    let run = Run {
        soil: Soil::of_the_repository(),
        next: AtomicU64::new(seed),
        until: Instant::now() + Duration::from_secs(60 * minutes),
        found: Mutex::new(Vec::new()),
        at: (0..cores).map(|_| Mutex::new(None)).collect(),
    };
    std::thread::scope(|scope| {
        let run = &run;
        let workers: Vec<_> = (0..cores)
            .map(|core| scope.spawn(move || try_texts(run, core)))
            .collect();
        let mut said = Instant::now();
        while workers.iter().any(|worker| !worker.is_finished()) {
            std::thread::sleep(Duration::from_millis(200));
            stop_what_hangs(run);
            if said.elapsed() > EVERY {
                said = Instant::now();
                println!("{} texts", run.next.load(Ordering::Relaxed) - seed);
            }
        }
    });
    let texts = run.next.load(Ordering::Relaxed) - seed;
    let found = lock(&run.found).len();
    println!("{texts} texts, {found} failures");
    if found == 0 {
        Ok(())
    } else {
        Err(format!("{found} failures are in tests/cases/fuzz"))
    }
}

/// One core's part.
fn try_texts(run: &Run, core: usize) {
    // An overflow of the stack ends the process: what it was at is there then.
    let current = root().join(format!("target/fuzz/{core}.flow"));
    let _ = fs::create_dir_all(root().join("target/fuzz"));
    while Instant::now() < run.until {
        let seed = run.next.fetch_add(1, Ordering::Relaxed);
        let text = run.soil.grow(seed);
        let _ = fs::write(&current, &text);
        *lock(&run.at[core]) = Some((seed, Instant::now()));
        let outcome = fuzz::examine(&text);
        *lock(&run.at[core]) = None;
        let Err(failure) = outcome else { continue };
        let is_new = {
            let mut found = lock(&run.found);
            let is_new = found.iter().all(|known| known.place != failure.place);
            if is_new {
                found.push(failure.clone());
            }
            is_new
        };
        if is_new {
            let small = fuzz::shrunk(&text, &failure);
            let kept = keep(seed, &small);
            println!(
                "seed {seed}: {}: {}\n{}",
                failure.place,
                failure.message,
                kept.display()
            );
        }
    }
    let _ = fs::remove_file(current);
}

fn keep(seed: u64, text: &str) -> PathBuf {
    let place = root().join(format!("tests/cases/fuzz/{seed}.flow"));
    if let Err(error) = fs::write(&place, text) {
        eprintln!("{}: {error}", place.display());
    }
    place
}

/// A thread that hangs can't be ended; the process can.
fn stop_what_hangs(run: &Run) {
    for at in &run.at {
        let at = *lock(at);
        if let Some((seed, since)) = at
            && since.elapsed() > HANGS
        {
            let kept = keep(seed, &run.soil.grow(seed));
            eprintln!("seed {seed} hangs: {}", kept.display());
            std::process::exit(1);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// The number behind a word.
fn number(words: &[String], name: &str) -> Result<Option<u64>, String> {
    let Some(at) = words.iter().position(|word| word == name) else {
        return Ok(None);
    };
    let number = words.get(at + 1).and_then(|word| word.parse().ok());
    number.map(Some).ok_or_else(|| format!("{name} needs a number"))
}
