//! What the daemon sends, frame by frame.

use crate::wire::frame::{self, Frame};
use crate::wire::request::{FromDaemon, Push};
use crate::wire::view::ErrorView;
use std::collections::VecDeque;
use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd};
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

/// How much is read at once.
const CHUNK: usize = 64 * 1024;

/// The reading half of a connection.
pub struct Reader {
    stream: UnixStream,
    /// What was read and not taken yet: `bytes[taken..]`.
    bytes: Vec<u8>,
    taken: usize,
    /// What came while an answer was waited for.
    waiting: VecDeque<Incoming>,
}

impl Reader {
    pub(super) fn new(stream: UnixStream) -> Self {
        Self {
            stream,
            bytes: Vec::new(),
            taken: 0,
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

    /// The next thing that is here already; `None` when the socket must be read first.
    ///
    /// # Errors
    /// When what came is not the wire.
    pub fn take(&mut self) -> io::Result<Option<Incoming>> {
        match self.waiting.pop_front() {
            Some(incoming) => Ok(Some(incoming)),
            None => self.unpack(),
        }
    }

    /// Reads the socket once, for [`Reader::take`]; waits only when nothing is there. False when
    /// the daemon ended the connection.
    ///
    /// # Errors
    /// When the connection breaks, or ends in the middle of a frame.
    pub fn fill(&mut self) -> io::Result<bool> {
        self.bytes.drain(..self.taken);
        self.taken = 0;
        let end = self.bytes.len();
        self.bytes.resize(end + CHUNK, 0);
        let read = loop {
            match self.stream.read(&mut self.bytes[end..]) {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        self.bytes.truncate(end + read.as_ref().map_or(0, |n| *n));
        match read? {
            0 if end > 0 => Err(io::ErrorKind::UnexpectedEof.into()),
            n => Ok(n > 0),
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

    fn read(&mut self) -> io::Result<Option<Incoming>> {
        loop {
            if let Some(incoming) = self.unpack()? {
                return Ok(Some(incoming));
            }
            if !self.fill()? {
                return Ok(None);
            }
        }
    }

    /// Frames of a kind that this version does not know are skipped.
    fn unpack(&mut self) -> io::Result<Option<Incoming>> {
        loop {
            let rest = self.bytes.get(self.taken..).unwrap_or_default();
            let Some([kind, len @ ..]) = rest.first_chunk::<5>().copied() else {
                return Ok(None);
            };
            let len = u32::from_le_bytes(len) as usize;
            if len > frame::MAX_PAYLOAD {
                let what = format!("a frame of {len} bytes is too long");
                return Err(io::Error::new(io::ErrorKind::InvalidData, what));
            }
            let Some(payload) = rest.get(5..5 + len) else {
                return Ok(None);
            };
            let payload = payload.to_vec();
            self.taken += 5 + len;
            if let Some(incoming) = parse(Frame { kind, payload })? {
                return Ok(Some(incoming));
            }
        }
    }
}

impl AsFd for Reader {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
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

    #[test]
    fn what_is_here_is_taken_without_waiting() {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let mut reader = Reader::new(ours);
        assert!(reader.take().unwrap().is_none());
        let push = FromDaemon::Reply {
            n: 1,
            body: 1.into(),
        };
        let bytes = frame::encode(frame::JSON, &serde_json::to_vec(&push).unwrap());
        let (front, back) = bytes.split_at(7);
        io::Write::write_all(&mut theirs, front).unwrap();
        assert!(reader.fill().unwrap());
        assert!(reader.take().unwrap().is_none());
        io::Write::write_all(&mut theirs, back).unwrap();
        assert!(reader.fill().unwrap());
        assert!(matches!(
            reader.take().unwrap(),
            Some(Incoming::Reply { n: 1, .. })
        ));
        drop(theirs);
        assert!(!reader.fill().unwrap());
    }
}
