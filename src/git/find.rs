//! Which repository a directory belongs to, without asking git: what lies in a worker's tree could
//! name another one.

use super::worktree::Root;
use crate::wire::view::{ErrorKind, ErrorView};
use std::fs;
use std::path::{Path, PathBuf};

/// A checkout of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The repository's git directory, which all its checkouts share.
    pub repository: PathBuf,
    /// The root of the checkout.
    pub tree: String,
    /// From there on to the directory that was asked about; empty at the root.
    pub below: PathBuf,
    /// It is the repository's own checkout, and no worktree.
    pub main: bool,
}

/// The checkout that holds `directory`. Reads the file system.
///
/// # Errors
/// It is in no repository, or in one without a checkout.
pub fn find(directory: &Path, root: &Root) -> Result<Place, ErrorView> {
    let refused = |what: String| ErrorView::new(ErrorKind::Refused, what);
    let none = || {
        let what = format!("{} is in no git repository", directory.display());
        refused(what).hint("a worktree needs one; without --worktree it starts there as it is")
    };
    let real = directory.canonicalize().map_err(|_| none())?;
    if let Some(tree) = root.tree_of(&real) {
        let gone = || refused(format!("{} has no repository any more", tree.display()));
        let repository = repository_of(&tree).ok_or_else(gone)?;
        return place(repository, &tree, &real, false).ok_or_else(none);
    }
    let holds = |place: &&Path| place.join(".git").exists();
    let Some(tree) = real.ancestors().find(holds) else {
        let bare = |dir: &&Path| dir.join("HEAD").is_file() && dir.join("objects").is_dir();
        return Err(match real.ancestors().find(bare) {
            Some(bare) => refused(format!("{} is a bare repository", bare.display()))
                .hint("go to one of its checkouts: a new branch begins at what is there"),
            None => none(),
        });
    };
    let git = tree.join(".git");
    let named = match fs::read_to_string(&git) {
        Ok(text) => tree.join(text.trim().strip_prefix("gitdir:").ok_or_else(none)?.trim()),
        Err(_) => git,
    };
    // Only a worktree's git directory says where the shared one is.
    let shared = fs::read_to_string(named.join("commondir"));
    let repository = match &shared {
        Ok(text) => named.join(text.trim()),
        Err(_) => named,
    };
    let repository = repository.canonicalize().map_err(|_| none())?;
    place(repository, tree, &real, shared.is_err()).ok_or_else(none)
}

fn place(repository: PathBuf, tree: &Path, real: &Path, main: bool) -> Option<Place> {
    Some(Place {
        repository,
        tree: tree.to_str()?.to_owned(),
        below: real.strip_prefix(tree).ok()?.to_owned(),
        main,
    })
}

/// The repository that a worktree of ours was made from, as it was noted beside it.
pub fn repository_of(tree: &Path) -> Option<PathBuf> {
    let noted = fs::read_to_string(tree.parent()?.join(super::worktree::NOTED)).ok()?;
    Some(PathBuf::from(noted.trim_end_matches('\n')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home() -> (tempfile::TempDir, Root, impl Fn(&str) -> PathBuf) {
        let home = tempfile::tempdir().expect("a directory");
        let real = home.path().canonicalize().expect("a directory");
        let at = move |path: &str| real.join(path);
        let root = Root::new(&at("state/worktrees"));
        (home, root, at)
    }

    fn dirs(at: &impl Fn(&str) -> PathBuf, paths: &[&str]) {
        for path in paths {
            fs::create_dir_all(at(path)).expect("a directory");
        }
    }

    #[test]
    fn a_checkout_and_a_worktree_share_a_repository() {
        let (_home, root, at) = home();
        dirs(
            &at,
            &["shop/.git/worktrees/fix", "shop/src/cart", "fix/src"],
        );
        let git = format!("gitdir: {}\n", at("shop/.git/worktrees/fix").display());
        fs::write(at("fix/.git"), git).expect("a file");
        fs::write(at("shop/.git/worktrees/fix/commondir"), "../..\n").expect("a file");
        let found = find(&at("shop/src/cart"), &root).expect("a repository");
        assert_eq!(found.repository, at("shop/.git"));
        assert_eq!(found.below, Path::new("src/cart"));
        assert!(found.main);
        let found = find(&at("fix"), &root).expect("a repository");
        assert_eq!((&found.repository, found.main), (&at("shop/.git"), false));
        assert_eq!(found.below, Path::new(""));
    }

    #[test]
    fn what_a_worker_writes_into_its_tree_names_no_other_repository() {
        let (_home, root, at) = home();
        dirs(&at, &["evil/objects", "state/worktrees/shop-1/fix/src"]);
        fs::write(at("state/worktrees/shop-1/fix/.git"), "gitdir: /evil\n").expect("a file");
        let within = at("state/worktrees/shop-1/fix/src");
        let refused = find(&within, &root).expect_err("nothing was noted");
        assert!(
            refused.what.ends_with("has no repository any more"),
            "{refused}"
        );
        fs::write(at("state/worktrees/shop-1/.repository"), "/shop/.git\n").expect("a file");
        let found = find(&within, &root).expect("it was noted");
        assert_eq!(found.repository, Path::new("/shop/.git"));
        assert_eq!(found.below, Path::new("src"));
    }

    #[test]
    fn what_is_no_checkout_is_said() {
        let (_home, root, at) = home();
        dirs(&at, &["plain", "shop.git/objects"]);
        fs::write(at("shop.git/HEAD"), "ref: refs/heads/main\n").expect("a file");
        let said = |path: &str| find(&at(path), &root).expect_err(path).what;
        assert!(said("plain").ends_with("plain is in no git repository"));
        assert!(said("shop.git").ends_with("shop.git is a bare repository"));
        assert!(said("gone").ends_with("gone is in no git repository"));
    }
}
