//! Tells the loop when one of the operator's files changes.

use crate::platform::terminal::Waker;
use crate::platform::watch::Watcher;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A watch over `cockpit.toml`, keymaps, themes and runtimes; they may come and go.
pub struct Reload {
    watcher: Watcher,
    changed: Arc<AtomicBool>,
    waker: Arc<Waker>,
    config: PathBuf,
    /// The directories that are watched already.
    watched: Vec<PathBuf>,
    /// Why one is not.
    trouble: Option<String>,
}

impl Reload {
    /// Watches what there is below `config`.
    pub fn watch(config: &Path, waker: Waker) -> Self {
        let mut reload = Self {
            watcher: Watcher::default(),
            changed: Arc::default(),
            waker: Arc::new(waker),
            config: config.to_owned(),
            watched: Vec::new(),
            trouble: None,
        };
        reload.arm();
        reload
    }

    /// Whether something changed since the last time; a directory that is new is watched from now on.
    pub fn changed(&mut self) -> bool {
        let changed = self.changed.swap(false, Ordering::SeqCst);
        if changed {
            self.arm();
        }
        changed
    }

    /// Why changes are not seen, told once.
    pub fn trouble(&mut self) -> Option<String> {
        self.trouble.take()
    }

    fn arm(&mut self) {
        let own = [
            self.config.clone(),
            self.config.join("keymaps"),
            self.config.join("themes"),
            self.config.join("runtimes"),
        ];
        // While there is no directory, its coming is what is waited for.
        let above = self.config.parent().filter(|_| !self.config.is_dir());
        self.watched.retain(|dir| dir.is_dir());
        for dir in own.into_iter().chain(above.map(Path::to_owned)) {
            if self.watched.contains(&dir) || !dir.is_dir() {
                continue;
            }
            let (changed, waker) = (Arc::clone(&self.changed), Arc::clone(&self.waker));
            let tell = move || {
                changed.store(true, Ordering::SeqCst);
                waker.wake();
                true
            };
            match self.watcher.watch_directory(&dir, Box::new(tell)) {
                Ok(()) => self.watched.push(dir),
                Err(error) => {
                    self.trouble = Some(format!(
                        "changes of {} are not seen: {error}",
                        dir.display()
                    ));
                }
            }
        }
    }
}
