//! The status file that a CLI writes about itself, read whenever it changes.

use super::house::House;
use super::pane::Pane;
use crate::platform::files;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};
use std::time::Duration;

/// Largest status file that is read, bytes.
const LARGEST: u64 = 1024 * 1024;
/// How long after the start its directory may still be missing, in tries a second apart.
const TRIES: u32 = 120;
const BETWEEN: Duration = Duration::from_secs(1);

impl House {
    /// Reads the status file of a pane's program now and whenever it changes, where its runtime
    /// has one. Its disk may hang: that holds a thread of its own.
    pub(crate) fn watch_status(self: &Arc<Self>, pane: &Arc<Pane>, pid: u32) {
        let env = self.session_env(&pane.session);
        if let Some(path) = pane.runtime.status_file(pid, &env) {
            self.watch_soon(Arc::downgrade(pane), PathBuf::from(path), TRIES);
        }
    }

    fn watch_soon(self: &Arc<Self>, pane: Weak<Pane>, path: PathBuf, tries: u32) {
        let house = Arc::clone(self);
        let thread = std::thread::Builder::new().name("status".into());
        let begun = thread.spawn(move || house.try_watch(pane, path, tries));
        if let Err(error) = begun {
            tracing::warn!(%error, "no thread to look for a status file");
        }
    }

    fn try_watch(self: &Arc<Self>, pane: Weak<Pane>, path: PathBuf, tries: u32) {
        let (house, file, weak) = (Arc::clone(self), path.clone(), pane.clone());
        let read = move || match weak.upgrade().filter(|pane| pane.keeper().is_some()) {
            Some(pane) => {
                house.read_status(&pane, &file);
                true
            }
            None => false,
        };
        if self.watcher.watch(&path, Box::new(read)).is_ok() {
            if let Some(pane) = pane.upgrade() {
                self.read_status(&pane, &path);
            }
        } else if tries > 0 && pane.upgrade().is_some() {
            // A first start of the CLI makes the directory.
            let house = Arc::clone(self);
            self.ticker
                .after(BETWEEN, move || house.watch_soon(pane, path, tries - 1));
        }
    }

    fn read_status(self: &Arc<Self>, pane: &Arc<Pane>, path: &Path) {
        let name = format!("status of {}", pane.session);
        let (house, pane, path) = (Arc::clone(self), Arc::downgrade(pane), path.to_owned());
        self.readers.soon(&name, move || {
            if let Some(pane) = pane.upgrade()
                && let Ok(contents) = files::text(&path, LARGEST)
            {
                house.signals(&pane, pane.runtime.status(&contents), None);
            }
        });
    }
}
