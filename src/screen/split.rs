//! The stream cut into complete units. What is unfinished is held here, so that the emulator behind
//! is between two sequences whenever somebody looks.

use serde::{Deserialize, Serialize};

/// The longest control string kept; a longer one is swallowed to its end.
pub(super) const LONGEST_STRING: usize = 64 * 1024;

/// The longest control sequence kept; a longer one is swallowed to its end.
const LONGEST_SEQUENCE: usize = 1024;

const ESC: u8 = 0x1b;

/// A complete piece of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit<'a> {
    /// Text with C0 controls other than those below; whole characters.
    Text(&'a str),
    /// Shift out or in, or a C0 control in the middle of a sequence.
    Control(u8),
    /// `ESC`, intermediates, a final byte: all but the `ESC`.
    Escape(&'a [u8]),
    /// `CSI`: parameters, intermediates, final byte.
    Csi(&'a [u8]),
    /// `OSC`: its body, and whether BEL ended it.
    Osc(&'a [u8], bool),
    /// `DCS`: its body.
    Dcs(&'a [u8]),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
enum State {
    #[default]
    Ground,
    /// A character begun.
    Utf8,
    /// After `ESC`, with or without intermediates.
    Escape,
    Csi,
    Osc,
    Dcs,
    /// SOS, PM, APC: nothing of it is wanted.
    Ignored,
}

/// Cuts a stream into units, however it arrives.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Splitter {
    state: State,
    /// What was taken of the unfinished unit.
    held: Vec<u8>,
    /// The unit grew too long; its end is awaited.
    overlong: bool,
    /// An `ESC` came inside a string; the next byte tells whether that was its end.
    escaped: bool,
}

/// The body of a control sequence that is whole and has nothing strange in it, and what follows.
/// `bytes` are those after the `ESC`.
fn whole_csi(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let bytes = bytes.strip_prefix(b"[")?;
    let most = bytes.len().min(LONGEST_SEQUENCE);
    let last = bytes[..most]
        .iter()
        .position(|b| !(0x20..=0x3f).contains(b))?;
    (0x40..=0x7e)
        .contains(&bytes[last])
        .then(|| bytes.split_at(last + 1))
}

impl Splitter {
    /// Whether the held part could have come from a stream. For a state read from outside.
    pub fn plausible(&self) -> bool {
        match self.state {
            State::Ground | State::Ignored => self.held.is_empty(),
            State::Utf8 => {
                matches!(std::str::from_utf8(&self.held), Err(e) if e.valid_up_to() == 0 && e.error_len().is_none())
            }
            State::Escape | State::Csi => self.held.len() <= LONGEST_SEQUENCE,
            State::Osc | State::Dcs => self.held.len() <= LONGEST_STRING,
        }
    }

    /// Takes the next bytes up to the end of a unit, or all of them; `out` gets every unit they
    /// finish, in order. What is left.
    pub fn step<'a>(&mut self, bytes: &'a [u8], mut out: impl FnMut(Unit<'_>)) -> &'a [u8] {
        if bytes.is_empty() {
            return bytes;
        }
        match self.state {
            State::Ground => self.ground(bytes, &mut out),
            State::Utf8 => self.utf8(bytes, &mut out),
            State::Escape => self.escape(bytes, &mut out),
            State::Csi => self.csi(bytes, &mut out),
            State::Osc | State::Dcs | State::Ignored => self.string(bytes, &mut out),
        }
    }

    fn enter(&mut self, state: State) {
        self.state = state;
        self.held.clear();
        self.overlong = false;
        self.escaped = false;
    }

    fn ground<'a>(&mut self, bytes: &'a [u8], out: &mut impl FnMut(Unit<'_>)) -> &'a [u8] {
        let end = memchr::memchr3(ESC, 0x0e, 0x0f, bytes).unwrap_or(bytes.len());
        let mut run = &bytes[..end];
        while !run.is_empty() {
            match std::str::from_utf8(run) {
                Ok(text) => {
                    out(Unit::Text(text));
                    break;
                }
                Err(e) => {
                    let (good, bad) = run.split_at(e.valid_up_to());
                    if let Ok(text) = std::str::from_utf8(good)
                        && !text.is_empty()
                    {
                        out(Unit::Text(text));
                    }
                    match e.error_len() {
                        Some(n) => run = &bad[n..],
                        // A character cut off: by the end of the bytes it waits, by a control it is lost.
                        None if end == bytes.len() => {
                            self.enter(State::Utf8);
                            self.held.extend_from_slice(bad);
                            break;
                        }
                        None => break,
                    }
                }
            }
        }
        match bytes.get(end) {
            None => &[],
            Some(&ESC) => {
                let rest = &bytes[end + 1..];
                if let Some((body, rest)) = whole_csi(rest) {
                    out(Unit::Csi(body));
                    return rest;
                }
                self.enter(State::Escape);
                rest
            }
            Some(&shift) => {
                out(Unit::Control(shift));
                &bytes[end + 1..]
            }
        }
    }

    fn utf8<'a>(&mut self, bytes: &'a [u8], out: &mut impl FnMut(Unit<'_>)) -> &'a [u8] {
        self.held.push(bytes[0]);
        match std::str::from_utf8(&self.held) {
            Ok(text) => out(Unit::Text(text)),
            Err(e) if e.error_len().is_none() => return &bytes[1..],
            Err(_) => {
                // What was begun is lost; this byte begins anew.
                self.enter(State::Ground);
                return bytes;
            }
        }
        self.enter(State::Ground);
        &bytes[1..]
    }

    fn escape<'a>(&mut self, bytes: &'a [u8], out: &mut impl FnMut(Unit<'_>)) -> &'a [u8] {
        let byte = bytes[0];
        match byte {
            ESC => self.enter(State::Escape),
            0x18 | 0x1a => self.enter(State::Ground),
            0x00..=0x1f => out(Unit::Control(byte)),
            0x20..=0x2f => self.hold(byte, LONGEST_SEQUENCE),
            b'[' if self.held.is_empty() => self.enter(State::Csi),
            b']' if self.held.is_empty() => self.enter(State::Osc),
            b'P' if self.held.is_empty() => self.enter(State::Dcs),
            b'X' | b'^' | b'_' if self.held.is_empty() => self.enter(State::Ignored),
            0x30..=0x7e => {
                self.held.push(byte);
                if !self.overlong {
                    out(Unit::Escape(&self.held));
                }
                self.enter(State::Ground);
            }
            0x7f => {}
            0x80.. => {
                self.enter(State::Ground);
                return bytes;
            }
        }
        &bytes[1..]
    }

    fn csi<'a>(&mut self, bytes: &'a [u8], out: &mut impl FnMut(Unit<'_>)) -> &'a [u8] {
        let byte = bytes[0];
        match byte {
            ESC => self.enter(State::Escape),
            0x18 | 0x1a => self.enter(State::Ground),
            0x00..=0x1f => out(Unit::Control(byte)),
            0x20..=0x3f => self.hold(byte, LONGEST_SEQUENCE),
            0x40..=0x7e => {
                self.held.push(byte);
                if !self.overlong {
                    out(Unit::Csi(&self.held));
                }
                self.enter(State::Ground);
            }
            0x7f => {}
            0x80.. => {
                self.enter(State::Ground);
                return bytes;
            }
        }
        &bytes[1..]
    }

    fn string<'a>(&mut self, bytes: &'a [u8], out: &mut impl FnMut(Unit<'_>)) -> &'a [u8] {
        if self.escaped {
            self.finish(out, false);
            if bytes[0] == b'\\' {
                self.enter(State::Ground);
                return &bytes[1..];
            }
            self.enter(State::Escape);
            return bytes;
        }
        let end = bytes
            .iter()
            .position(|b| matches!(*b, ESC | 0x07 | 0x18 | 0x1a));
        let part = &bytes[..end.unwrap_or(bytes.len())];
        if self.state != State::Ignored && !self.overlong {
            if self.held.len() + part.len() > LONGEST_STRING {
                self.overlong = true;
                self.held = Vec::new();
            } else {
                self.held.extend_from_slice(part);
            }
        }
        let Some(end) = end else { return &[] };
        match bytes[end] {
            ESC => self.escaped = true,
            0x07 if self.state == State::Osc => {
                self.finish(out, true);
                self.enter(State::Ground);
            }
            // BEL means nothing to the other strings.
            0x07 => {}
            _ => self.enter(State::Ground),
        }
        &bytes[end + 1..]
    }

    fn finish(&mut self, out: &mut impl FnMut(Unit<'_>), bell: bool) {
        if self.overlong {
            return;
        }
        match self.state {
            State::Osc => out(Unit::Osc(&self.held, bell)),
            State::Dcs => out(Unit::Dcs(&self.held)),
            _ => {}
        }
    }

    fn hold(&mut self, byte: u8, longest: usize) {
        if self.held.len() >= longest {
            self.overlong = true;
            self.held.clear();
        }
        if !self.overlong {
            self.held.push(byte);
        }
    }
}
