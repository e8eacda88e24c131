//! What comes over the socket that no daemon of ours would say.

use super::{Attempt, until, until_text};
use pult::daemon::link::KeeperLink;
use pult::platform::sockets::Address;
use pult::wire::keeper::{KeeperSays, PROTOCOL, ToKeeper};
use std::io::{self, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;

fn dial(attempt: &Attempt) -> UnixStream {
    Address::Path(attempt.file("keeper.sock"))
        .connect()
        .unwrap()
}

fn is_ended(mut stream: UnixStream) -> bool {
    let mut rest = Vec::new();
    match stream.read_to_end(&mut rest) {
        Ok(_) => true,
        Err(e) => e.kind() == io::ErrorKind::ConnectionReset,
    }
}

#[test]
fn garbage_ends_its_own_connection_only() {
    let attempt = Attempt::start("echo ready; cat");
    let (mut reader, writer) = attempt.attach(5, 0);
    until_text(&mut reader, &writer, "ready");
    let wrong_key = ToKeeper::Attach {
        protocol: PROTOCOL,
        generation: u64::MAX,
        from: 0,
        key: [0; 16],
    };
    let garbage: [Vec<u8>; 6] = [
        b"GET / HTTP/1.1\r\n\r\n".to_vec(),
        vec![0xff; 4096],
        vec![64, 0xff, 0xff, 0xff, 0x7f],
        vec![64, 1, 0, 0, 0, 9],
        ToKeeper::End { grace_ms: 0 }.encode(),
        wrong_key.encode(),
    ];
    for bytes in garbage {
        let mut stream = dial(&attempt);
        // It may hang up before it has heard all of it.
        let _ = stream.write_all(&bytes);
        assert!(is_ended(stream), "{bytes:?}");
    }
    // Half a frame, and then nothing: it holds up nobody, however many there are.
    let half: Vec<UnixStream> = (0..30)
        .map(|_| {
            let mut stream = dial(&attempt);
            let _ = stream.write_all(&[64, 36, 0]);
            stream
        })
        .collect();
    writer.input(1, 1, b"hello\n").unwrap();
    until_text(&mut reader, &writer, "hello");
    drop((reader, writer));
    let (mut reader, writer) = attempt.attach(6, 0);
    until_text(&mut reader, &writer, "hello");
    drop(half);
}

#[test]
fn unknown_frames_are_skipped() {
    let attempt = Attempt::start("cat");
    let mut stream = dial(&attempt);
    let mut bytes = pult::wire::frame::encode(200, b"from the future");
    let attach = ToKeeper::Attach {
        protocol: 99,
        generation: 1,
        from: 0,
        key: *b"0123456789abcdef",
    };
    bytes.extend(attach.encode());
    bytes.extend(pult::wire::frame::encode(72, &[0; 5000]));
    bytes.extend(
        ToKeeper::Input {
            client: 1,
            seq: 1,
            bytes: b"hi\n".to_vec(),
        }
        .encode(),
    );
    stream.write_all(&bytes).unwrap();
    let mut ack = false;
    while !ack {
        let frame = pult::wire::frame::read(&mut stream)
            .unwrap()
            .expect("it lives");
        let says = KeeperSays::decode(frame.kind, &frame.payload).unwrap();
        ack = matches!(
            says,
            Some(KeeperSays::InputAck {
                seq: 1,
                taken: true,
                ..
            })
        );
    }
}

#[test]
fn the_higher_generation_has_the_keeper() {
    let attempt = Attempt::start("echo ready; cat");
    let (mut first, _writer) = attempt.attach(5, 0);
    let error = KeeperLink::connect(attempt.path(), 4, 0).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::PermissionDenied, "{error}");
    let (mut second, writer) = attempt.attach(6, 0);
    let said = until(&mut first, "being superseded", |says| {
        matches!(says, KeeperSays::Superseded { .. })
    });
    assert_eq!(said.last(), Some(&KeeperSays::Superseded { generation: 6 }));
    assert_eq!(first.next().unwrap(), None, "and its connection ends");
    until_text(&mut second, &writer, "ready");
    drop((second, writer));
    let error = KeeperLink::connect(attempt.path(), 5, 0).unwrap_err();
    assert_eq!(
        error.kind(),
        io::ErrorKind::PermissionDenied,
        "also afterwards"
    );
    // The same daemon, whose first connection it does not know to be dead, gets in.
    let (_third, _writer) = attempt.attach(6, 0);
    let (mut fourth, writer) = attempt.attach(6, 0);
    until_text(&mut fourth, &writer, "ready");
}

#[test]
fn its_files_are_its_users_alone() {
    let attempt = Attempt::start("stty raw -opost; seq 1 900; sleep 1000");
    let (mut reader, writer) = attempt.attach(1, 0);
    until_text(&mut reader, &writer, "\n900\n");
    for name in ["keeper.sock", "pid", "lock"] {
        let mode = std::fs::metadata(attempt.file(name)).unwrap().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}
