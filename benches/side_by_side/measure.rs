//! The measures of panes: echo, flood, start and attach.

use super::figures::{Samples, Table, Target};
use super::mux::{Kind, Mux};
use super::outer::Outer;
use super::streams::STREAMS;
use super::{Options, this_program};
use std::time::{Duration, Instant};

/// Each is shown once after the one before it, and nothing else writes them.
const KEYS: [&str; 5] = ["~", "|", "{", "}", "^"];

/// A character that nothing else writes; the `n`-th of a few.
pub fn glyph(n: usize) -> String {
    char::from_u32(0x2801 + (n % 250) as u32)
        .unwrap_or('⠁')
        .to_string()
}

/// The program that a pane of the benchmark runs.
pub fn role(role: &str) -> Vec<String> {
    let line = format!("stty raw -echo; exec {} --child {role}", this_program());
    vec!["sh".into(), "-c".into(), line]
}

/// Starts a pane in the background.
pub fn pane(mux: &Mux, name: &str, program: &[String]) {
    let words: Vec<&str> = program.iter().map(String::as_str).collect();
    mux.pane(name, &words);
}

/// Keys typed one by one; µs until each is on the outer screen.
fn keys(outer: &mut Outer, count: usize, samples: &mut Samples) {
    for n in 0..count {
        let key = KEYS[n % KEYS.len()].as_bytes();
        // Off the beat of whatever has one.
        outer.linger(Duration::from_micros(9_000 + (n as u64 * 1_237) % 7_000));
        let typed = Instant::now();
        outer.type_in(key);
        samples.took(outer.until(key) - typed);
    }
}

/// Echo alone and in company: one pane with `cat`, `hidden` others that print 200 lines a second.
pub fn echo(muxes: &[Mux], options: &Options, table: &mut Table) {
    let cat = ["sh", "-c", "stty raw -echo; printf '\u{2801}'; exec cat"];
    let mut rows: Vec<(Kind, [Samples; 2], f64)> = Vec::new();
    let mut alone: Vec<(Outer, Samples)> = Vec::new();
    for mux in muxes {
        mux.pane("echo", &cat);
        let mut outer = mux.attach("echo");
        outer.until(glyph(0).as_bytes());
        outer.settle(Duration::from_millis(300));
        alone.push((outer, Samples::default()));
    }
    // In turns, so that both meet the same weather.
    for _ in 0..5 {
        for (outer, samples) in &mut alone {
            keys(outer, options.keys / 5, samples);
        }
    }
    for (mux, (mut outer, alone)) in muxes.iter().zip(alone) {
        for n in 0..options.hidden {
            pane(mux, &format!("hidden-{n}"), &role("lines"));
        }
        outer.linger(Duration::from_secs(2));
        let (ticks, begun) = (mux.ticks(), Instant::now());
        let mut company = Samples::default();
        keys(&mut outer, options.keys, &mut company);
        let used = (mux.ticks() - ticks) as f64 / begun.elapsed().as_secs_f64();
        rows.push((mux.kind, [alone, company], used));
        drop(outer);
        mux.shut_down();
    }
    let of = |kind| rows.iter().find(|row| row.0 == kind);
    let Some(pult) = of(Kind::Pult) else { return };
    let tmux = of(Kind::Tmux);
    let company = format!("{} hidden panes print", options.hidden);
    let lines: [(String, usize, f64, f64); 4] = [
        ("echo p50, µs".into(), 0, 0.5, 1.2),
        ("echo p99, µs".into(), 0, 0.99, 1.5),
        (format!("echo p50, {company}, µs"), 1, 0.5, 1.2),
        (format!("echo p99, {company}, µs"), 1, 0.99, 1.5),
    ];
    for (what, which, part, most) in lines {
        let there = tmux.map(|row| row.1[which].at(part));
        table.line(&what, there, pult.1[which].at(part), Target::AtMost(most));
    }
    let what = format!("CPU while {company}, %");
    table.line(&what, tmux.map(|row| row.2), pult.2, Target::Open);
}

/// How fast a pane swallows a flood, and how much of it reaches the outer terminal.
pub fn flood(muxes: &[Mux], options: &Options, table: &mut Table) {
    let mut outers = Vec::new();
    for mux in muxes {
        pane(mux, "flood", &role("flood"));
        let mut outer = mux.attach("flood");
        outer.until(glyph(0).as_bytes());
        // From the first key on the terminal has the size of the client.
        outer.type_in(b"ascii 0 \xe2\xa0\x82\n");
        outer.until(glyph(1).as_bytes());
        outer.settle(Duration::from_millis(300));
        outers.push(outer);
    }
    let mut shown = 1;
    let least = [0.9, 1.9, 2.5, 1.4, 2.5];
    for (stream, least) in STREAMS.into_iter().zip(least) {
        let mut speeds = vec![Samples::default(); muxes.len()];
        let mut outward = speeds.clone();
        for _ in 0..3 {
            for (n, outer) in outers.iter_mut().enumerate() {
                shown += 1;
                let glyph = glyph(shown);
                let before = outer.bytes;
                let begun = Instant::now();
                outer.type_in(format!("{stream} {} {glyph}\n", options.mb).as_bytes());
                let took = outer.until(glyph.as_bytes()) - begun;
                let mb = options.mb as f64;
                speeds[n].add(mb / took.as_secs_f64());
                outward[n].add((outer.bytes - before) as f64 / (mb * 1e6));
                outer.settle(Duration::from_millis(100));
            }
        }
        let of = |kind, from: &[Samples]| {
            let at = muxes.iter().position(|mux| mux.kind == kind)?;
            Some(from[at].median())
        };
        let both = |from: &[Samples]| Some((of(Kind::Tmux, from), of(Kind::Pult, from)?));
        if let Some((tmux, pult)) = both(&speeds) {
            table.line(
                &format!("flood {stream}, MB/s"),
                tmux,
                pult,
                Target::AtLeast(least),
            );
        }
        if let Some((tmux, pult)) = both(&outward) {
            let what = format!("flood {stream}, outer bytes per byte");
            table.line(&what, tmux, pult, Target::Below(0.02));
        }
    }
    drop(outers);
    muxes.iter().for_each(Mux::shut_down);
}

/// From nothing to a pane on the outer screen, and attaching with 1, 10 and all panes.
pub fn start(muxes: &[Mux], options: &Options, table: &mut Table) {
    let program = ["sh", "-c", "stty raw -echo; printf '\u{2801}'; exec cat"];
    let mut starts = vec![Samples::default(); muxes.len()];
    let mut attaches =
        vec![[Samples::default(), Samples::default(), Samples::default()]; muxes.len()];
    let steps = [1, 10, options.panes.max(10)];
    let mut there = vec![1; muxes.len()];
    let mut name = String::new();
    for round in 0..5 {
        // pult's peers keep their names when they end.
        name = format!("first-{round}");
        for (n, mux) in muxes.iter().enumerate() {
            mux.shut_down();
            let begun = Instant::now();
            // One command does it in tmux; in pult it takes two.
            let mut words = mux.pane_words(&name, &program);
            let mut outer = match mux.kind {
                Kind::Tmux => {
                    words.retain(|word| *word != "-d");
                    Outer::start(mux.command(&words))
                }
                Kind::Pult => {
                    mux.run(&words);
                    mux.attach(&name)
                }
            };
            starts[n].add((outer.until(glyph(0).as_bytes()) - begun).as_secs_f64() * 1e3);
        }
    }
    for (which, panes) in steps.into_iter().enumerate() {
        for (n, mux) in muxes.iter().enumerate() {
            while there[n] < panes {
                mux.pane(&format!("more-{}", there[n]), &program);
                there[n] += 1;
            }
            for _ in 0..10 {
                let begun = Instant::now();
                let mut outer = mux.attach(&name);
                let took = outer.until(glyph(0).as_bytes()) - begun;
                attaches[n][which].add(took.as_secs_f64() * 1e3);
            }
        }
    }
    muxes.iter().for_each(Mux::shut_down);
    let at = |kind| muxes.iter().position(|mux| mux.kind == kind);
    let Some(pult) = at(Kind::Pult) else { return };
    let tmux = at(Kind::Tmux);
    let aim = Target::AtMost(1.5);
    let there = tmux.map(|n| starts[n].median());
    table.line(
        "start to a pane's first frame, ms",
        there,
        starts[pult].median(),
        aim,
    );
    for (which, panes) in steps.into_iter().enumerate() {
        let panes = if panes == 1 {
            "1 pane".into()
        } else {
            format!("{panes} panes")
        };
        let there = tmux.map(|n| attaches[n][which].median());
        let here = attaches[pult][which].median();
        table.line(&format!("attach with {panes}, ms"), there, here, aim);
    }
}
