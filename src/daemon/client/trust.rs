//! The operator's word on a repository's own files.

use super::{Answer, Served, view};
use crate::config::repository;
use crate::core::command::Command;
use crate::daemon::rows::trust_row;
use crate::wire::view::{ErrorKind, ErrorView};

impl Served {
    pub(super) fn trust(&self, directory: &str, trusted: bool) -> Answer {
        if let Some(why) = &self.may_not_decide {
            return Err(ErrorView::new(ErrorKind::Refused, why.clone()));
        }
        let known = |name: &str| self.house.engine.read(|world| world.trust(name).cloned());
        let root = match repository::known_as(directory) {
            Ok(root) => root,
            // A word on what is gone by now can still be taken back.
            Err(_) if !trusted && known(directory).is_some() => directory.to_owned(),
            Err(error) => {
                let what = format!("no directory {directory}: {error}");
                return Err(ErrorView::new(ErrorKind::NotFound, what)
                    .hint("`pult trust --list` says which are known"));
            }
        };
        self.house.operate(Command::Trust {
            directory: root.clone(),
            trusted,
            who: self.who.clone(),
        })?;
        match known(&root) {
            Some(row) => view(&trust_row(&row)),
            None => Err(ErrorView::new(ErrorKind::Failed, "the word on it is gone")),
        }
    }

    pub(super) fn trusted(&self) -> Answer {
        let rows = self
            .house
            .engine
            .read(|world| world.trusts().map(trust_row).collect::<Vec<_>>());
        view(&rows)
    }
}
