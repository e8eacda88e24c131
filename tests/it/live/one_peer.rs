//! A client that shows one peer: `pult attach`.

use crate::support::{Home, Terminal};
use pult::core::state::Attention;
use pult::dial::{Connection, Incoming};
use pult::platform::paths::Paths;
use pult::wire::hello::ClientKind;
use pult::wire::request::{Push, Request};
use pult::wire::view::{ErrorKind, PeerRow};

fn dial(home: &Home) -> Connection {
    let paths = Paths::under(home.path()).expect("paths");
    Connection::running(&paths, ClientKind::Cockpit, "attach one").expect("a daemon")
}

/// The peers of the next push of the world.
fn world(connection: &mut Connection) -> Vec<PeerRow> {
    loop {
        let incoming = connection.next().expect("the wire");
        if let Incoming::Push(Push::World { peers, .. }) = incoming.expect("a daemon that serves") {
            return peers;
        }
    }
}

#[test]
fn its_peer_comes_before_its_screen_and_the_others_do_not() {
    let home = Home::new();
    for name in ["one", "other"] {
        home.ok(&["new", name, "--", "sleep", "100000"]);
    }
    let mut connection = dial(&home);
    let name = || "one".to_owned();
    let watch = Request::WatchPeer { name: name() };
    let open = Request::Open {
        name: name(),
        pane: 1,
        rows: 20,
        cols: 70,
    };
    let asked = connection.send(watch).expect("a daemon");
    let opened = connection.send(open).expect("a daemon");
    let mut came = Vec::new();
    while came.last() != Some(&"opened") {
        let incoming = connection.next().expect("the wire");
        came.push(match incoming.expect("a daemon that serves") {
            Incoming::Push(Push::World { peers, .. }) => {
                let names: Vec<_> = peers.iter().filter_map(|row| row.name.clone()).collect();
                assert_eq!(names, ["one"]);
                "world"
            }
            Incoming::Reply { n, body } if n == asked => {
                assert_eq!(body["name"], "one");
                "row"
            }
            Incoming::Reply { n, .. } if n == opened => "opened",
            Incoming::PaneState { .. } => "screen",
            other => panic!("{other:?}"),
        });
    }
    came.dedup();
    assert_eq!(came[..2], ["world", "row"], "{came:?}");
    came.retain(|what| *what != "world");
    assert_eq!(came, ["row", "screen", "opened"]);
    home.ok(&["snooze", "other"]);
    home.ok(&["snooze", "one"]);
    while world(&mut connection)[0].attention != Attention::Snoozed {}
    home.ok(&["retire", "one"]);
    while !world(&mut connection).is_empty() {}
}

#[test]
fn one_that_is_not_there_is_said_before_the_terminal_is_taken() {
    let home = Home::new();
    home.ok(&["new", "one", "--", "sleep", "100000"]);
    let mut connection = dial(&home);
    let name = "nobody".to_owned();
    let error = connection.request(Request::WatchPeer { name });
    assert_eq!(error.unwrap_err().kind, ErrorKind::NotFound);
    let terminal = Terminal::start(&home, &["attach", "nobody"], 24, 80);
    terminal.ended();
    terminal.shows("nobody");
    let written = String::from_utf8_lossy(&terminal.written()).into_owned();
    assert!(!written.contains("\u{1b}[?1049h"), "{written}");
}
