//! Text for the clipboard of the machine that the operator sits at: OSC 52, through whatever
//! multiplexer is in between.

use crate::alert::osc::Between;
use std::env;
use std::io;

/// The most bytes of one string that GNU screen passes on, with its brackets.
const PIECE: usize = 760;

impl Between {
    /// What the environment says.
    pub fn here() -> Self {
        let term = env::var("TERM").unwrap_or_default();
        if env::var_os("TMUX").is_some() || term.starts_with("tmux") {
            Self::Tmux
        } else if env::var_os("STY").is_some() {
            Self::Screen
        } else {
            Self::Nothing
        }
    }

    /// The bytes that put `text` on the clipboard.
    pub fn sequence(self, text: &str) -> Vec<u8> {
        self.encoded(&base64(text.as_bytes()))
    }

    /// The same for what is base64 already.
    pub fn encoded(self, base64: &str) -> Vec<u8> {
        let plain = format!("\x1b]52;c;{base64}\x07");
        match self {
            Self::Nothing => plain.into_bytes(),
            // As it may be set up: it takes the text itself, or it lets it through.
            Self::Tmux => {
                let inner = plain.replace('\x1b', "\x1b\x1b");
                format!("{plain}\x1bPtmux;{inner}\x1b\\").into_bytes()
            }
            Self::Screen => {
                let mut out = Vec::new();
                for piece in plain.as_bytes().chunks(PIECE) {
                    out.extend_from_slice(b"\x1bP");
                    out.extend_from_slice(piece);
                    out.extend_from_slice(b"\x1b\\");
                }
                out
            }
        }
    }
}

/// Puts `text` on the clipboard.
///
/// # Errors
/// When the terminal is gone.
pub fn copy(text: &str) -> io::Result<()> {
    let between = Between::here();
    if env::var_os("TMUX").is_none() {
        return super::out::write(&between.sequence(text));
    }
    // As tmux comes, it ignores what programs send and takes what it is told.
    let text = text.to_owned();
    std::thread::Builder::new()
        .name("clipboard".into())
        .spawn(move || {
            if !tell_tmux(text.as_bytes()).is_ok_and(|told| told) {
                let _ = super::out::write(&between.sequence(&text));
            }
        })
        .map(drop)
}

/// Gives tmux a buffer that it also puts on the clipboard of its terminal; says whether it did.
fn tell_tmux(text: &[u8]) -> io::Result<bool> {
    use std::io::Write as _;
    use std::process::{Command, Stdio};
    let mut command = Command::new("tmux");
    command.args(["load-buffer", "-w", "-"]);
    command.stdin(Stdio::piped()).stdout(Stdio::null());
    let mut child = command.stderr(Stdio::null()).spawn()?;
    if let Some(mut input) = child.stdin.take() {
        input.write_all(text)?;
    }
    Ok(child.wait()?.success())
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let byte = |n: usize| u32::from(three.get(n).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for n in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * n)) as usize & 63];
            text.push(if n <= three.len() {
                char::from(letter)
            } else {
                '='
            });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sequence(between: Between, text: &str) -> String {
        String::from_utf8(between.sequence(text)).unwrap()
    }

    #[test]
    fn text_is_told_in_base64() {
        for (text, coded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("漢字\n", "5ryi5a2XCg=="),
            ("\u{3ff}?>", "z78/Pg=="),
        ] {
            assert_eq!(base64(text.as_bytes()), coded, "{text}");
        }
        assert_eq!(sequence(Between::Nothing, "hi"), "\x1b]52;c;aGk=\x07");
    }

    #[test]
    fn multiplexers_get_it_as_they_take_it() {
        assert_eq!(
            sequence(Between::Tmux, "hi"),
            "\x1b]52;c;aGk=\x07\x1bPtmux;\x1b\x1b]52;c;aGk=\x07\x1b\\"
        );
        let long = "x".repeat(3_000);
        let told = sequence(Between::Screen, &long);
        let pieces: Vec<&str> = told.split("\x1bP").skip(1).collect();
        assert!(
            pieces
                .iter()
                .all(|p| p.len() <= PIECE + 2 && p.ends_with("\x1b\\"))
        );
        let whole: String = pieces
            .iter()
            .map(|p| p.trim_end_matches("\x1b\\"))
            .collect();
        assert_eq!(whole, sequence(Between::Nothing, &long));
    }
}
