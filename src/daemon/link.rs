//! The daemon's end of a keeper: starting one, and the two halves of the connection to it.

use crate::platform::detach;
use crate::platform::lock;
use crate::platform::sockets::Address;
use crate::wire::frame;
use crate::wire::keeper::{
    self as words, ExitRecord, Hello, KeeperSays, LaunchSpec, PROTOCOL, Registry, Target, ToKeeper,
};
use std::ffi::OsStr;
use std::fs;
use std::io::{self, BufReader, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How much can be typed in one frame, in bytes.
pub const LONGEST_INPUT: usize = words::MAX_TO_KEEPER - 16;

/// How long a keeper that reads nothing may hold up who speaks to it. A living one reads at once.
const STUCK: Duration = Duration::from_secs(2);

/// Starts a keeper for an attempt's directory that holds a launch file, and waits until its child
/// runs and its socket listens. `exe` is the program to run, normally
/// [`detach::own_program`]. Under systemd it is started in a user scope of its own.
///
/// # Errors
/// What the keeper said when it could not start the child (its exit record says the same), or
/// what the system said.
pub fn spawn_keeper(exe: &Path, dir: &Path) -> io::Result<()> {
    if has_systemd() {
        // A systemd-run that cannot reach its manager ends without a word: then plainly.
        match run(scoped(exe, dir)) {
            Err(e) if e.kind() == io::ErrorKind::UnexpectedEof && !alive(dir) => {}
            done => return done,
        }
    }
    run(plain(exe, dir))
}

fn run(mut command: Command) -> io::Result<()> {
    command.stderr(Stdio::null());
    let said = detach::spawn(command)?.said()?;
    match said.trim_end() {
        "ready" => Ok(()),
        "" => Err(io::Error::new(
            io::ErrorKind::UnexpectedEof,
            "the keeper ended without a word",
        )),
        why => Err(io::Error::other(why.to_owned())),
    }
}

/// The keeper itself, with an empty environment: the child's is in the launch file.
fn plain(exe: &Path, dir: &Path) -> Command {
    let mut command = Command::new(exe);
    // SHELL: portable-pty asks the user database for one that is not set, which costs memory.
    command
        .arg("keep")
        .arg(dir)
        .env_clear()
        .env("SHELL", "/bin/sh");
    command
}

/// The keeper in a scope of its own, so that ending the daemon's unit does not reach it.
fn scoped(exe: &Path, dir: &Path) -> Command {
    let mut command = Command::new("systemd-run");
    command
        .args(["--user", "--scope", "--quiet", "--collect", "--"])
        .arg(exe)
        .arg("keep")
        .arg(dir)
        .env_clear()
        .env("SHELL", "/bin/sh")
        .envs(std::env::vars_os().filter(|(name, _)| systemd_needs(name)));
    command
}

fn systemd_needs(name: &OsStr) -> bool {
    matches!(
        name.to_str(),
        Some("PATH" | "HOME" | "XDG_RUNTIME_DIR" | "DBUS_SESSION_BUS_ADDRESS")
    )
}

/// Whether this user has a systemd manager to ask.
fn has_systemd() -> bool {
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").unwrap_or_default();
    !runtime.is_empty() && Path::new(&runtime).join("systemd/private").exists()
}

/// Whether the keeper of this directory lives, by its lock.
pub fn alive(dir: &Path) -> bool {
    // A lock that cannot be looked at says nothing; a second keeper would find it held.
    lock::is_held(&dir.join(words::LOCK)).unwrap_or(false)
}

/// How the child ended, when it has and the keeper wrote it down.
pub fn take_exit(dir: &Path) -> Option<ExitRecord> {
    ExitRecord::from_file(&fs::read(dir.join(words::EXIT)).ok()?)
}

/// Who the keeper and its child are, or were.
pub fn registry(dir: &Path) -> Option<Registry> {
    Registry::decode(&fs::read(dir.join(words::REGISTRY)).ok()?)
}

/// A connection to a keeper.
#[derive(Debug)]
pub struct KeeperLink;

impl KeeperLink {
    /// Attaches to the keeper of a directory and reads its hello. `from` is the first byte of the
    /// stream that is not recorded yet; what the keeper says next continues there.
    ///
    /// # Errors
    /// `NotFound` or `ConnectionRefused` when no keeper listens, `PermissionDenied` when a daemon
    /// of a higher generation has it, or what the system said.
    pub fn connect(
        dir: &Path,
        generation: u64,
        from: u64,
    ) -> io::Result<(KeeperReader, KeeperWriter)> {
        let launch = fs::read(dir.join(words::LAUNCH))?;
        let spec = LaunchSpec::decode(&launch)
            .ok_or_else(|| bad(format!("{}/launch does not read as one", dir.display())))?;
        let mut stream = Address::Path(dir.join(words::SOCKET)).connect()?;
        let attach = ToKeeper::Attach {
            protocol: PROTOCOL,
            generation,
            from,
            key: spec.key,
        };
        stream.write_all(&attach.encode())?;
        stream.set_write_timeout(Some(STUCK))?;
        let writer = KeeperWriter {
            stream: Arc::new(Mutex::new(stream.try_clone()?)),
        };
        let mut input = BufReader::with_capacity(64 * 1024, stream);
        input.get_ref().set_read_timeout(Some(STUCK))?;
        let said = next(&mut input)?;
        input.get_ref().set_read_timeout(None)?;
        let hello = match said {
            Some(KeeperSays::Hello(hello)) => hello,
            Some(KeeperSays::Superseded { generation }) => {
                let what = format!("the keeper serves the daemon of generation {generation}");
                return Err(io::Error::new(io::ErrorKind::PermissionDenied, what));
            }
            Some(_) => return Err(bad("the keeper did not begin with a hello".into())),
            None => return Err(io::ErrorKind::UnexpectedEof.into()),
        };
        Ok((KeeperReader { input, hello }, writer))
    }
}

/// The half that listens; it belongs to one thread.
#[derive(Debug)]
pub struct KeeperReader {
    input: BufReader<UnixStream>,
    hello: Hello,
}

impl KeeperReader {
    /// What the keeper said first.
    pub fn hello(&self) -> &Hello {
        &self.hello
    }

    /// Whether more has come in than was taken.
    pub fn more(&self) -> bool {
        !self.input.buffer().is_empty()
    }

    /// The next thing the keeper says; `None` when the connection has ended.
    ///
    /// # Errors
    /// `InvalidData` for what cannot be a keeper's, `UnexpectedEof` for half a frame, or what the
    /// system said.
    #[expect(clippy::should_implement_trait, reason = "an error is not an item")]
    pub fn next(&mut self) -> io::Result<Option<KeeperSays>> {
        next(&mut self.input)
    }
}

fn next(input: &mut BufReader<UnixStream>) -> io::Result<Option<KeeperSays>> {
    while let Some(frame) = frame::read(input)? {
        match KeeperSays::decode(frame.kind, &frame.payload) {
            Ok(Some(says)) => return Ok(Some(says)),
            Ok(None) => {}
            Err(kind) => return Err(bad(format!("a keeper's frame {kind} does not read"))),
        }
    }
    Ok(None)
}

fn bad(what: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

/// The half that speaks; clones share it.
#[derive(Clone, Debug)]
pub struct KeeperWriter {
    stream: Arc<Mutex<UnixStream>>,
}

impl KeeperWriter {
    /// Types `bytes` for `client`; `seq` must be higher than before. It is acknowledged by
    /// [`KeeperSays::InputAck`]; one that was not may be said again on the next connection. At most
    /// [`LONGEST_INPUT`] bytes at a time.
    ///
    /// # Errors
    /// `InvalidInput` when it is too long, or when the connection is gone.
    pub fn input(&self, client: u64, seq: u64, bytes: &[u8]) -> io::Result<()> {
        if bytes.len() > LONGEST_INPUT {
            let what = format!("{} bytes of input at once", bytes.len());
            return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
        }
        self.say(&ToKeeper::Input {
            client,
            seq,
            bytes: bytes.to_vec(),
        })
    }

    /// Gives the terminal another size.
    ///
    /// # Errors
    /// When the connection is gone.
    pub fn resize(&self, rows: u16, cols: u16) -> io::Result<()> {
        self.say(&ToKeeper::Resize { rows, cols })
    }

    /// Everything below `offset` is recorded.
    ///
    /// # Errors
    /// When the connection is gone.
    pub fn durable(&self, offset: u64) -> io::Result<()> {
        self.say(&ToKeeper::Durable { offset })
    }

    /// The keeper may read on up to `offset`.
    ///
    /// # Errors
    /// When the connection is gone.
    pub fn credit(&self, offset: u64) -> io::Result<()> {
        self.say(&ToKeeper::Credit { offset })
    }

    /// Sends a signal by its number.
    ///
    /// # Errors
    /// When the connection is gone.
    pub fn signal(&self, signal: u8, target: Target) -> io::Result<()> {
        self.say(&ToKeeper::Signal { signal, target })
    }

    /// Ends the child and everything below it: SIGTERM, and SIGKILL after the grace.
    ///
    /// # Errors
    /// When the connection is gone.
    pub fn end(&self, grace_ms: u64) -> io::Result<()> {
        self.say(&ToKeeper::End { grace_ms })
    }

    /// The exit has been taken and everything is recorded: the keeper may go.
    ///
    /// # Errors
    /// When the connection is gone.
    pub fn release(&self) -> io::Result<()> {
        self.say(&ToKeeper::Release)
    }

    /// Ends the connection; the reader comes back with `None` or an error.
    pub fn close(&self) {
        let stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = stream.shutdown(Shutdown::Both);
    }

    fn say(&self, what: &ToKeeper) -> io::Result<()> {
        let bytes = what.encode();
        let mut stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
        let done = stream.write_all(&bytes);
        if done.is_err() {
            // Half a frame may be out: nothing that follows it would be understood.
            let _ = stream.shutdown(Shutdown::Both);
        }
        done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words_of(command: &Command) -> Vec<&OsStr> {
        let args = command.get_args();
        std::iter::once(command.get_program()).chain(args).collect()
    }

    #[test]
    fn under_systemd_a_keeper_gets_a_scope_of_its_own() {
        let command = scoped(Path::new("/bin/pult"), Path::new("/s/1"));
        let expected = [
            "systemd-run",
            "--user",
            "--scope",
            "--quiet",
            "--collect",
            "--",
            "/bin/pult",
            "keep",
            "/s/1",
        ];
        assert_eq!(words_of(&command), expected);
        assert!(systemd_needs(OsStr::new("XDG_RUNTIME_DIR")));
        assert!(!systemd_needs(OsStr::new("PULT_TOKEN")));
    }

    #[test]
    fn elsewhere_it_is_started_plainly() {
        let command = plain(Path::new("/bin/pult"), Path::new("/s/1"));
        assert_eq!(words_of(&command), ["/bin/pult", "keep", "/s/1"]);
    }

    #[test]
    fn a_directory_without_a_keeper_is_dead_and_says_nothing() {
        let dir = tempfile::tempdir().unwrap();
        assert!(!alive(dir.path()));
        assert_eq!(take_exit(dir.path()), None);
        assert_eq!(registry(dir.path()), None);
        let error = KeeperLink::connect(dir.path(), 1, 0).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        fs::write(dir.path().join("exit"), "garbage").unwrap();
        fs::write(dir.path().join("launch"), "garbage").unwrap();
        assert_eq!(take_exit(dir.path()), None);
        let error = KeeperLink::connect(dir.path(), 1, 0).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    }
}
