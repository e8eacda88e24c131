//! Accepts, hears the hello, answers with a welcome, and hands over whoever is let in.

use super::identify::{self, Verdict};
use super::{Client, Door, Shared};
use crate::core::text::line;
use crate::platform::sockets::{own_uid, peer_uid};
use crate::wire::frame;
use crate::wire::hello::{Caller, Hello, VERSION, Welcome};
use std::io::{self, Read};
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

/// How long a stranger may take for its whole hello.
const PATIENCE: Duration = Duration::from_secs(5);
/// The longest hello, in bytes.
const LONGEST: u64 = 64 * 1024;
/// How much of what a client says it is about is kept, in characters.
const ABOUT: usize = 256;

/// Accepts on a thread of its own until the listener is closed.
pub(super) fn open(door: Door, listener: UnixListener, shared: &Arc<Shared>) -> io::Result<()> {
    let shared = Arc::clone(shared);
    let name = match door {
        Door::Operator => "operator door",
        Door::Worker => "worker door",
    };
    let accept = move || {
        loop {
            let accepted = listener.accept();
            if shared.closing.load(Ordering::Acquire) {
                return;
            }
            match accepted {
                Ok((stream, _)) => admit(door, stream, &shared),
                Err(error) => {
                    tracing::warn!(%error, ?door, "cannot accept");
                    thread::sleep(Duration::from_millis(50));
                }
            }
        }
    };
    thread::Builder::new().name(name.to_owned()).spawn(accept)?;
    Ok(())
}

/// Hears a stranger on a thread of its own; when too many stand there, the first of them goes.
fn admit(door: Door, stream: UnixStream, shared: &Arc<Shared>) {
    let place = match shared.strangers.enter(&stream) {
        Ok((place, false)) => place,
        Ok((place, true)) => {
            tracing::warn!(
                ?door,
                "too many clients that have not said hello: the oldest is sent away"
            );
            place
        }
        Err(error) => return tracing::warn!(%error, ?door, "no place for a client"),
    };
    let shared = Arc::clone(shared);
    let hear = move || match hear(door, stream, &shared) {
        Ok(Some(client)) => {
            drop(place);
            shared.registry.serve(client);
        }
        Ok(None) => {}
        Err(error) => tracing::warn!(%error, ?door, "a client came in badly"),
    };
    if let Err(error) = thread::Builder::new().name("client".to_owned()).spawn(hear) {
        tracing::warn!(%error, ?door, "no thread for a client");
    }
}

/// Hello and welcome; the client when it is let in.
fn hear(door: Door, mut stream: UnixStream, shared: &Shared) -> io::Result<Option<Client>> {
    let uid = peer_uid(&stream)?;
    if uid != own_uid() {
        return Err(io::Error::other(format!("user {uid} knocked")));
    }
    let Some(hello) = read_hello(&stream)? else {
        return Ok(None);
    };
    let about: String = line(&hello.about).chars().take(ABOUT).collect();
    let registry = shared.registry.as_ref();
    let facts = identify::look(&stream, registry);
    let verdict = match door {
        Door::Worker => {
            identify::at_worker_door(&facts, hello.client, &hello.key, &about, registry)
        }
        Door::Operator => identify::at_operator_door(&facts, hello.client, &hello.key, shared),
    };
    stream.set_write_timeout(Some(PATIENCE))?;
    let (caller, session, may_not_decide) = match verdict {
        Verdict::Serve {
            caller,
            session,
            may_not_decide,
        } => (caller, session, may_not_decide),
        Verdict::Onwards => {
            welcome(&mut stream, Caller::NotAWorker, None)?;
            return Ok(None);
        }
        Verdict::Refuse {
            caller,
            session,
            why,
            tamper,
        } => {
            let chain = facts.as_ref().map_or("?", |f| &f.chain);
            tracing::warn!(?door, about, why, chain, "refused");
            if tamper {
                registry.on_tamper(identify::tamper(&facts, session, &about, &why));
            }
            welcome(&mut stream, caller, Some(why))?;
            return Ok(None);
        }
    };
    let Ok(facts) = facts else { return Ok(None) };
    welcome(&mut stream, caller.clone(), None)?;
    stream.set_read_timeout(None)?;
    stream.set_write_timeout(None)?;
    Ok(Some(Client {
        stream,
        door,
        kind: hello.client,
        about,
        caller,
        who: facts.who(hello.client),
        session,
        may_not_decide,
    }))
}

fn welcome(stream: &mut UnixStream, caller: Caller, refused: Option<String>) -> io::Result<()> {
    let welcome = Welcome {
        wire: VERSION,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        caller,
        refused,
    };
    frame::write(stream, frame::JSON, &serde_json::to_vec(&welcome)?)
}

/// `None` for a client that went without a word: that is how one looks whether somebody is there.
fn read_hello(stream: &UnixStream) -> io::Result<Option<Hello>> {
    let until = Until {
        stream,
        end: Instant::now() + PATIENCE,
    };
    match frame::read(&mut until.take(LONGEST))? {
        Some(frame) if frame.kind == frame::JSON => Ok(serde_json::from_slice(&frame.payload)?),
        Some(frame) => {
            let what = format!("a frame of kind {} instead of a hello", frame.kind);
            Err(io::Error::new(io::ErrorKind::InvalidData, what))
        }
        None => Ok(None),
    }
}

/// Reads until a moment, however the bytes drip.
struct Until<'a> {
    stream: &'a UnixStream,
    end: Instant,
}

impl Read for Until<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            let what = "no hello in time";
            return Err(io::Error::new(io::ErrorKind::TimedOut, what));
        }
        self.stream.set_read_timeout(Some(left))?;
        let mut stream = self.stream;
        match stream.read(buffer) {
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => {
                let what = "no hello in time";
                Err(io::Error::new(io::ErrorKind::TimedOut, what))
            }
            other => other,
        }
    }
}
