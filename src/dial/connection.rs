//! One connection to the daemon: numbered requests, their answers, and pushes in between.

use super::incoming::{Incoming, Reader};
use super::{knock, start};
use crate::platform::paths::Paths;
use crate::wire::frame;
use crate::wire::hello::ClientKind;
use crate::wire::request::{Request, ToDaemon};
use crate::wire::view::{ErrorKind, ErrorView};
use serde::de::DeserializeOwned;
use std::io;
use std::os::unix::net::UnixStream;
use std::path::Path;

/// A served connection to the daemon.
pub struct Connection {
    reader: Reader,
    writer: Writer,
}

/// The writing half of a connection.
pub struct Writer {
    stream: UnixStream,
    next: u64,
}

impl Connection {
    /// Dials as the operator and starts a daemon when there is none. `about` is the verb and its
    /// subject, for the log.
    ///
    /// # Errors
    /// `Refused` below a keeper or for another version, `Unreachable` without a daemon.
    pub fn operator(
        paths: &Paths,
        client: ClientKind,
        about: &str,
    ) -> Result<Connection, ErrorView> {
        match knock::operator(paths, client, about) {
            Err(knock::No::Absent(_)) => start::daemon(paths, client, about),
            Err(knock::No::Refused(error)) => Err(error),
            Ok(stream) => Self::new(stream).map_err(|e| gone(&e)),
        }
    }

    /// As [`Connection::operator`], but never starts a daemon.
    ///
    /// # Errors
    /// As there.
    pub fn running(
        paths: &Paths,
        client: ClientKind,
        about: &str,
    ) -> Result<Connection, ErrorView> {
        match knock::operator(paths, client, about) {
            Err(knock::No::Absent(_)) => {
                let what = format!("no daemon runs for {}", paths.state.display());
                Err(ErrorView::new(ErrorKind::Unreachable, what).hint("`pult daemon start`"))
            }
            Err(knock::No::Refused(error)) => Err(error),
            Ok(stream) => Self::new(stream).map_err(|e| gone(&e)),
        }
    }

    /// Dials the worker door, for a hook: `token` and `door` come from `PULT_TOKEN` and
    /// `PULT_DOOR`. An error of kind `PermissionDenied` is the daemon's refusal; after any other
    /// one it is worth dialling again.
    ///
    /// # Errors
    /// Nobody listens, or the daemon refused.
    pub fn worker(token: &str, door: &Path, about: &str) -> io::Result<Connection> {
        Self::new(knock::worker(token, door, about)?)
    }

    pub(super) fn new(stream: UnixStream) -> io::Result<Self> {
        let reader = Reader::new(stream.try_clone()?);
        let writer = Writer { stream, next: 1 };
        Ok(Self { reader, writer })
    }

    /// The socket once more, to end it from another thread.
    ///
    /// # Errors
    /// What the system said.
    pub(super) fn handle(&self) -> io::Result<UnixStream> {
        self.writer.stream.try_clone()
    }

    /// Asks and waits for the answer; what comes in between is kept for [`Connection::next`].
    ///
    /// # Errors
    /// The daemon's own, or `Unreachable` when the connection ends.
    pub fn request(&mut self, request: Request) -> Result<serde_json::Value, ErrorView> {
        let n = self.send(request)?;
        self.answer(n)
    }

    /// Asks, and does not wait for the answer to the number that it gives back.
    ///
    /// # Errors
    /// `Unreachable` when the connection has ended.
    pub fn send(&mut self, request: Request) -> Result<u64, ErrorView> {
        self.writer.request(request).map_err(|e| gone(&e))
    }

    /// Waits for the answer to request `n`; what comes in between is kept for
    /// [`Connection::next`], and for [`Reader::take`] after a split.
    ///
    /// # Errors
    /// The daemon's own, or `Unreachable` when the connection ends.
    pub fn answer(&mut self, n: u64) -> Result<serde_json::Value, ErrorView> {
        match self.reader.answer(n) {
            Ok(Some(answer)) => answer,
            Ok(None) => Err(gone(&"it ended the connection")),
            Err(e) => Err(gone(&e)),
        }
    }

    /// As [`Connection::request`], with the answer read into `T`.
    ///
    /// # Errors
    /// As there; `Failed` when the answer has another shape.
    pub fn request_as<T: DeserializeOwned>(&mut self, request: Request) -> Result<T, ErrorView> {
        let body = self.request(request)?;
        serde_json::from_value(body).map_err(|e| {
            let what = format!("the daemon's answer does not parse: {e}");
            ErrorView::new(ErrorKind::Failed, what).hint("`pult daemon restart`")
        })
    }

    /// The next push or pane frame; waits for it. `None` when the daemon ended the connection.
    ///
    /// # Errors
    /// When the connection breaks or what comes is not the wire.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> io::Result<Option<Incoming>> {
        self.reader.next()
    }

    /// The two halves, for a reader thread and a writer.
    ///
    /// # Errors
    /// None today; a system may need to duplicate the socket.
    pub fn split(self) -> io::Result<(Reader, Writer)> {
        Ok((self.reader, self.writer))
    }
}

impl Writer {
    /// Sends a request and returns its number, which comes back with the answer.
    ///
    /// # Errors
    /// When the daemon is gone.
    pub fn request(&mut self, request: Request) -> io::Result<u64> {
        let n = self.next;
        self.next += 1;
        let json = serde_json::to_vec(&ToDaemon { n, request })?;
        frame::write(&mut self.stream, frame::JSON, &json)?;
        Ok(n)
    }

    /// Types `bytes` into pane `pane`.
    ///
    /// # Errors
    /// When the daemon is gone.
    pub fn input(&mut self, pane: u32, bytes: &[u8]) -> io::Result<()> {
        let mut payload = Vec::with_capacity(4 + bytes.len());
        payload.extend_from_slice(&pane.to_le_bytes());
        payload.extend_from_slice(bytes);
        frame::write(&mut self.stream, frame::PANE_INPUT, &payload)
    }

    /// Ends the connection in both directions: the reading half comes back with `None`.
    pub fn close(&self) {
        let _ = self.stream.shutdown(std::net::Shutdown::Both);
    }
}

fn gone(why: &dyn std::fmt::Display) -> ErrorView {
    let what = format!("the daemon went away before it answered: {why}");
    ErrorView::new(ErrorKind::Unreachable, what)
        .hint("what was asked may have happened; look, then run it again")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::request::FromDaemon;

    #[test]
    fn an_answer_is_matched_by_its_number_and_a_lost_daemon_is_unreachable() {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let mut connection = Connection::new(ours).unwrap();
        let daemon = std::thread::spawn(move || {
            let asked = frame::read(&mut theirs).unwrap().unwrap();
            let asked: ToDaemon = serde_json::from_slice(&asked.payload).unwrap();
            for n in [asked.n + 1, asked.n] {
                let reply = FromDaemon::Reply { n, body: n.into() };
                let json = serde_json::to_vec(&reply).unwrap();
                frame::write(&mut theirs, frame::JSON, &json).unwrap();
            }
        });
        assert_eq!(connection.request_as::<u64>(Request::DaemonStatus), Ok(1));
        daemon.join().unwrap();
        let error = connection.request(Request::DaemonStatus).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unreachable);
    }
}
