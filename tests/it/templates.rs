//! Peers made from a template, through the real daemon.

use crate::support::{Home, PATIENCE, wait_for};
use std::os::unix::fs::PermissionsExt;

/// A home with an agent `mine` that says what it was started with and waits.
fn home() -> Home {
    let mut home = Home::new();
    let bin = home.path().join("bin");
    std::fs::create_dir(&bin).expect("a directory");
    let program = bin.join("mycli");
    let script = "#!/bin/sh\nfor word; do echo \"got $word.\"; done\nexec cat\n";
    std::fs::write(&program, script).expect("a program");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("a program");
    home.env("PATH", &format!("{}:/usr/bin:/bin", bin.display()));
    let runtime = "program = [\"mycli\"]\n[launch]\nmodel = [\"--model={model}\"]\n\
                   mcp = [\"--mcp={mcp}\"]\nprompt = [\"--\", \"{prompt}\"]\n";
    write(&home, "config/runtimes/mine.toml", runtime);
    home
}

fn write(home: &Home, path: &str, text: &str) {
    let path = home.path().join(path);
    std::fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
    std::fs::write(path, text).expect("a file");
}

#[track_caller]
fn shows(home: &Home, name: &str, words: &str) {
    wait_for(words, PATIENCE, || {
        let screen = home.ok(&["read", name]);
        screen.contains(words).then_some(()).ok_or(screen)
    });
}

const FILE: &str = "runtime = \"mine\"\nmodel = \"fast\"\nprompt = \"Look at {text}\"\n\
                    tag = \"blue\"\ncircle = \"docs\"\n";

#[test]
fn a_peer_is_what_its_template_says_unless_a_flag_says_otherwise() {
    let home = home();
    write(&home, "config/templates/looker.toml", FILE);
    let row = home.json(&["new", "a", "--template", "looker", "--", "the", "cart"]);
    assert_eq!(
        (&row["tag"], &row["circle"]),
        (&"blue".into(), &"docs".into())
    );
    assert_eq!(row["template"]["name"], "looker", "{row}");
    assert_eq!(
        row["template"]["sha"].as_str().map(str::len),
        Some(64),
        "{row}"
    );
    shows(&home, "docs/a", "got --model=fast.");
    shows(&home, "docs/a", "got Look at the cart.");
    let flags = ["--model", "slow", "--circle", "main", "--tag", "red"];
    let line = [&["new", "b", "--template", "looker"], &flags[..], &["till"]].concat();
    let row = home.json(&line);
    assert_eq!(
        (&row["tag"], &row["circle"]),
        (&"red".into(), &"main".into())
    );
    shows(&home, "b", "got --model=slow.");
    // The file is read at each use; who was made from it stays what it was made from.
    let before = row["template"]["sha"].clone();
    write(
        &home,
        "config/templates/looker.toml",
        &FILE.replace("Look at", "Stare at"),
    );
    home.ok(&["new", "c", "--template", "looker", "--circle", "main", "it"]);
    shows(&home, "c", "got Stare at it.");
    assert_ne!(home.row("c")["template"]["sha"], before);
    home.kill_daemon();
    assert_eq!(home.row("b")["template"]["sha"], before);
    assert_eq!(
        home.json(&["db", "verify"])["differences"],
        serde_json::json!([])
    );
}

#[test]
fn what_is_wrong_is_one_line() {
    let home = home();
    write(
        &home,
        "config/templates/bad.toml",
        "runtime = \"mine\"\nmodle = \"fast\"\n",
    );
    write(
        &home,
        "config/templates/gone.toml",
        "runtime = \"cheese\"\n",
    );
    write(&home, "config/templates/looker.toml", FILE);
    let wrong = home.fails(1, &["new", "a", "--template", "bad"]);
    assert!(
        wrong.contains("bad.toml line 2: modle is nothing that a template has"),
        "{wrong}"
    );
    let doctor = home.json(&["doctor"]).to_string();
    assert!(
        doctor.contains("bad.toml line 2: modle is nothing"),
        "{doctor}"
    );
    let unknown = home.fails(1, &["new", "a", "--template", "cheese"]);
    let expected = "pult: there is no template cheese; there are gone, looker, reviewer, scout\n";
    assert_eq!(unknown, expected);
    let gone = home.fails(1, &["new", "a", "--template", "gone"]);
    assert!(gone.contains("there is no runtime cheese"), "{gone}");
    let bare = home.fails(2, &["new", "a", "--template", "looker"]);
    assert!(
        bare.contains("the template looker needs words of your own"),
        "{bare}"
    );
    assert_eq!(bare.trim().lines().count(), 1, "{bare}");
    let shipped = home.ok(&["help", "templates"]);
    assert!(
        shipped.contains("- `scout`: looks around and reports"),
        "{shipped}"
    );
}

/// A repository in the directory that verbs run in, with this template of its own.
fn theirs(home: &Home, text: &str) {
    std::fs::create_dir_all(home.work().join(".git")).expect("a repository");
    write(home, "code/shop/.pult/templates/theirs.toml", text);
}

#[test]
fn a_repositorys_own_are_read_after_the_operators_word_and_not_before() {
    let home = home();
    theirs(&home, &FILE.replace("fast", "theirs"));
    let line = ["new", "a", "--template", "theirs", "it"];
    let refused = home.fails(1, &line);
    let known = "there is no template theirs; there are reviewer, scout";
    assert!(
        refused.contains(known) && refused.contains("`pult trust /"),
        "{refused}"
    );
    assert_eq!(refused.trim().lines().count(), 1, "{refused}");
    let doctor = home.json(&["doctor"]).to_string();
    assert!(doctor.contains("/shop are not read"), "{doctor}");
    let inside = home.work().join("src");
    std::fs::create_dir(&inside).expect("a directory");
    let root = home.work().canonicalize().expect("it is there");
    let row = home.json(&["trust", inside.to_str().expect("a path")]);
    assert_eq!(
        row["directory"],
        root.to_str().expect("a path"),
        "the repository's root"
    );
    assert_eq!(row["trusted"], true);
    home.ok(&line);
    shows(&home, "docs/a", "got --model=theirs.");
    // The word outlives the daemon.
    home.kill_daemon();
    let rows = home.json(&["trust", "--list"]);
    assert_eq!(rows.as_array().map(Vec::len), Some(1), "{rows}");
    assert_eq!(
        home.json(&["db", "verify"])["differences"],
        serde_json::json!([])
    );
    let said = home.ok(&["trust", "--revoke"]);
    assert!(said.contains("no ") && said.contains("/shop"), "{said}");
    home.fails(1, &["new", "b", "--template", "theirs", "it"]);
    let log = home.ok(&["log"]);
    assert!(
        log.contains("trust.given") && log.contains("trust.withheld"),
        "{log}"
    );
    home.fails(1, &["trust", "/no/such/place"]);
}

#[test]
fn programs_of_a_repository_are_named_before_they_run_and_never_without_bounds() {
    let home = home();
    theirs(
        &home,
        "runtime = \"mine\"\nmcp = [\"notes=/opt/notes --all\"]\n",
    );
    home.ok(&["trust"]);
    let unbounded = ["new", "a", "--template", "theirs", "--profile", "none"];
    let refused = home.fails(1, &unbounded);
    assert!(
        refused.contains("names programs to start (notes: /opt/notes --all)"),
        "{refused}"
    );
    let output = home.run(&["new", "a", "--template", "theirs"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let expected = "/theirs.toml has the agent start notes: /opt/notes --all\n";
    assert!(
        output.status.success() && said.ends_with(expected),
        "{said}"
    );
    shows(&home, "a", "got --mcp=");
}

#[test]
fn a_worker_cannot_say_that_a_repository_is_trusted() {
    let home = home();
    theirs(&home, "");
    let pult = Home::binary().display().to_string();
    let script = format!("'{pult}' trust .; '{pult}' trust --list; echo done-$((1 + 1)); sleep 60");
    home.ok(&["new", "w", "--", "sh", "-c", &script]);
    shows(&home, "w", "done-2");
    assert_eq!(home.json(&["trust", "--list"]), serde_json::json!([]));
    let screen = home.ok(&["read", "w"]);
    assert!(
        screen.contains("a pane is no place for an operator"),
        "{screen}"
    );
}
