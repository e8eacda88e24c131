//! The line to the daemon: requests with what their answers are about, and redialling.

use super::update::Tag;
use crate::dial::{Connection, Incoming, Reader, Writer};
use crate::platform::paths::Paths;
use crate::platform::terminal::Waker;
use crate::wire::hello::ClientKind;
use crate::wire::request::Request;
use crate::wire::view::ErrorView;
use std::collections::HashMap;
use std::io;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Between two attempts to reach a daemon that is gone.
const AGAIN: Duration = Duration::from_millis(300);

/// A connection in use.
pub struct Link {
    /// What comes.
    pub reader: Reader,
    writer: Writer,
    tags: HashMap<u64, Tag>,
}

impl Link {
    /// Takes a connection.
    ///
    /// # Errors
    /// When the system cannot split it.
    pub fn new(connection: Connection) -> io::Result<Self> {
        let (reader, writer) = connection.split()?;
        Ok(Self {
            reader,
            writer,
            tags: HashMap::new(),
        })
    }

    /// Asks; the answer comes with `tag`.
    ///
    /// # Errors
    /// When the daemon is gone.
    pub fn ask(&mut self, tag: Tag, request: Request) -> io::Result<()> {
        let n = self.writer.request(request);
        // What could not even be sent is the last that is asked here, and is not answered either.
        self.tags.insert(*n.as_ref().unwrap_or(&u64::MAX), tag);
        n.map(|_| ())
    }

    /// Request `n` was asked already; its answer comes with `tag`.
    pub fn asked(&mut self, n: u64, tag: Tag) {
        self.tags.insert(n, tag);
    }

    /// Types into a pane.
    ///
    /// # Errors
    /// When the daemon is gone.
    pub fn input(&mut self, pane: u32, bytes: &[u8]) -> io::Result<()> {
        self.writer.input(pane, bytes)
    }

    /// What the answer with number `n` is about.
    pub fn tag(&mut self, n: u64) -> Tag {
        self.tags.remove(&n).unwrap_or(Tag::Quiet)
    }

    /// What was asked for and is not answered, in the order in which it was asked.
    pub fn unanswered(self) -> Vec<Tag> {
        let mut tags: Vec<(u64, Tag)> = self.tags.into_iter().collect();
        tags.sort_by_key(|(n, _)| *n);
        tags.into_iter().map(|(_, tag)| tag).collect()
    }

    /// The next thing that is here already.
    ///
    /// # Errors
    /// When what came is not the wire.
    pub fn take(&mut self) -> io::Result<Option<Incoming>> {
        self.reader.take()
    }
}

/// Dials on a thread of its own, so that keys and screen go on, and wakes the loop with the result.
pub struct Dialling {
    result: Receiver<Result<Connection, ErrorView>>,
}

impl Dialling {
    /// Begins. With `start` a daemon is started when there is none; otherwise it waits until
    /// somebody else starts one.
    pub fn begin(paths: &Paths, start: bool, waker: Waker) -> Self {
        let (sender, result) = channel();
        let paths = paths.clone();
        std::thread::spawn(move || {
            let dial = || {
                if start {
                    return Connection::operator(&paths, ClientKind::Cockpit, "cockpit");
                }
                loop {
                    std::thread::sleep(AGAIN);
                    if let Ok(connection) =
                        Connection::running(&paths, ClientKind::Cockpit, "cockpit")
                    {
                        return Ok(connection);
                    }
                }
            };
            let _ = sender.send(dial());
            waker.wake();
        });
        Self { result }
    }

    /// The result, once there is one.
    pub fn result(&self) -> Option<Result<Connection, ErrorView>> {
        self.result.try_recv().ok()
    }
}
