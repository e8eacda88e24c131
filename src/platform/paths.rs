//! Where things lie: `PULT_HOME/{config,state,run}`, or the XDG directories.

use etcetera::BaseStrategy;
use std::io;
use std::path::{Path, PathBuf};

/// The three directories of one pult, and what lies in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// Keymaps, themes, configuration: what people edit.
    pub config: PathBuf,
    /// The store, recordings, logs: what must survive a restart.
    pub state: PathBuf,
    /// Sockets: what need not.
    pub run: PathBuf,
}

impl Paths {
    /// From `PULT_HOME`, else from the XDG directories.
    ///
    /// # Errors
    /// When `PULT_HOME` is not absolute or there is no home directory.
    pub fn from_env() -> io::Result<Self> {
        if let Some(home) = std::env::var_os("PULT_HOME").filter(|h| !h.is_empty()) {
            return Self::under(Path::new(&home));
        }
        let base = etcetera::base_strategy::Xdg::new().map_err(|e| {
            io::Error::new(io::ErrorKind::NotFound, format!("no home directory: {e}"))
        })?;
        let state = base
            .state_dir()
            .unwrap_or_else(|| base.data_dir())
            .join("pult");
        Ok(Self {
            config: base.config_dir().join("pult"),
            run: base
                .runtime_dir()
                .map_or_else(|| state.join("run"), |d| d.join("pult")),
            state,
        })
    }

    /// Everything below one directory.
    ///
    /// # Errors
    /// When it is not an absolute path.
    pub fn under(home: &Path) -> io::Result<Self> {
        if !home.is_absolute() {
            let what = format!("PULT_HOME is {}, which is not absolute", home.display());
            return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
        }
        Ok(Self {
            config: home.join("config"),
            state: home.join("state"),
            run: home.join("run"),
        })
    }

    /// What `PULT_HOME` must be for these paths; `None` for the XDG directories.
    pub fn home(&self) -> Option<&Path> {
        let home = self.state.parent()?;
        let same = Self::under(home).is_ok_and(|paths| paths == *self);
        same.then_some(home)
    }

    /// The store.
    pub fn store(&self) -> PathBuf {
        self.state.join("pult.redb")
    }

    /// The daemon's lock, held for life.
    pub fn daemon_lock(&self) -> PathBuf {
        self.state.join("daemon.lock")
    }

    /// The daemon's log file.
    pub fn daemon_log(&self) -> PathBuf {
        self.state.join("daemon.log")
    }

    /// The worker door.
    pub fn worker_socket(&self) -> PathBuf {
        self.run.join("worker.sock")
    }

    /// Holds the operator door's address and key; 0700.
    pub fn operator_dir(&self) -> PathBuf {
        self.state.join("operator")
    }

    /// The one root of the worktrees that peers get.
    pub fn worktrees(&self) -> PathBuf {
        self.state.join("worktrees")
    }

    /// Everything of one session.
    pub fn session(&self, session: &str) -> PathBuf {
        self.state.join("sessions").join(session)
    }

    /// One start of a session's program: lock, keeper socket, spill, exit record, recording.
    pub fn attempt(&self, session: &str, attempt: u32) -> PathBuf {
        self.session(session)
            .join("attempts")
            .join(attempt.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_home_is_known_by_its_paths() {
        let paths = Paths::under(Path::new("/x/y")).unwrap();
        assert_eq!(paths.home(), Some(Path::new("/x/y")));
        let elsewhere = Paths {
            run: "/run/user/1/pult".into(),
            ..paths
        };
        assert_eq!(elsewhere.home(), None);
    }
}
