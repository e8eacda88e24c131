//! What git prints for programs, read.

use crate::wire::branches::BranchView;

/// A checkout.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    /// Where it is.
    pub path: String,
    /// The commit that is checked out, as hex; absent in a bare repository and before the first.
    pub commit: Option<String>,
    /// The branch; absent where none is checked out.
    pub branch: Option<String>,
    /// Why it may not be touched, where it is locked.
    pub locked: Option<String>,
}

/// The checkouts in the output of `git worktree list --porcelain -z` (git-worktree(1)): lines that
/// end in NUL, and an empty one after each checkout.
pub fn trees(text: &str) -> Vec<Tree> {
    let mut trees: Vec<Tree> = Vec::new();
    for line in text.split('\0') {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        if word == "worktree" {
            trees.push(Tree {
                path: rest.to_owned(),
                ..Tree::default()
            });
        }
        let Some(tree) = trees.last_mut() else {
            continue;
        };
        let named = |prefix| rest.strip_prefix(prefix).map(str::to_owned);
        match word {
            // Before the first commit it is all zeros.
            "HEAD" if rest.contains(|c| c != '0') => tree.commit = Some(rest.to_owned()),
            "branch" => tree.branch = named("refs/heads/"),
            "locked" => tree.locked = Some(rest.to_owned()),
            _ => {}
        }
    }
    trees
}

/// The branches among full names of refs, a line each: those of the repository, then those that
/// only a remote has, one of each name.
pub fn branches(text: &str) -> Vec<BranchView> {
    let own = text
        .lines()
        .filter_map(|line| line.strip_prefix("refs/heads/"));
    let mut branches: Vec<BranchView> = own
        .map(|name| BranchView {
            name: name.to_owned(),
            ..BranchView::default()
        })
        .collect();
    for upstream in text
        .lines()
        .filter_map(|line| line.strip_prefix("refs/remotes/"))
    {
        let Some((_, name)) = upstream.split_once('/') else {
            continue;
        };
        if name != "HEAD" && !branches.iter().any(|b| b.name == name) {
            branches.push(BranchView {
                name: name.to_owned(),
                upstream: Some(upstream.to_owned()),
                ..BranchView::default()
            });
        }
    }
    branches
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As git 2.47 prints it.
    const LISTED: &str = "worktree /src/shop\0HEAD 5c67fc5e1b2dd4e0eb9ba6e7d5a4b2a8e9f0c1d2\0\
        branch refs/heads/main\0\0worktree /w/a b\0HEAD 5c67fc5e1b2dd4e0eb9ba6e7d5a4b2a8e9f0c1d2\0\
        branch refs/heads/fix/cart\0locked initializing\0\0worktree /w/c\0\
        HEAD 5c67fc5e1b2dd4e0eb9ba6e7d5a4b2a8e9f0c1d2\0detached\0prunable gitdir file points to \
        non-existent location\0\0";

    #[test]
    fn checkouts_are_read() {
        let trees = trees(LISTED);
        let places: Vec<_> = trees
            .iter()
            .map(|t| (t.path.as_str(), t.branch.as_deref(), t.locked.as_deref()))
            .collect();
        let expected = [
            ("/src/shop", Some("main"), None),
            ("/w/a b", Some("fix/cart"), Some("initializing")),
            ("/w/c", None, None),
        ];
        assert_eq!(places, expected);
        assert!(trees.iter().all(|t| t.commit.is_some()));
    }

    #[test]
    fn a_repository_without_a_commit_or_a_checkout_is_read() {
        let zeros = "0".repeat(40);
        let text = format!("worktree /x\0HEAD {zeros}\0branch refs/heads/main\0\0");
        let tree = &trees(&text)[0];
        assert_eq!(
            (tree.commit.as_ref(), tree.branch.as_deref()),
            (None, Some("main"))
        );
        let bare = &trees("worktree /x.git\0bare\0\0")[0];
        assert_eq!((&bare.commit, &bare.branch), (&None, &None));
        assert_eq!(trees(""), []);
    }

    #[test]
    fn a_branch_that_is_here_hides_that_of_a_remote() {
        let text = "refs/heads/fix/a\nrefs/heads/main\nrefs/remotes/origin/HEAD\n\
                    refs/remotes/origin/fix/b\nrefs/remotes/origin/main\nrefs/remotes/up/fix/b\n";
        let branches = branches(text);
        let pairs: Vec<_> = branches
            .iter()
            .map(|b| (b.name.as_str(), b.upstream.as_deref()))
            .collect();
        let expected = [
            ("fix/a", None),
            ("main", None),
            ("fix/b", Some("origin/fix/b")),
        ];
        assert_eq!(pairs, expected);
    }
}
