//! A conversation that somebody had with one CLI, without pult, is taken up by every one of them:
//! by its own fork where it is the same one and has one, else from a brief. What the conversation
//! is kept in stays as it was, to the byte.

use crate::cli::{CLIS, Cli};
use crate::hand::Hand;
use crate::model::{Model, Served, Turn, When};
use crate::scenario::is_title;
use crate::support::Home;
use crate::together::{home_with, programs};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

/// Its name, in the place of a CLI's.
pub const NAME: &str = "imports";

/// How long anything may take where several CLIs start at once.
const LONG: Duration = Duration::from_secs(180);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(100);
/// Between two times that Enter is pressed: the list of commands may take the first one.
const PRESSED: Duration = Duration::from_secs(2);

/// The turn of the script in which it is asked what was said.
const THEN: usize = 2;
/// What is said before.
const FACT: &str = "remember-42";
const TAKEN: &str = "I will remember.";

/// Those whose sessions can be found elsewhere.
pub fn sources() -> impl Iterator<Item = &'static Cli> {
    CLIS.iter().filter(|cli| !cli.is_driven())
}

/// A peer that takes a conversation up.
struct Heir {
    name: String,
    cli: &'static Cli,
    /// Where it works, when that is another directory.
    dir: Option<PathBuf>,
}

impl Heir {
    fn of(cli: &'static Cli, dir: Option<PathBuf>) -> Self {
        let how = if dir.is_some() { "away" } else { "by" };
        let name = format!("{how}-{}", cli.name);
        Self { name, cli, dir }
    }
}

struct Stage {
    cli: &'static Cli,
    home: Home,
    model: Model,
}

/// Plays it for the CLI of that name, with the programs in `list`: `NAME=PATH`, one a line.
pub fn play(source: &str, list: &str) {
    let programs = programs(list);
    let of = programs.iter().find(|(cli, _)| cli.name == source);
    let (cli, program) = *of.expect("one of them");
    let turns = vec![
        // Codex asks for a title with the prompt in it.
        Turn::says(When::Prompt("Do not answer the request."), "A title"),
        Turn::says(When::Prompt("and-what-now"), "Still 42."),
        Turn::says(When::Prompt("what-was-it"), "It was 42."),
        Turn::says(When::Prompt(FACT), TAKEN),
    ];
    let model = Model::start(turns).expect("a port on loopback");
    let home = home_with(&programs, &model);
    let stage = Stage { cli, home, model };
    let id = stage.by_hand(program);
    let said = stage.said(&id);
    let before = stage.own_files();
    let others = programs.iter().map(|(cli, _)| *cli);
    let others = others.filter(|other| other.name != source);
    let others: Vec<_> = others.map(|other| Heir::of(other, None)).collect();
    stage.taken_up_by(&id, &others);
    let now = stage.own_files();
    assert!(!before.is_empty());
    let changed: Vec<_> = before
        .iter()
        .filter(|(path, file)| now.get(*path) != Some(file))
        .map(|(path, _)| path)
        .chain(now.keys().filter(|path| !before.contains_key(*path)))
        .collect();
    assert!(
        changed.is_empty(),
        "of {source}, these changed: {changed:?}"
    );
    // Its own next session writes into the same home, but not into that conversation.
    let mut own = vec![Heir::of(cli, None)];
    if stage.forks(None) {
        // Where a fork of its own may go on in the old directory.
        let dir = stage.home.work().join("elsewhere");
        std::fs::create_dir(&dir).expect("a directory");
        own.push(Heir::of(cli, Some(dir)));
    }
    stage.taken_up_by(&id, &own);
    assert_eq!(stage.said(&id)["entries"], said["entries"]);
    let path = PathBuf::from(said["path"].as_str().expect("a path"));
    if path.extension().is_some_and(|kind| kind != "db") {
        let (was, _) = &before[&path];
        let is = std::fs::read(&path).expect("the transcript");
        let more = is.strip_prefix(&was[..]).expect("what was there");
        let more = String::from_utf8_lossy(more);
        let titles = cli.name == "gemini" && more.lines().all(is_title);
        assert!(more.is_empty() || titles, "it was changed: {more}");
    }
    stage.home.ok(&["db", "verify"]);
}

impl Stage {
    /// Has a conversation in a terminal, and ends it; its id, as it is found.
    fn by_hand(&self, program: &Path) -> String {
        let prompt = format!("please {FACT}");
        let hand = Hand::start(
            &self.home,
            program,
            &[self.cli.by_hand, &[&prompt]].concat(),
        );
        let found = || {
            let rows = self.home.json(&["ls", "--all"]);
            let mut rows = rows.as_array().expect("rows").clone().into_iter();
            rows.find(|row| {
                row["origin"] == "discovered"
                    && row["runtime"] == self.cli.name
                    && row["title"].as_str().is_some_and(|t| t.contains(FACT))
            })
        };
        let what = format!("{} to have answered, and to be found", self.cli.name);
        let look = || format!("{}\n{:?}", hand.looks(), self.home.json(&["ls", "--all"]));
        self.until(&what, &look, || {
            found().is_some_and(|row| {
                let id = row["native_id"].as_str().expect("an id");
                let read = self.home.run(&["read", id, "--transcript", "--json"]);
                String::from_utf8_lossy(&read.stdout).contains(TAKEN)
            })
        });
        let id = found().expect("a row")["native_id"].clone();
        hand.types(self.cli.quit);
        let mut pressed = Instant::now();
        self.until(&format!("{} to end", self.cli.name), &look, || {
            if pressed.elapsed() > PRESSED {
                hand.types("\r");
                pressed = Instant::now();
            }
            hand.is_over()
        });
        let row = found().expect("it is found still");
        let work = self.home.work().canonicalize().expect("a directory");
        assert_eq!(row["cwd"], work.to_str().expect("UTF-8"), "{row}");
        id.as_str().expect("an id").to_owned()
    }

    fn said(&self, id: &str) -> Value {
        self.home.json(&["read", id, "--transcript"])
    }

    /// Imports it into each, has it asked one thing and then another, and ends it.
    fn taken_up_by(&self, id: &str, heirs: &[Heir]) {
        for Heir { name, cli, dir } in heirs {
            let prompt = format!("{name} what-was-it");
            let mut import = vec!["import", id, name, "--runtime", cli.name];
            let dir = dir.as_ref().and_then(|dir| dir.to_str());
            import.extend(dir.iter().flat_map(|dir| ["--in", dir]));
            let row = self.home.json(&[&import[..], &["--", &prompt]].concat());
            assert_eq!(row["runtime"], cli.name, "{row}");
        }
        for heir in heirs {
            self.begins(id, heir);
        }
        for Heir { name, .. } in heirs {
            let again = format!("{name} and-what-now");
            self.home.ok(&["send", name, &again]);
        }
        for Heir { name, .. } in heirs {
            self.until(
                &format!("{name} to answer again"),
                &|| self.seen(name),
                || {
                    let read = self.home.run(&["read", name, "--transcript"]);
                    String::from_utf8_lossy(&read.stdout).contains("Still 42.")
                },
            );
            self.home.ok(&["stop", name]);
        }
    }

    /// It goes on from what was said, says so, and has a conversation of its own.
    fn begins(&self, id: &str, Heir { name, cli, dir }: &Heir) {
        let native = cli.name == self.cli.name && self.forks(dir.as_deref());
        let asked = format!("{name} what-was-it");
        let look = || self.seen(name);
        let first = || {
            let served = self.model.served().into_iter();
            let mut of = served.filter(|one| one.turn == Some(THEN));
            of.find(|one| {
                let body = one.body.to_string();
                // Grok Build asks for a title with the prompt in it, too.
                body.contains(&asked) && !body.contains("generating the session title")
            })
        };
        self.until(&format!("{name} to ask"), &look, || first().is_some());
        let first = first().expect("a request");
        if native {
            let body = first.body.to_string();
            assert!(
                body.contains(FACT) && body.contains(TAKEN),
                "{name}: {body}"
            );
            assert!(!body.contains("the record of an earlier"), "{name}: {body}");
        } else {
            self.is_briefed(&first, &asked);
        }
        // Each tells its model where it is.
        if let Some(dir) = dir.as_ref().and_then(|dir| dir.to_str()) {
            let body = first.body.to_string();
            assert!(body.contains(dir), "{name} is not in {dir}: {body}");
        }
        self.until(&format!("{name} to be settled"), &look, || {
            let row = self.home.row(name);
            row["turn"] == "settled" && row["native_id"].is_string()
        });
        assert_ne!(self.home.row(name)["native_id"], id, "{name}");
        let why = self.home.json(&["why", name]);
        let answers = why["answers"].as_array().expect("answers").iter();
        let mut from = answers.filter(|answer| answer["question"] == "from");
        let from = from.next().expect("where it comes from");
        let short = id.split_once('_').map_or(id, |(_, proper)| proper);
        let begins = format!("{} {}", self.cli.name, &short[..8]);
        let answer = from["answer"].as_str().expect("words");
        assert!(answer.starts_with(&begins), "{name}: {from}, not {begins}");
        let how = match native {
            true => "its own fork went on from there",
            false => "it was told what was said",
        };
        assert_eq!(from["evidence"]["text"], how, "{name}");
    }

    /// What was said is in the request, inside of the fence, and what to do now is after it.
    fn is_briefed(&self, first: &Served, asked: &str) {
        let mut texts = Vec::new();
        strings(&first.body, &mut texts);
        let words = format!(
            "the record of an earlier conversation with a coding agent ({})",
            self.cli.name
        );
        let brief = texts.iter().find(|text| text.contains(&words));
        let brief = brief.unwrap_or_else(|| panic!("{asked}: no brief in {}", first.body));
        let parts: Vec<_> = brief.split("\n~~~~\n").collect();
        let [_, said, now] = &parts[..] else {
            panic!("{asked}: no fence in {brief}");
        };
        assert!(
            said.contains(&format!("[operator]\nplease {FACT}")),
            "{said}"
        );
        assert!(said.contains(&format!("[agent]\n{TAKEN}")), "{said}");
        assert!(now.contains(asked), "{brief}");
    }

    /// Whether it forks a conversation itself, there or into another directory.
    fn forks(&self, dir: Option<&Path>) -> bool {
        let shipped = pult::config::runtimes::load(Path::new("/nowhere")).0;
        pult::runtime::declared::declare(shipped);
        let runtime = pult::runtime::by_name(self.cli.name).expect("a runtime");
        runtime.capabilities().fork && (dir.is_none() || runtime.forks_anywhere())
    }

    /// All files of the CLI: their bytes, and when they were written.
    fn own_files(&self) -> BTreeMap<PathBuf, (Vec<u8>, SystemTime)> {
        let mut files = BTreeMap::new();
        for own in self.cli.own {
            look(&self.home.path().join("home").join(own), &mut files);
        }
        files
    }

    fn seen(&self, name: &str) -> String {
        let said = |args: &[&str]| {
            let output = self.home.run(args);
            String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
        };
        let served = self.model.served();
        let served: Vec<_> = served.iter().map(|one| (&one.path, one.turn)).collect();
        format!(
            "{}\n{}\n{}\n{}\nmodel: {served:?}\n{}",
            said(&["read", name]),
            said(&["why", name]),
            said(&["inbox"]),
            said(&["ls"]),
            self.home.daemon_log()
        )
    }

    #[track_caller]
    fn until(&self, what: &str, seen: &dyn Fn() -> String, mut check: impl FnMut() -> bool) {
        let end = Instant::now() + LONG;
        while !check() {
            let late = Instant::now() >= end;
            assert!(!late, "waited {LONG:?} for {what}; {}", seen());
            std::thread::sleep(PAUSE);
        }
    }
}

/// All strings of a value.
fn strings<'a>(value: &'a Value, all: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => all.push(text),
        Value::Array(parts) => parts.iter().for_each(|part| strings(part, all)),
        Value::Object(parts) => parts.values().for_each(|part| strings(part, all)),
        _ => {}
    }
}

fn look(path: &Path, files: &mut BTreeMap<PathBuf, (Vec<u8>, SystemTime)>) {
    let Ok(about) = std::fs::symlink_metadata(path) else {
        return;
    };
    if about.is_dir() {
        let entries = std::fs::read_dir(path).expect("a directory");
        for entry in entries {
            look(&entry.expect("an entry").path(), files);
        }
    } else if about.is_file() {
        let bytes = std::fs::read(path).expect("a file");
        files.insert(path.to_owned(), (bytes, about.modified().expect("a time")));
    }
}
