//! The branches of a repository, and what a worktree for one of them would be.

use super::view::{ErrorKind, ErrorView};
use serde::{Deserialize, Serialize};

/// The answer to [`super::request::Request::Branches`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BranchesView {
    /// What it was asked about: the root of a checkout.
    pub tree: String,
    /// The branch that is checked out there; absent where it is none.
    pub head: Option<String>,
    /// The commit that is checked out there, as hex; absent before the first one.
    pub commit: Option<String>,
    /// By name: those of the repository, then those that only a remote has.
    pub branches: Vec<BranchView>,
}

/// One branch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BranchView {
    /// Its name, such as `fix/flaky-cart`.
    pub name: String,
    /// Where it comes from, such as `origin/fix/flaky-cart`, when only a remote has it.
    pub upstream: Option<String>,
    /// The checkout that has it.
    pub at: Option<String>,
    /// That one is a worktree that pult has made.
    pub ours: bool,
    /// The live peer that works there.
    pub peer: Option<String>,
}

/// What a worktree for a branch would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// A new branch begins at what is checked out.
    New {
        /// A branch, or the beginning of a commit's id.
        from: String,
    },
    /// A new branch begins at one of a remote, and follows it.
    Follows {
        /// Such as `origin/fix/flaky-cart`.
        upstream: String,
    },
    /// The branch is there, and nobody has it checked out.
    Existing,
    /// A worktree of ours has it: it is used again as it stands.
    Again {
        /// Where that is.
        at: String,
    },
}

impl BranchesView {
    /// What becomes of a branch of that name.
    ///
    /// # Errors
    /// It is no name for one, or somebody has it checked out, or there is no commit to begin at.
    pub fn fate(&self, name: &str) -> Result<Fate, ErrorView> {
        let refused = |what: String| ErrorView::new(ErrorKind::Refused, what);
        if !valid(name) {
            let what = format!("{name:?} cannot be a branch");
            let hint = "use letters, digits, dashes and slashes, such as fix/flaky-cart";
            return Err(ErrorView::new(ErrorKind::Usage, what).hint(hint));
        }
        let named = || self.branches.iter().filter(|b| b.name == name);
        if let Some(branch) = named().find(|b| b.upstream.is_none()) {
            return match (&branch.at, &branch.peer) {
                (None, _) => Ok(Fate::Existing),
                (Some(at), Some(peer)) => {
                    let what = format!("{peer} works on {name}, in {at}");
                    let hint = "name another branch, or fork or retire that peer";
                    Err(refused(what).hint(hint))
                }
                (Some(at), None) if branch.ours => Ok(Fate::Again { at: at.clone() }),
                (Some(at), None) => {
                    let what = format!("{name} is checked out at {at}");
                    Err(refused(what).hint("start it in that directory, or name another branch"))
                }
            };
        }
        if let Some(upstream) = named().find_map(|b| b.upstream.clone()) {
            return Ok(Fate::Follows { upstream });
        }
        /// So many letters tell one commit from another.
        const SHORT: usize = 8;
        let short = |commit: &String| commit.chars().take(SHORT).collect();
        let Some(commit) = &self.commit else {
            let what = format!("{} has no commit yet", self.tree);
            return Err(refused(what).hint("a branch needs one to begin at: make the first one"));
        };
        let from = self.head.clone().unwrap_or_else(|| short(commit));
        Ok(Fate::New { from })
    }
}

/// Whether git takes it for the name of a branch (git-check-ref-format(1), with `--branch`).
pub fn valid(name: &str) -> bool {
    let forbidden = |c: char| c.is_control() || " ~^:?*[\\".contains(c);
    let part = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.ends_with(".lock");
    !name.chars().any(forbidden)
        && name.split('/').all(part)
        && !name.contains("..")
        && !name.contains("@{")
        && !name.starts_with('-')
        && !name.ends_with('.')
        && !matches!(name, "@" | "HEAD")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view() -> BranchesView {
        let branch =
            |name: &str, upstream: Option<&str>, at: Option<&str>, ours, peer| BranchView {
                name: name.to_owned(),
                upstream: upstream.map(str::to_owned),
                at: at.map(str::to_owned),
                ours,
                peer: Option::<&str>::map(peer, str::to_owned),
            };
        BranchesView {
            tree: "/shop".to_owned(),
            head: Some("main".to_owned()),
            commit: Some("0123456789abcdef".to_owned()),
            branches: vec![
                branch("main", None, Some("/shop"), false, None),
                branch("old", None, None, false, None),
                branch("left", None, Some("/w/left"), true, None),
                branch("fix/cart", None, Some("/w/fix-cart"), true, Some("fixer")),
                branch("theirs", Some("origin/theirs"), None, false, None),
            ],
        }
    }

    #[test]
    fn each_branch_has_one_fate() {
        let view = view();
        let at = "/w/left".to_owned();
        let upstream = "origin/theirs".to_owned();
        assert_eq!(view.fate("old"), Ok(Fate::Existing));
        assert_eq!(view.fate("left"), Ok(Fate::Again { at }));
        assert_eq!(view.fate("theirs"), Ok(Fate::Follows { upstream }));
        let from = "main".to_owned();
        assert_eq!(view.fate("new"), Ok(Fate::New { from }));
        let said = |name| view.fate(name).expect_err(name).what;
        assert_eq!(said("main"), "main is checked out at /shop");
        assert_eq!(said("fix/cart"), "fixer works on fix/cart, in /w/fix-cart");
        assert_eq!(said("a b"), "\"a b\" cannot be a branch");
    }

    #[test]
    fn a_new_branch_begins_at_what_is_checked_out() {
        let mut view = view();
        view.head = None;
        let from = "01234567".to_owned();
        assert_eq!(view.fate("new"), Ok(Fate::New { from }));
        view.commit = None;
        let said = view.fate("new").expect_err("nothing to begin at").what;
        assert_eq!(said, "/shop has no commit yet");
    }

    #[test]
    fn names_are_those_that_git_takes() {
        for good in ["a", "fix/flaky-cart", "v1.2", "ä/ö", "a@b", "x-"] {
            assert!(valid(good), "{good}");
        }
        for bad in [
            "", "-x", "a b", "a..b", "/a", "a/", "a//b", ".a", "a/.b", "a.lock", "a.", "@", "a@{1",
            "a~1", "a^", "a:b", "a?", "a*", "a[", "a\\b", "a\u{7}", "HEAD",
        ] {
            assert!(!valid(bad), "{bad:?}");
        }
    }
}
