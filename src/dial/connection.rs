//! One connection to the daemon: numbered requests, their answers, and pushes in between.

use crate::platform::paths::Paths;
use crate::wire::hello::ClientKind;
use crate::wire::request::{Push, Request};
use crate::wire::view::ErrorView;
use serde::de::DeserializeOwned;
use std::collections::VecDeque;
use std::io;
use std::os::unix::net::UnixStream;
use std::path::Path;

/// A served connection to the daemon.
pub struct Connection {
    stream: UnixStream,
    next: u64,
    waiting: VecDeque<Incoming>,
}

/// One thing the daemon sent.
#[derive(Clone, Debug)]
pub enum Incoming {
    /// The answer to request `n`.
    Reply {
        /// The number that [`Writer::request`] returned.
        n: u64,
        /// Its shape is said at each [`Request`].
        body: serde_json::Value,
    },
    /// Request `n` was refused or failed.
    Error {
        /// The number that [`Writer::request`] returned.
        n: u64,
        /// Kind, what and hint.
        error: ErrorView,
    },
    /// Something changed.
    Push(Push),
    /// The next raw output of a pane.
    PaneBytes {
        /// The number from [`Request::Open`].
        pane: u32,
        /// Stream offset of the first byte.
        offset: u64,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// A pane starts again from this checkpoint.
    PaneState {
        /// The number from [`Request::Open`].
        pane: u32,
        /// Stream offset of the state.
        offset: u64,
        /// The checkpoint, as `screen` reads it.
        state: Vec<u8>,
    },
}

impl Connection {
    /// Dials as the operator and starts a daemon when there is none. `about` is the verb and its
    /// subject, for the log.
    ///
    /// # Errors
    /// `Refused` below a keeper or for another version, `Unreachable` without a daemon.
    pub fn operator(
        _paths: &Paths,
        _client: ClientKind,
        _about: &str,
    ) -> Result<Connection, ErrorView> {
        todo!()
    }

    /// As [`Connection::operator`], but never starts a daemon.
    ///
    /// # Errors
    /// As there.
    pub fn running(
        _paths: &Paths,
        _client: ClientKind,
        _about: &str,
    ) -> Result<Connection, ErrorView> {
        todo!()
    }

    /// Dials the worker door, for a hook: `token` and `door` come from `PULT_TOKEN` and
    /// `PULT_DOOR`. An error of kind `PermissionDenied` is the daemon's refusal; after any other
    /// one it is worth dialling again.
    ///
    /// # Errors
    /// Nobody listens, or the daemon refused.
    pub fn worker(_token: &str, _door: &Path, _about: &str) -> io::Result<Connection> {
        todo!()
    }

    /// Asks and waits for the answer; what comes in between is kept for [`Connection::next`].
    ///
    /// # Errors
    /// The daemon's own, or `Unreachable` when the connection ends.
    pub fn request(&mut self, _request: Request) -> Result<serde_json::Value, ErrorView> {
        let _ = (&self.stream, self.next, &self.waiting);
        todo!()
    }

    /// As [`Connection::request`], with the answer read into `T`.
    ///
    /// # Errors
    /// As there; `Failed` when the answer has another shape.
    pub fn request_as<T: DeserializeOwned>(&mut self, _request: Request) -> Result<T, ErrorView> {
        todo!()
    }

    /// The next push or pane frame; waits for it. `None` when the daemon ended the connection.
    ///
    /// # Errors
    /// When the connection breaks or what comes is not the wire.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> io::Result<Option<Incoming>> {
        todo!()
    }

    /// The two halves, for a reader thread and a writer.
    ///
    /// # Errors
    /// When the socket cannot be duplicated.
    pub fn split(self) -> io::Result<(Reader, Writer)> {
        todo!()
    }
}

/// The reading half.
pub struct Reader {
    stream: io::BufReader<UnixStream>,
    waiting: VecDeque<Incoming>,
}

impl Reader {
    /// The next thing the daemon sent; waits for it. `None` when the daemon ended the connection.
    ///
    /// # Errors
    /// When the connection breaks or what comes is not the wire.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> io::Result<Option<Incoming>> {
        let _ = (&self.stream, &self.waiting);
        todo!()
    }
}

/// The writing half.
pub struct Writer {
    stream: UnixStream,
    next: u64,
}

impl Writer {
    /// Sends a request and returns its number, which comes back with the answer.
    ///
    /// # Errors
    /// When the daemon is gone.
    pub fn request(&mut self, _request: Request) -> io::Result<u64> {
        let _ = (&self.stream, self.next);
        todo!()
    }

    /// Types `bytes` into pane `pane`.
    ///
    /// # Errors
    /// When the daemon is gone.
    pub fn input(&mut self, _pane: u32, _bytes: &[u8]) -> io::Result<()> {
        todo!()
    }
}
