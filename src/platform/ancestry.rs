//! Who stands above a process: the evidence for what it may do.

use crate::wire::view::ErrorView;

/// What this process finds out about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelfCheck {
    /// The nearest ancestor that is `pult keep` of this user, of whatever home.
    pub keeper: Option<u32>,
    /// Whether the worker's mark is on this process.
    pub marked: bool,
    /// Whether NoNewPrivs is set.
    pub no_new_privs: bool,
    /// Whether the process tree could not be read twice alike.
    pub unstable: bool,
}

/// Looks at this process and its ancestors.
pub fn self_check() -> SelfCheck {
    todo!()
}

impl SelfCheck {
    /// Whether this process may start a daemon: nothing at all speaks against it.
    pub fn may_start_daemon(&self) -> bool {
        self.keeper.is_none() && !self.marked && !self.no_new_privs && !self.unstable
    }

    /// The one-line refusal for a pult that was started in a pane; `Ok` outside.
    ///
    /// # Errors
    /// `Refused`, naming what to do instead.
    pub fn outside(&self) -> Result<(), ErrorView> {
        todo!()
    }
}
