//! Key sequences taken apart: xterm's, modifyOtherKeys and the kitty keyboard protocol.

use super::input::Input;
use crate::cockpit::encode::{from_screen, to_screen};
use crate::screen::{Key, KeyCode, KeyEvent, Stroke};

const SHIFT: u16 = 1;
const ALT: u16 = 2;
const CTRL: u16 = 4;

/// Reads `CSI body last`; `None` when it is no key.
pub(super) fn read(body: &[u8], last: u8) -> Option<Input> {
    let text = std::str::from_utf8(body).ok()?;
    let params: Vec<Vec<Option<u32>>> = match text {
        "" => Vec::new(),
        text => text.split(';').map(parts).collect::<Option<_>>()?,
    };
    let part = |at: usize, sub: usize| -> Option<u32> { *params.get(at)?.get(sub)? };
    let first = part(0, 0).unwrap_or(1);
    let mut held = part(1, 0).unwrap_or(1);
    let code = match last {
        // modifyOtherKeys: the key stands behind what is held.
        b'~' if first == 27 => unicode(part(2, 0)?)?,
        b'~' => tilde(first)?,
        b'u' => unicode(first)?,
        b'Z' => {
            held = 1 + u32::from(SHIFT);
            KeyCode::Tab
        }
        b'P'..=b'S' => KeyCode::F(last - b'P' + 1),
        _ => letter(last)?,
    };
    let character = |at: usize| {
        part(0, at)
            .and_then(char::from_u32)
            .filter(|c| !c.is_control())
    };
    let (shifted, base) = match last {
        b'u' => (character(1), character(2)),
        _ => (None, None),
    };
    let text: Option<String> = match params.get(2).filter(|_| last == b'u') {
        Some(codes) => codes.iter().map(|code| char::from_u32((*code)?)).collect(),
        None => None,
    };
    let event = match part(1, 1) {
        Some(2) => KeyEvent::Repeat,
        Some(3) => KeyEvent::Release,
        _ => KeyEvent::Press,
    };
    let held = u16::try_from(held.saturating_sub(1)).unwrap_or(0);
    let mut key = Key {
        code,
        shift: held & SHIFT != 0,
        alt: held & ALT != 0,
        ctrl: held & CTRL != 0,
    };
    if let (b'~', KeyCode::Char(c)) = (last, code) {
        // Shift is in the character already.
        key.shift &= c == ' ' || c.is_lowercase();
        return Some(input(Stroke::of(&key)));
    }
    Some(input(Stroke {
        key,
        held: (held & 0xf8) as u8,
        event,
        shifted,
        base,
        text,
    }))
}

/// A stroke, as a plain key when that is all there is to tell. With Alt it is a stroke: a plain key
/// with Alt is one that came behind an Esc.
fn input(mut stroke: Stroke) -> Input {
    if let (KeyCode::Char(c), true, None) = (stroke.key.code, stroke.key.shift, stroke.shifted) {
        let mut upper = c.to_uppercase();
        stroke.shifted = match (upper.next(), upper.next()) {
            (Some(big), None) if big != c => Some(big),
            _ => None,
        };
    }
    let key = stroke.as_typed().and_then(|key| from_screen(&key));
    match key {
        Some(key) if !key.alt && Stroke::of(&to_screen(key)) == stroke => Input::Key(key),
        _ => Input::Stroke(Box::new(stroke)),
    }
}

/// `97:65:99` to numbers; what is left out is `None`. `None` for something else.
fn parts(param: &str) -> Option<Vec<Option<u32>>> {
    let part = |part: &str| match part {
        "" => Some(None),
        digits => digits.parse().ok().map(Some),
    };
    param.split(':').map(part).collect()
}

/// The key of `CSI letter` and `ESC O letter`.
pub(super) fn letter(c: u8) -> Option<KeyCode> {
    Some(match c {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'H' => KeyCode::Home,
        b'F' => KeyCode::End,
        _ => return None,
    })
}

fn tilde(n: u32) -> Option<KeyCode> {
    let n = u8::try_from(n).ok()?;
    Some(match n {
        1 | 7 => KeyCode::Home,
        2 => KeyCode::Insert,
        3 => KeyCode::Delete,
        4 | 8 => KeyCode::End,
        5 => KeyCode::PageUp,
        6 => KeyCode::PageDown,
        11..=15 => KeyCode::F(n - 10),
        17..=21 => KeyCode::F(n - 11),
        23..=26 => KeyCode::F(n - 12),
        28 | 29 => KeyCode::F(n - 13),
        31..=34 => KeyCode::F(n - 14),
        _ => return None,
    })
}

fn unicode(n: u32) -> Option<KeyCode> {
    Some(match n {
        9 => KeyCode::Tab,
        13 => KeyCode::Enter,
        27 => KeyCode::Esc,
        8 | 127 => KeyCode::Backspace,
        57_376..=57_398 => KeyCode::F((n - 57_376) as u8 + 13),
        0xe000..=0xf8ff => KeyCode::Other(n),
        n => KeyCode::Char(char::from_u32(n).filter(|c| !c.is_control())?),
    })
}
