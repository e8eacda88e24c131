//! Bytes of the operator's terminal to keys, pastes and clicks. It is a stream: whatever is split
//! over two reads is put together, and a lone Esc is told from a sequence by waiting a little.

use super::facts::is_light;
use super::strokes;
use crate::cockpit::encode::from_screen;
use crate::cockpit::key::{Code, Key};
use crate::screen::{self, Stroke};
use std::time::{Duration, Instant};

/// What came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A key press.
    Key(Key),
    /// Pasted text, whole.
    Paste(Vec<u8>),
    /// The mouse.
    Mouse(Mouse),
    /// The terminal got or lost the focus.
    Focus(bool),
    /// The terminal says whether its background is light.
    Light(bool),
    /// A key of which more is known than a [`Key`] tells.
    Stroke(Box<Stroke>),
    /// The terminal says that it knows the kitty keyboard protocol.
    Kitty,
    /// The terminal says what it is: the answer to the last question asked at the start.
    Terminal,
}

/// One mouse event; cells count from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mouse {
    /// What happened.
    pub kind: MouseKind,
    /// Button number: 0 left, 1 middle, 2 right; 3 none.
    pub button: u8,
    /// Column, from 0.
    pub col: u16,
    /// Row, from 0.
    pub row: u16,
    /// Shift, Alt, Ctrl as xterm's bits: 4, 8, 16.
    pub modifiers: u8,
}

/// What the mouse did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum MouseKind {
    Press,
    Release,
    /// Moved; with a button held it is a drag.
    Move,
    WheelUp,
    WheelDown,
    WheelLeft,
    WheelRight,
}

const PASTE_END: &[u8] = b"\x1b[201~";

/// The longest unfinished sequence that is waited for; a longer one is thrown away.
const LONGEST: usize = 128;

/// What is held is taken as it stands when nothing follows it for so long: a lone Esc is an Esc.
const ALONE: Duration = Duration::from_millis(30);

/// Takes bytes, gives inputs.
#[derive(Debug, Default)]
pub struct Parser {
    held: Vec<u8>,
    /// When what is held is no longer waited for.
    until: Option<Instant>,
    paste: Option<Vec<u8>>,
}

/// How far the front of the buffer was understood.
enum Step {
    /// This many bytes are used up.
    Used(usize, Option<Input>),
    /// A paste begins after this many bytes.
    Paste(usize),
    /// More bytes are needed.
    More,
}

impl Parser {
    /// How long what is held still waits for more bytes; `None` when nothing does.
    pub fn wait(&self, now: Instant) -> Option<Duration> {
        self.until.map(|at| at.saturating_duration_since(now))
    }

    /// Takes what was read, also when what is held has waited too long by then: the bytes may have
    /// come in time, and half an arrow key would be letters.
    pub fn feed(&mut self, bytes: &[u8], now: Instant, out: &mut Vec<Input>) {
        self.held.extend_from_slice(bytes);
        self.run(false, out);
        let waiting = !self.held.is_empty() && self.paste.is_none();
        self.until = waiting.then_some(now + ALONE);
    }

    /// Nothing was there to read: what is held is taken as it stands, once its time has come.
    pub fn flush(&mut self, now: Instant, out: &mut Vec<Input>) {
        if self.until.is_some_and(|at| at <= now) {
            self.until = None;
            self.run(true, out);
        }
    }

    fn run(&mut self, last: bool, out: &mut Vec<Input>) {
        let mut at = 0;
        while at < self.held.len() {
            if let Some(pasted) = &mut self.paste {
                let rest = &self.held[at..];
                match find(rest, PASTE_END) {
                    Some(end) => {
                        pasted.extend_from_slice(&rest[..end]);
                        at += end + PASTE_END.len();
                        out.extend(self.paste.take().map(Input::Paste));
                        continue;
                    }
                    None => {
                        // The end may be split: keep what could be its beginning.
                        let keep = rest.len().min(PASTE_END.len() - 1);
                        pasted.extend_from_slice(&rest[..rest.len() - keep]);
                        at = self.held.len() - keep;
                        break;
                    }
                }
            }
            match step(&self.held[at..], last) {
                Step::Used(n, input) => {
                    at += n.max(1);
                    out.extend(input);
                }
                Step::Paste(n) => {
                    at += n;
                    self.paste = Some(Vec::new());
                }
                Step::More => {
                    if self.held.len() - at > LONGEST {
                        at = self.held.len();
                    }
                    break;
                }
            }
        }
        self.held.drain(..at);
    }
}

fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    hay.windows(needle.len()).position(|w| w == needle)
}

fn key(n: usize, key: Key) -> Step {
    Step::Used(n, Some(Input::Key(key)))
}

fn step(bytes: &[u8], last: bool) -> Step {
    match bytes {
        [0x1b] if last => key(1, Key::plain(Code::Esc)),
        [0x1b] => Step::More,
        [0x1b, b'[', ..] => csi(bytes, last),
        [0x1b, b']', rest @ ..] if b"11;".starts_with(&rest[..rest.len().min(3)]) => {
            background(rest, last)
        }
        [0x1b, b'O'] if !last => Step::More,
        [0x1b, b'O', c, ..] if c.is_ascii_alphabetic() => ss3(*c),
        [0x1b, 0x1b, ..] => key(1, Key::plain(Code::Esc)),
        [0x1b, rest @ ..] => match plain(rest, last) {
            Step::Used(n, Some(Input::Key(k))) => key(n + 1, Key { alt: true, ..k }),
            other => other,
        },
        _ => plain(bytes, last),
    }
}

/// A control byte or a character.
fn plain(bytes: &[u8], last: bool) -> Step {
    let Some(first) = bytes.first().copied() else {
        return Step::More;
    };
    let ctrl = |c: u8| key(1, Key::ctrl(char::from(c)));
    match first {
        0 => ctrl(b' '),
        b'\r' => key(1, Key::plain(Code::Enter)),
        b'\t' => key(1, Key::plain(Code::Tab)),
        0x7f => key(1, Key::plain(Code::Backspace)),
        0x1b => key(1, Key::plain(Code::Esc)),
        0x01..=0x1a => ctrl(first + 0x60),
        0x1c..=0x1f => ctrl(first + 0x40),
        0x20..=0x7e => key(1, Key::char(char::from(first))),
        _ => {
            let want = match first {
                0xc2..=0xdf => 2,
                0xe0..=0xef => 3,
                0xf0..=0xf4 => 4,
                _ => return Step::Used(1, None),
            };
            let have = bytes.len().min(want);
            match std::str::from_utf8(&bytes[..have]) {
                Ok(text) => match text.chars().next() {
                    Some(c) => key(want, Key::char(c)),
                    None => Step::Used(1, None),
                },
                Err(e) if e.error_len().is_none() && !last => Step::More,
                Err(_) => Step::Used(1, None),
            }
        }
    }
}

fn ss3(c: u8) -> Step {
    let code = match c {
        b'P'..=b'S' => Code::F(c - b'P' + 1),
        b'M' => Code::Enter,
        _ => {
            let plain = strokes::letter(c).map(screen::Key::plain);
            let key = plain.and_then(|key| from_screen(&key));
            return Step::Used(3, key.map(Input::Key));
        }
    };
    key(3, Key::plain(code))
}

fn csi(bytes: &[u8], last: bool) -> Step {
    let Some(end) = bytes[2..].iter().position(|b| (0x40..=0x7e).contains(b)) else {
        // Something that can never become a sequence is Alt-[ and what follows it.
        let broken = bytes[2..].iter().any(|b| !(0x20..=0x3f).contains(b));
        return match (broken || last, bytes.len()) {
            (true, 2) => key(
                2,
                Key {
                    alt: true,
                    ..Key::char('[')
                },
            ),
            (true, n) => Step::Used(n, None),
            (false, _) => Step::More,
        };
    };
    let used = end + 3;
    let (body, last_byte) = (&bytes[2..2 + end], bytes[2 + end]);
    if let Some(body) = body.strip_prefix(b"<") {
        let mouse = matches!(last_byte, b'M' | b'm').then(|| mouse(body, last_byte == b'm'));
        return Step::Used(used, mouse.flatten().map(Input::Mouse));
    }
    if let (b'n', b"?997;1" | b"?997;2") = (last_byte, body) {
        return Step::Used(used, Some(Input::Light(body.ends_with(b"2"))));
    }
    let input = match (last_byte, body) {
        (b'~', b"200") => return Step::Paste(used),
        (b'I', b"") => Some(Input::Focus(true)),
        (b'O', b"") => Some(Input::Focus(false)),
        (b'u', [b'?', ..]) => Some(Input::Kitty),
        (b'c', [b'?', ..]) => Some(Input::Terminal),
        _ => strokes::read(body, last_byte),
    };
    Step::Used(used, input)
}

/// The answer to a question for the background, `11;rgb:ffff/ffff/ffff`, behind its `ESC ]`.
fn background(rest: &[u8], last: bool) -> Step {
    let end = rest.iter().position(|b| matches!(b, 0x07 | 0x1b));
    let end = end.unwrap_or(rest.len());
    let terminator = match &rest[end..] {
        [0x07, ..] => 1,
        [0x1b, b'\\', ..] => 2,
        [] | [0x1b] if !last => return Step::More,
        // It was Alt-] and what was typed behind it.
        _ => {
            let typed = Key::char(']');
            return key(2, Key { alt: true, ..typed });
        }
    };
    let text = std::str::from_utf8(&rest[..end]).ok();
    let parts = text.and_then(|t| t.strip_prefix("11;rgb:"));
    // Two hexadecimal digits a part or four; the first two are enough.
    let parts: Option<Vec<u8>> = parts.and_then(|parts| {
        let part = |part: &str| u8::from_str_radix(part.get(..2)?, 16).ok();
        parts.split('/').map(part).collect()
    });
    let light = match parts.as_deref() {
        Some([r, g, b]) => Some(Input::Light(is_light((*r, *g, *b)))),
        _ => None,
    };
    Step::Used(2 + end + terminator, light)
}

/// `1;5` to numbers; `None` when it is something else.
fn numbers(body: &[u8]) -> Option<Vec<u16>> {
    if body.is_empty() {
        return Some(Vec::new());
    }
    std::str::from_utf8(body)
        .ok()?
        .split(';')
        .map(|part| part.parse().ok())
        .collect()
}

fn mouse(body: &[u8], up: bool) -> Option<Mouse> {
    let [bits, col, row] = numbers(body)?[..] else {
        return None;
    };
    let kind = match bits & 0b1110_0000 {
        64 => match bits & 3 {
            0 => MouseKind::WheelUp,
            1 => MouseKind::WheelDown,
            2 => MouseKind::WheelLeft,
            _ => MouseKind::WheelRight,
        },
        32 => MouseKind::Move,
        0 if up => MouseKind::Release,
        0 => MouseKind::Press,
        _ => return None,
    };
    Some(Mouse {
        kind,
        button: (bits & 3) as u8,
        col: col.checked_sub(1)?,
        row: row.checked_sub(1)?,
        modifiers: (bits & 28) as u8,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::screen::{KeyCode, KeyEvent};

    fn read(chunks: &[&[u8]]) -> Vec<Input> {
        let (mut parser, mut out) = (Parser::default(), Vec::new());
        let now = Instant::now();
        for chunk in chunks {
            parser.feed(chunk, now, &mut out);
        }
        parser.flush(now + ALONE, &mut out);
        out
    }

    fn names(bytes: &[u8]) -> String {
        let keys: Vec<String> = read(&[bytes])
            .into_iter()
            .map(|i| match i {
                Input::Key(k) => k.name(),
                other => format!("{other:?}"),
            })
            .collect();
        keys.join(" ")
    }

    #[test]
    fn bytes_are_keys() {
        for (bytes, want) in [
            (&b"aZ?"[..], "a Z ?"),
            (
                b"\x11\x03\r\t\x7f\x00\x1c",
                "ctrl-q ctrl-c enter tab backspace ctrl-space ctrl-\\",
            ),
            (b"\x1b", "esc"),
            (b"\x1b\x1b[A", "esc up"),
            (b"\x1bx\x1b\r", "alt-x alt-enter"),
            (
                b"\x1b[A\x1bOB\x1b[1;5C\x1b[1;2D",
                "up down ctrl-right shift-left",
            ),
            (
                b"\x1b[H\x1b[4~\x1b[5~\x1b[3;5~\x1b[Z",
                "home end pageup ctrl-delete shift-tab",
            ),
            (b"\x1b]\x1b]x\x1b]12", "alt-] alt-] x alt-] 1 2"),
            (b"\x1bOP\x1b[15~\x1b[24~", "f1 f5 f12"),
            (b"\x1b[113;5u\x1b[97;2u\x1b[13;2u", "ctrl-q A shift-enter"),
            ("ü漢🙂".as_bytes(), "ü 漢 🙂"),
            (b"\x1b[>0;1c\x1b[?1$y\xffb", "b"),
        ] {
            assert_eq!(names(bytes), want);
        }
    }

    #[test]
    fn what_a_key_cannot_say_is_a_stroke() {
        let stroke = |bytes: &[u8]| match &read(&[bytes])[..] {
            [Input::Stroke(stroke)] => (**stroke).clone(),
            other => panic!("{other:?}"),
        };
        let released = stroke(b"\x1b[97;5:3u");
        assert_eq!(released.event, KeyEvent::Release);
        assert!(released.key.ctrl);
        let told = stroke(b"\x1b[1089:1057:99;2;1057u");
        assert_eq!((told.shifted, told.base), (Some('С'), Some('c')));
        assert_eq!(told.text.as_deref(), Some("С"));
        assert_eq!(stroke(b"\x1b[97;9u").held, 8);
        assert_eq!(stroke(b"\x1b[1;1:2A").event, KeyEvent::Repeat);
        assert_eq!(stroke(b"\x1b[57417u").key.code, KeyCode::Other(57_417));
        assert!(stroke(b"\x1b[32;2u").key.shift);
        assert!(stroke(b"\x1b[127;3u").key.alt);
        for (bytes, want) in [
            (&b"\x1b[97;6u"[..], "ctrl-A"),
            (b"\x1b[97:65;6u", "ctrl-A"),
            (b"\x1b[105;5u\x1b[109;5u\x1b[91;5u", "ctrl-i ctrl-m ctrl-["),
            (
                b"\x1b[27;2;13~\x1b[27;5;105~\x1b[27;6;65~",
                "shift-enter ctrl-i ctrl-A",
            ),
            (b"\x1b[27u\x1b[57376u", "esc f13"),
            (b"\x1b[9;2u\x1b[13~", "shift-tab f3"),
        ] {
            assert_eq!(names(bytes), want);
        }
    }

    #[test]
    fn answers_are_no_keys() {
        assert_eq!(
            read(&[b"\x1b[?0u\x1b[?62;22c", b"\x1b[?1u"]),
            [Input::Kitty, Input::Terminal, Input::Kitty]
        );
    }

    #[test]
    fn whatever_is_split_is_put_together() {
        let whole = "q\x1b[1;5Cü\x1b[200~a\x1b[2x\x1b[201~\x1b[<0;3;4M\x11".as_bytes();
        let want = read(&[whole]);
        assert_eq!(want.len(), 6);
        for cut in 1..whole.len() {
            assert_eq!(read(&[&whole[..cut], &whole[cut..]]), want, "cut at {cut}");
        }
        assert_eq!(want[3], Input::Paste(b"a\x1b[2x".to_vec()));
    }

    #[test]
    fn the_terminal_says_whether_it_is_light() {
        for (bytes, want) in [
            (
                &b"\x1b]11;rgb:ffff/ffff/ffff\x1b\\"[..],
                vec![Input::Light(true)],
            ),
            (b"\x1b]11;rgb:28/2c/34\x07", vec![Input::Light(false)]),
            (b"\x1b]11;rgba:ff\x07", vec![]),
            (
                b"\x1b[?997;2n\x1b[?997;1n",
                vec![Input::Light(true), Input::Light(false)],
            ),
        ] {
            for cut in 1..bytes.len() {
                assert_eq!(read(&[&bytes[..cut], &bytes[cut..]]), want, "cut at {cut}");
            }
        }
    }

    #[test]
    fn the_mouse_counts_from_zero() {
        let at = |kind, button, modifiers| {
            Input::Mouse(Mouse {
                kind,
                button,
                col: 2,
                row: 3,
                modifiers,
            })
        };
        assert_eq!(
            read(&[b"\x1b[<0;3;4M\x1b[<2;3;4m\x1b[<64;3;4M\x1b[<48;3;4M\x1b[<0;0;0M"]),
            [
                at(MouseKind::Press, 0, 0),
                at(MouseKind::Release, 2, 0),
                at(MouseKind::WheelUp, 0, 0),
                at(MouseKind::Move, 0, 16),
            ]
        );
    }

    #[test]
    fn garbage_is_thrown_away_and_never_kept() {
        let (mut parser, mut out) = (Parser::default(), Vec::new());
        let now = Instant::now();
        parser.feed(b"\x1b[", now, &mut out);
        parser.feed(&[b'1'; 200], now, &mut out);
        parser.feed(b"x", now, &mut out);
        assert_eq!(out, [Input::Key(Key::char('x'))]);
    }

    #[test]
    fn a_lone_esc_is_one_when_its_time_has_come_and_not_before() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let (mut parser, mut out) = (Parser::default(), Vec::new());
        assert_eq!(parser.wait(at(0)), None);
        parser.feed(b"\x1b", at(0), &mut out);
        for ms in [0, 7, 29] {
            // Woken for something else.
            assert_eq!(parser.wait(at(ms)), Some(Duration::from_millis(30 - ms)));
            parser.flush(at(ms), &mut out);
            assert_eq!(out, []);
        }
        parser.flush(at(30), &mut out);
        assert_eq!(out, [Input::Key(Key::plain(Code::Esc))]);
        assert_eq!(parser.wait(at(31)), None);
        parser.flush(at(90), &mut out);
        assert_eq!(out.len(), 1);
        // More of a sequence is waited for anew, and taken whenever it is there.
        parser.feed(b"\x1b", at(100), &mut out);
        parser.feed(b"[", at(120), &mut out);
        assert_eq!(parser.wait(at(130)), Some(Duration::from_millis(20)));
        parser.feed(b"A", at(190), &mut out);
        assert_eq!(out[1..], [Input::Key(Key::plain(Code::Up))]);
        assert_eq!(parser.wait(at(190)), None);
    }
}
