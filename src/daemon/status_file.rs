//! The status file that a CLI writes about itself, read whenever it changes.

use super::house::House;
use super::pane::Pane;
use std::path::PathBuf;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// Largest status file that is read, bytes.
const LARGEST: u64 = 1024 * 1024;
/// How long after the start its directory may still be missing, in tries a second apart.
const TRIES: u32 = 120;
const BETWEEN: Duration = Duration::from_secs(1);

impl House {
    /// Reads the status file of a pane's program now and whenever it changes, where its runtime
    /// has one.
    pub(crate) fn watch_status(self: &Arc<Self>, pane: &Arc<Pane>, pid: u32) {
        let env = self.session_env(&pane.session);
        if let Some(path) = pane.runtime.status_file(pid, &env) {
            self.try_watch(Arc::downgrade(pane), PathBuf::from(path), TRIES);
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
                .after(BETWEEN, move || house.try_watch(pane, path, tries - 1));
        }
    }

    fn read_status(self: &Arc<Self>, pane: &Arc<Pane>, path: &PathBuf) {
        let small =
            std::fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() <= LARGEST);
        if !small {
            return;
        }
        if let Ok(contents) = std::fs::read_to_string(path) {
            self.signals(pane, pane.runtime.status(&contents), None);
        }
    }
}
