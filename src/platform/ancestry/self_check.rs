//! What a process finds out about itself before it does an operator's work.

use super::{keeper_above, of_self};
use crate::platform::mark;
use crate::wire::view::{ErrorKind, ErrorView};

/// What speaks against this process being the operator's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelfCheck {
    /// The nearest ancestor that is `pult keep` of this user, of whatever home.
    pub keeper: Option<u32>,
    /// Whether the worker's mark is on this process.
    pub marked: bool,
    /// Whether NoNewPrivs is set.
    pub no_new_privs: bool,
    /// Why the process tree is not known, in words.
    pub unknown: Option<String>,
}

/// Looks at this process and its ancestors.
pub fn self_check() -> SelfCheck {
    let mut check = SelfCheck {
        keeper: None,
        marked: mark::is_on_self(),
        no_new_privs: rustix::thread::no_new_privs().unwrap_or(true),
        unknown: None,
    };
    let uid = rustix::process::getuid().as_raw();
    let found = of_self().and_then(|chain| {
        let keeper = keeper_above(&chain, uid).map_err(|e| e.to_string())?;
        Ok(keeper.map(|k| k.pid))
    });
    match found {
        Ok(keeper) => check.keeper = keeper,
        Err(why) => check.unknown = Some(why),
    }
    check
}

impl SelfCheck {
    /// Whether this process may start a daemon: nothing at all speaks against it.
    pub fn may_start_daemon(&self) -> bool {
        self.keeper.is_none() && !self.marked && !self.no_new_privs && self.unknown.is_none()
    }

    /// The one-line refusal for a pult that was started in a pane; `Ok` outside, and in a session
    /// with the profile `none`, which has neither the mark nor NoNewPrivs.
    ///
    /// # Errors
    /// `Refused`, naming what to do instead.
    pub fn outside(&self) -> Result<(), ErrorView> {
        let in_pane = self.marked || self.keeper.is_some() && self.no_new_privs;
        match in_pane {
            true => Err(no_place("this is a pane")),
            false => Ok(()),
        }
    }
}

/// The refusal of an operator's work in a pane; `what` says which pane.
pub fn no_place(what: &str) -> ErrorView {
    ErrorView::new(
        ErrorKind::Refused,
        format!("{what}; a pane is no place for an operator"),
    )
    .hint("use a terminal outside, or a session with --profile none")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pane_is_refused_and_a_session_without_profile_may_not_start_a_daemon() {
        let outside = SelfCheck {
            keeper: None,
            marked: false,
            no_new_privs: false,
            unknown: None,
        };
        assert!(outside.outside().is_ok() && outside.may_start_daemon());
        let none = SelfCheck {
            keeper: Some(7),
            ..outside.clone()
        };
        assert!(none.outside().is_ok() && !none.may_start_daemon());
        let orphan = SelfCheck {
            marked: true,
            ..outside.clone()
        };
        let line = orphan.outside().unwrap_err().to_string();
        assert!(line.contains("a pane is no place for an operator; use a terminal outside"));
        let unknown = SelfCheck {
            unknown: Some("gone".to_owned()),
            ..outside
        };
        assert!(!unknown.may_start_daemon());
    }
}
