//! Worktrees of peers: one for each branch that a peer was started for, kept when it goes.

use super::house::{House, lock};
use crate::core::session::Session;
use crate::core::state::Millis;
use crate::git::{self, Git, Made, Planned, Root};
use crate::wire::branches::BranchesView;
use crate::wire::view::{ErrorKind, ErrorView};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::MutexGuard;

/// A worktree on its way to a peer. While this is held, no other one is made.
pub(super) struct Planting<'h> {
    git: Git,
    planned: Planned,
    _alone: MutexGuard<'h, ()>,
}

impl Planting<'_> {
    /// Where it will be.
    pub(super) fn path(&self) -> String {
        self.planned.path.to_string_lossy().into_owned()
    }

    /// Makes it, or finds it as it was left by a daemon that was killed here.
    pub(super) fn make(&self) -> Result<Made, ErrorView> {
        let made = git::add(&self.git, self.planned.clone())?;
        crate::platform::probes::pause("worktree.made");
        Ok(made)
    }

    /// Nobody gets it.
    pub(super) fn undo(&self, made: &Made) {
        git::undo(&self.git, made);
    }
}

impl House {
    fn root(&self) -> Root {
        Root::new(&self.paths.worktrees())
    }

    /// The worktree of ours that holds a directory.
    pub(super) fn tree_of(&self, directory: &str) -> Option<String> {
        let real = Path::new(directory).canonicalize().ok()?;
        let tree = self.root().tree_of(&real)?;
        Some(tree.to_str()?.to_owned())
    }

    /// Plans a worktree for `branch` of the repository that holds `cwd`. A new branch begins at what
    /// is checked out there, or at its newest ancestor from before `then`.
    ///
    /// # Errors
    /// Whatever would keep it from being made that can be known before.
    pub(super) fn plant(
        &self,
        cwd: &str,
        branch: &str,
        then: Option<Millis>,
        env: &BTreeMap<String, String>,
    ) -> Result<Planting<'_>, ErrorView> {
        let alone = lock(&self.planting);
        let (git, root) = (Git::new(env), self.root());
        let place = git::find(Path::new(cwd), &root)?;
        let name = crate::wire::branches::valid(branch).then_some(branch);
        let mut view = git::branches(&git, &place, &root, name)?;
        self.name_peers(&mut view);
        if let (Some(then), Some(now)) = (then, &view.commit) {
            view.commit = Some(git::before(&git, &place, now, then)?);
        }
        let planned = git::plan(&git, &place, &root, &view, branch)?;
        Ok(Planting {
            git,
            planned,
            _alone: alone,
        })
    }

    /// The branches of the repository that holds `cwd`.
    ///
    /// # Errors
    /// It is in none, or in git's words.
    pub(super) fn branches(
        &self,
        cwd: &str,
        env: &BTreeMap<String, String>,
    ) -> Result<BranchesView, ErrorView> {
        let root = self.root();
        let place = git::find(Path::new(cwd), &root)?;
        let mut view = git::branches(&Git::new(env), &place, &root, None)?;
        self.name_peers(&mut view);
        Ok(view)
    }

    /// Says which live peer works in which worktree.
    fn name_peers(&self, view: &mut BranchesView) {
        self.engine.read(|world| {
            let peers: Vec<_> = world
                .live_peers()
                .filter_map(|peer| Some((peer, world.session(&peer.session)?)))
                .collect();
            for branch in &mut view.branches {
                let at = branch.at.as_ref().filter(|_| branch.ours);
                let holder = peers
                    .iter()
                    .find(|(_, row)| at.is_some() && row.worktree.as_ref() == at);
                branch.peer = holder.map(|(peer, _)| peer.address());
            }
        });
    }

    /// Refuses to go on where a session's directory is gone, with the way to get it back.
    pub(super) fn still_there(&self, row: &Session) -> Result<(), ErrorView> {
        if Path::new(&row.cwd).is_dir() {
            return Ok(());
        }
        let refused = |what: String| ErrorView::new(ErrorKind::Refused, what);
        let Some(tree) = row
            .worktree
            .as_ref()
            .filter(|tree| !Path::new(tree).is_dir())
        else {
            let what = format!("its directory {} is gone", row.cwd);
            return Err(refused(what).hint("make it again, then resume"));
        };
        let what = format!("its worktree {tree} is gone");
        let hint = match git::repository_of(Path::new(tree)) {
            Some(repository) => {
                let at = repository.parent().filter(|_| repository.ends_with(".git"));
                let at = at.unwrap_or(&repository).display();
                let branch =
                    git::branch_of(&Git::new(&self.session_env(&row.id)), &repository, tree);
                let branch = branch.unwrap_or_else(|| "BRANCH".to_owned());
                format!("this brings it back: git -C {at} worktree add --force {tree} {branch}")
            }
            None => "its repository is not known any more".to_owned(),
        };
        Err(refused(what).hint(hint))
    }
}
