//! Two clients on one daemon, one of which stops reading while a pane floods.

use super::told;
use crate::support::{Home, PATIENCE, Terminal, wait_until};
use pult::dial::{Connection, Incoming, Reader, Writer};
use pult::platform::paths::Paths;
use pult::screen::Screen;
use pult::wire::hello::ClientKind;
use pult::wire::request::Request;
use rustix::process::Signal;
use std::fs;

/// Floods from `go` to `stop`.
const FLOOD: &str = r#"
stty -echo
echo ready
until [ -e go ]; do sleep 0.02; done
e=$(printf '\033')
until [ -e stop ]; do seq -f "$e[3%.0fm a line of the flood $e[m" 1 2000; done
printf "$e[2J$e[Hall said\r\n"
seq -f 'the last line but %.0f' 9
exec sleep 100000
"#;

/// Bytes of the flood that one client takes before the other's share is measured.
const WARM: u64 = 2 << 20;
/// Bytes of the flood after that.
const MORE: u64 = 6 << 20;
/// What the daemon may grow by meanwhile, KiB: less than what the slow client has missed.
const GROWTH: u64 = 4 << 10;

fn started() -> Home {
    let home = Home::new();
    fs::write(home.work().join("flood.sh"), FLOOD).expect("a file");
    home.ok(&["new", "w", "--", "sh", "flood.sh"]);
    told(&home, "w", "ready");
    home
}

/// What a client has on its screen of pane 1, and how it came to it.
struct View {
    reader: Reader,
    writer: Writer,
    screen: Screen,
    offset: u64,
    states: u32,
    bytes: u64,
}

impl View {
    fn open(home: &Home, rows: u16, cols: u16) -> Self {
        let paths = Paths::under(home.path()).expect("paths");
        let door = Connection::running(&paths, ClientKind::Cockpit, "a view");
        let (reader, mut writer) = door.expect("a daemon").split().expect("two halves");
        let open = Request::Open {
            name: "w".into(),
            pane: 1,
            rows,
            cols,
        };
        writer.request(open).expect("a daemon");
        let screen = Screen::new(rows, cols);
        let mut view = Self {
            reader,
            writer,
            screen,
            offset: 0,
            states: 0,
            bytes: 0,
        };
        while view.states == 0 {
            view.take();
        }
        view
    }

    /// Takes the next thing that the daemon says.
    fn take(&mut self) {
        let incoming = self.reader.next().expect("the wire");
        match incoming.expect("a daemon that serves") {
            Incoming::PaneBytes { offset, bytes, .. } => {
                assert_eq!(offset, self.offset, "no byte is left out");
                self.screen.feed(&bytes);
                self.offset += bytes.len() as u64;
                self.bytes += bytes.len() as u64;
            }
            Incoming::PaneState { offset, state, .. } => {
                assert!(offset >= self.offset, "never back");
                self.screen = Screen::of_likeness(&state).expect("a state");
                self.offset = offset;
                self.states += 1;
            }
            Incoming::Error { error, .. } => panic!("{error}"),
            Incoming::Reply { .. } | Incoming::Push(_) => {}
        }
    }

    fn take_until(&mut self, bytes: u64) {
        while self.bytes < bytes {
            self.take();
        }
    }

    fn looks(&self) -> (Vec<String>, (u16, u16), (u16, u16)) {
        let screen = &self.screen;
        let rows = (0..screen.size().0).map(|row| screen.row_sgr(row));
        (rows.collect(), screen.cursor(), screen.size())
    }

    fn take_until_the_end(&mut self) {
        let last = |row: &String| row == "the last line but 9";
        while self.screen.cursor() != (10, 0) || !self.screen.text_rows().iter().any(last) {
            self.take();
        }
    }
}

/// What a process has in memory, KiB.
fn resident(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("a process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.expect("a size")
}

/// The fast client, `WARM` bytes into the flood, with the terminal at its size.
fn fast(home: &Home) -> View {
    let mut fast = View::open(home, 48, 160);
    fast.writer.input(1, b" ").expect("a daemon");
    while fast.screen.size() != (48, 160) {
        fast.take();
    }
    fast
}

/// Floods past `fast` and looks at the daemon's memory meanwhile; then ends the flood.
fn flood(home: &Home, fast: &mut View) {
    let daemon = home.daemon().expect("a daemon");
    fs::write(home.work().join("go"), "").expect("a file");
    fast.take_until(WARM);
    let before = resident(daemon);
    for part in 1..=8 {
        fast.take_until(WARM + MORE / 8 * part);
        let now = resident(daemon);
        assert!(now < before + GROWTH, "{before} KiB became {now} KiB");
    }
    fs::write(home.work().join("stop"), "").expect("a file");
    fast.take_until_the_end();
}

#[test]
fn a_client_that_stops_reading_costs_nothing_and_is_right_at_once() {
    let home = started();
    let mut fast = fast(&home);
    let mut slow = View::open(&home, 20, 60);
    assert_eq!(slow.looks(), fast.looks());
    flood(&home, &mut fast);

    slow.take_until_the_end();
    assert_eq!(
        slow.states, 2,
        "one at the beginning, one for all it missed"
    );
    assert!(slow.bytes < WARM, "{} bytes were kept for it", slow.bytes);
    assert_eq!(slow.offset, fast.offset);
    assert_eq!(slow.looks(), fast.looks());

    let seen = home.json(&["read", "w"]);
    assert_eq!(seen["lines"], serde_json::json!(lines(&slow)));
}

fn lines(view: &View) -> Vec<String> {
    let mut rows = view.screen.text_rows();
    rows.truncate(
        rows.iter()
            .rposition(|r| !r.is_empty())
            .map_or(0, |n| n + 1),
    );
    rows
}

#[test]
fn a_stopped_attach_costs_nothing_and_is_right_at_once() {
    let home = started();
    let slow = Terminal::start(&home, &["attach", "w"], 20, 60);
    slow.shows("ready");
    let mut fast = fast(&home);
    slow.signal(Signal::STOP);
    flood(&home, &mut fast);
    let missed = slow.written().len();
    slow.signal(Signal::CONT);
    slow.shows("all said");
    // It has drawn what is there and not what was: a screen or two.
    let drawn = slow.written().len() - missed;
    assert!(drawn < 256 * 1024, "{drawn} bytes were drawn");
    let rows = lines(&fast);
    wait_until("the same rows", PATIENCE, || {
        let looks = slow.looks();
        rows.iter().all(|row| looks.contains(row.as_str()))
    });
}
