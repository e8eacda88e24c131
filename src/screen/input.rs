//! What a person does, as the bytes a program expects in its modes.

use super::modes::Modes;

pub use super::keys::encode as encode_key;
pub use super::kitty::encode_stroke;

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
    /// A function key, 1–35; beyond 20 only the kitty protocol has them.
    F(u8),
    /// A key that only the kitty protocol has, by its number there.
    Other(u32),
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

/// What a key did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum KeyEvent {
    /// It went down.
    #[default]
    Press,
    /// It is held down.
    Repeat,
    /// It went up.
    Release,
}

/// A key with all that the kitty protocol tells of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Stroke {
    /// Which key, without what shift makes of it, and what is held.
    pub key: Key,
    /// What else is held, in the protocol's bits: super 8, hyper 16, meta 32, caps lock 64, num
    /// lock 128.
    pub held: u8,
    /// What it did.
    pub event: KeyEvent,
    /// The character with shift.
    pub shifted: Option<char>,
    /// The character in the same place of the standard layout.
    pub base: Option<char>,
    /// The text it types, when that was told.
    pub text: Option<String>,
}

impl Default for Stroke {
    fn default() -> Stroke {
        Stroke {
            key: Key::plain(KeyCode::Enter),
            held: 0,
            event: KeyEvent::Press,
            shifted: None,
            base: None,
            text: None,
        }
    }
}

/// The end of a bracketed paste, in seven bits and in eight.
const ENDS: [&str; 2] = ["\x1b[201~", "\u{9b}201~"];

/// The bytes of a paste: line ends as Enter, and bracketed when the program asked for it. The end of
/// a bracketed paste inside the text is taken out, so that the text cannot type.
pub fn encode_paste(text: &str, modes: &Modes) -> Vec<u8> {
    let text = text.replace("\r\n", "\r").replace('\n', "\r");
    if !modes.bracketed_paste {
        return text.into_bytes();
    }
    let mut out = String::with_capacity(text.len() + 12);
    out.push_str("\x1b[200~");
    let start = out.len();
    // Taking one out may put another together.
    for c in text.chars() {
        out.push(c);
        if c == '~'
            && let Some(end) = ENDS.iter().find(|end| out[start..].ends_with(**end))
        {
            out.truncate(out.len() - end.len());
        }
    }
    out.push_str(ENDS[0]);
    out.into_bytes()
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

    #[test]
    fn a_paste_cannot_end_itself() {
        let modes = Modes {
            bracketed_paste: true,
            ..Modes::default()
        };
        for (text, want) in [
            ("a\x1b[20\x1b[201~1~rm -rf\n", "arm -rf\r"),
            ("a\u{9b}201~b\x1b[2\u{9b}201~01~c", "abc"),
            ("\x1b[200~x~\x1b[201", "\x1b[200~x~\x1b[201"),
        ] {
            let paste = encode_paste(text, &modes);
            let want = format!("\x1b[200~{want}\x1b[201~");
            assert_eq!(String::from_utf8(paste).as_deref(), Ok(want.as_str()));
        }
        assert_eq!(encode_paste("a\r\nb", &Modes::default()), b"a\rb");
        let nested = format!("{}{}", "\x1b[20".repeat(100_000), "1~".repeat(100_000));
        assert_eq!(encode_paste(&nested, &modes).len(), 12);
    }
}
