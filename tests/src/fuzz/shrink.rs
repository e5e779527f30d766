//! The smallest text that still fails in the same place.

use std::time::{Duration, Instant};

use super::{Failure, examine};

/// What is small enough after this is what there is.
const PATIENCE: Duration = Duration::from_secs(60);

/// Drops lines, then letters, in halves and smaller, as long as the failure stays.
pub fn shrunk(text: &str, failure: &Failure) -> String {
    let until = Instant::now() + PATIENCE;
    let stays =
        |text: &str| Instant::now() < until && examine(text).is_err_and(|found| found.place == failure.place);
    let lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    let text = fewer(lines, &stays).concat();
    let letters: Vec<String> = text.chars().map(String::from).collect();
    fewer(letters, &stays).concat()
}

fn fewer(mut parts: Vec<String>, stays: &impl Fn(&str) -> bool) -> Vec<String> {
    let mut size = parts.len().div_ceil(2);
    while size > 0 {
        let mut at = 0;
        let before = parts.len();
        while at < parts.len() {
            let mut without = parts.clone();
            let _ = without.drain(at..(at + size).min(parts.len()));
            if stays(&without.concat()) {
                parts = without;
            } else {
                at += size;
            }
        }
        // Once more with single parts as long as that helps.
        size = if size == 1 && parts.len() < before {
            1
        } else {
            size / 2
        };
    }
    parts
}
