//! What the daemon says to a keeper.

use super::bytes::{Fields, Out};
use crate::wire::frame;

/// Whom a signal reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The terminal's foreground process group, as `^C` would.
    Foreground,
    /// The process group that the child leads.
    Child,
    /// Every process below the keeper.
    Tree,
}

/// One frame to a keeper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToKeeper {
    /// Kind 64: the first frame.
    Attach {
        /// The daemon's [`super::PROTOCOL`].
        protocol: u32,
        /// Counts the daemon's starts; the highest one has the keeper.
        generation: u64,
        /// The first byte of the stream that the daemon does not have.
        from: u64,
        /// As in the launch file.
        key: [u8; 16],
    },
    /// Kind 65: applied once.
    Input {
        /// Who types.
        client: u64,
        /// Higher than that of the same client's input before.
        seq: u64,
        /// What goes to the terminal.
        bytes: Vec<u8>,
    },
    /// Kind 66: the keeper makes it at least 2x2.
    Resize {
        /// Rows.
        rows: u16,
        /// Columns.
        cols: u16,
    },
    /// Kind 67: everything below this offset is recorded and need not be kept.
    Durable {
        /// The first byte that is not.
        offset: u64,
    },
    /// Kind 68: the keeper may read the terminal up to this offset.
    Credit {
        /// Of the first byte that it may not read.
        offset: u64,
    },
    /// Kind 69.
    Signal {
        /// Its number.
        signal: u8,
        /// Whom it reaches.
        target: Target,
    },
    /// Kind 70: SIGTERM to the whole tree, and SIGKILL to what is left of it after the grace.
    End {
        /// Between the two.
        grace_ms: u64,
    },
    /// Kind 71: the exit has been taken; the keeper may go.
    Release,
}

impl ToKeeper {
    /// The whole frame.
    pub fn encode(&self) -> Vec<u8> {
        let out = Out::default();
        let (kind, out) = match self {
            Self::Attach {
                protocol,
                generation,
                from,
                key,
            } => (64, out.u32(*protocol).u64(*generation).u64(*from).raw(key)),
            Self::Input { client, seq, bytes } => (65, out.u64(*client).u64(*seq).raw(bytes)),
            Self::Resize { rows, cols } => (66, out.u16(*rows).u16(*cols)),
            Self::Durable { offset } => (67, out.u64(*offset)),
            Self::Credit { offset } => (68, out.u64(*offset)),
            Self::Signal { signal, target } => {
                let target = match target {
                    Target::Foreground => 1,
                    Target::Child => 2,
                    Target::Tree => 3,
                };
                (69, out.u8(*signal).u8(target))
            }
            Self::End { grace_ms } => (70, out.u64(*grace_ms)),
            Self::Release => (71, out),
        };
        frame::encode(kind, &out.0)
    }

    /// From a frame's kind and payload.
    ///
    /// `Ok(None)` for a kind that is not known here: skip it.
    ///
    /// # Errors
    /// `Err(kind)` for a known kind whose payload is too short or makes no sense.
    pub fn decode(kind: u8, payload: &[u8]) -> Result<Option<Self>, u8> {
        if !(64..=71).contains(&kind) {
            return Ok(None);
        }
        parse(kind, Fields(payload)).map(Some).ok_or(kind)
    }
}

fn parse(kind: u8, mut f: Fields<'_>) -> Option<ToKeeper> {
    Some(match kind {
        64 => ToKeeper::Attach {
            protocol: f.u32()?,
            generation: f.u64()?,
            from: f.u64()?,
            key: f.array()?,
        },
        65 => ToKeeper::Input {
            client: f.u64()?,
            seq: f.u64()?,
            bytes: f.0.to_vec(),
        },
        66 => ToKeeper::Resize {
            rows: f.u16()?,
            cols: f.u16()?,
        },
        67 => ToKeeper::Durable { offset: f.u64()? },
        68 => ToKeeper::Credit { offset: f.u64()? },
        69 => ToKeeper::Signal {
            signal: f.u8()?,
            target: match f.u8()? {
                1 => Target::Foreground,
                2 => Target::Child,
                3 => Target::Tree,
                _ => return None,
            },
        },
        70 => ToKeeper::End { grace_ms: f.u64()? },
        71 => ToKeeper::Release,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn golden() -> Vec<(ToKeeper, Vec<u8>)> {
        let long = [2, 1, 0, 0, 0, 0, 0, 0];
        let frame = |kind: u8, parts: &[&[u8]]| {
            let payload = parts.concat();
            let mut bytes = vec![kind, payload.len() as u8, 0, 0, 0];
            bytes.extend(payload);
            bytes
        };
        let key = *b"0123456789abcdef";
        vec![
            (
                ToKeeper::Attach {
                    protocol: 1,
                    generation: 258,
                    from: 258,
                    key,
                },
                frame(64, &[&[1, 0, 0, 0], &long, &long, &key]),
            ),
            (
                ToKeeper::Input {
                    client: 258,
                    seq: 258,
                    bytes: b"y\r".to_vec(),
                },
                frame(65, &[&long, &long, b"y\r"]),
            ),
            (
                ToKeeper::Resize {
                    rows: 30,
                    cols: 258,
                },
                frame(66, &[&[30, 0, 2, 1]]),
            ),
            (ToKeeper::Durable { offset: 258 }, frame(67, &[&long])),
            (ToKeeper::Credit { offset: 258 }, frame(68, &[&long])),
            (
                ToKeeper::Signal {
                    signal: 2,
                    target: Target::Foreground,
                },
                frame(69, &[&[2, 1]]),
            ),
            (
                ToKeeper::Signal {
                    signal: 15,
                    target: Target::Child,
                },
                frame(69, &[&[15, 2]]),
            ),
            (
                ToKeeper::Signal {
                    signal: 9,
                    target: Target::Tree,
                },
                frame(69, &[&[9, 3]]),
            ),
            (ToKeeper::End { grace_ms: 258 }, frame(70, &[&long])),
            (ToKeeper::Release, frame(71, &[])),
        ]
    }

    #[test]
    fn every_frame_has_its_frozen_bytes() {
        for (says, bytes) in golden() {
            assert_eq!(says.encode(), bytes, "{says:?}");
            assert_eq!(ToKeeper::decode(bytes[0], &bytes[5..]), Ok(Some(says)));
        }
    }

    #[test]
    fn a_short_one_is_an_error_and_a_longer_one_is_read() {
        for (says, bytes) in golden() {
            let fixed = match says {
                ToKeeper::Input { .. } => 16,
                _ => bytes.len() - 5,
            };
            for cut in 0..fixed {
                let short = ToKeeper::decode(bytes[0], &bytes[5..5 + cut]);
                assert_eq!(short, Err(bytes[0]), "{says:?} cut at {cut}");
            }
            if !matches!(says, ToKeeper::Input { .. }) {
                let longer = [&bytes[5..], b"more"].concat();
                assert_eq!(ToKeeper::decode(bytes[0], &longer), Ok(Some(says)));
            }
        }
        assert_eq!(ToKeeper::decode(72, b"from the future"), Ok(None));
        assert_eq!(ToKeeper::decode(69, &[2, 4]), Err(69));
    }
}
