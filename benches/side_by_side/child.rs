//! What runs in the panes: this same program, told so by `--child ROLE`.

use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};
use std::io::{BufRead, Read, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The streams of the flood, and what each is like.
pub const STREAMS: [&str; 5] = ["ascii", "sgr", "unicode", "repaint", "agent"];

/// Plays a role to its end.
pub fn play(role: &str, words: &[String]) {
    match role {
        "flood" => flood(),
        "lines" => lines(),
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

/// About 1 MB of a stream, that can be repeated.
fn block(stream: &str) -> Vec<u8> {
    let mut text = String::with_capacity(1_100_000);
    let mut seed = 7_u32;
    let mut next = move |below: u32| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) % below
    };
    while text.len() < 1_000_000 {
        let width = 20 + next(160) as usize;
        match stream {
            "sgr" => {
                for _ in 0..width / 6 {
                    let (color, style) = (next(256), [0, 1, 3, 4][next(4) as usize]);
                    text.push_str(&format!("\x1b[{style};38;5;{color}mword{} ", next(10)));
                }
                text.push_str("\x1b[0m\r\n");
            }
            "unicode" => {
                for _ in 0..width / 3 {
                    let words = ["naïve ", "漢字", "Привет ", "日本語", "🙂", "über ", "→ "];
                    text.push_str(words[next(7) as usize]);
                }
                text.push_str("\r\n");
            }
            "repaint" => {
                text.push_str("\x1b[H");
                for row in 0..48 {
                    let shade = next(200);
                    text.push_str(&format!("\x1b[{};1H\x1b[48;5;{shade}m{row:>4} ", row + 1));
                    for _ in 0..24 {
                        text.push_str(["value   ", "count   ", "idle    "][next(3) as usize]);
                    }
                    text.push_str("\x1b[0m\x1b[K");
                }
            }
            "agent" => {
                text.push_str("\x1b[?2026h");
                text.push_str(&"\x1b[2K\x1b[1A".repeat(10));
                text.push_str("\x1b[2K\x1b[G");
                if next(4) == 0 {
                    text.push_str("\x1b[1m\x1b[36m●\x1b[39m\x1b[22m Read src/main.rs (");
                    text.push_str(&format!("{} lines)\x1b[0m\r\n", next(900)));
                }
                let box_line = "─".repeat(100);
                text.push_str(&format!("\x1b[2m╭{box_line}╮\x1b[22m\r\n"));
                for n in 0..8 {
                    let color = 30 + next(8);
                    text.push_str(&format!(
                        "\x1b[2m│\x1b[22m \x1b[{color}m{n} tokens {:<6}\x1b[39m working on the {:<70}\x1b[2m│\x1b[22m\r\n",
                        next(99_999),
                        "cart test, which fails now and then"
                    ));
                }
                text.push_str(&format!("\x1b[2m╰{box_line}╯\x1b[22m\r\n\x1b[?2026l"));
            }
            _ => {
                for _ in 0..width {
                    text.push(char::from(b'a' + next(26) as u8));
                }
                text.push_str("\r\n");
            }
        }
    }
    text.into_bytes()
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
