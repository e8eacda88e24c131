//! A worktree outlives what happens to its peer.

use super::{Shop, path};
use crate::support::{PATIENCE, wait_for};
use std::fs;

#[test]
fn it_is_kept_through_stop_resume_and_another_daemon() {
    let shop = Shop::new();
    let row = shop.start_in("src", "fixer", "fix");
    shop.home.ok(&["stop", "fixer"]);
    shop.home.ok(&["daemon", "restart"]);
    let again = shop.home.json(&["resume", "fixer"]);
    for field in ["worktree", "cwd"] {
        assert_eq!(again[field], row[field]);
    }
    assert_eq!(again["process"], "alive");
    let pid = again["pid"].as_u64().expect("it runs");
    let cwd = fs::read_link(format!("/proc/{pid}/cwd")).expect("a process");
    assert_eq!(cwd, path(&row["cwd"]));
}

#[test]
fn a_directory_that_is_gone_is_said_with_the_way_back() {
    let shop = Shop::new();
    let tree = path(&shop.start("fixer", "fix/cart")["worktree"]);
    shop.home.ok(&["stop", "fixer"]);
    fs::remove_dir_all(&tree).expect("a directory");
    let said = shop.no(1, "", &["resume", "fixer"]);
    assert!(
        said.contains(&format!("its worktree {} is gone", tree.display())),
        "{said}"
    );
    let back = said.split("git -C ").nth(1).expect("a command").trim();
    let words: Vec<&str> = back.split(' ').skip(1).collect();
    assert_eq!(words.last(), Some(&"fix/cart"), "{said}");
    shop.git(&words);
    shop.home.ok(&["resume", "fixer"]);
    wait_for("a program that runs", PATIENCE, || {
        let row = shop.home.row("fixer");
        (row["process"] == "alive")
            .then_some(())
            .ok_or(row.to_string())
    });
}

#[test]
fn who_is_retired_leaves_it_and_the_next_one_finds_it() {
    let shop = Shop::new();
    let tree = path(&shop.start("fixer", "fix")["worktree"]);
    fs::write(tree.join("total"), "8\n").expect("a file");
    shop.git_in(&tree, &["commit", "--quiet", "--allow-empty", "-m", "work"]);
    let head = shop.git_in(&tree, &["rev-parse", "HEAD"]);
    let said = shop.home.ok(&["retire", "fixer"]);
    let stays = format!("its worktree stays: {}", tree.display());
    assert!(said.contains(&stays), "{said}");
    let row = shop.start("fixer", "fix");
    assert_eq!(
        (path(&row["worktree"]), &row["incarnation"]),
        (tree.clone(), &2.into())
    );
    assert_eq!(
        fs::read_to_string(tree.join("total")).expect("it is there"),
        "8\n"
    );
    assert_eq!(shop.git_in(&tree, &["rev-parse", "HEAD"]), head);
    shop.home.ok(&["retire", "fixer"]);
    fs::remove_dir_all(&tree).expect("a directory");
    let row = shop.start("fixer", "fix");
    assert_eq!(path(&row["worktree"]), tree, "made again");
    assert_eq!(shop.git_in(&tree, &["rev-parse", "HEAD"]), head);
    assert_eq!(shop.known().len(), 1);
}
