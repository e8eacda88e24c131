//! Says hello at a door and finds out whether it opens.

use crate::platform::ancestry::no_place;
use crate::platform::operator_file::OperatorFile;
use crate::platform::paths::Paths;
use crate::platform::sockets::{Address, own_uid, peer_uid};
use crate::wire::frame;
use crate::wire::hello::{Caller, ClientKind, Hello, VERSION, Welcome};
use crate::wire::view::{ErrorKind, ErrorView};
use std::io;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

/// How long a daemon that took the call may think about the hello.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why a door did not open.
pub(super) enum No {
    /// Nobody is there, or went away meanwhile: worth dialling again.
    Absent(io::Error),
    /// Somebody is there and says no.
    Refused(ErrorView),
}

/// The operator door. Who does not get to it asks at the worker door: a worker is told there that
/// it is one, and its attempt is noted.
pub(super) fn operator(paths: &Paths, client: ClientKind, about: &str) -> Result<UnixStream, No> {
    // No worker reaches an address that is no file, and every door looks at who comes: where it
    // opens, asking at both would prove the same thing twice.
    if let Ok(door) = OperatorFile::read(&paths.operator_dir())
        && matches!(door.address, Address::Abstract(_))
        && let Ok(mut stream) = connect(&door.address)
        && let Ok(welcome) = hello(&mut stream, client, &door.key, about)
    {
        return admitted(&welcome, about).map(|()| stream);
    }
    let worker_door = Address::Path(paths.worker_socket());
    let mut stream = connect(&worker_door)?;
    let welcome = hello(&mut stream, client, "", about).map_err(No::Absent)?;
    admitted(&welcome, about)?;

    let door = OperatorFile::read(&paths.operator_dir()).map_err(|e| match e.kind() {
        io::ErrorKind::PermissionDenied => closed(&e),
        _ => No::Absent(e),
    })?;
    let mut stream = connect(&door.address)?;
    let welcome = hello(&mut stream, client, &door.key, about).map_err(No::Absent)?;
    admitted(&welcome, about)?;
    Ok(stream)
}

/// The worker door, with a session's token. `PermissionDenied` is a refusal.
pub(super) fn worker(token: &str, door: &Path, about: &str) -> io::Result<UnixStream> {
    let mut stream = Address::Path(door.to_owned()).connect()?;
    if peer_uid(&stream)? != own_uid() {
        return Err(denied("the worker door is another user's"));
    }
    let welcome = hello(&mut stream, ClientKind::Hook, token, about)?;
    match (welcome.caller, welcome.refused) {
        (Caller::Worker(_), None) if welcome.wire == VERSION => Ok(stream),
        (Caller::Unknown, Some(why)) => Err(io::Error::other(why)),
        (_, Some(why)) => Err(denied(&why)),
        (_, None) => Err(denied(&other_version(&welcome.version))),
    }
}

fn connect(door: &Address) -> Result<UnixStream, No> {
    let stream = door.connect().map_err(|e| match e.kind() {
        io::ErrorKind::PermissionDenied => closed(&e),
        _ => No::Absent(e),
    })?;
    match peer_uid(&stream) {
        Ok(uid) if uid == own_uid() => Ok(stream),
        Ok(uid) => {
            let what = format!("the daemon at {door} is run by user {uid}, not by you");
            let error = ErrorView::new(ErrorKind::Refused, what);
            Err(No::Refused(
                error.hint("set PULT_HOME to a directory of yours"),
            ))
        }
        Err(e) => Err(No::Absent(e)),
    }
}

fn hello(
    stream: &mut UnixStream,
    client: ClientKind,
    key: &str,
    about: &str,
) -> io::Result<Welcome> {
    let hello = Hello {
        wire: VERSION,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        client,
        key: key.to_owned(),
        about: about.to_owned(),
    };
    stream.set_read_timeout(Some(PATIENCE))?;
    frame::write(stream, frame::JSON, &serde_json::to_vec(&hello)?)?;
    let welcome = frame::read(stream)?.ok_or(io::ErrorKind::UnexpectedEof)?;
    stream.set_read_timeout(None)?;
    Ok(serde_json::from_slice(&welcome.payload)?)
}

/// What a welcome means for an operator's client.
fn admitted(welcome: &Welcome, about: &str) -> Result<(), No> {
    if let Caller::Worker(name) = &welcome.caller {
        return Err(No::Refused(no_place(&format!("this is a pane of {name}"))));
    }
    if let Some(why) = &welcome.refused {
        let (what, hint) = why.split_once("; ").unwrap_or((why, ""));
        let mut error = ErrorView::new(ErrorKind::Refused, what);
        error.hint = Some(hint.to_owned()).filter(|h| !h.is_empty());
        return Err(No::Refused(error));
    }
    // A daemon of any version can be told to end.
    if welcome.wire != VERSION && about != "daemon stop" {
        let what = other_version(&welcome.version);
        let error = ErrorView::new(ErrorKind::Refused, what);
        return Err(No::Refused(error.hint("`pult daemon restart`")));
    }
    match welcome.caller {
        Caller::NotAWorker => Ok(()),
        _ => Err(No::Refused(no_place("the daemon cannot tell who calls"))),
    }
}

fn other_version(theirs: &str) -> String {
    let ours = env!("CARGO_PKG_VERSION");
    format!("the running daemon is pult {theirs} and speaks another wire than this pult {ours}")
}

fn closed(why: &io::Error) -> No {
    No::Refused(no_place(&format!(
        "the operator door is closed to this process ({why})"
    )))
}

fn denied(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, why)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn welcome(caller: Caller, refused: Option<&str>, wire: u32) -> Welcome {
        Welcome {
            wire,
            version: "9.9.9".to_owned(),
            caller,
            refused: refused.map(str::to_owned),
        }
    }

    fn line(welcome: &Welcome, about: &str) -> Option<String> {
        match admitted(welcome, about) {
            Err(No::Refused(error)) => Some(format!("{:?}: {error}", error.kind)),
            Err(No::Absent(_)) => Some("absent".to_owned()),
            Ok(()) => None,
        }
    }

    #[test]
    fn only_who_is_not_a_worker_goes_on() {
        assert_eq!(
            line(&welcome(Caller::NotAWorker, None, VERSION), "ls"),
            None
        );
        let pane = welcome(Caller::Worker("fixer".to_owned()), None, VERSION);
        let refused = line(&pane, "approve ak-1").unwrap();
        assert!(refused.starts_with("Refused: this is a pane of fixer; a pane is no place"));
        assert!(line(&welcome(Caller::Unknown, None, VERSION), "ls").is_some());
        let why = welcome(
            Caller::Unknown,
            Some("the caller is dead; try again"),
            VERSION,
        );
        let refused = line(&why, "ls");
        assert_eq!(
            refused.as_deref(),
            Some("Refused: the caller is dead; try again")
        );
    }

    #[test]
    fn another_version_is_one_line_and_can_still_be_ended() {
        let other = welcome(Caller::NotAWorker, None, VERSION + 1);
        let refused = line(&other, "ls").unwrap();
        assert!(refused.contains("9.9.9") && refused.ends_with("`pult daemon restart`"));
        assert_eq!(line(&other, "daemon stop"), None);
    }
}
