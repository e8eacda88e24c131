//! What comes in over a channel: events of the program's own server, or the lines of a client of it
//! that is run here. Either is believed only while a process of the session serves it.

use super::Side;
use crate::daemon::house::{House, lock};
use crate::daemon::pane::Pane;
use crate::platform::{process, sockets};
use crate::probe::client::{self, Lines, Next};
use crate::probe::{events, http};
use crate::runtime::channel::Client;
use std::io::{self, BufRead};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// How long a stream may take to begin: a request that comes while a server starts may be taken and
/// never answered.
const HEAD: Duration = Duration::from_secs(3);
/// How long a stream may be silent; the servers beat their heart more often.
const SILENCE: Duration = Duration::from_secs(90);
/// How often it is looked whether a silent client still has its program: it does not say.
const LOOK: Duration = Duration::from_secs(2);

/// An open stream.
pub(super) enum Stream {
    /// Events of a server.
    Events(Box<dyn BufRead>),
    /// Lines of a client, and the socket that its program listened on when it was started.
    Lines(Lines, PathBuf, u64),
}

impl Stream {
    /// Opens the one of a pane.
    ///
    /// # Errors
    /// It is not there yet, or it is somebody else's.
    pub(super) fn open(house: &House, pane: &Pane, side: &Side) -> io::Result<Self> {
        match &side.way.client {
            Some(client) => lines(house, pane, side, client),
            None => server(house, pane, side),
        }
    }

    /// What comes next; `None` at its end.
    ///
    /// # Errors
    /// It broke.
    pub(super) fn next(&mut self, pane: &Weak<Pane>) -> io::Result<Option<String>> {
        let (lines, socket, inode) = match self {
            Self::Events(stream) => return events::next(stream),
            Self::Lines(lines, socket, inode) => (lines, socket, inode),
        };
        loop {
            match lines.next(LOOK) {
                Next::Line(line) => return Ok(Some(line)),
                Next::End => return Ok(None),
                Next::Nothing => {}
            }
            let runs = pane.upgrade().is_some_and(|pane| pane.keeper().is_some());
            if !runs || sockets::unix_listener(socket)? != *inode {
                return Ok(None);
            }
        }
    }
}

/// Whether a process of the pane's session has the socket.
fn is_own(house: &House, pane: &Pane, inode: u64, what: &str) -> io::Result<()> {
    let mut family = process::with_variable("PULT_SESSION", pane.session.as_str()).into_iter();
    if family.any(|pid| process::holds_socket(pid, inode)) {
        return Ok(());
    }
    house.end_of_way(pane, what);
    Err(io::ErrorKind::AddrInUse.into())
}

fn server(house: &House, pane: &Pane, side: &Side) -> io::Result<Stream> {
    let owner = sockets::listener(side.way.port)?;
    let what = "somebody else has the port of its channel";
    is_own(house, pane, owner, what)?;
    let (path, headers) = {
        let channel = lock(&side.channel);
        (channel.events(), channel.headers())
    };
    let request = http::Request {
        method: "GET",
        path,
        headers: &headers,
        body: None,
    };
    let answer = http::ask(side.way.port, request, HEAD)?;
    if answer.status != 200 || answer.kind != "text/event-stream" {
        return Err(io::Error::other(format!(
            "{} {} instead of a stream",
            answer.status, answer.kind
        )));
    }
    Ok(Stream::Events(Box::new(answer.stream(SILENCE)?)))
}

fn lines(house: &House, pane: &Pane, side: &Side, client: &Client) -> io::Result<Stream> {
    let socket = PathBuf::from(&client.socket);
    let inode = sockets::unix_listener(&socket)?;
    let what = "somebody else has the socket of its channel";
    is_own(house, pane, inode, what)?;
    std::fs::create_dir_all(&client.barred)?;
    let link = Path::new(&client.link);
    match symlink(&socket, link) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let row = house.engine.read(|world| {
        let row = world.session(&pane.session)?;
        Some(row.profile.clone())
    });
    let profile = row.ok_or(io::ErrorKind::NotFound)?;
    // What the session may not do, this may not do either.
    let mut command = Command::new("/proc/self/exe");
    command.args(["sandbox", &profile, &client.cwd, "--"]);
    command.args(&client.argv);
    command.env_clear().envs(house.session_env(&pane.session));
    let (client, lines) = client::start(command)?;
    *lock(&side.client) = Some(Arc::new(client));
    Ok(Stream::Lines(lines, socket, inode))
}
