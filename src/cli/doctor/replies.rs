//! What this terminal answers when it is asked: the cockpit asks the same.

use super::{Finding, State, finding};
use crate::platform::terminal::{self, For};
use std::io::{IsTerminal, Read, Write};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

/// Background, keyboard, frames, name; and what every terminal answers, last.
const QUESTIONS: &str = "\x1b]11;?\x1b\\\x1b[?u\x1b[?2026$p\x1b[>0q\x1b[c";

/// How long the last answer is waited for.
const PATIENCE: Duration = Duration::from_millis(700);

/// Asks; nothing when input or output is no terminal.
pub fn ask() -> Option<Finding> {
    if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        return None;
    }
    terminal::raw_mode().ok()?;
    let heard = hear();
    terminal::cooked_mode();
    Some(judge(&heard))
}

fn hear() -> Vec<u8> {
    let mut heard = Vec::new();
    let mut out = std::io::stdout().lock();
    if write!(out, "{QUESTIONS}")
        .and_then(|()| out.flush())
        .is_err()
    {
        return heard;
    }
    let end = Instant::now() + PATIENCE;
    let mut input = std::io::stdin().lock();
    loop {
        let left = end.saturating_duration_since(Instant::now());
        let ready = terminal::wait(&[(input.as_fd(), For::Reading)], Some(left));
        if left.is_zero() || !ready.is_ok_and(|ready| ready.first() == Some(&true)) {
            return heard;
        }
        let mut bytes = [0; 1024];
        match input.read(&mut bytes) {
            Ok(count @ 1..) => heard.extend_from_slice(&bytes[..count]),
            _ => return heard,
        }
        if told(&heard).contains(&"what it is") {
            return heard;
        }
    }
}

fn judge(heard: &[u8]) -> Finding {
    let told = told(heard);
    if told.is_empty() {
        let text = "it answers nothing that it is asked; colours, background and keys are guessed";
        let mend = "a multiplexer or serial line may keep the answers; `theme` and `leave` in cockpit.toml say it";
        return finding("terminal", State::Note, text).mend(mend);
    }
    finding(
        "terminal",
        State::Ok,
        format!("it tells {}", told.join(", ")),
    )
}

/// What is among the answers.
fn told(heard: &[u8]) -> Vec<&'static str> {
    let text = String::from_utf8_lossy(heard);
    let mut told = Vec::new();
    if text.contains("\x1b]11;rgb:") {
        told.push("its background");
    }
    for answer in text.split("\x1b[?").skip(1) {
        let end = answer.find(|c: char| !c.is_ascii_digit() && c != ';');
        let (numbers, rest) = answer.split_at(end.unwrap_or(answer.len()));
        if rest.starts_with('u') {
            told.push("keys apart");
        } else if rest.starts_with("$y") && matches!(numbers, "2026;1" | "2026;2") {
            told.push("frames whole");
        } else if rest.starts_with('c') {
            told.push("what it is");
        }
    }
    if text.contains("\x1bP>|") {
        told.push("its name");
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_answer_is_known_by_its_shape() {
        let all = b"\x1b]11;rgb:1111/2222/3333\x1b\\\x1b[?1u\x1b[?2026;2$y\x1bP>|kitty(0.1)\x1b\\\x1b[?62;4c";
        let names = [
            "its background",
            "keys apart",
            "frames whole",
            "what it is",
            "its name",
        ];
        assert_eq!(told(all), names);
        assert_eq!(judge(all).state, State::Ok);
        assert_eq!(told(b"\x1b[?2026;0$y\x1b[?62c"), ["what it is"]);
        assert_eq!(told(b"abc\x1b["), [""; 0]);
        assert_eq!(judge(b"").state, State::Note);
    }
}
