//! What the cockpit was left as: layout, panes, zoom and the selected peer, in a small file of the
//! state directory. Nothing hangs on it; what cannot be read is forgotten.

use super::agentic::Layout;
use super::layout;
use super::model::{Model, Peer};
use super::panes::Arrange;
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// No file of ours is larger, in bytes.
const MOST: u64 = 4096;

/// The file's content.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Remembered {
    /// How the screen is shared.
    pub layout: Layout,
    /// How many panes are shown.
    pub panes: Arrange,
    /// Whether one of them has everything.
    pub zoom: bool,
    /// How the daemon is asked about the selected peer.
    pub peer: Option<String>,
}

fn path(state: &Path) -> PathBuf {
    state.join("cockpit.json")
}

impl Remembered {
    /// What `model` is now.
    pub fn of(model: &Model) -> Self {
        Self {
            layout: model.layout,
            panes: model.panes.arrange,
            zoom: model.zoom,
            peer: model
                .peer()
                .map(Peer::address)
                .or_else(|| model.panes.begin_with.clone()),
        }
    }

    /// Whether `model` is so but for the selected peer.
    pub fn looks_like(&self, model: &Model) -> bool {
        (self.layout, self.panes, self.zoom) == (model.layout, model.panes.arrange, model.zoom)
    }

    /// Makes `model` so. A phone begins with its lists.
    pub fn restore(self, model: &mut Model) {
        model.layout = self.layout;
        model.panes.arrange = self.panes;
        model.zoom = self.zoom && !layout::is_phone(model.size);
        if model.peer_at.is_none() {
            model.panes.begin_with = self.peer;
        }
    }

    /// Reads the file in the state directory; what is none is nothing remembered.
    pub fn load(state: &Path) -> Self {
        let mut text = Vec::new();
        let read = File::open(path(state)).and_then(|f| f.take(MOST).read_to_end(&mut text));
        match read {
            Ok(_) => serde_json::from_slice(&text).unwrap_or_default(),
            Err(_) => Self::default(),
        }
    }

    /// Writes the file whole or not at all.
    ///
    /// # Errors
    /// When the system cannot write it.
    pub fn save(&self, state: &Path) -> io::Result<()> {
        let file = path(state);
        // Two cockpits may write at once.
        let fresh = file.with_extension(format!("{}.new", std::process::id()));
        let text = serde_json::to_vec(self)?;
        let saved = fs::write(&fresh, text).and_then(|()| fs::rename(&fresh, &file));
        if saved.is_err() {
            let _ = fs::remove_file(&fresh);
        }
        saved
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_saved_is_read_and_garbage_is_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let state = dir.path();
        assert_eq!(Remembered::load(state), Remembered::default());
        let left = Remembered {
            layout: Layout::Agentic,
            panes: Arrange::Grid,
            zoom: true,
            peer: Some("shop/fixer".into()),
        };
        left.save(state).unwrap();
        assert_eq!(Remembered::load(state), left);
        assert_eq!(
            fs::read_dir(state).unwrap().count(),
            1,
            "nothing is left over"
        );
        let some = r#"{"layout":"agentic","of_another_version":[1]}"#;
        for (text, layout) in [
            (some, Layout::Agentic),
            ("", Layout::Classic),
            ("{\"layout\":\"agentic\"", Layout::Classic),
            ("{\"layout\":\"other\"}", Layout::Classic),
            ("\u{0}\u{1b}[2J", Layout::Classic),
            (&"[".repeat(100_000), Layout::Classic),
        ] {
            fs::write(path(state), text).unwrap();
            assert_eq!(Remembered::load(state).layout, layout);
        }
        assert!(left.save(&state.join("none")).is_err());
    }
}
