//! Many idle panes: what they weigh and what they do.

use super::Options;
use super::figures::{Samples, Table, Target};
use super::mux::{Kind, Mux, pss, ticks};
use std::time::{Duration, Instant};

/// How long the idle ones are watched.
const WATCHED: Duration = Duration::from_secs(5);

/// Memory and idle processor time of `--keepers` panes.
pub fn keepers(muxes: &[Mux], options: &Options, table: &mut Table) {
    let mut found = Vec::new();
    for mux in muxes {
        let begun = Instant::now();
        for n in 0..options.keepers {
            mux.pane(&format!("idle-{n}"), &["sleep", "100000"]);
        }
        let each = begun.elapsed().as_secs_f64() * 1e3 / options.keepers.max(1) as f64;
        std::thread::sleep(Duration::from_secs(2));
        let (pids, _) = mux.processes();
        let before: Vec<u64> = pids.iter().map(|pid| ticks(*pid)).collect();
        std::thread::sleep(WATCHED);
        let used: u64 = pids
            .iter()
            .zip(before)
            .map(|(pid, then)| ticks(*pid) - then)
            .sum();
        let idle = used as f64 / WATCHED.as_secs_f64();
        let mut weights = Samples::default();
        let mut total = 0.0;
        for pid in pids {
            let words = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            let weight = pss(pid);
            total += weight;
            if memchr::memmem::find(&words, b"keep\0").is_some() {
                weights.add(weight);
            }
        }
        found.push((mux.kind, each, idle, total, weights));
        mux.shut_down();
    }
    let of = |kind| found.iter().find(|row| row.0 == kind);
    let Some((_, each, idle, total, weights)) = of(Kind::Pult) else {
        return;
    };
    let tmux = of(Kind::Tmux);
    let panes = options.keepers;
    table.line(
        "PSS of a keeper, median, MB",
        None,
        weights.median(),
        Target::Below(0.75),
    );
    table.line(
        "PSS of a keeper, largest, MB",
        None,
        weights.at(1.0),
        Target::Open,
    );
    let what = format!("PSS of all with {panes} idle panes, MB");
    table.line(&what, tmux.map(|row| row.3), *total, Target::Open);
    let what = format!("CPU of all with {panes} idle panes, %");
    table.line(&what, tmux.map(|row| row.2), *idle, Target::Below(0.05));
    table.line(
        "start of a pane, ms",
        tmux.map(|row| row.1),
        *each,
        Target::Open,
    );
}
