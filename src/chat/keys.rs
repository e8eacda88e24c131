//! Bytes of the terminal as keys.

/// One key, or one paste.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// A character.
    Char(char),
    /// Pasted text.
    Paste(String),
    /// Send.
    Enter,
    /// A new line in the prompt: Ctrl-J or Alt-Enter.
    NewLine,
    /// Escape.
    Esc,
    /// A key with Ctrl, as its letter.
    Ctrl(char),
    /// Deletes backwards.
    Backspace,
    /// Deletes forwards.
    Delete,
    /// The cursor keys and their kin.
    Left,
    /// To the right.
    Right,
    /// Up a line, or to the prompt before.
    Up,
    /// Down a line, or to the prompt after.
    Down,
    /// To the beginning of the line.
    Home,
    /// To the end of the line.
    End,
}

const PASTE: &[u8] = b"\x1b[200~";
const PASTED: &[u8] = b"\x1b[201~";

/// Puts bytes together; a paste may come in many pieces.
#[derive(Debug, Default)]
pub struct Keys {
    held: Vec<u8>,
}

impl Keys {
    /// Takes what was read at once; an escape that ends it is the key.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Key> {
        self.held.extend_from_slice(bytes);
        let mut keys = Vec::new();
        while !self.held.is_empty() {
            let Some((key, taken)) = first(&self.held) else {
                break;
            };
            keys.extend(key);
            self.held.drain(..taken);
        }
        keys
    }
}

/// The first key and how many bytes it is; `None` while more has to come.
fn first(bytes: &[u8]) -> Option<(Option<Key>, usize)> {
    let key = |key| Some((Some(key), 1));
    match bytes[0] {
        0x1b => escape(bytes),
        b'\r' => key(Key::Enter),
        b'\n' => key(Key::NewLine),
        b'\t' => key(Key::Char(' ')),
        0x7f | 0x08 => key(Key::Backspace),
        byte @ 1..=26 => key(Key::Ctrl(char::from(byte + b'a' - 1))),
        byte if byte < 0x20 => Some((None, 1)),
        byte => {
            let len = match byte {
                0..=0x7f => 1,
                0xf0.. => 4,
                0xe0.. => 3,
                _ => 2,
            };
            let whole = bytes.get(..len)?;
            let c = std::str::from_utf8(whole)
                .ok()
                .and_then(|text| text.chars().next());
            Some(c.map_or((None, 1), |c| (Some(Key::Char(c)), len)))
        }
    }
}

fn escape(bytes: &[u8]) -> Option<(Option<Key>, usize)> {
    if bytes.starts_with(PASTE) {
        let end = bytes
            .windows(PASTED.len())
            .position(|window| window == PASTED)?;
        let text = String::from_utf8_lossy(&bytes[PASTE.len()..end]).into_owned();
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        return Some((Some(Key::Paste(text)), end + PASTED.len()));
    }
    match bytes.get(1) {
        Some(b'\r' | b'\n') => Some((Some(Key::NewLine), 2)),
        Some(b'[' | b'O') => {
            let last = bytes[2..].iter().position(|b| (0x40..=0x7e).contains(b));
            // Cut short: nobody types these by hand, so the rest is on its way.
            let last = last? + 2;
            let key = match (&bytes[2..last], bytes[last]) {
                (b"", b'A') => Some(Key::Up),
                (b"", b'B') => Some(Key::Down),
                (b"", b'C') => Some(Key::Right),
                (b"", b'D') => Some(Key::Left),
                (b"", b'H') | (b"1", b'~') => Some(Key::Home),
                (b"", b'F') | (b"4", b'~') => Some(Key::End),
                (b"3", b'~') => Some(Key::Delete),
                (b"13;2", b'u') => Some(Key::NewLine),
                _ => None,
            };
            Some((key, last + 1))
        }
        // Alone, or before something else that was typed.
        _ => Some((Some(Key::Esc), 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_told_apart() {
        let mut keys = Keys::default();
        assert_eq!(
            keys.feed("aä\r\x1b\r\x1b[A\x1b[3~\x7f\x03\x1b[99;1z\x1b".as_bytes()),
            [
                Key::Char('a'),
                Key::Char('ä'),
                Key::Enter,
                Key::NewLine,
                Key::Up,
                Key::Delete,
                Key::Backspace,
                Key::Ctrl('c'),
                Key::Esc
            ]
        );
    }

    #[test]
    fn a_paste_is_one_key_however_it_is_cut() {
        let paste = b"\x1b[200~one\rtwo\x1b[A\x1b[201~\r";
        for cut in 1..paste.len() {
            // An escape alone is a key; terminals do not cut there.
            if cut == 1 {
                continue;
            }
            let mut keys = Keys::default();
            let mut found = keys.feed(&paste[..cut]);
            found.extend(keys.feed(&paste[cut..]));
            assert_eq!(
                found,
                [Key::Paste("one\ntwo\x1b[A".to_owned()), Key::Enter],
                "{cut}"
            );
        }
    }
}
