//! `kill -9` of the daemon while a worktree is made.

use super::{Shop, path};
#[cfg(feature = "probes")]
use crate::support::wait_for;
use crate::support::{PATIENCE, wait_until};
use std::process::Child;

/// `pult new fixer --worktree fix`, not waited for.
fn ask(shop: &Shop) -> Child {
    let line = ["new", "fixer", "--worktree", "fix", "--", "sleep", "100000"];
    let mut command = shop.home.command(&line);
    let asking = command.current_dir(shop.root()).spawn();
    asking.expect("a client")
}

#[test]
fn git_goes_on_and_what_it_makes_is_used() {
    let shop = Shop::new();
    let work = shop.home.work();
    // A checkout that takes as long as it is told.
    std::fs::write(shop.root().join(".gitattributes"), "total filter=slow\n").expect("a file");
    shop.commit("attributes");
    let slow = format!(
        "touch {0}/began; until [ -e {0}/go ]; do sleep 0.02; done; cat",
        work.display()
    );
    shop.git(&["config", "filter.slow.smudge", &slow]);
    let mut asking = ask(&shop);
    wait_until("the checkout", PATIENCE, || work.join("began").exists());
    shop.home.kill_daemon();
    asking.wait().expect("it ends");
    let line = ["new", "fixer", "--worktree", "fix", "--", "sleep", "100000"];
    let said = shop.no(1, "", &line);
    assert!(
        said.contains("git is making ") && said.contains("try again soon"),
        "{said}"
    );
    std::fs::write(work.join("go"), "").expect("a file");
    wait_until("the end of the checkout", PATIENCE, || {
        !shop
            .git(&["worktree", "list", "--porcelain"])
            .contains("locked")
    });
    let row = shop.start("fixer", "fix");
    assert_eq!(shop.known(), [row["worktree"].as_str().expect("a path")]);
    assert_eq!(
        shop.git_in(&path(&row["worktree"]), &["status", "--porcelain"]),
        ""
    );
    assert_eq!(shop.branches(), "fix main");
}

/// Kills the daemon at `point`.
#[cfg(feature = "probes")]
fn killed_at(point: &str, count: u32) -> Shop {
    let mut shop = Shop::new();
    shop.home.env("PULT_PAUSE", &format!("{point}:{count}"));
    let mut asking = ask(&shop);
    let marker = shop.home.path().join("run").join(format!("paused.{point}"));
    wait_until("the pause", PATIENCE, || marker.exists());
    shop.home.kill_daemon();
    asking.wait().expect("it ends");
    shop.home.env("PULT_PAUSE", "");
    shop
}

#[cfg(feature = "probes")]
#[test]
fn one_that_was_made_and_not_promised_is_used_the_next_time() {
    let shop = killed_at("worktree.made", 1);
    let made = shop.known();
    assert_eq!(made.len(), 1, "git had made it");
    assert_eq!(shop.home.json(&["ls"]), serde_json::json!([]));
    let row = shop.start("fixer", "fix");
    assert_eq!(path(&row["worktree"]).to_str(), Some(made[0].as_str()));
    assert_eq!(
        (shop.known(), shop.branches()),
        (made, "fix main".to_owned())
    );
}

#[cfg(feature = "probes")]
#[test]
fn one_that_was_promised_is_there_for_its_peer() {
    // The daemon's own start is the first commit.
    let shop = killed_at("engine.after-commit", 2);
    wait_for("a program that runs", PATIENCE, || {
        let row = shop.home.row("fixer");
        (row["process"] == "alive")
            .then_some(())
            .ok_or(row.to_string())
    });
    let row = shop.home.row("fixer");
    assert_eq!(shop.known(), [row["worktree"].as_str().expect("a path")]);
    shop.home.ok(&["db", "verify"]);
}
