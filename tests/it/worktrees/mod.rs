//! Peers in git worktrees of their own, on real repositories.

mod forked;
mod kept;
mod killed;
mod made;
mod refused;

use crate::support::Home;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A pult and a repository `shop` with one commit on `main` and a directory `src/cart`.
struct Shop {
    home: Home,
}

impl Shop {
    fn new() -> Self {
        let shop = Self { home: Home::new() };
        std::fs::create_dir_all(shop.root().join("src/cart")).expect("a directory");
        shop.git(&["init", "--quiet", "--initial-branch=main"]);
        std::fs::write(shop.root().join("src/cart/total"), "7\n").expect("a file");
        shop.commit("first");
        shop
    }

    /// The root of its own checkout.
    fn root(&self) -> PathBuf {
        let work = self.home.work().canonicalize().expect("a directory");
        work.join("shop")
    }

    /// Where the worktrees lie.
    fn trees(&self) -> PathBuf {
        let state = self.home.state().canonicalize();
        state.expect("a directory").join("worktrees")
    }

    /// What git prints in a directory.
    #[track_caller]
    fn git_in(&self, dir: &Path, args: &[&str]) -> String {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=o", "-c", "user.email=o@localhost"]);
        git.args(args).current_dir(dir);
        git.env_clear().env("HOME", self.home.path().join("home"));
        git.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        let done = git.output().expect("git starts");
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(done.status.success(), "git {args:?}: {said}");
        String::from_utf8_lossy(&done.stdout).trim_end().to_owned()
    }

    #[track_caller]
    fn git(&self, args: &[&str]) -> String {
        self.git_in(&self.root(), args)
    }

    #[track_caller]
    fn commit(&self, message: &str) -> String {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// `pult ARGS…` in a directory of the repository.
    fn run(&self, below: &str, args: &[&str]) -> Output {
        let mut command = self.home.command(args);
        command.current_dir(self.root().join(below));
        command.output().expect("the built binary starts")
    }

    /// `pult new NAME --worktree BRANCH -- sleep` from its root, which must be done; the row.
    #[track_caller]
    fn start(&self, name: &str, branch: &str) -> Value {
        self.start_in("", name, branch)
    }

    #[track_caller]
    fn start_in(&self, below: &str, name: &str, branch: &str) -> Value {
        let line = [
            "new",
            name,
            "--worktree",
            branch,
            "--json",
            "--",
            "sleep",
            "100000",
        ];
        let done = self.run(below, &line);
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(
            done.status.success(),
            "{said}{}",
            String::from_utf8_lossy(&done.stdout)
        );
        serde_json::from_slice(&done.stdout).expect("a row")
    }

    /// The one line with which `pult ARGS…` is refused.
    #[track_caller]
    fn no(&self, code: i32, below: &str, args: &[&str]) -> String {
        let done = self.run(below, args);
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert_eq!(done.status.code(), Some(code), "{said}");
        assert_eq!(said.trim_end().lines().count(), 1, "{said}");
        said
    }

    /// All checkouts of the repository but its own, as git knows them.
    fn known(&self) -> Vec<String> {
        let listed = self.git(&["worktree", "list", "--porcelain"]);
        let trees = listed
            .lines()
            .filter_map(|line| line.strip_prefix("worktree "));
        trees.skip(1).map(str::to_owned).collect()
    }

    /// Its branches.
    fn branches(&self) -> String {
        let all = self.git(&["for-each-ref", "--format=%(refname:short)", "refs/heads"]);
        all.replace('\n', " ")
    }
}

/// A path in a row.
#[track_caller]
fn path(value: &Value) -> PathBuf {
    let text = value.as_str();
    PathBuf::from(text.unwrap_or_else(|| panic!("{value} is no path")))
}
