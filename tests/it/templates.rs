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
