//! What a new peer gets.

use super::{Shop, path};
use std::fs;

#[test]
fn a_new_branch_begins_where_the_operator_stands() {
    let shop = Shop::new();
    let row = shop.start_in("src/cart", "fixer", "fix/flaky-cart");
    let tree = path(&row["worktree"]);
    assert!(tree.starts_with(shop.trees()), "{row}");
    assert_eq!(tree.file_name(), Some("fix-flaky-cart".as_ref()));
    let repository = tree.parent().and_then(|p| p.file_name()?.to_str());
    assert!(repository.is_some_and(|r| r.starts_with("shop-")), "{row}");
    assert_eq!(path(&row["cwd"]), tree.join("src/cart"));
    assert_eq!(
        shop.git_in(&tree, &["branch", "--show-current"]),
        "fix/flaky-cart"
    );
    let head = |dir| shop.git_in(dir, &["rev-parse", "HEAD"]);
    assert_eq!(head(&tree), head(&shop.root()));
    assert_eq!(shop.git_in(&tree, &["status", "--porcelain"]), "");
    let pid = row["pid"].as_u64().expect("it runs");
    let cwd = fs::read_link(format!("/proc/{pid}/cwd")).expect("a process");
    assert_eq!(cwd, tree.join("src/cart"));
    assert_eq!(
        shop.git(&["branch", "--show-current"]),
        "main",
        "ours stays"
    );
}

#[test]
fn a_branch_that_is_there_is_checked_out() {
    let shop = Shop::new();
    let old = shop.git(&["rev-parse", "HEAD"]);
    shop.git(&["branch", "old"]);
    shop.commit("second");
    let tree = path(&shop.start("fixer", "old")["worktree"]);
    assert_eq!(shop.git_in(&tree, &["rev-parse", "HEAD"]), old);
    assert_eq!(shop.branches(), "main old");
}

#[test]
fn a_branch_of_a_remote_is_followed() {
    let shop = Shop::new();
    shop.git(&["branch", "theirs"]);
    let theirs = shop.git(&["rev-parse", "theirs"]);
    let clone = shop.home.work().join("clone");
    let to = clone.to_str().expect("a path");
    shop.git(&["clone", "--quiet", ".", to]);
    shop.git_in(
        &clone,
        &["commit", "--quiet", "--allow-empty", "-m", "ahead"],
    );
    let line = [
        "new",
        "a",
        "--worktree",
        "theirs",
        "--json",
        "--",
        "sleep",
        "100000",
    ];
    let done = shop.home.command(&line).current_dir(&clone).output();
    let done = done.expect("the built binary starts");
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    let tree = path(&shop.home.row("a")["worktree"]);
    assert_eq!(shop.git_in(&tree, &["rev-parse", "HEAD"]), theirs);
    let upstream = shop.git_in(&tree, &["rev-parse", "--abbrev-ref", "@{upstream}"]);
    assert_eq!(upstream, "origin/theirs");
}

#[test]
fn from_a_worktree_a_branch_begins_at_its_commit() {
    let shop = Shop::new();
    let first = path(&shop.start("first", "one")["worktree"]);
    shop.git_in(
        &first,
        &["commit", "--quiet", "--allow-empty", "-m", "more"],
    );
    let at = first.to_str().expect("a path");
    let line = [
        "new",
        "second",
        "--worktree",
        "two",
        "--json",
        "--",
        "sleep",
        "100000",
    ];
    let done = shop.home.command(&line).current_dir(at).output();
    let done = done.expect("the built binary starts");
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    let second = path(&shop.home.row("second")["worktree"]);
    assert_eq!(second.parent(), first.parent(), "both of one repository");
    let head = |dir| shop.git_in(dir, &["rev-parse", "HEAD"]);
    assert_eq!(head(&second), head(&first));
    assert_ne!(head(&second), head(&shop.root()));
}

#[test]
fn a_directory_that_the_branch_does_not_have_is_its_root() {
    let shop = Shop::new();
    fs::create_dir(shop.root().join("new")).expect("a directory");
    let row = shop.start_in("new", "fixer", "fix");
    assert_eq!(row["cwd"], row["worktree"]);
}

#[test]
fn nothing_of_the_repository_is_run() {
    let shop = Shop::new();
    let ran = shop.home.work().join("ran");
    for hook in ["post-checkout", "reference-transaction"] {
        let file = shop.root().join(".git/hooks").join(hook);
        fs::write(
            &file,
            format!("#!/bin/sh\necho {hook} >> {}\n", ran.display()),
        )
        .expect("a hook");
        let runs = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs::set_permissions(&file, runs).expect("a hook");
    }
    shop.git(&["branch", "probe"]);
    assert!(ran.exists(), "the hooks are hooks");
    fs::remove_file(&ran).expect("a file");
    shop.start("fixer", "fix");
    assert!(!ran.exists());
}

#[test]
fn two_branches_that_look_the_same_have_two_places() {
    let shop = Shop::new();
    let one = path(&shop.start("one", "fix/a")["worktree"]);
    let two = path(&shop.start("two", "fix-a")["worktree"]);
    assert_ne!(one, two);
    assert_eq!(shop.git_in(&two, &["branch", "--show-current"]), "fix-a");
    assert_eq!(shop.known().len(), 2);
}

#[test]
fn a_worktree_that_is_named_by_its_directory_is_said() {
    let shop = Shop::new();
    let tree = path(&shop.start("one", "fix")["worktree"]);
    let at = tree.join("src");
    let at = at.to_str().expect("a path");
    let row = shop
        .home
        .json(&["new", "two", "--in", at, "--", "sleep", "100000"]);
    assert_eq!(
        (path(&row["worktree"]), path(&row["cwd"])),
        (tree.clone(), tree.join("src"))
    );
}
