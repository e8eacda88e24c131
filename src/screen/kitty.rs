//! Keys in the kitty keyboard protocol, for programs that have asked for it.

use std::fmt::Write as _;

use super::input::{Key, KeyCode, KeyEvent, Stroke};
use super::keys::encode_key;
use super::modes::Modes;

const DISAMBIGUATE: u8 = 1;
const EVENTS: u8 = 2;
const ALTERNATES: u8 = 4;
const ALL: u8 = 8;
const TEXT: u8 = 16;

/// Caps lock and num lock, which keys that type text do not tell unless all keys are told.
const LOCKS: u8 = 64 + 128;

/// The bytes of a key as a program in `modes` expects them; empty for what it does not want to know.
pub fn encode_stroke(stroke: &Stroke, modes: &Modes) -> Vec<u8> {
    let flags = modes.kitty;
    let key = stroke.as_typed();
    if flags == 0 {
        return match (stroke.event, key) {
            (KeyEvent::Press | KeyEvent::Repeat, Some(key)) => encode_key(&key, modes),
            _ => Vec::new(),
        };
    }
    let has = |flag| flags & flag != 0;
    let released = stroke.event == KeyEvent::Release;
    let code = stroke.key.code;
    let editing = matches!(code, KeyCode::Enter | KeyCode::Tab | KeyCode::Backspace);
    if released && !(has(EVENTS) && (has(ALL) || !editing)) {
        return Vec::new();
    }
    if !has(ALL) {
        if stroke.is_modifier() {
            return Vec::new();
        }
        if let Some(text) = stroke.typed_text().filter(|_| !released) {
            return text.into_bytes();
        }
    }
    let told_apart = has(DISAMBIGUATE) || has(ALL);
    let bare = stroke.modifiers() & !LOCKS == 0;
    let usual = !has(ALL) && editing && bare && !released;
    let pressed = stroke.event == KeyEvent::Press || !has(EVENTS);
    if usual || (!told_apart && pressed) {
        return key.map_or_else(Vec::new, |key| encode_key(&key, modes));
    }
    sequence(stroke, flags)
}

/// The key as an escape sequence.
fn sequence(stroke: &Stroke, flags: u8) -> Vec<u8> {
    let has = |flag| flags & flag != 0;
    let Some((number, last)) = number(stroke.key.code) else {
        return Vec::new();
    };
    let text_key = matches!(stroke.key.code, KeyCode::Char(_));
    let mut modifiers = stroke.modifiers();
    if text_key && !has(ALL) {
        modifiers &= !LOCKS;
    }
    let mut out = String::from("\x1b[");
    // Writing to a String cannot fail.
    let mut put = |part: std::fmt::Arguments<'_>| _ = out.write_fmt(part);
    let event = match stroke.event {
        KeyEvent::Repeat if has(EVENTS) => 2,
        KeyEvent::Release if has(EVENTS) => 3,
        _ => 1,
    };
    let text = stroke.text().filter(|_| has(TEXT) && has(ALL) && event < 3);
    let short = modifiers == 0 && event == 1 && text.is_none();
    if !(short && number == 1) {
        put(format_args!("{number}"));
    }
    if has(ALTERNATES) && last == 'u' {
        let shifted = stroke.shifted.filter(|_| stroke.key.shift);
        match (shifted, stroke.base) {
            (Some(shifted), None) => put(format_args!(":{}", u32::from(shifted))),
            (Some(shifted), Some(base)) => {
                put(format_args!(":{}:{}", u32::from(shifted), u32::from(base)));
            }
            (None, Some(base)) => put(format_args!("::{}", u32::from(base))),
            (None, None) => {}
        }
    }
    if modifiers != 0 || event != 1 {
        put(format_args!(";{}", u16::from(modifiers) + 1));
    } else if text.is_some() {
        put(format_args!(";"));
    }
    if event != 1 {
        put(format_args!(":{event}"));
    }
    if let Some(text) = text {
        let codes: Vec<String> = text.chars().map(|c| u32::from(c).to_string()).collect();
        put(format_args!(";{}", codes.join(":")));
    }
    out.push(last);
    out.into_bytes()
}

/// The number of a key and the letter at the end of its sequence.
fn number(code: KeyCode) -> Option<(u32, char)> {
    Some(match code {
        KeyCode::Char(c) => (u32::from(c), 'u'),
        KeyCode::Esc => (27, 'u'),
        KeyCode::Enter => (13, 'u'),
        KeyCode::Tab | KeyCode::BackTab => (9, 'u'),
        KeyCode::Backspace => (127, 'u'),
        KeyCode::Insert => (2, '~'),
        KeyCode::Delete => (3, '~'),
        KeyCode::Left => (1, 'D'),
        KeyCode::Right => (1, 'C'),
        KeyCode::Up => (1, 'A'),
        KeyCode::Down => (1, 'B'),
        KeyCode::PageUp => (5, '~'),
        KeyCode::PageDown => (6, '~'),
        KeyCode::Home => (1, 'H'),
        KeyCode::End => (1, 'F'),
        KeyCode::F(1) => (1, 'P'),
        KeyCode::F(2) => (1, 'Q'),
        KeyCode::F(3) => (13, '~'),
        KeyCode::F(4) => (1, 'S'),
        KeyCode::F(5) => (15, '~'),
        KeyCode::F(n @ 6..=10) => (u32::from(n) + 11, '~'),
        KeyCode::F(n @ 11..=12) => (u32::from(n) + 12, '~'),
        KeyCode::F(n @ 13..=35) => (57_376 + u32::from(n) - 13, 'u'),
        KeyCode::F(_) => return None,
        KeyCode::Other(number) => (number, 'u'),
    })
}

impl Stroke {
    /// A key press of which no more is known.
    pub fn of(key: &Key) -> Stroke {
        let mut stroke = Stroke {
            key: *key,
            ..Stroke::default()
        };
        match key.code {
            KeyCode::BackTab => (stroke.key.code, stroke.key.shift) = (KeyCode::Tab, true),
            KeyCode::Char(c) if c.is_uppercase() => {
                let mut lower = c.to_lowercase();
                if let (Some(plain), None) = (lower.next(), lower.next()) {
                    stroke.key.code = KeyCode::Char(plain);
                    stroke.key.shift = true;
                    stroke.shifted = Some(c);
                }
            }
            _ => {}
        }
        stroke
    }

    /// All modifiers in the protocol's bits.
    fn modifiers(&self) -> u8 {
        let Key {
            shift, alt, ctrl, ..
        } = self.key;
        u8::from(shift) + 2 * u8::from(alt) + 4 * u8::from(ctrl) + (self.held & !7)
    }

    fn is_modifier(&self) -> bool {
        matches!(
            self.key.code,
            KeyCode::Other(57_358..=57_360 | 57_441..=57_454)
        )
    }

    /// The text it types, with whatever is held.
    fn text(&self) -> Option<String> {
        let shown = |text: &str| !text.is_empty() && !text.chars().any(char::is_control);
        if let Some(text) = &self.text {
            return Some(text.clone()).filter(|text| shown(text));
        }
        let KeyCode::Char(c) = self.key.code else {
            return None;
        };
        if self.modifiers() & !LOCKS & !1 != 0 {
            return None;
        }
        let c = self.shifted.filter(|_| self.key.shift).unwrap_or(c);
        Some(c.to_string()).filter(|text| shown(text))
    }

    /// The text it types when nothing but shift is held, or what is held is part of the text.
    fn typed_text(&self) -> Option<String> {
        let held = self.modifiers() & !LOCKS & !1;
        self.text().filter(|_| held == 0)
    }

    /// The key as a terminal without the protocol has it; `None` for one that it does not have.
    pub fn as_typed(&self) -> Option<Key> {
        if self.held & !LOCKS & !7 != 0 || self.is_modifier() {
            return None;
        }
        let mut key = self.key;
        match key.code {
            KeyCode::Char(c) if key.shift => {
                let upper = self.shifted.or_else(|| c.to_uppercase().next());
                key.code = KeyCode::Char(upper.unwrap_or(c));
            }
            KeyCode::Tab if key.shift => key.code = KeyCode::BackTab,
            KeyCode::Other(number) => key.code = keypad(number)?,
            _ => {}
        }
        if let (KeyCode::Char(_), Some(text), false, false) =
            (key.code, &self.text, key.ctrl, key.alt)
        {
            let mut chars = text.chars();
            if let (Some(c), None) = (chars.next(), chars.next()) {
                key.code = KeyCode::Char(c);
            }
        }
        Some(key)
    }
}

/// The usual key for one of the keypad.
fn keypad(number: u32) -> Option<KeyCode> {
    Some(match number {
        57_399..=57_408 => KeyCode::Char(char::from_digit(number - 57_399, 10)?),
        57_409..=57_413 => KeyCode::Char(char::from(b"./*-+"[(number - 57_409) as usize])),
        57_414 => KeyCode::Enter,
        57_415 => KeyCode::Char('='),
        57_416 => KeyCode::Char(','),
        57_417 => KeyCode::Left,
        57_418 => KeyCode::Right,
        57_419 => KeyCode::Up,
        57_420 => KeyCode::Down,
        57_421 => KeyCode::PageUp,
        57_422 => KeyCode::PageDown,
        57_423 => KeyCode::Home,
        57_424 => KeyCode::End,
        57_425 => KeyCode::Insert,
        57_426 => KeyCode::Delete,
        _ => return None,
    })
}
