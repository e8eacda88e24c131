//! In a git worktree of its own, which no CLI has seen before. Seen: where the repository's own checkout
//! is trusted, gemini 0.61.0 asks for the worktree all the same; claude, codex, grok, qwen and opencode
//! do not.

use super::stage::Stage;
use std::path::Path;
use std::process::Command;

fn git(stage: &Stage, args: &[&str]) {
    let mut git = Command::new("git");
    git.args(["-c", "user.name=o", "-c", "user.email=o@localhost"]);
    git.args(args).current_dir(stage.home.work());
    git.env("HOME", stage.home.path());
    assert!(git.status().expect("git starts").success(), "{args:?}");
}

pub fn in_a_worktree(stage: &Stage) {
    git(stage, &["init", "-q"]);
    git(stage, &["commit", "-q", "--allow-empty", "-m", "first"]);
    let new = [
        "new",
        "w",
        "--runtime",
        stage.cli.name,
        "--worktree",
        "fix/cart",
    ];
    let row = stage
        .home
        .json(&[&new[..], &["--", "please make-the-file"]].concat());
    let tree = row["worktree"].as_str().expect("a path").to_owned();
    assert_eq!(row["cwd"], row["worktree"], "{row}");
    stage.until("the first request", || !stage.inbox().is_empty());
    let ask = stage.inbox()[0].clone();
    if ask["kind"] == "start" {
        // The directory is new to the CLI; what it writes to know it is its own.
        let words = ask["object"].as_str().expect("what it says");
        assert!(words.contains("trusted"), "{ask}");
        stage
            .home
            .ok(&["send", "--keys", "--force", "w", stage.cli.trust]);
        stage.until("the request after it", || {
            stage.inbox().iter().any(|ask| ask["kind"] == "approval")
        });
    }
    stage.request();
    let made = Path::new(&tree).join("made.txt");
    // One that starts again with the answer about trust may have asked before that, and asks again.
    stage.until("the file, and the end of the turn", || {
        for ask in stage.inbox().iter().filter(|ask| ask["kind"] == "approval") {
            stage
                .home
                .run(&["approve", ask["id"].as_str().expect("an id")]);
        }
        made.exists() && stage.home.row("w")["turn"] == "settled"
    });
    assert!(!stage.made().exists(), "it is in the worktree alone");
    if stage.runtime().capabilities().fork {
        stage.known("w");
        let fork = stage.home.json(&["fork", "w", "two"]);
        for field in ["worktree", "cwd"] {
            assert_eq!(fork[field], tree.as_str(), "they share it: {fork}");
        }
        stage.until("the fork", || stage.home.row("two")["process"] == "alive");
    }
    let said = stage.home.ok(&["retire", "w"]);
    assert!(said.contains("its worktree stays: "), "{said}");
    assert!(made.exists());
}
