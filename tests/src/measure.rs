//! Numbers of many runs, and what the disk costs.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

/// The shortest, the middle and the longest of some times.
#[derive(Debug, Clone, Copy)]
pub struct Spread {
    /// The shortest.
    pub least: Duration,
    /// As many are shorter as are longer.
    pub median: Duration,
    /// The longest.
    pub most: Duration,
}

impl Spread {
    /// Of times in any order, at least one.
    ///
    /// # Panics
    /// When there is none.
    pub fn of(mut times: Vec<Duration>) -> Self {
        times.sort();
        let (Some(least), Some(most)) = (times.first(), times.last()) else {
            panic!("nothing was measured")
        };
        Self {
            least: *least,
            median: times[times.len() / 2],
            most: *most,
        }
    }

    /// Of something done so often, after one time that doesn't count.
    pub fn of_runs(runs: usize, mut run: impl FnMut()) -> Self {
        run();
        let times = (0..runs).map(|_| {
            let begun = Instant::now();
            run();
            begun.elapsed()
        });
        Self::of(times.collect())
    }
}

impl std::fmt::Display for Spread {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = |time: Duration| format!("{:.2} ms", time.as_secs_f64() * 1_000.0);
        write!(
            out,
            "{:>10} {:>10} {:>10}",
            text(self.least),
            text(self.median),
            text(self.most)
        )
    }
}

/// What it costs to write 4 KiB in a folder and to know that they are on its disk.
///
/// # Panics
/// When the folder can't be written.
pub fn sync(folder: &Path) -> Spread {
    let path = folder.join("sync");
    let mut file = File::create(&path).expect("the folder can be written");
    let page = [7; 4096];
    let spread = Spread::of_runs(200, || {
        file.write_all(&page).expect("the disk takes a page");
        file.sync_data().expect("the disk takes a page");
    });
    std::fs::remove_file(path).expect("the file is ours");
    spread
}

/// The most memory that this process has held at once, in bytes; 0 where the kernel doesn't tell (`VmHWM` in
/// proc(5)).
pub fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kilobytes.unwrap_or_default() << 10
}
