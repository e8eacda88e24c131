//! What is refused, in one line, and leaves nothing behind.

use super::Shop;
use std::fs;

const SLEEP: [&str; 3] = ["--", "sleep", "100000"];

/// The line with which a peer `name` with a worktree for `branch` is refused.
#[track_caller]
fn refused(shop: &Shop, code: i32, below: &str, name: &str, branch: &str) -> String {
    shop.no(
        code,
        below,
        &[&["new", name, "--worktree", branch][..], &SLEEP].concat(),
    )
}

/// No worktree, no branch and no peer more than there were.
#[track_caller]
fn nothing_is_left(shop: &Shop, branches: &str, trees: usize, peers: usize) {
    assert_eq!(shop.branches(), branches);
    assert_eq!(shop.known().len(), trees);
    let rows = shop.home.json(&["ls", "--all"]);
    assert_eq!(rows.as_array().map(Vec::len), Some(peers), "{rows}");
    let mut there = 0;
    for repository in fs::read_dir(shop.trees()).into_iter().flatten().flatten() {
        let inside = fs::read_dir(repository.path())
            .expect("a directory")
            .flatten();
        there += inside.filter(|entry| entry.path().is_dir()).count();
    }
    assert_eq!(there, trees);
}

#[test]
fn where_there_is_no_repository_or_no_checkout() {
    let shop = Shop::new();
    fs::create_dir(shop.home.work().join("plain")).expect("a directory");
    let said = refused(&shop, 1, "../plain", "a", "fix");
    assert!(
        said.contains("shop/plain is in no git repository"),
        "{said}"
    );
    shop.git(&["clone", "--quiet", "--bare", ".", "../bare.git"]);
    let said = refused(&shop, 1, "../bare.git", "a", "fix");
    assert!(said.contains("bare.git is a bare repository"), "{said}");
    shop.git(&["init", "--quiet", "../empty"]);
    let said = refused(&shop, 1, "../empty", "a", "fix");
    assert!(said.contains("empty has no commit yet"), "{said}");
    nothing_is_left(&shop, "main", 0, 0);
}

#[test]
fn a_branch_that_somebody_has_checked_out() {
    let shop = Shop::new();
    let said = refused(&shop, 1, "", "a", "main");
    let at = format!("main is checked out at {}", shop.root().display());
    assert!(said.contains(&at), "{said}");
    shop.git(&["worktree", "add", "--quiet", "-b", "mine", "../mine"]);
    let said = refused(&shop, 1, "", "a", "mine");
    assert!(
        said.contains("mine is checked out at ") && said.contains("shop/mine"),
        "{said}"
    );
    shop.git(&["worktree", "remove", "../mine"]);
    nothing_is_left(&shop, "main mine", 0, 0);
}

#[test]
fn a_branch_that_a_peer_works_on() {
    let shop = Shop::new();
    shop.start("fixer", "fix/cart");
    let said = refused(&shop, 1, "", "other", "fix/cart");
    assert!(said.contains("fixer works on fix/cart"), "{said}");
    shop.home.ok(&["stop", "fixer"]);
    let said = refused(&shop, 1, "", "other", "fix/cart");
    assert!(
        said.contains("fixer works on fix/cart"),
        "it may be resumed: {said}"
    );
    nothing_is_left(&shop, "fix/cart main", 1, 1);
}

#[test]
fn what_is_no_branch_and_what_git_does_not_take() {
    let shop = Shop::new();
    for bad in ["a b", "-x", "a..b", "HEAD", "a.lock"] {
        let branch = format!("--worktree={bad}");
        let said = shop.no(2, "", &[&["new", "a", &branch][..], &SLEEP].concat());
        assert!(said.contains("cannot be a branch"), "{said}");
    }
    let said = refused(&shop, 1, "", "a", "main/x");
    assert!(
        said.contains("git: ") && said.contains("refs/heads/main"),
        "{said}"
    );
    nothing_is_left(&shop, "main", 0, 0);
}

#[test]
fn a_name_that_is_taken_costs_no_worktree() {
    let shop = Shop::new();
    shop.home.ok(&["new", "a", "--", "sleep", "100000"]);
    let said = refused(&shop, 1, "", "a", "fix");
    assert!(said.contains("a is the name of a live peer"), "{said}");
    nothing_is_left(&shop, "main", 0, 1);
}

#[test]
fn what_cannot_be_written_is_said_and_taken_back() {
    let shop = Shop::new();
    shop.home.ok(&["ls"]);
    let root = shop.home.state().join("worktrees");
    fs::write(&root, "in the way").expect("a file");
    let said = refused(&shop, 1, "", "a", "fix");
    assert!(said.contains("cannot be written"), "{said}");
    assert_eq!(shop.branches(), "main");
    fs::remove_file(&root).expect("a file");
    // A filter that fails in the middle of a checkout.
    fs::write(shop.root().join(".gitattributes"), "* filter=broken\n").expect("a file");
    shop.commit("attributes");
    for (key, value) in [("smudge", "false"), ("required", "true")] {
        shop.git(&["config", &format!("filter.broken.{key}"), value]);
    }
    let said = refused(&shop, 1, "", "a", "fix");
    assert!(said.contains("git: "), "{said}");
    nothing_is_left(&shop, "main", 0, 0);
}

#[test]
fn what_is_in_the_way_stays() {
    let shop = Shop::new();
    let tree = super::path(&shop.start("a", "fix")["worktree"]);
    shop.home.ok(&["retire", "a"]);
    // Somebody takes git's knowledge of it away, and leaves the files.
    fs::remove_dir_all(shop.root().join(".git/worktrees")).expect("a directory");
    fs::write(tree.join("mine"), "work\n").expect("a file");
    let other = super::path(&shop.start("a", "fix")["worktree"]);
    assert_ne!(other, tree);
    assert_eq!(
        fs::read_to_string(tree.join("mine")).expect("it is there"),
        "work\n"
    );
}
