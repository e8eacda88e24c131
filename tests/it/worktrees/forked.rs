//! Peers that go on from a conversation, in a worktree as it was then.

use super::{Shop, path};
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

const ID: &str = "a017b728-b061-4330-8aa7-3d0b23fea703";

/// A CLI of the user's own that writes its conversation down and waits.
const MINE: &str = r#"program = ["mycli"]
[launch]
new = ["{session}"]
prompt = ["{prompt}"]
[transcript]
root = "{HOME}/.mycli"
suffix = ".jsonl"
id = "sessionId"
kind = "type"
operator = "user"
text = "message"
"#;
const MYCLI: &str = "#!/bin/sh\nmkdir -p ~/.mycli\n\
    printf '{\"sessionId\":\"%s\",\"type\":\"user\",\"message\":\"hello\"}\\n' \"$1\" > ~/.mycli/$1.jsonl\n\
    exec sleep 100000\n";

/// A repository with a commit of eight and one of ten o'clock, and a conversation about it whose
/// lines are of seven, nine and eleven; the two commits.
fn talked_about() -> (Shop, String, String) {
    let mut shop = Shop {
        home: crate::support::Home::new(),
    };
    let home = shop.home.path().to_owned();
    let (bin, runtimes) = (home.join("bin"), home.join("config/runtimes"));
    let talk = home.join("home/.claude/projects/p");
    for dir in [&bin, &runtimes, &talk, &shop.home.work().join("shop")] {
        std::fs::create_dir_all(dir).expect("a directory");
    }
    std::fs::write(runtimes.join("mine.toml"), MINE).expect("a file");
    std::fs::write(bin.join("mycli"), MYCLI).expect("a program");
    let mode = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(bin.join("mycli"), mode).expect("a program");
    let way = format!("{}:/usr/bin:/bin", bin.display());
    shop.home.env("PATH", &way);
    shop.git(&["init", "--quiet", "--initial-branch=main"]);
    let [first, second] = ["08", "10"].map(|hour| {
        let date = format!("2026-11-20T{hour}:00:00Z");
        let mut git = Command::new("git");
        git.args(["-c", "user.name=o", "-c", "user.email=o@localhost"]);
        git.args(["commit", "--quiet", "--allow-empty", "-m", hour]);
        git.current_dir(shop.root()).env_clear().env("PATH", &way);
        git.env("GIT_COMMITTER_DATE", &date);
        assert!(git.status().expect("git starts").success());
        shop.git(&["rev-parse", "HEAD"])
    });
    let line = |hour: &str| {
        json!({"type": "user", "sessionId": ID, "cwd": shop.root(),
               "timestamp": format!("2026-11-20T{hour}:00:00.500Z"),
               "message": {"content": format!("said at {hour}")}})
    };
    let lines = ["07", "09", "11"].map(|hour| line(hour).to_string() + "\n");
    std::fs::write(talk.join(format!("{ID}.jsonl")), lines.concat()).expect("a file");
    (shop, first, second)
}

/// `pult WORDS… --json`, which must be done.
#[track_caller]
fn done(shop: &Shop, words: &[&str]) -> Value {
    let done = shop.run("", &[words, &["--json"]].concat());
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success(), "{words:?}: {said}");
    serde_json::from_str(&said).expect("an object")
}

#[test]
fn its_branch_begins_at_the_commit_from_before_the_line() {
    let (shop, first, second) = talked_about();
    for (line, commit) in [("2", first), ("3", second)] {
        let branch = format!("then-{line}");
        let words = ["import", ID, "-", "--runtime", "mine", "--at", line];
        let row = done(&shop, &[&words[..], &["--worktree", &branch]].concat());
        let tree = path(&row["worktree"]);
        assert_eq!(shop.git_in(&tree, &["rev-parse", "HEAD"]), commit, "{row}");
        assert_eq!(shop.git_in(&tree, &["branch", "--show-current"]), branch);
    }
    let words = ["import", ID, "-", "--runtime", "mine", "--at", "1"];
    let said = shop.no(1, "", &[&words[..], &["--worktree", "never"]].concat());
    assert!(said.contains("nothing was committed in"), "{said}");
    assert_eq!(shop.branches(), "main then-2 then-3");
}

#[test]
fn where_it_comes_from_is_told() {
    let (shop, _, _) = talked_about();
    let at = ["import", ID, "a", "--runtime", "mine", "--at", "2"];
    done(&shop, &at);
    let words = ["fork", "a", "b"];
    crate::support::wait_for("a conversation", crate::support::PATIENCE, || {
        let forked = shop.run("", &words);
        let said = String::from_utf8_lossy(&forked.stderr).into_owned();
        forked.status.success().then_some(()).ok_or(said)
    });
    let from = |name: &str| {
        let why = done(&shop, &["why", name]);
        let answers = why["answers"].as_array().expect("answers").iter();
        let mut from = answers.filter(|answer| answer["question"] == "from");
        from.next().cloned().unwrap_or(Value::Null)
    };
    let a = from("a");
    assert_eq!(a["answer"], "claude a017b728", "{a}");
    let told = "it was told what was said up to line 2";
    assert_eq!(a["evidence"]["text"], told);
    let b = from("b");
    assert_eq!(b["answer"], "a ← claude a017b728", "{b}");
    // It is known of one that is gone, too.
    done(&shop, &["retire", "a"]);
    assert_eq!(from("b")["answer"], "a@1 ← claude a017b728");
    done(&shop, &["new", "c", "--runtime", "mine"]);
    assert_eq!(from("c"), Value::Null);
}
