//! The kitty keyboard protocol's flags: a stack for each screen, as programs push, set and pop them.

use serde::{Deserialize, Serialize};

use super::csi::Csi;

/// The flags there are.
const ALL: u16 = 31;

/// The most flags kept of a screen; the oldest go first.
const MOST: usize = 16;

/// The flags of the main and the alternate screen, the ones in force last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Keyboard {
    stacks: [Vec<u8>; 2],
}

impl Keyboard {
    /// The flags in force.
    pub fn flags(&self, alternate: bool) -> u8 {
        let stack = &self.stacks[usize::from(alternate)];
        stack.last().map_or(0, |flags| flags & ALL as u8)
    }

    /// Takes `CSI > u`, `CSI < u` or `CSI = u`.
    pub fn take(&mut self, csi: &Csi, alternate: bool) {
        let flags = (csi.arg(0, 0) & ALL) as u8;
        let now = self.flags(alternate);
        let stack = &mut self.stacks[usize::from(alternate)];
        match csi.prefix {
            b'<' => {
                let left = stack.len().saturating_sub(csi.arg(0, 1).into());
                stack.truncate(left);
            }
            b'>' => {
                if stack.is_empty() {
                    stack.push(0);
                }
                stack.push(flags);
                if stack.len() > MOST {
                    stack.remove(0);
                }
            }
            _ => {
                let flags = match csi.arg(1, 1) {
                    1 => flags,
                    2 => now | flags,
                    3 => now & !flags,
                    _ => return,
                };
                stack.pop();
                stack.push(flags);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Screen;

    fn flags(screen: &mut Screen, bytes: &str) -> (u8, String) {
        screen.feed(bytes.as_bytes());
        screen.feed(b"\x1b[?u");
        let told = String::from_utf8(screen.take_replies()).expect("an answer");
        (screen.modes().kitty, told)
    }

    #[test]
    fn flags_are_pushed_set_and_popped_on_each_screen() {
        let mut screen = Screen::new(4, 20);
        for (bytes, want) in [
            ("", 0),
            ("\x1b[>1u", 1),
            ("\x1b[>u", 0),
            ("\x1b[=5u", 5),
            ("\x1b[=2;2u", 7),
            ("\x1b[=1;3u", 6),
            ("\x1b[=9;7u", 6),
            ("\x1b[?1049h", 0),
            ("\x1b[>31u", 31),
            ("\x1b[>255u", 31),
            ("\x1b[<u", 31),
            ("\x1b[?1049l", 6),
            ("\x1b[<u", 1),
            ("\x1b[<9u", 0),
            ("\x1b[=8u", 8),
            ("\x1b[?47h", 31),
            ("\x1bc", 0),
            ("\x1b[?47h", 0),
        ] {
            let told = format!("\x1b[?{want}u");
            assert_eq!(flags(&mut screen, bytes), (want, told), "{bytes:?}");
        }
        for _ in 0..100 {
            screen.feed(b"\x1b[>3u");
        }
        assert_eq!(flags(&mut screen, "\x1b[<15u").0, 3);
        assert_eq!(flags(&mut screen, "\x1b[<u").0, 0);
    }
}
