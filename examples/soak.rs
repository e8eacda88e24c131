//! A long evening: `soak [SECONDS [PEERS]]` has PEERS workers (50) print ten times a second for
//! SECONDS (1800), one of them on a client's terminal, and watches. It runs the `pult` beside it in
//! the build directory, in a home of its own.
//!
//! Prints processor time and memory of everything that is pult's, and how late the client was with
//! what its worker printed. Exit code 1 when memory grew once all had begun, or when the client was
//! late by 50 ms more than 1 + SECONDS/100 times: that often it may be the machine.

#[allow(dead_code)]
#[path = "../benches/side_by_side/mux.rs"]
mod mux;
#[allow(dead_code)]
#[path = "../benches/side_by_side/outer.rs"]
mod outer;

use mux::{Mux, pss};
use outer::{Outer, SIZE};
use pult::screen::Screen;
use rustix::time::{ClockId, clock_gettime};
use std::io::Write;
use std::process::exit;
use std::time::{Duration, Instant};

/// Later than this the client is late, in ms.
const LATE: f64 = 50.0;
/// What memory may grow by, in MB: what an allocator keeps for itself.
const GROWTH: f64 = 4.0;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words.first().is_some_and(|word| word == "--worker") {
        return work();
    }
    let number = |at: usize, usual: u64| match words.get(at).map(|word| word.parse()) {
        None => usual,
        Some(Ok(number)) => number,
        Some(Err(_)) => {
            eprintln!("soak: whole numbers only: soak [SECONDS [PEERS]]");
            exit(2);
        }
    };
    let (seconds, peers) = (number(0, 1800).max(6), number(1, 50).max(1));
    let good = soak(Duration::from_secs(seconds), peers);
    exit(if good { 0 } else { 1 });
}

/// µs of a clock that all processes share.
fn shared_clock() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    now.tv_sec as u64 * 1_000_000 + now.tv_nsec as u64 / 1000
}

/// Fills what is kept above a screen, a line at a time because a burst goes past it, then prints
/// the time ten times a second and a line each second.
fn work() {
    let mut out = std::io::stdout().lock();
    let mut say = |text: String| out.write_all(text.as_bytes()).and_then(|()| out.flush());
    let mut said = Ok(());
    for _ in 0..180 {
        said = said.and_then(|()| say("a line from before\r\n".to_owned()));
        std::thread::sleep(Duration::from_millis(40));
    }
    for n in 1_u64.. {
        if said.is_err() {
            return;
        }
        let line = if n % 10 == 0 { "\r\n" } else { "" };
        said = say(format!("{line}\r{n:>8} @{:020}", shared_clock()));
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// How late each picture of the worker was, in ms, as the outer terminal shows them.
struct Watch {
    outer: Outer,
    screen: Screen,
    last: u64,
    late: Vec<f64>,
}

impl Watch {
    fn turn(&mut self) {
        let Some(bytes) = self.outer.next(Duration::from_millis(200)) else {
            return;
        };
        let now = shared_clock();
        self.screen.feed(&bytes);
        let row = self.screen.row_text(self.screen.cursor().0);
        let stamp = row
            .rsplit_once('@')
            .and_then(|(_, at)| at.get(..20)?.parse().ok());
        if let Some(stamp) = stamp.filter(|at| *at > self.last && *at <= now) {
            self.last = stamp;
            self.late.push((now - stamp) as f64 / 1e3);
        }
    }
}

fn soak(long: Duration, peers: u64) -> bool {
    let me = std::env::current_exe().expect("this program has a path");
    let pult = me
        .parent()
        .and_then(|dir| dir.parent())
        .expect("a build directory");
    let mux = Mux::pult(&pult.join("pult"));
    let worker = me.display().to_string();
    for n in 0..peers {
        mux.pane(&format!("worker-{n}"), &[&worker, "--worker"]);
    }
    let mut watch = Watch {
        outer: mux.attach("worker-0"),
        screen: Screen::new(SIZE.1, SIZE.0),
        last: 0,
        late: Vec::new(),
    };
    let client = watch.outer.client();
    let weight = || mux.processes().0.iter().map(|pid| pss(*pid)).sum::<f64>() + pss(client);
    let begun = Instant::now();
    let (mut warm, mut told) = (None, Duration::ZERO);
    let (mut used, mut since) = (mux.nanos(), Instant::now());
    while begun.elapsed() < long {
        watch.turn();
        let past = begun.elapsed();
        if warm.is_none() && past > (long / 3).min(Duration::from_secs(120)) {
            warm = Some(weight());
            // Weighing stops what is weighed for a moment.
            watch.late.clear();
        }
        if past >= told + Duration::from_secs(60).min(long / 3) {
            told = past;
            let now = mux.nanos();
            let cpu = (now - used) / since.elapsed().as_nanos() as f64 * 100.0;
            (used, since) = (now, Instant::now());
            println!(
                "{:>5} s: {cpu:.1} % of a processor, {:.1} MB",
                past.as_secs(),
                weight()
            );
        }
    }
    let (warm, end) = (warm.unwrap_or_default(), weight());
    let late = &mut watch.late;
    late.sort_by(f64::total_cmp);
    let at = |part: f64| {
        late.get((late.len() as f64 * part) as usize)
            .copied()
            .unwrap_or_default()
    };
    let over = late.iter().filter(|ms| **ms > LATE).count();
    println!(
        "{} pictures, late by {:.2} ms (p50), {:.2} ms (p99), {:.2} ms (most), {over} over {LATE} ms",
        late.len(),
        at(0.5),
        at(0.99),
        late.last().copied().unwrap_or_default(),
    );
    println!("memory {warm:.1} MB once all had begun, {end:.1} MB at the end");
    drop(watch);
    let shown = few_enough(over, long);
    if !shown {
        println!("the client was late");
    }
    if end > warm + GROWTH {
        println!("memory grew");
    }
    shown && end <= warm + GROWTH
}

/// Whether so many late pictures in so long a time may be the machine's.
fn few_enough(over: usize, long: Duration) -> bool {
    over as u64 <= 1 + long.as_secs() / 100
}
