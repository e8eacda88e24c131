//! What the daemon sends, frame by frame.

use crate::wire::frame::{self, Frame};
use crate::wire::request::{FromDaemon, Push};
use crate::wire::view::ErrorView;
use std::collections::VecDeque;
use std::io::{self, BufReader};
use std::os::unix::net::UnixStream;

/// One thing the daemon sent.
#[derive(Clone, Debug)]
pub enum Incoming {
    /// The answer to request `n`.
    Reply {
        /// The number that [`super::Writer::request`] returned.
        n: u64,
        /// Its shape is said at each [`crate::wire::request::Request`].
        body: serde_json::Value,
    },
    /// Request `n` was refused or failed.
    Error {
        /// The number that [`super::Writer::request`] returned.
        n: u64,
        /// Kind, what and hint.
        error: ErrorView,
    },
    /// Something changed.
    Push(Push),
    /// The next raw output of a pane.
    PaneBytes {
        /// The number from [`crate::wire::request::Request::Open`].
        pane: u32,
        /// Stream offset of the first byte.
        offset: u64,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// A pane starts again from this checkpoint.
    PaneState {
        /// The number from [`crate::wire::request::Request::Open`].
        pane: u32,
        /// Stream offset of the state.
        offset: u64,
        /// The checkpoint, as `screen` reads it.
        state: Vec<u8>,
    },
}

/// The reading half of a connection.
pub struct Reader {
    stream: BufReader<UnixStream>,
    /// What came while an answer was waited for.
    waiting: VecDeque<Incoming>,
}

impl Reader {
    pub(super) fn new(stream: UnixStream) -> Self {
        Self {
            stream: BufReader::with_capacity(64 * 1024, stream),
            waiting: VecDeque::new(),
        }
    }

    /// The next thing the daemon sent; waits for it. `None` when the daemon ended the connection.
    ///
    /// # Errors
    /// When the connection breaks or what comes is not the wire.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> io::Result<Option<Incoming>> {
        match self.waiting.pop_front() {
            Some(incoming) => Ok(Some(incoming)),
            None => self.read(),
        }
    }

    /// The answer to request `n`; the rest is kept for [`Reader::next`].
    pub(super) fn answer(
        &mut self,
        n: u64,
    ) -> io::Result<Option<Result<serde_json::Value, ErrorView>>> {
        while let Some(incoming) = self.read()? {
            match incoming {
                Incoming::Reply { n: of, body } if of == n => return Ok(Some(Ok(body))),
                Incoming::Error { n: of, error } if of == n => return Ok(Some(Err(error))),
                other => self.waiting.push_back(other),
            }
        }
        Ok(None)
    }

    /// Frames of a kind that this version does not know are skipped.
    fn read(&mut self) -> io::Result<Option<Incoming>> {
        while let Some(frame) = frame::read(&mut self.stream)? {
            if let Some(incoming) = parse(frame)? {
                return Ok(Some(incoming));
            }
        }
        Ok(None)
    }
}

fn parse(frame: Frame) -> io::Result<Option<Incoming>> {
    Ok(match frame.kind {
        frame::JSON => Some(match serde_json::from_slice(&frame.payload)? {
            FromDaemon::Reply { n, body } => Incoming::Reply { n, body },
            FromDaemon::Error { n, error } => Incoming::Error { n, error },
            FromDaemon::Push(push) => Incoming::Push(push),
        }),
        frame::PANE_BYTES => {
            let (pane, offset, bytes) = pane_frame(frame.payload)?;
            Some(Incoming::PaneBytes {
                pane,
                offset,
                bytes,
            })
        }
        frame::PANE_STATE => {
            let (pane, offset, state) = pane_frame(frame.payload)?;
            Some(Incoming::PaneState {
                pane,
                offset,
                state,
            })
        }
        _ => None,
    })
}

/// `[u32 LE pane][u64 LE offset][the rest]`.
fn pane_frame(mut payload: Vec<u8>) -> io::Result<(u32, u64, Vec<u8>)> {
    let head = payload.first_chunk::<12>().copied();
    let [a, b, c, d, offset @ ..] = head.ok_or(io::ErrorKind::InvalidData)?;
    payload.drain(..12);
    Ok((
        u32::from_le_bytes([a, b, c, d]),
        u64::from_le_bytes(offset),
        payload,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_before_an_answer_is_kept() {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let mut reader = Reader::new(ours);
        let mut pane = 7_u32.to_le_bytes().to_vec();
        pane.extend_from_slice(&9_u64.to_le_bytes());
        pane.extend_from_slice(b"hi");
        frame::write(&mut theirs, frame::PANE_BYTES, &pane).unwrap();
        frame::write(&mut theirs, 99, b"of a later version").unwrap();
        let reply = FromDaemon::Reply {
            n: 3,
            body: true.into(),
        };
        frame::write(
            &mut theirs,
            frame::JSON,
            &serde_json::to_vec(&reply).unwrap(),
        )
        .unwrap();
        assert_eq!(reader.answer(3).unwrap(), Some(Ok(true.into())));
        match reader.next().unwrap() {
            Some(Incoming::PaneBytes {
                pane: 7,
                offset: 9,
                bytes,
            }) => assert_eq!(bytes, b"hi"),
            other => panic!("{other:?}"),
        }
        drop(theirs);
        assert!(reader.next().unwrap().is_none());
    }

    #[test]
    fn a_short_pane_frame_and_garbage_are_errors() {
        for (kind, payload) in [(frame::PANE_STATE, &b"short"[..]), (frame::JSON, b"{")] {
            let (ours, mut theirs) = UnixStream::pair().unwrap();
            frame::write(&mut theirs, kind, payload).unwrap();
            assert!(Reader::new(ours).next().is_err());
        }
    }
}
