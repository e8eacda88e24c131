//! Many idle panes: what they weigh and what they do.

use super::Options;
use super::figures::{Samples, Table, Target};
use super::mux::{Kind, Mux, pss, ticks};
use rustix::process::{Pid, Signal, kill_process};
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
        let mut again = Samples::default();
        if mux.kind == Kind::Pult {
            (0..3).for_each(|_| again.add(killed(mux, options.keepers)));
        }
        found.push((mux.kind, each, idle, total, weights, again));
        mux.shut_down();
    }
    let of = |kind| found.iter().find(|row| row.0 == kind);
    let Some((_, each, idle, total, weights, again)) = of(Kind::Pult) else {
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
    let what = format!("daemon killed under {panes} panes to the states of all, ms");
    table.line(&what, None, again.median(), Target::Below(1000.0));
    let what = format!("CPU of all with {panes} idle panes, %");
    table.line(&what, tmux.map(|row| row.2), *idle, Target::Below(0.05));
    table.line(
        "start of a pane, ms",
        tmux.map(|row| row.1),
        *each,
        Target::Open,
    );
}

/// Kills the daemon; ms until `ls`, which starts another, has said that all `panes` are alive.
fn killed(mux: &Mux, panes: usize) -> f64 {
    let json = |words: &[&str]| -> serde_json::Value {
        serde_json::from_slice(&mux.run(words).stdout).expect("JSON")
    };
    let pid = json(&["daemon", "status", "--json"])["pid"].as_i64();
    let pid = pid.and_then(|pid| Pid::from_raw(i32::try_from(pid).ok()?));
    kill_process(pid.expect("a daemon"), Signal::KILL).expect("it is ours");
    let begun = Instant::now();
    let rows = json(&["ls", "--json"]);
    let took = begun.elapsed();
    let rows = rows.as_array().expect("rows");
    let alive = rows.iter().filter(|row| row["process"] == "alive").count();
    assert_eq!(alive, panes, "whose keeper lives is alive");
    took.as_secs_f64() * 1e3
}
