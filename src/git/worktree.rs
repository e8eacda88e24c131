//! A worktree of its own for a branch: planned from what git says, made, and taken back where it
//! turns out that nobody gets it.

use super::find::Place;
use super::run::Git;
use super::trees;
use crate::wire::branches::{BranchesView, Fate};
use crate::wire::view::{ErrorKind, ErrorView};
use sha2::{Digest, Sha256};
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// Beside the worktrees of a repository: where that is.
pub(super) const NOTED: &str = ".repository";
/// So many letters of a name are kept in a path.
const LETTERS: usize = 60;

/// Below which directory all worktrees are made, so that one trust of a CLI covers all:
/// `ROOT/<repository>-<hash>/<branch>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root(PathBuf);

impl Root {
    /// At `path`, which need not exist yet.
    pub fn new(path: &Path) -> Self {
        // Git prints real paths.
        let real = path.canonicalize().or_else(|_| {
            let parent = path.parent().unwrap_or(path).canonicalize()?;
            Ok::<_, io::Error>(parent.join(path.file_name().unwrap_or_default()))
        });
        Self(real.unwrap_or_else(|_| path.to_owned()))
    }

    /// Whether a checkout lies below it.
    pub fn holds(&self, path: &str) -> bool {
        Path::new(path).starts_with(&self.0)
    }

    /// The worktree that holds `path`, when one of ours does.
    pub fn tree_of(&self, path: &Path) -> Option<PathBuf> {
        let mut below = path.strip_prefix(&self.0).ok()?.components();
        Some(self.0.join(below.next()?).join(below.next()?))
    }

    /// Where those of a repository lie.
    fn of(&self, repository: &Path) -> PathBuf {
        let name = match repository.file_name() {
            Some(name) if name == ".git" => repository.parent().and_then(Path::file_name),
            name => name,
        };
        let name = name
            .map(|name| flat(&name.to_string_lossy()))
            .unwrap_or_default();
        let hash = short_hash(&repository.to_string_lossy());
        self.0
            .join(format!("{}-{hash}", name.trim_start_matches('.')))
    }
}

/// A name as one part of a path.
fn flat(name: &str) -> String {
    let plain = |c: char| match c.is_alphanumeric() || "._-".contains(c) {
        true => c,
        false => '-',
    };
    name.chars().map(plain).take(LETTERS).collect()
}

fn short_hash(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest
        .iter()
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// What is to be done for a worktree. Nothing is changed yet.
#[derive(Clone, Debug)]
pub struct Planned {
    place: Place,
    branch: String,
    /// Where it will be.
    pub path: PathBuf,
    how: How,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum How {
    /// It is there as it was left.
    Again,
    /// The branch is there; `lost`: so was its checkout, which git still knows of.
    Checkout { lost: bool },
    /// A new branch at a commit.
    Branch { at: String },
    /// A new branch that follows one of a remote.
    Follow { upstream: String },
}

/// Plans a worktree for branch `name` of the repository at `place`.
///
/// # Errors
/// See [`BranchesView::fate`]; or it is just being made, or its place is taken.
pub fn plan(
    git: &Git,
    place: &Place,
    root: &Root,
    view: &BranchesView,
    name: &str,
) -> Result<Planned, ErrorView> {
    let refused = |what: String| ErrorView::new(ErrorKind::Refused, what);
    let planned = |path, how| Planned {
        place: place.clone(),
        branch: name.to_owned(),
        path,
        how,
    };
    let how = match view.fate(name)? {
        Fate::Again { at } => {
            let known = trees(git, place)?.into_iter().find(|t| t.path == at);
            if let Some(why) = known
                .and_then(|t| t.locked)
                .filter(|why| why == "initializing")
            {
                let what = format!("git is making {at} ({why}), or was ended while it did");
                let remove = format!("git worktree remove --force --force {at}");
                return Err(refused(what).hint(format!("try again soon, or: {remove}")));
            }
            let path = PathBuf::from(at);
            let lost = !path.exists();
            return Ok(planned(
                path,
                if lost {
                    How::Checkout { lost }
                } else {
                    How::Again
                },
            ));
        }
        Fate::Existing => How::Checkout { lost: false },
        Fate::Follows { upstream } => How::Follow { upstream },
        Fate::New { .. } => How::Branch {
            at: view.commit.clone().unwrap_or_default(),
        },
    };
    let parent = root.of(&place.repository);
    let plain = flat(name);
    // Two branches may look the same as a path, and one in it may have been changed to another.
    let other = format!("{plain}-{}", short_hash(name));
    let known = trees(git, place)?;
    let free = |path: &PathBuf| !path.exists() && known.iter().all(|t| Path::new(&t.path) != path);
    let [first, second] = [plain, other].map(|name| parent.join(name));
    let path = [first.clone(), second]
        .into_iter()
        .find(free)
        .ok_or_else(|| {
            refused(format!("{} is in the way", first.display()))
                .hint("move it, or name another branch")
        })?;
    Ok(planned(path, how))
}

/// A worktree that is there.
#[derive(Clone, Debug)]
pub struct Made {
    planned: Planned,
    /// The directory in it that is the one that was asked from, or its root where that is not in it.
    pub cwd: PathBuf,
}

/// Makes what was planned; done twice it is the same.
///
/// # Errors
/// In git's words; what was half made is gone again.
pub fn add(git: &Git, planned: Planned) -> Result<Made, ErrorView> {
    let Planned {
        place,
        branch,
        path,
        how,
    } = &planned;
    let words = |error: io::Error| {
        let what = format!("{} cannot be written: {error}", path.display());
        ErrorView::new(ErrorKind::Failed, what).hint("make room there, or mend its permissions")
    };
    let full = path.to_string_lossy().into_owned();
    if *how != How::Again {
        note(place, path).map_err(words)?;
    }
    match how {
        How::Branch { at } => git.work(place, &["branch", "--no-track", branch, at])?,
        How::Follow { upstream } => {
            let upstream = format!("refs/remotes/{upstream}");
            git.work(place, &["branch", "--track", branch, &upstream])?;
        }
        How::Again | How::Checkout { .. } => {}
    }
    let add = match how {
        How::Again => Ok(()),
        How::Checkout { lost: true } => git.work(
            place,
            &["worktree", "add", "--quiet", "--force", &full, branch],
        ),
        _ => git.work(place, &["worktree", "add", "--quiet", &full, branch]),
    };
    let cwd = inside(path, &place.below);
    let made = Made { planned, cwd };
    match add {
        Ok(()) => Ok(made),
        Err(error) => {
            undo(git, &made);
            Err(error)
        }
    }
}

/// Takes back what [`add`] has made, as far as it has made it: no program was started there, and a
/// branch goes only where it still is at the commit at which it began.
pub fn undo(git: &Git, made: &Made) {
    let Planned {
        place,
        branch,
        path,
        how,
    } = &made.planned;
    let full = path.to_string_lossy();
    if *how == How::Again {
        return;
    }
    let mut steps = vec![git.work(place, &["worktree", "remove", "--force", &full])];
    let named = format!("refs/heads/{branch}");
    match how {
        How::Branch { at } => steps.push(git.work(place, &["update-ref", "-d", &named, at])),
        How::Follow { upstream } => {
            let at = git.ask(place, &["rev-parse", &format!("refs/remotes/{upstream}")]);
            let at = at.map(|at| String::from_utf8_lossy(&at).trim().to_owned());
            steps.push(at.and_then(|at| git.work(place, &["update-ref", "-d", &named, &at])));
            let section = format!("branch.{branch}");
            steps.push(git.work(place, &["config", "--remove-section", &section]));
        }
        How::Again | How::Checkout { .. } => {}
    }
    for error in steps.into_iter().filter_map(Result::err) {
        tracing::debug!(%error, "nothing to take back");
    }
}

/// Makes the directory of a repository's worktrees, and notes there which repository it is.
fn note(place: &Place, path: &Path) -> io::Result<()> {
    let parent = path.parent().unwrap_or(path);
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(parent)?;
    let noted = parent.join(NOTED);
    let text = format!("{}\n", place.repository.display());
    if fs::read_to_string(&noted).is_ok_and(|there| there == text) {
        return Ok(());
    }
    fs::write(noted, text)
}

/// The directory `below` in a tree, unless it is not there or leads out of it.
fn inside(tree: &Path, below: &Path) -> PathBuf {
    let found = tree.join(below).canonicalize().ok();
    let stays = |path: &PathBuf| {
        path.is_dir() && tree.canonicalize().is_ok_and(|tree| path.starts_with(tree))
    };
    found.filter(stays).unwrap_or_else(|| tree.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_says_repository_and_branch() {
        let root = Root(PathBuf::from("/s/worktrees"));
        let of = |path: &str| root.of(Path::new(path)).display().to_string();
        assert!(of("/src/shop/.git").starts_with("/s/worktrees/shop-"));
        assert!(of("/src/.dots.git").starts_with("/s/worktrees/dots.git-"));
        assert_ne!(of("/src/shop/.git"), of("/other/shop/.git"));
        assert_eq!(flat("fix/flaky cart"), "fix-flaky-cart");
        assert_eq!(flat(&"ä".repeat(99)).chars().count(), LETTERS);
        assert_ne!(short_hash("fix/a"), short_hash("fix-a"));
    }

    #[test]
    fn what_lies_below_the_root_is_ours() {
        let root = Root(PathBuf::from("/s/worktrees"));
        assert!(root.holds("/s/worktrees/shop-1/fix"));
        assert!(!root.holds("/s/worktrees2/shop-1/fix"));
        let tree = |path: &str| root.tree_of(Path::new(path));
        let fix = Some(PathBuf::from("/s/worktrees/shop-1/fix"));
        assert_eq!(tree("/s/worktrees/shop-1/fix/src/cart"), fix);
        assert_eq!(tree("/s/worktrees/shop-1/fix"), fix);
        assert_eq!(tree("/s/worktrees/shop-1"), None);
        assert_eq!(tree("/src"), None);
    }

    #[test]
    fn a_directory_that_leads_out_of_the_tree_is_not_gone_to() {
        let home = tempfile::tempdir().expect("a directory");
        let home = home.path().canonicalize().expect("a directory");
        let tree = home.join("tree");
        fs::create_dir_all(tree.join("src")).expect("a directory");
        std::os::unix::fs::symlink(&home, tree.join("out")).expect("a link");
        assert_eq!(inside(&tree, Path::new("src")), tree.join("src"));
        assert_eq!(inside(&tree, Path::new("gone")), tree);
        assert_eq!(inside(&tree, Path::new("out")), tree);
    }
}
