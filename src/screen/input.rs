//! What a person does, as the bytes a program expects in its modes.

use super::modes::Modes;

/// A key without its modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyCode {
    /// A character, as typed: upper case when shift made it so.
    Char(char),
    /// Enter.
    Enter,
    /// Escape.
    Esc,
    /// Tab.
    Tab,
    /// Shift and Tab.
    BackTab,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
    /// Insert.
    Insert,
    /// Up.
    Up,
    /// Down.
    Down,
    /// Left.
    Left,
    /// Right.
    Right,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// A function key, 1–20; others send nothing.
    F(u8),
}

/// One key press.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// Which key.
    pub code: KeyCode,
    /// With control.
    pub ctrl: bool,
    /// With alt.
    pub alt: bool,
    /// With shift. A shifted letter is an upper case [`KeyCode::Char`] too.
    pub shift: bool,
}

impl Key {
    /// A key without modifiers.
    pub const fn plain(code: KeyCode) -> Key {
        Key {
            code,
            ctrl: false,
            alt: false,
            shift: false,
        }
    }
}

/// The bytes of a key press. Empty for a key no program can be told of.
pub fn encode_key(key: &Key, modes: &Modes) -> Vec<u8> {
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
        KeyCode::F(_) => {}
    }
    out
}

fn alt(out: &mut Vec<u8>, key: &Key) {
    if key.alt {
        out.push(0x1b);
    }
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
    1 + u8::from(key.shift) + 2 * u8::from(key.alt) + 4 * u8::from(key.ctrl)
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

/// The bytes of a paste: line ends as Enter, and bracketed when the program asked for it. The end of
/// a bracketed paste inside the text is taken out, so that the text cannot type.
pub fn encode_paste(text: &str, modes: &Modes) -> Vec<u8> {
    const END: &str = "\x1b[201~";
    let mut text = text.replace("\r\n", "\r").replace('\n', "\r");
    if !modes.bracketed_paste {
        return text.into_bytes();
    }
    // Taking one out may put another together.
    while text.contains(END) {
        text = text.replace(END, "");
    }
    format!("\x1b[200~{text}{END}").into_bytes()
}

/// The bytes of a focus change; empty when the program does not want them.
pub fn encode_focus(focused: bool, modes: &Modes) -> Vec<u8> {
    match (modes.focus_events, focused) {
        (false, _) => Vec::new(),
        (true, true) => b"\x1b[I".to_vec(),
        (true, false) => b"\x1b[O".to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(key: Key, modes: &Modes) -> String {
        String::from_utf8(encode_key(&key, modes)).expect("keys are ASCII here")
    }

    #[test]
    fn keys_follow_the_modes_and_carry_their_modifiers() {
        let plain = Modes::default();
        let application = Modes {
            application_cursor: true,
            ..plain
        };
        let up = Key::plain(KeyCode::Up);
        assert_eq!(bytes(up, &plain), "\x1b[A");
        assert_eq!(bytes(up, &application), "\x1bOA");
        assert_eq!(bytes(Key { ctrl: true, ..up }, &application), "\x1b[1;5A");
        assert_eq!(
            bytes(
                Key {
                    ctrl: true,
                    ..Key::plain(KeyCode::Char('c'))
                },
                &plain
            ),
            "\x03"
        );
        assert_eq!(
            bytes(
                Key {
                    alt: true,
                    ..Key::plain(KeyCode::Char('b'))
                },
                &plain
            ),
            "\x1bb"
        );
        assert_eq!(
            bytes(
                Key {
                    shift: true,
                    ..Key::plain(KeyCode::Tab)
                },
                &plain
            ),
            "\x1b[Z"
        );
        assert_eq!(bytes(Key::plain(KeyCode::F(5)), &plain), "\x1b[15~");
        assert_eq!(
            bytes(
                Key {
                    shift: true,
                    ..Key::plain(KeyCode::Delete)
                },
                &plain
            ),
            "\x1b[3;2~"
        );
    }

    #[test]
    fn a_paste_cannot_end_itself() {
        let modes = Modes {
            bracketed_paste: true,
            ..Modes::default()
        };
        let paste = encode_paste("a\x1b[20\x1b[201~1~rm -rf\n", &modes);
        assert_eq!(paste, b"\x1b[200~arm -rf\r\x1b[201~");
        assert_eq!(encode_paste("a\r\nb", &Modes::default()), b"a\rb");
    }
}
