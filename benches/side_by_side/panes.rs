//! Many panes: what they weigh, and what they cost while nobody looks.

use super::Options;
use super::figures::{Table, Target};
use super::measure::{glyph, pane, role};
use super::mux::{Kind, Mux, pss};
use std::time::{Duration, Instant};

/// How long processor time is watched.
const WATCHED: Duration = Duration::from_secs(10);
/// What starting leaves behind is over after so long.
const SETTLED: Duration = Duration::from_secs(4);

/// Two figures of each, by kind.
fn line(table: &mut Table, what: &str, found: &[(Kind, f64)], aim: Target) {
    let of = |kind| found.iter().find(|(k, _)| *k == kind).map(|(_, n)| *n);
    if let Some(pult) = of(Kind::Pult) {
        table.line(what, of(Kind::Tmux), pult, aim);
    }
}

fn weight(mux: &Mux) -> f64 {
    mux.processes().0.iter().map(|pid| pss(*pid)).sum()
}

/// Memory with 1, 10 and all panes of 2000 full lines each, 200 columns wide.
pub fn full(muxes: &[Mux], options: &Options, table: &mut Table) {
    let mut steps = vec![1, 10, options.panes];
    steps.retain(|panes| *panes <= options.panes);
    steps.dedup();
    let mut found: Vec<Vec<(Kind, f64)>> = vec![Vec::new(); steps.len()];
    for mux in muxes {
        let mut there = 0;
        for (step, panes) in steps.iter().enumerate() {
            while there < *panes {
                let name = format!("full-{there}");
                pane(mux, &name, &role("full"));
                // It is as wide as the outer terminal once something was typed there.
                let mut outer = mux.attach(&name);
                outer.until(glyph(1).as_bytes());
                outer.type_in(b"x\n");
                outer.until(glyph(0).as_bytes());
                drop(outer);
                there += 1;
            }
            std::thread::sleep(SETTLED);
            found[step].push((mux.kind, weight(mux)));
        }
        mux.shut_down();
    }
    let most = steps.last();
    for (panes, found) in steps.iter().zip(found) {
        let aim = match most == Some(panes) {
            true => Target::AtMost(1.0),
            false => Target::Open,
        };
        let panes = if *panes == 1 {
            "1 pane".into()
        } else {
            format!("{panes} panes")
        };
        let what = format!("PSS with {panes} of 2000 lines, MB");
        line(table, &what, &found, aim);
    }
}

/// Processor time of panes that do nothing.
pub fn idle(muxes: &[Mux], options: &Options, table: &mut Table) {
    let sleep = ["sleep".to_owned(), "100000".to_owned()];
    let found = watched(muxes, options.panes, &sleep);
    let what = format!("CPU with {} idle panes, %", options.panes);
    line(table, &what, &found, Target::Below(0.05));
}

/// Processor time of hidden panes with a spinner each.
pub fn spinners(muxes: &[Mux], options: &Options, table: &mut Table) {
    let panes = options.panes.saturating_sub(1);
    let found = watched(muxes, panes, &role("spinner"));
    let what = format!("CPU with {panes} hidden spinners, %");
    line(table, &what, &found, Target::AtMost(0.7));
}

/// Percent of a processor that each uses for so many panes.
fn watched(muxes: &[Mux], panes: usize, program: &[String]) -> Vec<(Kind, f64)> {
    let mut found = Vec::new();
    for mux in muxes {
        for n in 0..panes {
            pane(mux, &format!("pane-{n}"), program);
        }
        std::thread::sleep(SETTLED);
        let (before, begun) = (mux.nanos(), Instant::now());
        std::thread::sleep(WATCHED);
        let used = mux.nanos() - before;
        found.push((mux.kind, used / begun.elapsed().as_nanos() as f64 * 100.0));
        mux.shut_down();
    }
    found
}
