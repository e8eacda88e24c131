//! The addresses of the doors, and how they are bound and dialled.

use rustix::fs::{Mode, OFlags, open};
use rustix::io::Errno;
use rustix::net::{SendFlags, send};
use std::fmt;
use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::path::{Path, PathBuf};

/// The longest path that fits into a socket address with its closing zero.
const LONGEST: usize = 107;

/// Where a door is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A socket file.
    Path(PathBuf),
    /// A name in the abstract namespace, without the leading zero.
    Abstract(String),
}

impl Address {
    /// As [`Address`]'s `Display` writes it: `@name` is abstract, else an absolute path.
    pub fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix('@') {
            Some(name) if !name.is_empty() => Some(Self::Abstract(name.to_owned())),
            _ if text.starts_with('/') => Some(Self::Path(text.into())),
            _ => None,
        }
    }

    /// Dials it.
    ///
    /// # Errors
    /// What the system said; `NotFound` or `ConnectionRefused` when nobody listens.
    pub fn connect(&self) -> io::Result<UnixStream> {
        match self {
            Self::Path(path) => through_directory(path, |path| UnixStream::connect(path)),
            Self::Abstract(name) => {
                UnixStream::connect_addr(&SocketAddr::from_abstract_name(name.as_bytes())?)
            }
        }
    }

    /// Listens at it. A socket file left by somebody who is gone is replaced: the caller holds the
    /// lock that says that he is gone. The file has mode 0600.
    ///
    /// # Errors
    /// What the system said; `AlreadyExists` when something other than a socket lies there.
    pub fn bind(&self) -> io::Result<UnixListener> {
        match self {
            Self::Path(path) => {
                remove_socket(path)?;
                let listener = through_directory(path, |path| UnixListener::bind(path))?;
                fs::set_permissions(path, Permissions::from_mode(0o600))?;
                Ok(listener)
            }
            Self::Abstract(name) => {
                UnixListener::bind_addr(&SocketAddr::from_abstract_name(name.as_bytes())?)
            }
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => write!(f, "{}", path.display()),
            Self::Abstract(name) => write!(f, "@{name}"),
        }
    }
}

/// Removes a socket file; that there is none is fine.
///
/// # Errors
/// `AlreadyExists` when it is not a socket.
pub fn remove_socket(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.file_type().is_socket() => fs::remove_file(path),
        Ok(_) => {
            let what = format!("{} is there and is not a socket", path.display());
            Err(io::Error::new(io::ErrorKind::AlreadyExists, what))
        }
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(e) => Err(e),
    }
}

/// Makes a directory of ours with mode 0700, and its parents; one that is there must be ours.
///
/// # Errors
/// `PermissionDenied` when it belongs to somebody else, or what the system said.
pub fn private_dir(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    let found = fs::symlink_metadata(path)?;
    if !found.is_dir() || found.uid() != own_uid() {
        let what = format!("{} is not a directory of this user", path.display());
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, what));
    }
    if found.mode() & 0o077 != 0 {
        fs::set_permissions(path, Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// Sends what the socket takes without waiting; how many bytes that were, 0 when it is full.
///
/// # Errors
/// The other end is gone.
pub fn send_now(stream: &UnixStream, bytes: &[u8]) -> io::Result<usize> {
    match send(stream, bytes, SendFlags::DONTWAIT | SendFlags::NOSIGNAL) {
        Ok(n) => Ok(n),
        Err(Errno::AGAIN | Errno::INTR) => Ok(0),
        Err(e) => Err(e.into()),
    }
}

/// Whether the other end has not read yet what it was sent. Where the system does not say, it has.
pub fn is_unread(stream: &UnixStream) -> bool {
    #[cfg(target_os = "linux")]
    {
        let mut bytes: libc::c_int = 0;
        // SAFETY: SIOCOUTQ, which has this number, writes one int.
        let done = unsafe { libc::ioctl(stream.as_raw_fd(), libc::TIOCOUTQ, &raw mut bytes) };
        done == 0 && bytes > 0
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = stream;
        false
    }
}

/// The user at the other end.
///
/// # Errors
/// What the system said.
pub fn peer_uid(stream: &UnixStream) -> io::Result<u32> {
    Ok(rustix::net::sockopt::socket_peercred(stream)?.uid.as_raw())
}

/// The effective user of this process.
pub fn own_uid() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// A port on 127.0.0.1 that nobody listens on now.
///
/// # Errors
/// What the system said.
pub fn free_port() -> io::Result<u16> {
    let listener = std::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}

/// The socket, by its inode, that listens on `port` of 127.0.0.1.
///
/// # Errors
/// `NotFound` when nobody does, or what the system said.
pub fn listener(port: u16) -> io::Result<u64> {
    const LISTENS: &str = "0A";
    let address = format!("0100007F:{port:04X}");
    let table = fs::read_to_string("/proc/net/tcp")?;
    let found = table.lines().find_map(|row| {
        let fields: Vec<&str> = row.split_whitespace().collect();
        let here = fields.get(1) == Some(&address.as_str()) && fields.get(3) == Some(&LISTENS);
        here.then(|| fields.get(9)?.parse().ok()).flatten()
    });
    found.ok_or_else(|| io::ErrorKind::NotFound.into())
}

/// The inode of the Unix socket that somebody listens on at `path`.
///
/// # Errors
/// Nobody listens there, or the system does not tell.
pub fn unix_listener(path: &Path) -> io::Result<u64> {
    const LISTENS: u32 = 0x1_0000;
    let table = fs::read("/proc/net/unix")?;
    let wanted = path.as_os_str().as_encoded_bytes();
    let found = table.split(|byte| *byte == b'\n').find_map(|row| {
        // `Num: RefCount Protocol Flags Type St Inode Path`; blanks in a path are its own.
        let row = row.strip_suffix(wanted)?;
        let fields = std::str::from_utf8(row).ok()?;
        let fields: Vec<&str> = fields.strip_suffix(' ')?.split_whitespace().collect();
        let [_, _, _, flags, _, _, inode] = fields.as_slice() else {
            return None;
        };
        let listens = u32::from_str_radix(flags, 16).ok()? & LISTENS != 0;
        listens.then(|| inode.parse().ok()).flatten()
    });
    found.ok_or_else(|| io::ErrorKind::NotFound.into())
}

/// Ends a listener: who waits in `accept` comes back with an error.
pub fn close(listener: &UnixListener) {
    let _ = rustix::net::shutdown(listener, rustix::net::Shutdown::Both);
}

/// Runs `with` on a path that fits into a socket address: a long one goes through its directory.
fn through_directory<T>(path: &Path, with: impl FnOnce(&Path) -> io::Result<T>) -> io::Result<T> {
    if path.as_os_str().len() <= LONGEST {
        return with(path);
    }
    let (Some(dir), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let dir: OwnedFd = open(dir, flags, Mode::empty())?;
    let short = PathBuf::from(format!("/proc/self/fd/{}", dir.as_raw_fd())).join(name);
    with(&short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_survives_being_written_and_read() {
        for text in ["@pult-op-0-ab", "/run/x/worker.sock"] {
            assert_eq!(Address::parse(text).unwrap().to_string(), text);
        }
        for bad in ["", "@", "x", "./x"] {
            assert_eq!(Address::parse(bad), None);
        }
    }

    #[test]
    fn a_path_longer_than_the_kernel_allows_is_bound_and_dialled() {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("x".repeat(120));
        private_dir(&dir).unwrap();
        let address = Address::Path(dir.join("worker.sock"));
        let listener = address.bind().unwrap();
        let _client = address.connect().unwrap();
        listener.accept().unwrap();
        let mode = fs::metadata(dir.join("worker.sock")).unwrap().mode();
        assert_eq!(mode & 0o777, 0o600);
        drop(listener);
        assert!(address.connect().is_err(), "nobody listens any more");
        address.bind().expect("a stale socket is replaced");
    }

    #[test]
    fn who_listens_at_a_path_is_known_and_who_only_dialled_there_is_not() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a b.sock");
        assert!(unix_listener(&path).is_err());
        let listener = UnixListener::bind(&path).unwrap();
        let client = UnixStream::connect(&path).unwrap();
        let inode = unix_listener(&path).unwrap();
        assert!(crate::platform::process::holds_socket(
            std::process::id(),
            inode
        ));
        drop(listener);
        assert!(
            unix_listener(&path).is_err(),
            "a file is left, and nobody listens"
        );
        drop(client);
    }

    #[test]
    fn what_is_not_a_socket_is_left_alone() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("worker.sock");
        fs::write(&path, "precious").unwrap();
        let error = Address::Path(path.clone()).bind().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(path).unwrap(), "precious");
    }

    #[test]
    fn an_open_directory_of_ours_is_closed() {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("run");
        fs::create_dir(&dir).unwrap();
        fs::set_permissions(&dir, Permissions::from_mode(0o755)).unwrap();
        private_dir(&dir).unwrap();
        assert_eq!(fs::metadata(&dir).unwrap().mode() & 0o777, 0o700);
    }
}
