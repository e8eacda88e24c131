//! The command line without a daemon: what does not parse, what is refused, what is printed.

use crate::support::Home;
use serde_json::Value;

/// The one line of a failure.
#[track_caller]
fn line(home: &Home, code: i32, args: &[&str]) -> String {
    let text = home.fails(code, args);
    assert_eq!(text.trim_end().lines().count(), 1, "{text}");
    let line = text.trim_end().strip_prefix("pult: ");
    line.unwrap_or_else(|| panic!("{text}")).to_owned()
}

#[test]
fn what_does_not_parse_is_one_line_and_exit_2() {
    let home = Home::new();
    for args in [
        &["nonsense"][..],
        &["fork"],
        &["send"],
        &["wait", "a"],
        &["wait", "a", "--until", "dawn"],
        &["ls", "--colour"],
        &["snooze", "a", "soon"],
        &["new"],
        &["new", "a", "--profile", "root"],
        &["new", "a", "fix", "--", "ls"],
        &["new", "a", "--worktree", "b", "--in", ".", "--", "ls"],
        &["daemon"],
        &["db", "repair"],
    ] {
        line(&home, 2, args);
    }
    assert!(!home.state().exists(), "nothing was started or written");
}

#[test]
fn what_is_not_there_yet_is_refused_with_what_works() {
    let home = Home::new();
    let refused = line(&home, 1, &["approve", "ak-23456789", "--always", "peer"]);
    assert!(refused.contains("no rules yet"), "{refused}");
    let refused = line(&home, 1, &["new", "a", "--profile", "read", "--", "ls"]);
    assert!(refused.contains("--profile full"), "{refused}");
    let refused = line(&home, 1, &["shutdown"]);
    assert!(refused.contains("--yes"), "{refused}");
    let missing = line(&home, 1, &["new", "a", "--in", "/no/such", "--", "ls"]);
    assert!(missing.starts_with("no directory /no/such"), "{missing}");
    assert!(!home.state().exists(), "nothing was started or written");
}

#[test]
fn with_json_a_failure_is_an_object_on_standard_output() {
    let home = Home::new();
    for (code, kind, args) in [
        (2, "usage", &["nonsense", "--json"][..]),
        (2, "usage", &["--json", "wait", "a"]),
        (1, "refused", &["shutdown", "--json"]),
        (3, "unreachable", &["daemon", "status", "--json"]),
        (3, "unreachable", &["daemon", "stop", "--json"]),
    ] {
        let output = home.run(args);
        assert_eq!(output.status.code(), Some(code), "{args:?}");
        let seen: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(seen["error"]["kind"], kind, "{args:?}");
        assert!(seen["error"]["what"].is_string() && seen["error"].get("hint").is_some());
        assert!(output.stderr.is_empty(), "{args:?}");
    }
}

#[test]
fn status_and_doctor_start_no_daemon() {
    let home = Home::new();
    let missing = line(&home, 3, &["daemon", "status"]);
    assert!(missing.contains("no daemon runs"), "{missing}");
    let found = home.json(&["doctor"]);
    let checks: Vec<&str> = found
        .as_array()
        .expect("a list of findings")
        .iter()
        .filter_map(|f| f["check"].as_str())
        .collect();
    for check in ["runtime", "terminal", "daemon", "kernel"] {
        assert!(checks.contains(&check), "{check} in {checks:?}");
    }
    line(&home, 3, &["daemon", "status"]);
}

#[test]
fn a_home_that_is_no_path_is_one_line() {
    let home = Home::new();
    let output = home
        .command(&["ls"])
        .env("PULT_HOME", "here")
        .output()
        .expect("it starts");
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(text.starts_with("pult: PULT_HOME is here") && text.lines().count() == 1);
}

#[test]
fn completions_and_pages_cover_every_verb() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish"] {
        let script = home.ok(&["completions", shell]);
        for verb in ["approve", "attach", "export", "snooze"] {
            assert!(script.contains(verb), "{verb} in {shell}");
        }
    }
    let dir = home.work();
    let written = home.json(&["man", dir.to_str().expect("a path")]);
    let written: Vec<String> = serde_json::from_value(written).expect("a list of paths");
    let of = |section: &str| {
        written
            .iter()
            .filter(|path| path.ends_with(section))
            .count()
    };
    let verbs = pult::cli::command().get_subcommands().count();
    assert_eq!((of(".1"), of(".7")), (verbs + 1, 7), "{written:?}");
    let whole = std::fs::read_to_string(dir.join("pult.1")).expect("a page");
    assert!(
        whole.contains(".SH KEYS") && whole.contains("client.detach"),
        "{whole}"
    );
    let page = std::fs::read_to_string(dir.join("pult-approve.1")).expect("a page");
    assert!(page.contains("exactly this call"), "{page}");
}

#[test]
fn help_prints_topics_verbs_and_the_keys_in_force() {
    let home = Home::new();
    let contents = home.ok(&["help"]);
    assert!(contents.contains("troubleshooting") && contents.contains("Usage: pult"));
    assert!(home.ok(&["help", "wait"]).contains("Usage: pult wait"));
    assert!(home.ok(&["help", "asks"]).starts_with("# Asks"));
    assert!(
        home.ok(&["help", "runtimes"])
            .contains("`shell`: any program")
    );
    let config = home.path().join("config");
    std::fs::create_dir_all(config.join("runtimes")).expect("a directory");
    std::fs::write(config.join("runtimes/own.toml"), "program = [\"own\"]\n").expect("a file");
    let runtimes = home.ok(&["help", "runtimes"]);
    assert!(
        runtimes.contains("`own`: approvals in its pane") && runtimes.contains("`qwen`: "),
        "{runtimes}"
    );
    std::fs::create_dir_all(config.join("keymaps")).expect("a directory");
    std::fs::write(config.join("cockpit.toml"), "keymap = \"mine\"\n").expect("a file");
    let own = "inherits = \"vim\"\n[command]\n\"Y\" = \"peer.new\"\n\"W\" = \"peer.nw\"\n";
    std::fs::write(config.join("keymaps/mine.toml"), own).expect("a file");
    let keys = home.run(&["help", "keys"]);
    let (out, err) = (
        String::from_utf8_lossy(&keys.stdout),
        String::from_utf8_lossy(&keys.stderr),
    );
    let row = |name: &str| {
        out.lines()
            .find(|l| l.contains(name))
            .unwrap_or("")
            .to_owned()
    };
    assert!(
        row("peer.new ").contains("Y") && row("peer.stop").contains("d d"),
        "{out}"
    );
    assert!(
        err.contains("mine.toml line 4: [command] \"W\" runs \"peer.nw\""),
        "{err}"
    );
    let stop = |keys: &str| {
        keys.lines()
            .find(|l| l.contains("peer.stop"))
            .unwrap_or("")
            .to_owned()
    };
    assert!(stop(&home.ok(&["help", "keys", "--keymap", "default"])).contains(" x "));
    let said = line(&home, 2, &["help", "cheese"]);
    assert!(said.contains("topics are keys, profiles, asks"), "{said}");
}

#[test]
fn closing_the_pipe_early_is_no_error() {
    let home = Home::new();
    let mut child = home
        .command(&["completions", "bash"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("it starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{}", output.status);
    assert!(output.stderr.is_empty());
}
