//! Keys as people write them: `a`, `A`, `ctrl-q`, `alt-x`, `enter`, `shift-tab`, `f5`.
//!
//! This is not [`crate::screen::Key`], which is what a terminal tells of a press. There shift stands
//! beside the letter that it made, Shift and Tab is a key of its own, and there are keys without a
//! name. Here each key has one spelling and one value, so that a keymap finds it by being equal.
//! `encode` has the one table between the two.

use std::fmt;

/// A key without its modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Code {
    Char(char),
    Enter,
    Esc,
    Tab,
    Backspace,
    Delete,
    Insert,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
    F(u8),
}

/// One key press.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Which key. A letter carries its own case.
    pub code: Code,
    /// Held with Ctrl.
    pub ctrl: bool,
    /// Held with Alt.
    pub alt: bool,
    /// Held with Shift; never set for a character.
    pub shift: bool,
}

const NAMED: &[(&str, Code)] = &[
    ("enter", Code::Enter),
    ("esc", Code::Esc),
    ("tab", Code::Tab),
    ("space", Code::Char(' ')),
    ("backspace", Code::Backspace),
    ("delete", Code::Delete),
    ("insert", Code::Insert),
    ("up", Code::Up),
    ("down", Code::Down),
    ("left", Code::Left),
    ("right", Code::Right),
    ("home", Code::Home),
    ("end", Code::End),
    ("pageup", Code::PageUp),
    ("pagedown", Code::PageDown),
];

impl Key {
    /// A key without modifiers.
    pub const fn plain(code: Code) -> Self {
        Self {
            code,
            ctrl: false,
            alt: false,
            shift: false,
        }
    }

    /// A character without modifiers.
    pub const fn char(c: char) -> Self {
        Self::plain(Code::Char(c))
    }

    /// A character held with Ctrl.
    pub const fn ctrl(c: char) -> Self {
        Self {
            ctrl: true,
            ..Self::char(c)
        }
    }

    /// Reads one key as it is written in a keymap; `None` when it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        let mut key = Self::char(' ');
        let mut rest = text;
        loop {
            if let Some(r) = rest.strip_prefix("ctrl-") {
                key.ctrl = true;
                rest = r;
            } else if let Some(r) = rest.strip_prefix("alt-") {
                key.alt = true;
                rest = r;
            } else if let Some(r) = rest.strip_prefix("shift-") {
                key.shift = true;
                rest = r;
            } else {
                break;
            }
        }
        let mut chars = rest.chars();
        key.code = match (chars.next(), chars.next()) {
            (Some(c), None) if !c.is_control() => Code::Char(c),
            (Some('f'), Some('0'..='9')) => {
                Code::F(rest[1..].parse().ok().filter(|n| (1..=24).contains(n))?)
            }
            _ => NAMED.iter().find(|(name, _)| *name == rest)?.1,
        };
        let good = !(key.shift && matches!(key.code, Code::Char(_)));
        good.then_some(key)
    }

    /// The character that this key types, when it types one.
    pub fn typed(self) -> Option<char> {
        match self.code {
            Code::Char(c) if !self.ctrl && !self.alt => Some(c),
            _ => None,
        }
    }

    /// The way a keymap writes it.
    pub fn name(self) -> String {
        let mut text = String::new();
        for (on, word) in [
            (self.ctrl, "ctrl-"),
            (self.alt, "alt-"),
            (self.shift, "shift-"),
        ] {
            if on {
                text.push_str(word);
            }
        }
        match self.code {
            Code::F(n) => text.push_str(&format!("f{n}")),
            code => match NAMED.iter().find(|(_, c)| *c == code) {
                Some((name, _)) => text.push_str(name),
                None => {
                    if let Code::Char(c) = code {
                        text.push(c);
                    }
                }
            },
        }
        text
    }
}

/// The way a screen shows it: short, `^Q`, `⏎`.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.alt {
            f.write_str("M-")?;
        }
        if self.shift {
            f.write_str("⇧")?;
        }
        let named = match self.code {
            Code::Char(' ') => "space",
            Code::Char(c) if self.ctrl => return write!(f, "^{}", c.to_ascii_uppercase()),
            Code::Char(c) => return write!(f, "{c}"),
            Code::F(n) => return write!(f, "F{n}"),
            Code::Enter => "⏎",
            Code::Esc => "esc",
            Code::Tab => "tab",
            Code::Backspace => "⌫",
            Code::Delete => "del",
            Code::Insert => "ins",
            Code::Up => "↑",
            Code::Down => "↓",
            Code::Left => "←",
            Code::Right => "→",
            Code::Home => "home",
            Code::End => "end",
            Code::PageUp => "pgup",
            Code::PageDown => "pgdn",
        };
        if self.ctrl {
            f.write_str("^")?;
        }
        f.write_str(named)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_it_is_written() {
        for text in [
            "a",
            "A",
            "?",
            ":",
            "ctrl-q",
            "alt-x",
            "shift-tab",
            "f12",
            "enter",
            "space",
            "ctrl-left",
            "-",
        ] {
            assert_eq!(Key::parse(text).map(Key::name).as_deref(), Some(text));
        }
        for bad in ["", "ctrl-", "f0", "f99", "shift-a", "entre", "ab"] {
            assert_eq!(Key::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_key_is_shown_short() {
        let shown: Vec<String> = ["ctrl-q", "enter", "shift-tab", "alt-b", "ctrl-left"]
            .iter()
            .filter_map(|t| Key::parse(t))
            .map(|k| k.to_string())
            .collect();
        assert_eq!(shown, ["^Q", "⏎", "⇧tab", "M-b", "^←"]);
    }
}
