//! What is done with git: by its own program, in a cleared environment, within a time, with hooks
//! and what else a repository could have run switched off. A worker can rewrite what lies in its
//! tree, so none of it is asked where the repository is.

mod find;
mod list;
mod run;
mod worktree;

pub use find::{Place, find, repository_of};
pub use run::Git;
pub use worktree::{Made, Planned, Root, add, plan, undo};

use crate::core::state::Millis;
use crate::wire::branches::{BranchView, BranchesView};
use crate::wire::view::{ErrorKind, ErrorView};
use list::Tree;
use std::path::{Path, PathBuf};

/// The branches of the repository at `place`; of those that have that name alone, where one is
/// given. Peers are not known here.
///
/// # Errors
/// In git's words.
pub fn branches(
    git: &Git,
    place: &Place,
    root: &Root,
    name: Option<&str>,
) -> Result<BranchesView, ErrorView> {
    let trees = trees(git, place)?;
    let of = |name: &str| {
        [
            format!("refs/heads/{name}"),
            format!("refs/remotes/*/{name}"),
        ]
    };
    let patterns = match name {
        Some(name) => of(name),
        None => ["refs/heads", "refs/remotes"].map(str::to_owned),
    };
    let mut args = vec!["for-each-ref", "--format=%(refname)"];
    args.extend(patterns.iter().map(String::as_str));
    let refs = git.ask(place, &args)?;
    let mut branches = list::branches(&String::from_utf8_lossy(&refs));
    for branch in &mut branches {
        let tree = trees
            .iter()
            .find(|t| t.branch.as_ref() == Some(&branch.name));
        if let Some(tree) = tree.filter(|_| branch.upstream.is_none()) {
            branch.at = Some(tree.path.clone());
            branch.ours = root.holds(&tree.path);
        }
    }
    let here = here(&trees, place);
    // A branch without a commit has no ref yet.
    let unborn = here
        .filter(|t| t.commit.is_none())
        .and_then(|t| t.branch.clone());
    branches.extend(
        unborn
            .filter(|b| name.is_none_or(|n| n == b))
            .map(|name| BranchView {
                name,
                at: Some(place.tree.clone()),
                ..BranchView::default()
            }),
    );
    Ok(BranchesView {
        tree: place.tree.clone(),
        head: here.and_then(|t| t.branch.clone()),
        commit: here.and_then(|t| t.commit.clone()),
        branches,
    })
}

/// The branch that a checkout had, though its directory may be gone.
pub fn branch_of(git: &Git, repository: &Path, tree: &str) -> Option<String> {
    let place = Place {
        repository: repository.to_owned(),
        tree: tree.to_owned(),
        below: PathBuf::new(),
        main: false,
    };
    let trees = trees(git, &place).ok()?;
    here(&trees, &place)?.branch.clone()
}

/// The newest commit from before `then`, in ms since 1970, among `commit` and its first ancestors.
///
/// # Errors
/// There is none; or in git's words.
pub fn before(git: &Git, place: &Place, commit: &str, then: Millis) -> Result<String, ErrorView> {
    let latest = format!("--min-age={}", then.div_euclid(1000));
    let args = ["rev-list", "--first-parent", "-1", &latest, commit];
    let found = git.ask(place, &args)?;
    let found = String::from_utf8_lossy(&found).trim().to_owned();
    if found.is_empty() {
        let what = format!(
            "nothing was committed in {} before that was said",
            place.tree
        );
        let hint = "name a branch that is there, or leave --worktree out";
        return Err(ErrorView::new(ErrorKind::Refused, what).hint(hint));
    }
    Ok(found)
}

/// All checkouts of the repository.
fn trees(git: &Git, place: &Place) -> Result<Vec<Tree>, ErrorView> {
    let listed = git.ask(place, &["worktree", "list", "--porcelain", "-z"])?;
    Ok(list::trees(&String::from_utf8_lossy(&listed)))
}

/// The checkout that was asked about; git says the first one is that of the repository itself.
fn here<'t>(trees: &'t [Tree], place: &Place) -> Option<&'t Tree> {
    let named = trees.iter().find(|t| t.path == place.tree);
    named.or_else(|| trees.first().filter(|_| place.main))
}
