//! What runs in the panes: this same program, told so by `--child ROLE`.

use super::streams::block;
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};
use std::io::{BufRead, Read, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Plays a role to its end.
pub fn play(role: &str, words: &[String]) {
    match role {
        "flood" => flood(),
        "lines" => lines(),
        "full" => full(),
        "spinner" => spinner(),
        "asks" => asks(words),
        _ => eprintln!("no role {role}"),
    }
}

/// µs of a clock that all processes share.
pub fn shared_clock() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    now.tv_sec as u64 * 1_000_000 + now.tv_nsec as u64 / 1000
}

/// Prints `STREAM MB GLYPH` for each such line that is typed: so much of the stream, then the glyph
/// alone on a blank screen.
fn flood() {
    let mut out = std::io::stdout().lock();
    let _ = out
        .write_all("\u{2801}".as_bytes())
        .and_then(|()| out.flush());
    let mut wish = String::new();
    let mut input = std::io::stdin().lock();
    while input.read_line(&mut wish).is_ok_and(|n| n > 0) {
        let mut words = wish.split_whitespace();
        let (stream, mb, glyph) = (words.next(), words.next(), words.next());
        let mb: usize = mb.and_then(|mb| mb.parse().ok()).unwrap_or(1);
        let block = block(stream.unwrap_or_default());
        let mut left = mb * 1_000_000;
        while left > 0 {
            let part = &block[..left.min(block.len())];
            let _ = out.write_all(part);
            left -= part.len();
        }
        let end = format!(
            "\x1b[?2026l\x1b[0m\x1b[H\x1b[2J{}",
            glyph.unwrap_or_default()
        );
        let _ = out.write_all(end.as_bytes()).and_then(|()| out.flush());
        wish.clear();
    }
}

/// 200 lines a second, for ever.
fn lines() {
    let begun = Instant::now();
    for n in 0_u32.. {
        let line = format!("\x1b[32m{n:>8}\x1b[0m a line of a worker that goes on printing\r\n");
        let mut out = std::io::stdout().lock();
        if out
            .write_all(line.as_bytes())
            .and_then(|()| out.flush())
            .is_err()
        {
            return;
        }
        let due = begun + Duration::from_millis(5) * n;
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
    }
}

/// A glyph; once a line was typed 2000 full lines and another glyph; and silence.
fn full() {
    let mut out = std::io::stdout().lock();
    let _ = out
        .write_all("\u{2802}".as_bytes())
        .and_then(|()| out.flush());
    let _ = std::io::stdin().lock().read_line(&mut String::new());
    let mut text = String::new();
    for n in 0..2000 {
        text.push_str(&format!("{n:>6} "));
        (0..190).for_each(|at| text.push(char::from(b'a' + ((n + at * 7) % 26) as u8)));
        text.push_str("\r\n");
    }
    text.push('\u{2801}');
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    std::thread::sleep(Duration::from_secs(100_000));
}

/// A spinner of ten pictures a second, for ever.
fn spinner() {
    for picture in "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏".chars().cycle() {
        let line = format!("\r\x1b[36m{picture}\x1b[39m working on it");
        let mut out = std::io::stdout().lock();
        let said = out.write_all(line.as_bytes()).and_then(|()| out.flush());
        if said.is_err() {
            return;
        }
        drop(out);
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// A scripted agent that asks by the real hook, again and again, and writes down when: µs before
/// the hook was started and after its answer was there, one pair a line.
fn asks(words: &[String]) {
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    let count: usize = variable("SIDE_ASKS").parse().unwrap_or(1);
    let hook = words.get(4).cloned().unwrap_or_default();
    let mut log = std::fs::OpenOptions::new();
    let log = log.append(true).create(true).open(variable("SIDE_OUT"));
    let mut log = log.expect("a file for the times");
    hook_call(
        &hook,
        &json!({"hook_event_name": "SessionStart", "session_id": "s", "cwd": "/"}),
    );
    for n in 0..count {
        std::thread::sleep(Duration::from_millis(60));
        let payload = json!({
            "hook_event_name": "PermissionRequest", "session_id": "s", "cwd": "/",
            "tool_name": "Bash", "tool_input": {"command": format!("touch {n}")},
        });
        let (asked, answered) = hook_call(&hook, &payload);
        writeln!(log, "{asked} {answered}").expect("the times are kept");
    }
    let _ = std::io::stdin().lock().read_line(&mut String::new());
}

/// Runs the hook as an agent does; when it was started, and when its whole answer was there.
fn hook_call(hook: &str, payload: &Value) -> (u64, u64) {
    let asked = shared_clock();
    let mut command = Command::new("sh");
    command
        .args(["-c", hook])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = command.spawn().expect("the hook starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin
        .write_all(payload.to_string().as_bytes())
        .expect("the hook reads");
    drop(stdin);
    let mut answer = [0_u8; 4096];
    let mut stdout = child.stdout.take().expect("a pipe");
    let _ = stdout.read(&mut answer);
    let answered = shared_clock();
    let _ = child.wait();
    (asked, answered)
}
