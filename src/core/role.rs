//! As what a session is started, and which runtimes may be started as that.

use serde::{Deserialize, Serialize};

/// As what a session is started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// It works on something itself.
    #[default]
    Worker,
    /// It coordinates others.
    Orchestrator,
}

impl Role {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Role::Worker => "worker",
            Role::Orchestrator => "orchestrator",
        }
    }
}

/// As what the operator lets a runtime be started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dispatch {
    /// Only as this; absent = as anything, or as nothing when `never`.
    pub only: Option<Role>,
    /// Not at all.
    pub never: bool,
    /// Why, in the operator's words.
    pub reason: Option<String>,
}

impl Dispatch {
    /// Why `runtime` may not be started as `role`, one line; `None` when it may.
    pub fn refuses(&self, runtime: &str, role: Role) -> Option<String> {
        let how = match (self.never, self.only) {
            (true, _) => "is not dispatched".to_owned(),
            (false, Some(only)) if only != role => {
                format!("is dispatched as {} only", only.word())
            }
            _ => return None,
        };
        let reason = self.reason.as_deref();
        let reason = reason.map(|reason| format!(": {reason}"));
        Some(format!("{runtime} {how}{}", reason.unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_for_orchestrators_is_no_worker_and_the_reason_is_said() {
        let only = Dispatch {
            only: Some(Role::Orchestrator),
            reason: Some("it drives the others".to_owned()),
            ..Dispatch::default()
        };
        assert_eq!(
            only.refuses("r", Role::Worker).as_deref(),
            Some("r is dispatched as orchestrator only: it drives the others")
        );
        assert_eq!(only.refuses("r", Role::Orchestrator), None);
        let never = Dispatch {
            never: true,
            ..Dispatch::default()
        };
        for role in [Role::Worker, Role::Orchestrator] {
            assert_eq!(
                never.refuses("r", role).as_deref(),
                Some("r is not dispatched")
            );
            assert_eq!(Dispatch::default().refuses("r", role), None);
        }
    }
}
