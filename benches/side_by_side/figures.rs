//! Figures and the table they go into.

use std::time::Duration;

/// Many samples of one thing.
#[derive(Clone, Default)]
pub struct Samples(Vec<f64>);

impl Samples {
    /// One more, in the unit of all.
    pub fn add(&mut self, value: f64) {
        self.0.push(value);
    }

    /// One more, in µs.
    pub fn took(&mut self, time: Duration) {
        self.add(time.as_secs_f64() * 1e6);
    }

    /// The value below which `part` of the samples lie; 0 without any.
    pub fn at(&self, part: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let index = (sorted.len() as f64 * part) as usize;
        let last = sorted.len().saturating_sub(1);
        sorted.get(index.min(last)).copied().unwrap_or_default()
    }

    /// The middle one.
    pub fn median(&self) -> f64 {
        self.at(0.5)
    }
}

/// Which way is better.
#[derive(Clone, Copy)]
pub enum Target {
    /// At most so many times tmux.
    AtMost(f64),
    /// At least so many times tmux.
    AtLeast(f64),
    /// At most so much, whatever tmux does.
    Below(f64),
    /// None is set.
    Open,
}

/// The lines of the table.
#[derive(Default)]
pub struct Table(Vec<String>);

impl Table {
    /// A line: what, tmux's figure when there is one, pult's, and what was aimed at.
    pub fn line(&mut self, what: &str, tmux: Option<f64>, pult: f64, target: Target) {
        let ratio = tmux.filter(|t| *t > 0.0).map(|t| pult / t);
        let ratio_text = ratio.map_or("-".into(), |r| format!("{r:.2}"));
        let (aim, met) = match target {
            Target::AtMost(n) => (format!("≤ {n} ×"), ratio.map(|r| r <= n)),
            Target::AtLeast(n) => (format!("≥ {n} ×"), ratio.map(|r| r >= n)),
            Target::Below(n) => (format!("≤ {n}"), Some(pult <= n)),
            Target::Open => ("-".into(), None),
        };
        let met = met.map_or("", |met| if met { "met" } else { "missed" });
        let tmux = tmux.map_or("-".into(), figure);
        let pult = figure(pult);
        let line = format!("| {what} | {tmux} | {pult} | {ratio_text} | {aim} | {met} |");
        eprintln!("{line}");
        self.0.push(line);
    }

    /// The whole of it.
    pub fn print(&self) {
        println!("| | tmux | pult | pult / tmux | target | |");
        println!("|---|---|---|---|---|---|");
        for line in &self.0 {
            println!("{line}");
        }
    }
}

/// Three digits of it, or none behind the point.
fn figure(value: f64) -> String {
    match value.abs() {
        v if v >= 100.0 => format!("{value:.0}"),
        v if v >= 10.0 => format!("{value:.1}"),
        v if v >= 0.1 || v == 0.0 => format!("{value:.2}"),
        _ => format!("{value:.4}"),
    }
}
