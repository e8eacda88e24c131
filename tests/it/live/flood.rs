//! A worker that prints on demand while the daemon is killed again and again; the same for the
//! test and for the long run in `examples/`.

use crate::support::{Home, PATIENCE, lives, wait_for, wait_until};
use pult::dial::{Connection, Reader, Writer};
use pult::platform::paths::Paths;
use pult::screen::{Screen, plain};
use pult::store::recording::{Record, Recording};
use pult::wire::hello::ClientKind;
use pult::wire::request::Request;
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use std::process::Stdio;

/// How often, and how much.
pub struct Plan {
    /// Kills of the daemon; the worker prints one block a kill.
    pub kills: u64,
    /// Lines of a block.
    pub lines: u64,
    /// Where the random moments come from.
    pub seed: u64,
}

/// The worker: a block a file `go.N`, in colours, with what is hard to restore between them. What
/// it writes to its terminal is in the file `out` too.
const WORKER: &str = r#"
stty raw -echo
e=$(printf '\033') r=$(printf '\r') n=0
{ while [ $n -lt "$1" ]; do
    until [ -e go.$n ]; do sleep 0.02; done
    seq -f "$e[3$((n % 8))mblock $n$e[1;4${n#"${n%?}"}m line %.0f$e[m Größe 漢字$r" 1 "$2"
    case $((n % 6)) in
      0) printf '%s' "$e[5;20r$e[?6h$e[3;3Hin a region$e""7" ;;
      1) printf '%s' "$e[?6l$e[r$e[999;1H" ;;
      2) printf '%s' "$e[?1049h$e[2J$e[4;4Hon the other screen" ;;
      3) printf '%s' "$e[?1049l$e[2Kback$r" ;;
      4) printf '%s' "$e]0;block $n$e\\$e(0lqqk$e(B$e[38;5;208" ;;
      5) printf '%s' "m half a sequence was before$e[m$e[?7l long $e[?7h" ;;
    esac
    n=$((n + 1))
  done; } | tee out
: > done
exec sleep 100000
"#;

/// Kills the daemon `plan.kills` times and checks all that it may not change; `say` hears of each.
///
/// # Panics
/// When anything differs.
pub fn survive(plan: &Plan, mut say: impl FnMut(&str)) {
    let stage = Stage::new(plan);
    let pid = stage.home.row("w")["pid"].clone();
    let mut random = Random(plan.seed);
    for round in 0..plan.kills {
        stage.kill_at_random(round, &mut random);
        let row = stage.home.row("w");
        assert_eq!(row["pid"], pid, "the worker is another one: {row}");
        assert_eq!(row["process"], "alive", "{row}");
        assert!(lives(number(&pid)), "the worker is dead: {row}");
        stage.home.ok(&["db", "verify"]);
        say(&format!("kill {} of {}", round + 1, plan.kills));
    }
    wait_until("the worker's last line", PATIENCE * 10, || {
        stage.home.work().join("done").exists()
    });
    let length = stage.raw_is_what_was_written();
    say(&format!("{length} bytes of output are those of the worker"));
    let rows = stage.screen_is_the_fold();
    say(&format!("screen and {rows} history rows are the fold's"));
    stage.home.ok(&["db", "verify"]);
}

/// A home with the worker in it.
struct Stage {
    home: Home,
    paths: Paths,
    /// About the bytes of one block.
    block: u64,
}

impl Stage {
    fn new(plan: &Plan) -> Self {
        let home = Home::new();
        let config = home.path().join("config");
        fs::create_dir_all(&config).expect("a directory");
        fs::write(config.join("daemon.toml"), "recording-mib = 1024\n").expect("a file");
        fs::write(home.work().join("worker.sh"), WORKER).expect("a file");
        let (kills, lines) = (plan.kills.to_string(), plan.lines.to_string());
        home.ok(&["new", "w", "--", "sh", "worker.sh", &kills, &lines]);
        let paths = Paths::under(home.path()).expect("paths");
        wait_until("the worker's pid", PATIENCE, || {
            home.row("w")["pid"].is_number()
        });
        Self {
            home,
            paths,
            block: plan.lines * 50,
        }
    }

    fn out(&self) -> PathBuf {
        self.home.work().join("out")
    }

    fn written(&self) -> u64 {
        fs::metadata(self.out()).map_or(0, |found| found.len())
    }

    /// Lets the worker print block `n`, up to `more` bytes of it or its end.
    fn print(&self, n: u64, more: u64) {
        let from = self.written();
        fs::write(self.home.work().join(format!("go.{n}")), "").expect("a file");
        let enough = from + more.min(self.block / 2);
        wait_until("output", PATIENCE * 2, || self.written() >= enough);
    }

    /// One round: in turn, killed while it takes output, killed and away while the worker prints,
    /// and killed once more while it starts. It stands again at the end.
    fn kill_at_random(&self, round: u64, random: &mut Random) {
        let about = random.below(self.block);
        let client = self.resize(random);
        match round % 3 {
            0 => {
                self.print(round, about);
                self.home.kill_daemon();
            }
            1 => {
                self.home.kill_daemon();
                self.print(round, about);
            }
            _ => {
                self.print(round, about);
                self.home.kill_daemon();
                let mut verb = self.home.command(&["ls"]);
                verb.stdout(Stdio::null()).stderr(Stdio::null());
                let mut verb = verb.spawn().expect("the built binary starts");
                wait_until("another daemon", PATIENCE, || self.home.daemon().is_some());
                self.home.kill_daemon();
                // Whether it was served in between, or gave up, is not the matter here.
                verb.wait().expect("it ends");
            }
        }
        drop(client);
        self.home.ok(&["ls"]);
    }

    /// Gives the terminal another size through a client that stays and never reads.
    fn resize(&self, random: &mut Random) -> (Reader, Writer) {
        let door = Connection::running(&self.paths, ClientKind::Cockpit, "a client");
        let mut door = door.expect("a daemon");
        let open = Request::Open {
            name: "w".into(),
            pane: 1,
            rows: 5 + random.below(60) as u16,
            cols: 20 + random.below(160) as u16,
        };
        door.request(open).expect("a view");
        let (reader, mut writer) = door.split().expect("two halves");
        writer.input(1, b" ").expect("a daemon");
        (reader, writer)
    }

    /// `pult export --raw` is what the worker wrote; how much that is.
    fn raw_is_what_was_written(&self) -> u64 {
        let length = self.written();
        wait_for("the whole output", PATIENCE * 10, || {
            let seen = self.home.json(&["export", "w", "--raw", "raw"]);
            match seen["length"].as_u64() == Some(length) {
                true => Ok(()),
                false => Err(format!("{seen} of {length}")),
            }
        });
        let raw = fs::read(self.home.work().join("raw")).expect("an export");
        let out = fs::read(self.out()).expect("the worker's own file");
        let differs = raw.iter().zip(&out).position(|(a, b)| a != b);
        assert_eq!((raw.len(), differs), (out.len(), None));
        length
    }

    /// `pult read` tells what its recording folds to without interruption; how many history rows.
    fn screen_is_the_fold(&self) -> usize {
        let dir = self.home.state().join("sessions");
        let session = fs::read_dir(&dir).expect("sessions").next();
        let session = session.expect("one").expect("it reads").path();
        let recording = session.join("attempts/1/rec");
        let (screen, history) = fold(&Recording::open(&recording).expect("a recording"));
        let seen = self.home.json(&["read", "w"]);
        let lines = strings(&seen["lines"]);
        let mut rows: Vec<String> = screen.text_rows();
        rows.truncate(
            rows.iter()
                .rposition(|r| !r.is_empty())
                .map_or(0, |n| n + 1),
        );
        assert_eq!(lines, rows);
        let (row, col) = screen.cursor();
        assert_eq!(
            (&seen["cursor"]["row"], &seen["cursor"]["col"]),
            (&row.into(), &col.into())
        );
        assert_eq!(
            (&seen["rows"], &seen["cols"]),
            (&screen.size().0.into(), &screen.size().1.into())
        );
        assert_eq!(seen["title"].as_str(), screen.title().as_deref());
        assert_eq!(seen["history_lines"], history.len());
        let past = strings(&self.home.json(&["read", "w", "--history"])["lines"]);
        let differs = past.iter().zip(&history).position(|(a, b)| a != b);
        assert_eq!((past.len(), differs), (history.len(), None));
        history.len()
    }
}

fn number(pid: &Value) -> u32 {
    let pid = pid.as_u64().and_then(|pid| pid.try_into().ok());
    pid.expect("a pid")
}

/// A recording folded once: the screen and the history.
fn fold(recording: &Recording) -> (Screen, Vec<String>) {
    let mut screen = Screen::new(40, 120);
    let mut history = Vec::new();
    for record in recording.records(None) {
        match record.expect("a record") {
            Record::Out { bytes, .. } => screen.feed(&bytes),
            Record::Resize { rows, cols, .. } => screen.resize(rows, cols),
            Record::Gap { from, to, .. } => panic!("{from} to {to} is lost"),
        }
        history.append(&mut screen.drain_scrolled());
    }
    history.extend(screen.kept_rows());
    let text = |row: &String| plain(row).trim_end().to_owned();
    let history = history.iter().map(text).collect();
    (screen, history)
}

fn strings(list: &Value) -> Vec<String> {
    let list = list.as_array().expect("a list").iter();
    list.map(|s| s.as_str().expect("a string").to_owned())
        .collect()
}

/// A small generator of numbers: the same seed gives the same run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit.max(1)
    }
}
