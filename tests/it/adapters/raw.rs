//! Whole streams as the CLIs wrote them to their terminal, folded and believed as in a pane: the
//! story of each is what was done with it when it was recorded.

use super::dir;
use pult::core::state::Millis;
use pult::core::status::{Change, Fusion, Signal};
use pult::runtime::Runtime;
use pult::screen::{Screen, ScreenEvent};
use serde_json::Value;
use std::fs;

/// How long a recording is looked at after its end, in ms: its last claims are believed by then,
/// and none has expired.
const AFTER: Millis = 20_000;

/// How long the end of a recording takes whose times are not known, in ms.
const TAIL: Millis = 2_000;

/// The end of a frame.
const FRAME: &[u8] = b"\x1b[?2026l";

/// When the bytes up to an offset had come, in ms: from the times of its chunks, or from those of
/// the sequences that were logged.
fn times(dir: &std::path::Path, name: &str, bytes: &[u8]) -> Vec<(usize, Millis)> {
    let ms = |seconds: f64| (seconds * 1000.0) as Millis;
    let mut found = Vec::new();
    if let Ok(chunks) = fs::read_to_string(dir.join(format!("{name}.events.jsonl"))) {
        for line in chunks.lines() {
            let chunk: Value = serde_json::from_str(line).expect("JSON");
            if let (Some(at), Some(n)) = (chunk["off"].as_u64(), chunk["n"].as_u64()) {
                let end = usize::try_from(at + n).expect("an offset");
                found.push((end, ms(chunk["t"].as_f64().expect("a time"))));
            }
        }
    } else {
        let log = fs::read_to_string(dir.join(format!("{name}.log"))).expect("its times");
        let mut from = 0;
        for line in log.lines() {
            let time = line.split(' ').next().and_then(|t| t.parse().ok());
            let (Some(time), Some((_, text))) = (time, line.split_once("b'")) else {
                continue;
            };
            let sequence = unescape(text.strip_suffix('\'').unwrap_or(text));
            let mut windows = bytes[from..].windows(sequence.len().max(1));
            if let Some(at) = windows.position(|window| window == sequence) {
                from += at + sequence.len();
                found.push((from, ms(time)));
            }
        }
    }
    let last = found.last().map_or(0, |(_, at)| *at);
    found.push((bytes.len(), last + TAIL));
    between(&found, bytes)
}

/// The same with the ends of all frames, whose times lie between those that are known.
fn between(known: &[(usize, Millis)], bytes: &[u8]) -> Vec<(usize, Millis)> {
    let ends = bytes.windows(FRAME.len()).enumerate();
    let ends = ends.filter(|(_, window)| *window == FRAME);
    let mut all = known.to_vec();
    for end in ends.map(|(at, _)| at + FRAME.len()) {
        let next = known.iter().position(|(at, _)| *at >= end);
        let next = next.expect("the end of it");
        let (from, since) = next.checked_sub(1).map_or((0, 0), |at| known[at]);
        let (to, until) = known[next];
        let share = (end - from) as f64 / (to - from).max(1) as f64;
        all.push((end, since + ((until - since) as f64 * share) as Millis));
    }
    all.sort();
    all
}

/// Python's way of writing bytes.
fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match (byte, rest.clone().next()) {
            (b'\\', Some(b'x')) => {
                let digits: Vec<u8> = rest.by_ref().skip(1).take(2).collect();
                let digits = String::from_utf8(digits).expect("digits");
                bytes.push(u8::from_str_radix(&digits, 16).expect("a byte"));
            }
            (b'\\', Some(next)) => {
                rest.next();
                bytes.push(match next {
                    b'r' => b'\r',
                    b'n' => b'\n',
                    b't' => b'\t',
                    other => other,
                });
            }
            _ => bytes.push(byte),
        }
    }
    bytes
}

/// What is believed of a recording from its first byte to its end, one word a change.
fn story(runtime: &dyn Runtime, name: &str) -> Vec<String> {
    let dir = dir(runtime.name()).join("raw");
    let bytes = fs::read(dir.join(name)).expect("a recording");
    let mut screen = Screen::new(40, 120);
    let mut fusion = Fusion::new(0);
    let mut words = Vec::new();
    let mut fed = 0;
    let mut now = 0;
    for (end, at) in times(&dir, name, &bytes) {
        pass(&mut fusion, at, &mut words);
        now = now.max(at);
        if end <= fed {
            continue;
        }
        screen.feed(&bytes[fed..end]);
        fed = end;
        let mut signals: Vec<Signal> = Vec::new();
        for event in screen.take_events() {
            signals.extend(match &event {
                ScreenEvent::Title(title) => runtime.title(title),
                ScreenEvent::Osc { number, rest } => runtime.osc(*number, rest),
                _ => Vec::new(),
            });
        }
        signals.extend(runtime.screen(&screen.text_rows()));
        for signal in signals {
            let changes = fusion.observe(signal, now);
            tell(changes, &mut words);
        }
    }
    pass(&mut fusion, now + AFTER, &mut words);
    words
}

/// Lets time pass up to `until`, deadline by deadline.
fn pass(fusion: &mut Fusion, until: Millis, words: &mut Vec<String>) {
    while let Some(due) = fusion.next_deadline().filter(|due| *due <= until) {
        tell(fusion.tick(due), words);
    }
    tell(fusion.tick(until), words);
}

fn tell(changes: Vec<Change>, words: &mut Vec<String>) {
    words.extend(changes.into_iter().filter_map(|change| match change {
        Change::Turn(turn, _) => Some(format!("{turn:?}")),
        Change::DialogOpen(_) | Change::DialogAsks(..) => Some("Dialog".to_owned()),
        Change::DialogGone(_) => Some("Gone".to_owned()),
        Change::StartScreen(what, _) => Some(what),
        Change::Started(_) => Some("Started".to_owned()),
        _ => None,
    }));
}

/// Each recording of a CLI and its story; none is left out.
#[track_caller]
pub fn check(runtime: &dyn Runtime, table: &[(&str, &str)]) {
    let found = table
        .iter()
        .map(|(name, _)| (*name, story(runtime, name).join(" ")));
    let wrong: Vec<_> = found
        .zip(table)
        .filter(|(found, wanted)| found.1 != wanted.1)
        .collect();
    assert!(wrong.is_empty(), "found, wanted: {wrong:#?}");
    let all = fs::read_dir(dir(runtime.name()).join("raw")).expect("recordings");
    for entry in all {
        let name = entry.expect("a recording").file_name();
        let name = name.to_string_lossy();
        let known = !name.ends_with(".raw") || table.iter().any(|(n, _)| *n == name);
        assert!(known, "{name} is in no table");
    }
}
