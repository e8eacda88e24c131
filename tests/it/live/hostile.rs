//! Hostile output: what a program prints reaches a terminal only as cells, and a client only as
//! plain text.

use super::told;
use crate::support::{Home, PATIENCE, Terminal, wait_until};
use pult::dial::{Connection, Incoming};
use pult::platform::paths::Paths;
use pult::wire::hello::ClientKind;
use pult::wire::request::Request;
use serde_json::Value;
use std::fs;

/// Prints everything that another terminal might obey, `round` after round while `more` is there.
const HOSTILE: &str = r#"
stty -echo
e=$(printf '\033')
long() { head -c 1048576 /dev/zero | tr '\0' "$1"; }
echo ready
until [ -e go ]; do sleep 0.02; done
n=0
while :; do
  n=$((n + 1))
  printf '%s' "$e]52;c;ZXZpbA==$e\\" "$e]52;p;?$e\\"
  printf '\033]0;evil \a\033]2;ev\001\002\033il\007' 
  printf '\033]2;two\nlines\r\302\233[31m\302\205 title\033\\'
  printf '\033P$qm\033\\\033P$q"evil\033\\\033P+q544e\033\\\033[21t\033[18t\033[>q\033[c\033[6n'
  printf '\033]4;1;?\007\033]10;?\007\033]8;;file:///etc/passwd\007link\033]8;;\007'
  printf '\377\376\300\200\355\240\200\364\220\200\200\302\233\302\220evil\302\234\n'
  printf '\033[?1049h\033[999999999999;99999H\033[65535S\033[2147483648b\033[?1049l\033[!p\033c'
  printf '\033[3;1r\033[?6h\033[99B\033#8\033(0abc\016\017\033[8;1;1t\033[?69h\033[;;;;;;;m'
  printf '\033]0;'; long A; printf '\007'
  printf '\033['; long 1; printf 'm'
  printf '\033P'; long B; printf '\033\\'
  printf '\033_'; long C; printf '\030'
  printf '\033[0m\033(B\r\nround %s\r\n' $n
  [ -e more ] || break
done
printf '\033c\033]2;the\033\\\033]2;the \033[31mend\007\r\nall said\r\n'
exec sleep 100000
"#;

/// No control character but line ends, of either table.
#[track_caller]
fn plain(what: &str, text: &[u8]) {
    let text = std::str::from_utf8(text).unwrap_or_else(|e| panic!("{what}: {e}"));
    let bad = text.chars().find(|c| c.is_control() && *c != '\n');
    assert_eq!(bad, None, "{what}: {text:?}");
}

/// No control character in any string below, line ends neither.
#[track_caller]
fn plain_json(what: &str, value: &Value) {
    match value {
        Value::String(text) => assert!(!text.chars().any(char::is_control), "{what}: {text:?}"),
        Value::Array(list) => list.iter().for_each(|value| plain_json(what, value)),
        Value::Object(fields) => fields.values().for_each(|value| plain_json(what, value)),
        _ => {}
    }
}

/// What every verb prints of the pane.
fn verbs_are_plain(home: &Home) {
    for words in [
        &["ls"][..],
        &["read", "w"],
        &["read", "w", "--lines", "300"],
        &["read", "w", "--history"],
        &["why", "w"],
        &["inbox"],
    ] {
        plain(&words.join(" "), home.ok(words).as_bytes());
        let json = [words, &["--json"]].concat();
        let text = home.ok(&json);
        plain(&json.join(" "), text.as_bytes());
        let value: Value = serde_json::from_str(&text).expect("JSON");
        plain_json(&words.join(" "), &value);
    }
    plain("log", home.ok(&["log"]).as_bytes());
    plain("log --json", home.ok(&["log", "--json"]).as_bytes());
}

fn contains(bytes: &[u8], what: &str) -> bool {
    bytes
        .windows(what.len())
        .any(|window| window == what.as_bytes())
}

#[test]
fn what_a_pane_prints_is_cells_and_nothing_else() {
    let home = Home::new();
    fs::write(home.work().join("hostile.sh"), HOSTILE).expect("a file");
    home.ok(&["new", "w", "--", "sh", "hostile.sh"]);
    told(&home, "w", "ready");
    let daemon = home.daemon();
    let clients = [
        Terminal::start(&home, &["attach", "w"], 24, 80),
        Terminal::start(&home, &[], 30, 100),
    ];
    let asked = clients.each_ref().map(|client| {
        client.shows("ready");
        // What the cockpit itself asks of its terminal comes with the first frame.
        client.written().len()
    });
    fs::write(home.work().join("go"), "").expect("a file");
    told(&home, "w", "all said");
    for (client, asked) in clients.iter().zip(asked) {
        client.shows("all said");
        let written = client.written().split_off(asked);
        // The clipboard, the title, device strings, queries and line drawing are not passed on.
        for raw in [
            "\x1b]52", "evil\x07", "\x1bP", "\x1b]4;", "\x1b]10", "\x1b_", "passwd", "\x1b[c",
            "\x1b[6n", "\x1b[21t", "\x1b#8",
        ] {
            assert!(!contains(&written, raw), "{raw:?} reached the terminal");
        }
        assert!(!contains(&written, "AAAAAAAA") && !contains(&written, "BBBBBBBB"));
    }
    verbs_are_plain(&home);
    let title = home.json(&["read", "w"])["title"].clone();
    assert!(
        title.as_str().is_some_and(|title| title.starts_with("the")),
        "{title}"
    );
    assert_eq!(home.row("w")["title"], title);
    assert_eq!(home.daemon(), daemon);
    home.kill_daemon();
    verbs_are_plain(&home);
    assert_eq!(home.json(&["read", "w"])["title"], title);
    home.ok(&["db", "verify"]);
}

#[test]
fn a_storm_of_sizes_during_hostile_output_ends_nothing() {
    let home = Home::new();
    fs::write(home.work().join("hostile.sh"), HOSTILE).expect("a file");
    fs::write(home.work().join("more"), "").expect("a file");
    home.ok(&["new", "w", "--", "sh", "hostile.sh"]);
    told(&home, "w", "ready");
    let (daemon, pid) = (home.daemon(), home.row("w")["pid"].clone());
    let paths = Paths::under(home.path()).expect("paths");
    let door = Connection::running(&paths, ClientKind::Cockpit, "a storm").expect("a daemon");
    let (mut reader, mut writer) = door.split().expect("two halves");
    let drain = std::thread::spawn(move || {
        let mut states = 0;
        while let Ok(Some(incoming)) = reader.next() {
            match incoming {
                Incoming::PaneState { state, .. } => {
                    states += 1;
                    pult::screen::Screen::of_likeness(&state).expect("a state that reads");
                }
                Incoming::Error { error, .. } => panic!("{error}"),
                _ => {}
            }
        }
        states
    });
    let open = |rows, cols| Request::Open {
        name: "w".into(),
        pane: 1,
        rows,
        cols,
    };
    writer.request(open(40, 120)).expect("a daemon");
    fs::write(home.work().join("go"), "").expect("a file");
    let sizes = [1, 2, 3, 0, 500, 7, 1, 80, u16::MAX, 24, 1];
    for round in 0..8 {
        for (n, rows) in sizes.iter().enumerate() {
            let cols = sizes[(n + round) % sizes.len()];
            let resize = Request::Resize {
                pane: 1,
                rows: *rows,
                cols,
            };
            writer.request(resize).expect("a daemon");
            writer.input(1, b" ").expect("a daemon");
        }
        let client = (round % 4 == 0).then(|| Terminal::start(&home, &["attach", "w"], 1, 1));
        let seen = home.json(&["read", "w"]);
        plain_json("read", &seen);
        assert!(
            seen["rows"].as_u64() >= Some(2) && seen["cols"].as_u64() >= Some(2),
            "{seen}"
        );
        drop(client);
    }
    // A key that comes while output is parsed goes ahead of its size; the next one brings it.
    writer.request(open(24, 80)).expect("a daemon");
    wait_until("the last size", PATIENCE, || {
        writer.input(1, b" ").expect("a daemon");
        home.json(&["read", "w"])["cols"] == 80
    });
    fs::remove_file(home.work().join("more")).expect("a file");
    // A late size may have cut the words into rows of two columns.
    wait_until("all said", PATIENCE, || {
        let seen = home.json(&["read", "w", "--lines", "200"]);
        let rows = seen["lines"].as_array().into_iter().flatten();
        let words: String = rows.filter_map(|row| row.as_str()).collect();
        words.replace(' ', "").contains("allsaid")
    });
    verbs_are_plain(&home);
    writer.close();
    assert!(drain.join().expect("what was sent reads") > 0);
    assert_eq!(home.daemon(), daemon);
    assert_eq!(home.row("w")["pid"], pid);
    home.ok(&["db", "verify"]);
}
