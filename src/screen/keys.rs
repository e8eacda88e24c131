//! Keys as terminals have always written them, with xterm's modifyOtherKeys where a program wants it.

use super::input::Stroke;
use super::input::{Key, KeyCode};
use super::kitty::encode_stroke;
use super::modes::Modes;

/// The bytes of a key press in whatever a program in `modes` has asked for. Empty for a key it
/// cannot be told of.
pub fn encode(key: &Key, modes: &Modes) -> Vec<u8> {
    match modes.kitty {
        0 => encode_key(key, modes),
        _ => encode_stroke(&Stroke::of(key), modes),
    }
}

/// The bytes of a key press without the kitty protocol.
pub(super) fn encode_key(key: &Key, modes: &Modes) -> Vec<u8> {
    if let Some(bytes) = other(key, modes.modify_other_keys) {
        return bytes;
    }
    let mut out = Vec::new();
    match key.code {
        KeyCode::Char(c) => {
            alt(&mut out, key);
            match control(c).filter(|_| key.ctrl) {
                Some(byte) => out.push(byte),
                None => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        KeyCode::Enter => {
            alt(&mut out, key);
            out.push(b'\r');
        }
        KeyCode::Esc => {
            alt(&mut out, key);
            out.push(0x1b);
        }
        KeyCode::Tab if key.shift => out.extend_from_slice(b"\x1b[Z"),
        KeyCode::BackTab => out.extend_from_slice(b"\x1b[Z"),
        KeyCode::Tab => {
            alt(&mut out, key);
            out.push(b'\t');
        }
        KeyCode::Backspace => {
            alt(&mut out, key);
            out.push(if key.ctrl { 0x08 } else { 0x7f });
        }
        KeyCode::Up => letter(&mut out, key, b'A', modes.application_cursor),
        KeyCode::Down => letter(&mut out, key, b'B', modes.application_cursor),
        KeyCode::Right => letter(&mut out, key, b'C', modes.application_cursor),
        KeyCode::Left => letter(&mut out, key, b'D', modes.application_cursor),
        KeyCode::Home => letter(&mut out, key, b'H', modes.application_cursor),
        KeyCode::End => letter(&mut out, key, b'F', modes.application_cursor),
        KeyCode::Insert => numbered(&mut out, key, 2),
        KeyCode::Delete => numbered(&mut out, key, 3),
        KeyCode::PageUp => numbered(&mut out, key, 5),
        KeyCode::PageDown => numbered(&mut out, key, 6),
        KeyCode::F(n @ 1..=4) => letter(&mut out, key, b'P' + n - 1, true),
        KeyCode::F(n @ 5..=20) => {
            const NUMBERS: [u8; 16] = [
                15, 17, 18, 19, 20, 21, 23, 24, 25, 26, 28, 29, 31, 32, 33, 34,
            ];
            numbered(&mut out, key, NUMBERS[usize::from(n - 5)]);
        }
        KeyCode::F(_) | KeyCode::Other(_) => {}
    }
    out
}

fn alt(out: &mut Vec<u8>, key: &Key) {
    if key.alt {
        out.push(0x1b);
    }
}

/// modifyOtherKeys: at level 1 what else could not be told apart, at level 2 whatever is held with
/// a key that has no sequence of its own.
fn other(key: &Key, level: u8) -> Option<Vec<u8>> {
    let held = modifiers(key);
    if level == 0 || held == 1 {
        return None;
    }
    let code = match key.code {
        // Shift alone is in the character.
        KeyCode::Char(_) if held == 2 => return None,
        KeyCode::Char(c) if level == 2 || (key.ctrl && control(c).is_none()) => u32::from(c),
        KeyCode::Enter => 13,
        KeyCode::Tab if key.ctrl || key.alt => 9,
        KeyCode::Backspace if level == 2 || key.shift => 127,
        KeyCode::Esc if level == 2 => 27,
        _ => return None,
    };
    Some(format!("\x1b[27;{held};{code}~").into_bytes())
}

/// The control character of a character, when it has one.
fn control(c: char) -> Option<u8> {
    Some(match c {
        'a'..='z' | 'A'..='Z' => (c as u8) & 0x1f,
        ' ' | '@' | '2' => 0,
        '[' | '3' => 0x1b,
        '\\' | '4' => 0x1c,
        ']' | '5' => 0x1d,
        '^' | '6' => 0x1e,
        '_' | '-' | '/' | '7' => 0x1f,
        '?' | '8' => 0x7f,
        _ => return None,
    })
}

/// xterm's number for the modifiers; 1 is none.
fn modifiers(key: &Key) -> u8 {
    let upper = matches!(key.code, KeyCode::Char(c) if c.is_uppercase());
    1 + u8::from(key.shift || upper) + 2 * u8::from(key.alt) + 4 * u8::from(key.ctrl)
}

fn letter(out: &mut Vec<u8>, key: &Key, letter: u8, application: bool) {
    match modifiers(key) {
        1 => out.extend_from_slice(&[0x1b, if application { b'O' } else { b'[' }, letter]),
        n => out.extend_from_slice(format!("\x1b[1;{n}{}", char::from(letter)).as_bytes()),
    }
}

fn numbered(out: &mut Vec<u8>, key: &Key, number: u8) {
    let text = match modifiers(key) {
        1 => format!("\x1b[{number}~"),
        n => format!("\x1b[{number};{n}~"),
    };
    out.extend_from_slice(text.as_bytes());
}
