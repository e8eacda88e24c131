//! The role `pult keep DIR`: owns one terminal and the child in it, and keeps what that prints
//! until the daemon has it.
//!
//! One thread and one poll loop ([`serve`]); no runtime, no log. It outlives the daemon, upgrades
//! of the daemon and the cockpit; what it says and writes is frozen in [`crate::wire::keeper`].
//!
//! ```text
//! terminal ─read─> ring ─full─> spill file ─full─> oldest dropped, with a gap
//!                   └────────────┴─── offsets from the daemon's ──> OUT, RESIZED, GAP, EXIT
//! daemon ─INPUT, once─> queue ─write─> terminal
//! ```
//!
//! While a daemon is attached the terminal is read up to its credit, so that a flood is held up by
//! the terminal; without one it is read on, so that nobody blocks for ever.

mod child;
mod connection;
mod handle;
mod retain;
mod ring;
mod say;
mod serve;
mod spill;
mod tree;
mod typed;

use crate::platform::detach;
use crate::platform::lock::{Lock, Taken};
use crate::platform::process::{self, Signals};
use crate::platform::sockets::Address;
use crate::wire::keeper::{self as words, Ended, ExitRecord, LaunchSpec, PROTOCOL, Registry};
use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Runs the role with the arguments after `keep`. Says `ready` or, in one line, why not on
/// standard output; comes back with an exit code once it is released.
pub fn run(args: &[OsString]) -> i32 {
    let [dir] = args else {
        eprintln!("usage: pult keep DIR");
        return 2;
    };
    process::close_inherited();
    match start(Path::new(dir)) {
        Ok(server) => server.run(),
        Err(why) => {
            println!(
                "{}",
                why.lines().next().unwrap_or("the keeper cannot start")
            );
            1
        }
    }
}

/// Everything up to a running child and a listening socket; an error is one line.
fn start(dir: &Path) -> Result<serve::Server, String> {
    let dir: PathBuf = dir.to_owned();
    let said = |what: &str, e: io::Error| format!("{}: {what}: {e}", dir.display());
    let lock = match Lock::try_take(&dir.join(words::LOCK)).map_err(|e| said("lock", e))? {
        Taken::Ours(lock) => lock,
        Taken::Held(_) => return Err(format!("{} has a keeper already", dir.display())),
    };
    if dir.join(words::REGISTRY).exists() || dir.join(words::EXIT).exists() {
        return Err(format!("{} was started already", dir.display()));
    }
    let signals = Signals::catch().map_err(|e| said("signals", e))?;
    process::become_subreaper().map_err(|e| said("subreaper", e))?;
    let launch = fs::read(dir.join(words::LAUNCH)).map_err(|e| said(words::LAUNCH, e))?;
    let spec = LaunchSpec::decode(&launch)
        .ok_or_else(|| format!("{}/launch does not read as one", dir.display()))?;
    let listener = Address::Path(dir.join(words::SOCKET))
        .bind()
        .map_err(|e| said(words::SOCKET, e))?;
    let child = child::Child::start(&spec).inspect_err(|why| {
        let record = ExitRecord {
            ended: Ended::NeverStarted(why.clone()),
            ms: serve::wall_ms(),
            stream_end: 0,
        };
        let _ = put(&dir, words::EXIT, &record.to_file());
        let _ = fs::remove_file(dir.join(words::SOCKET));
    })?;
    let me = std::process::id();
    let start_of = |pid| process::start_of(pid).unwrap_or(0);
    let registry = Registry {
        protocol: PROTOCOL,
        instance: process::random(),
        boot: process::boot_id(),
        keeper: (me, start_of(me)),
        child: (child.pid, start_of(child.pid)),
    };
    put(&dir, words::REGISTRY, &registry.encode()).map_err(|e| said(words::REGISTRY, e))?;
    let server = serve::Server::new(dir.clone(), lock, &spec, registry, child, signals, listener)
        .map_err(|e| said("cannot serve", e))?;
    // It holds the terminal: nobody of the same user may reach into it.
    detach::hide();
    println!("ready");
    process::let_go_of_output().map_err(|e| said("output", e))?;
    Ok(server)
}

/// Writes a file whole, synced, 0600, or not at all.
fn put(dir: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let fresh = dir.join(format!("{name}.tmp"));
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&fresh)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(fresh, dir.join(name))
}
