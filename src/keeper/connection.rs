//! One connection on the keeper's socket: frames in, bytes out, never blocking.

use crate::platform::sockets::is_unread;
use crate::wire::keeper::{MAX_TO_KEEPER, ToKeeper};
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;

/// An empty buffer larger than this is given back, in bytes.
const SPARE: usize = 8 * 1024;

pub(super) struct Connection {
    stream: UnixStream,
    input: Vec<u8>,
    output: Vec<u8>,
    written: usize,
    /// What goes out with the next frame.
    later: Vec<u8>,
}

/// What the other end did.
pub(super) enum Heard {
    /// It said these, and more may come.
    Said(Vec<ToKeeper>),
    /// It said these and is gone, or said what cannot be understood.
    Over(Vec<ToKeeper>),
}

impl Connection {
    pub fn new(stream: UnixStream) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        Ok(Self {
            stream,
            input: Vec::new(),
            output: Vec::new(),
            written: 0,
            later: Vec::new(),
        })
    }

    /// Reads what is there, a limited amount at a time.
    pub fn hear(&mut self) -> Heard {
        let mut over = false;
        let mut some = [0; 16 * 1024];
        match self.stream.read(&mut some) {
            Ok(0) => over = true,
            Ok(n) => self.input.extend_from_slice(&some[..n]),
            Err(e) => {
                let later = [io::ErrorKind::WouldBlock, io::ErrorKind::Interrupted];
                over = !later.contains(&e.kind());
            }
        }
        let mut said = Vec::new();
        let mut rest = self.input.as_slice();
        while let Some((head, after)) = rest.split_first_chunk::<5>() {
            let len = u32::from_le_bytes([head[1], head[2], head[3], head[4]]) as usize;
            if len > MAX_TO_KEEPER {
                over = true;
                break;
            }
            let Some((payload, after)) = after.split_at_checked(len) else {
                break;
            };
            rest = after;
            match ToKeeper::decode(head[0], payload) {
                Ok(Some(frame)) => said.push(frame),
                Ok(None) => {}
                Err(_) => {
                    over = true;
                    break;
                }
            }
        }
        let left = rest.len();
        self.input.drain(..self.input.len() - left);
        if self.input.is_empty() && self.input.capacity() > SPARE {
            self.input = Vec::new();
        }
        match over {
            true => Heard::Over(said),
            false => Heard::Said(said),
        }
    }

    /// How many bytes wait to be written.
    pub fn waiting(&self) -> usize {
        self.output.len() - self.written
    }

    /// Whether the other end has something to read still.
    pub fn is_unheard(&self) -> bool {
        is_unread(&self.stream)
    }

    /// Queues a frame.
    pub fn say(&mut self, frame: &[u8]) {
        self.output.append(&mut self.later);
        self.output.extend_from_slice(frame);
    }

    /// Queues a frame that goes out with the next one, or by [`Connection::hurry`].
    pub fn say_later(&mut self, frame: &[u8]) {
        self.later.extend_from_slice(frame);
    }

    /// Whether something waits for the next frame.
    pub fn has_later(&self) -> bool {
        !self.later.is_empty()
    }

    /// Queues what waits for the next frame.
    pub fn hurry(&mut self) {
        self.output.append(&mut self.later);
    }

    /// Queues an out frame whose bytes `fill` writes in place; false when it has none.
    pub fn say_out(
        &mut self,
        offset: u64,
        most: usize,
        fill: impl FnOnce(&mut [u8]) -> Option<(u64, usize)>,
    ) -> Option<usize> {
        const HEAD: usize = 5 + 16;
        self.hurry();
        let at = self.output.len();
        self.output.resize(at + HEAD + most, 0);
        let Some((ms, n)) = fill(&mut self.output[at + HEAD..]) else {
            self.output.truncate(at);
            return None;
        };
        let head = &mut self.output[at..at + HEAD];
        head[0] = 33;
        head[1..5].copy_from_slice(&(16 + n as u32).to_le_bytes());
        head[5..13].copy_from_slice(&offset.to_le_bytes());
        head[13..21].copy_from_slice(&ms.to_le_bytes());
        self.output.truncate(at + HEAD + n);
        Some(n)
    }

    /// Writes what goes out.
    ///
    /// # Errors
    /// When the other end is gone.
    pub fn flush(&mut self) -> io::Result<()> {
        while self.waiting() > 0 {
            match self.stream.write(&self.output[self.written..]) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(n) => self.written += n,
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        self.output.clear();
        self.written = 0;
        Ok(())
    }

    /// Gives back what an idle connection does not need.
    pub fn rest(&mut self) {
        if self.output.is_empty() && self.output.capacity() > SPARE {
            self.output = Vec::new();
        }
    }
}

impl AsFd for Connection {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::frame;
    use crate::wire::keeper::KeeperSays;

    fn pair() -> (UnixStream, Connection) {
        let (other, ours) = UnixStream::pair().unwrap();
        (other, Connection::new(ours).unwrap())
    }

    #[test]
    fn frames_come_in_pieces_and_unknown_ones_are_skipped() {
        let (mut other, mut ours) = pair();
        let mut bytes = frame::encode(200, b"from the future");
        bytes.extend(ToKeeper::Durable { offset: 7 }.encode());
        bytes.extend(ToKeeper::Release.encode());
        let mut found = Vec::new();
        for byte in bytes {
            other.write_all(&[byte]).unwrap();
            match ours.hear() {
                Heard::Said(said) => found.extend(said),
                Heard::Over(_) => panic!("it is fine"),
            }
        }
        assert_eq!(found, [ToKeeper::Durable { offset: 7 }, ToKeeper::Release]);
        drop(other);
        assert!(matches!(ours.hear(), Heard::Over(said) if said.is_empty()));
    }

    #[test]
    fn garbage_ends_it_after_what_was_good() {
        let hello = ToKeeper::Release.encode();
        let garbage: [&[u8]; 3] = [
            &[64, 3, 0, 0, 0, 1, 2, 3],
            &[65, 255, 255, 255, 255],
            &[1, 1, 0, 16, 0],
        ];
        for bytes in garbage {
            let (mut other, mut ours) = pair();
            other
                .write_all(&[hello.as_slice(), bytes].concat())
                .unwrap();
            assert!(matches!(ours.hear(), Heard::Over(said) if said == [ToKeeper::Release]));
        }
    }

    #[test]
    fn an_out_frame_written_in_place_is_the_frozen_one() {
        let (mut other, mut ours) = pair();
        let n = ours.say_out(258, 64, |into| {
            into[..2].copy_from_slice(b"hi");
            Some((9, 2))
        });
        assert_eq!(n, Some(2));
        assert_eq!(ours.say_out(0, 64, |_| None), None);
        ours.flush().unwrap();
        let frame = frame::read(&mut other).unwrap().unwrap();
        let out = KeeperSays::Out {
            offset: 258,
            ms: 9,
            bytes: b"hi".to_vec(),
        };
        assert_eq!(
            KeeperSays::decode(frame.kind, &frame.payload),
            Ok(Some(out))
        );
        assert_eq!(ours.waiting(), 0);
    }
}
