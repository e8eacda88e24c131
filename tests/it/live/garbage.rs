//! What is not the wire, on every socket.

use super::told;
use crate::support::{Home, PATIENCE, wait_until};
use pult::dial::Connection;
use pult::platform::operator_file::OperatorFile;
use pult::platform::paths::Paths;
use pult::platform::sockets::Address;
use pult::wire::frame;
use pult::wire::hello::{ClientKind, Hello, VERSION};
use std::fs;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

const ECHO: &str = "echo ready; while read line; do echo \"heard $line\"; done";

/// What nobody means, each to be followed by the end of the connection.
fn rubbish() -> Vec<(&'static str, Vec<u8>)> {
    let json = |text: &str| frame::encode(frame::JSON, text.as_bytes());
    let huge = [&[frame::JSON][..], &u32::MAX.to_le_bytes()].concat();
    vec![
        (
            "another protocol",
            b"GET / HTTP/1.1\r\nHost: pult\r\n\r\n".to_vec(),
        ),
        ("an oversized frame", [huge, vec![b'x'; 100_000]].concat()),
        ("half a head", vec![frame::JSON, 9]),
        ("half a frame", json("{\"wire\":1}")[..9].to_vec()),
        ("no JSON", json("\u{1b}]0;x\u{7}{{{")),
        ("deep JSON", json(&"[".repeat(60_000))),
        ("an empty frame", json("")),
        ("no UTF-8", frame::encode(frame::JSON, &[0xff; 64])),
        ("another shape", json("{\"n\":-1,\"request\":{\"ls\":7}}")),
    ]
}

/// Writes it and goes; what cannot be written any more was heard enough of.
fn throw(mut stream: UnixStream, bytes: &[u8]) {
    let _ = stream.write_all(bytes);
}

fn warnings(home: &Home) -> usize {
    let log = home.daemon_log();
    let bad = |line: &&str| line.contains(" WARN ") || line.contains(" ERROR ");
    log.lines().filter(bad).count()
}

/// The echo in the pane and the daemon answer.
fn works(home: &Home, n: usize) {
    home.ok(&["send", "w", &format!("line {n}")]);
    told(home, "w", &format!("heard line {n}"));
}

struct Stage {
    home: Home,
    paths: Paths,
}

impl Stage {
    fn new() -> Self {
        let home = Home::new();
        home.ok(&["new", "w", "--", "sh", "-c", ECHO]);
        told(&home, "w", "ready");
        let paths = Paths::under(home.path()).expect("paths");
        Self { home, paths }
    }

    fn worker_door(&self) -> UnixStream {
        let door = Address::Path(self.paths.worker_socket());
        door.connect().expect("a door")
    }

    /// The operator door, `hello` said and answered.
    fn operator_door(&self) -> UnixStream {
        let door = OperatorFile::read(&self.paths.operator_dir()).expect("a door");
        let mut stream = door.address.connect().expect("a door");
        let hello = Hello {
            wire: VERSION,
            version: "0".into(),
            client: ClientKind::Verb,
            key: door.key,
            about: "rubbish".into(),
        };
        let hello = serde_json::to_vec(&hello).expect("JSON");
        frame::write(&mut stream, frame::JSON, &hello).expect("a reader");
        frame::read(&mut stream)
            .expect("a frame")
            .expect("a welcome");
        stream
    }

    fn keeper(&self) -> PathBuf {
        let sessions = fs::read_dir(self.home.state().join("sessions"));
        let session = sessions.expect("sessions").next().expect("one");
        session
            .expect("it reads")
            .path()
            .join("attempts/1/keeper.sock")
    }

    /// Throws it and waits for its one line in the log.
    fn one_line(&self, what: &str, stream: UnixStream, bytes: &[u8]) {
        let before = warnings(&self.home);
        throw(stream, bytes);
        wait_until(what, PATIENCE, || warnings(&self.home) > before);
        self.home.ok(&["ls"]);
        let log = self.home.daemon_log();
        assert_eq!(warnings(&self.home), before + 1, "{what}\n{log}");
    }
}

#[test]
fn rubbish_at_the_doors_is_one_line_each() {
    let stage = Stage::new();
    let daemon = stage.home.daemon();
    for (what, bytes) in rubbish() {
        stage.one_line(what, stage.worker_door(), &bytes);
        stage.one_line(what, stage.operator_door(), &bytes);
    }
    // Who only looks whether somebody is there is no news.
    let before = warnings(&stage.home);
    for _ in 0..50 {
        drop(stage.worker_door());
    }
    // Neither is who goes while it waits for an answer, nor a kind of frame that is not known.
    let mut later = stage.operator_door();
    frame::write(&mut later, 99, b"from another time").expect("a reader");
    drop(later);
    works(&stage.home, 1);
    assert_eq!(warnings(&stage.home), before, "{}", stage.home.daemon_log());
    assert_eq!(stage.home.daemon(), daemon);
    let log = stage.home.daemon_log();
    assert!(!log.contains('\u{1b}') && !log.contains('\u{7}'), "{log}");
    stage.home.ok(&["db", "verify"]);
}

#[test]
fn rubbish_at_a_keeper_disturbs_nobody() {
    let stage = Stage::new();
    let pid = stage.home.row("w")["pid"].clone();
    let keeper = Address::Path(stage.keeper());
    let before = warnings(&stage.home);
    let mut silent = Vec::new();
    for (n, (what, bytes)) in rubbish().into_iter().enumerate() {
        throw(keeper.connect().expect(what), &bytes);
        // Half of it, by somebody who stays and says no more.
        let mut stays = keeper.connect().expect(what);
        let _ = stays.write_all(&bytes[..bytes.len() / 2]);
        silent.push(stays);
        works(&stage.home, n);
    }
    // A daemon of the future without the key is no daemon.
    let attach = pult::wire::keeper::ToKeeper::Attach {
        protocol: pult::wire::keeper::PROTOCOL,
        generation: u64::MAX,
        from: 0,
        key: [7; 16],
    };
    let mut stranger = keeper.connect().expect("a keeper");
    stranger.write_all(&attach.encode()).expect("a reader");
    let mut said = Vec::new();
    let _ = stranger.read_to_end(&mut said);
    assert!(said.is_empty(), "{said:?}");
    works(&stage.home, 100);
    assert_eq!(stage.home.row("w")["pid"], pid);
    assert_eq!(warnings(&stage.home), before, "{}", stage.home.daemon_log());
    drop(silent);
    works(&stage.home, 101);
}

#[test]
fn noise_on_every_socket_ends_nothing() {
    let stage = Stage::new();
    let (daemon, pid) = (stage.home.daemon(), stage.home.row("w")["pid"].clone());
    let keeper = Address::Path(stage.keeper());
    let mut seed = 0x9e37_79b9_u64;
    let mut byte = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed >> 32) as u8
    };
    for n in 0..120 {
        let mut noise: Vec<u8> = (0..n * 7).map(|_| byte()).collect();
        // Most of it would be one frame too long; a small length gets further.
        if let Some(length) = noise.get_mut(2..5) {
            length.fill(0);
        }
        throw(stage.worker_door(), &noise);
        throw(stage.operator_door(), &noise);
        throw(keeper.connect().expect("a keeper"), &noise);
    }
    works(&stage.home, 1);
    assert_eq!(stage.home.daemon(), daemon);
    assert_eq!(stage.home.row("w")["pid"], pid);
    let connection = Connection::running(&stage.paths, ClientKind::Verb, "a client");
    drop(connection.expect("a daemon that serves"));
    stage.home.ok(&["db", "verify"]);
}
