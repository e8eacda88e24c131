//! What a keeper says to the daemon.

use super::bytes::{Fields, Out};
use super::files::ExitRecord;
use crate::wire::frame;

/// The first frame after an attach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hello {
    /// The keeper's [`super::PROTOCOL`].
    pub protocol: u32,
    /// The boot that it lives in.
    pub boot: [u8; 16],
    /// When it started, ms since the Unix epoch.
    pub started_ms: u64,
    /// Random; another keeper in the same directory has another.
    pub instance: u64,
    /// The first byte of the stream that it still has.
    pub retained_from: u64,
    /// The length of the stream so far.
    pub stream_len: u64,
    /// The process id of its child, 0 when it was never started.
    pub child: u32,
    /// The size of the terminal.
    pub rows: u16,
    /// The size of the terminal.
    pub cols: u16,
    /// Whether the child has ended; an exit frame comes after the last of the stream.
    pub exited: bool,
}

/// One frame from a keeper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeeperSays {
    /// Kind 32.
    Hello(Hello),
    /// Kind 33: output, contiguous with what was said before it.
    Out {
        /// Of the first byte.
        offset: u64,
        /// When the first byte was read.
        ms: u64,
        /// What was printed.
        bytes: Vec<u8>,
    },
    /// Kind 34: the terminal has another size from here on.
    Resized {
        /// Where in the stream.
        offset: u64,
        /// When; later than that of the resize before it.
        ms: u64,
        /// The size of the terminal.
        rows: u16,
        /// The size of the terminal.
        cols: u16,
    },
    /// Kind 35: these bytes are lost; the stream goes on at `to`.
    Gap {
        /// The first lost byte.
        from: u64,
        /// The first byte after the loss.
        to: u64,
        /// When that was found.
        ms: u64,
    },
    /// Kind 36.
    InputAck {
        /// As in the input.
        client: u64,
        /// As in the input.
        seq: u64,
        /// It is written or queued; else the queue was full and nothing happened.
        taken: bool,
    },
    /// Kind 37: the child has ended and the whole stream was said.
    Exit(ExitRecord),
    /// Kind 38: another daemon has the keeper; this connection ends.
    Superseded {
        /// Of the daemon that has it.
        generation: u64,
    },
}

impl KeeperSays {
    /// The whole frame.
    pub fn encode(&self) -> Vec<u8> {
        let out = Out::default();
        let (kind, out) = match self {
            Self::Hello(h) => (
                32,
                out.u32(h.protocol)
                    .raw(&h.boot)
                    .u64(h.started_ms)
                    .u64(h.instance)
                    .u64(h.retained_from)
                    .u64(h.stream_len)
                    .u32(h.child)
                    .u16(h.rows)
                    .u16(h.cols)
                    .u8(h.exited.into()),
            ),
            Self::Out { offset, ms, bytes } => (33, out.u64(*offset).u64(*ms).raw(bytes)),
            Self::Resized {
                offset,
                ms,
                rows,
                cols,
            } => (34, out.u64(*offset).u64(*ms).u16(*rows).u16(*cols)),
            Self::Gap { from, to, ms } => (35, out.u64(*from).u64(*to).u64(*ms)),
            Self::InputAck { client, seq, taken } => {
                (36, out.u64(*client).u64(*seq).u8((*taken).into()))
            }
            Self::Exit(record) => (37, out.raw(&record.encode())),
            Self::Superseded { generation } => (38, out.u64(*generation)),
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
        if !(32..=38).contains(&kind) {
            return Ok(None);
        }
        parse(kind, Fields(payload)).map(Some).ok_or(kind)
    }
}

fn parse(kind: u8, mut f: Fields<'_>) -> Option<KeeperSays> {
    Some(match kind {
        32 => KeeperSays::Hello(Hello {
            protocol: f.u32()?,
            boot: f.array()?,
            started_ms: f.u64()?,
            instance: f.u64()?,
            retained_from: f.u64()?,
            stream_len: f.u64()?,
            child: f.u32()?,
            rows: f.u16()?,
            cols: f.u16()?,
            exited: f.u8()? != 0,
        }),
        33 => KeeperSays::Out {
            offset: f.u64()?,
            ms: f.u64()?,
            bytes: f.0.to_vec(),
        },
        34 => KeeperSays::Resized {
            offset: f.u64()?,
            ms: f.u64()?,
            rows: f.u16()?,
            cols: f.u16()?,
        },
        35 => KeeperSays::Gap {
            from: f.u64()?,
            to: f.u64()?,
            ms: f.u64()?,
        },
        36 => KeeperSays::InputAck {
            client: f.u64()?,
            seq: f.u64()?,
            taken: f.u8()? != 0,
        },
        37 => KeeperSays::Exit(ExitRecord::decode(f.0)?),
        38 => KeeperSays::Superseded {
            generation: f.u64()?,
        },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::files::Ended;
    use super::*;

    /// One of each with the bytes that it has had since the first release.
    fn golden() -> Vec<(KeeperSays, Vec<u8>)> {
        let hello = Hello {
            protocol: 1,
            boot: *b"0123456789abcdef",
            started_ms: 2,
            instance: 3,
            retained_from: 4,
            stream_len: 5,
            child: 6,
            rows: 7,
            cols: 8,
            exited: true,
        };
        let mut hello_bytes = vec![32, 61, 0, 0, 0, 1, 0, 0, 0];
        hello_bytes.extend(b"0123456789abcdef");
        for n in [2, 3, 4, 5] {
            hello_bytes.extend([n, 0, 0, 0, 0, 0, 0, 0]);
        }
        hello_bytes.extend([6, 0, 0, 0, 7, 0, 8, 0, 1]);
        let (offset, ms) = (0x0102, 0x0304);
        let at = [2, 1, 0, 0, 0, 0, 0, 0, 4, 3, 0, 0, 0, 0, 0, 0];
        let frame = |kind: u8, parts: &[&[u8]]| {
            let payload = parts.concat();
            let mut bytes = vec![kind, payload.len() as u8, 0, 0, 0];
            bytes.extend(payload);
            bytes
        };
        let exit = ExitRecord {
            ended: Ended::Signal(9),
            ms,
            stream_end: 1,
        };
        let one = [1, 0, 0, 0, 0, 0, 0, 0];
        vec![
            (KeeperSays::Hello(hello), hello_bytes),
            (
                KeeperSays::Out {
                    offset,
                    ms,
                    bytes: b"hi".to_vec(),
                },
                frame(33, &[&at, b"hi"]),
            ),
            (
                KeeperSays::Resized {
                    offset,
                    ms,
                    rows: 40,
                    cols: 258,
                },
                frame(34, &[&at, &[40, 0, 2, 1]]),
            ),
            (
                KeeperSays::Gap {
                    from: offset,
                    to: ms,
                    ms: 1,
                },
                frame(35, &[&at, &one]),
            ),
            (
                KeeperSays::InputAck {
                    client: offset,
                    seq: ms,
                    taken: true,
                },
                frame(36, &[&at, &[1]]),
            ),
            (
                KeeperSays::Exit(exit),
                frame(37, &[&[2, 9, 0, 0, 0], &at[8..], &one]),
            ),
            (KeeperSays::Superseded { generation: 1 }, frame(38, &[&one])),
        ]
    }

    #[test]
    fn every_frame_has_its_frozen_bytes() {
        for (says, bytes) in golden() {
            assert_eq!(says.encode(), bytes, "{says:?}");
            let decoded = KeeperSays::decode(bytes[0], &bytes[5..]);
            assert_eq!(decoded, Ok(Some(says)));
        }
    }

    #[test]
    fn a_short_one_is_an_error_and_a_longer_one_is_read() {
        for (says, bytes) in golden() {
            let fixed = match says {
                KeeperSays::Out { .. } => 16,
                _ => bytes.len() - 5,
            };
            for cut in 0..fixed {
                let short = KeeperSays::decode(bytes[0], &bytes[5..5 + cut]);
                assert_eq!(short, Err(bytes[0]), "{says:?} cut at {cut}");
            }
            if !matches!(says, KeeperSays::Out { .. } | KeeperSays::Exit(_)) {
                let longer = [&bytes[5..], b"more"].concat();
                assert_eq!(KeeperSays::decode(bytes[0], &longer), Ok(Some(says)));
            }
        }
        assert_eq!(KeeperSays::decode(39, b"from the future"), Ok(None));
    }
}
