//! What of `daemon.toml` in the configuration directory concerns the daemon.

use crate::config::{Entry, Mistake, Value, entries, optional};
use crate::store::recording;
use std::path::Path;

/// Settings with their defaults.
pub(super) struct Settings {
    /// What one recording may take on disk, bytes.
    pub(super) recording_bytes: u64,
    /// What all recordings may take on disk, bytes.
    pub(super) recordings_bytes: u64,
}

impl Settings {
    /// Reads `daemon.toml`; a mistake is a line in the log, and the default stays.
    pub(super) fn load(config: &Path) -> Self {
        let (settings, mistakes) = Self::read(config);
        for mistake in mistakes {
            tracing::warn!(%mistake, "a setting does not read");
        }
        settings
    }

    fn read(config: &Path) -> (Self, Vec<Mistake>) {
        let mut settings = Self {
            recording_bytes: recording::CAP,
            recordings_bytes: recording::CAP_OF_ALL,
        };
        let path = config.join("daemon.toml");
        let file = path.display().to_string();
        let text = match optional(&path) {
            Ok(text) => text.unwrap_or_default(),
            Err(mistake) => return (settings, vec![mistake]),
        };
        let (entries, mut mistakes) = entries(&file, &text);
        for entry in &entries {
            if let Err(what) = settings.take(entry) {
                mistakes.push(Mistake::of(&file, entry, what));
            }
        }
        (settings, mistakes)
    }

    fn take(&mut self, entry: &Entry) -> Result<(), String> {
        let place = match (entry.section.as_str(), entry.key.as_str()) {
            ("", "recording-mib") => &mut self.recording_bytes,
            ("", "recordings-mib") => &mut self.recordings_bytes,
            (_, key) => return Err(format!("there is no setting {key}")),
        };
        match entry.value {
            Value::Number(mib @ 1..=1_048_576) => *place = mib.unsigned_abs() * 1024 * 1024,
            _ => {
                let key = &entry.key;
                return Err(format!("{key} is no whole number from 1 to 1048576"));
            }
        }
        Ok(())
    }
}

/// What in `daemon.toml` cannot be used.
pub fn mistakes(config: &Path) -> Vec<Mistake> {
    Settings::read(config).1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_leaves_the_default() {
        let dir = tempfile::tempdir().unwrap();
        for (text, mib) in [
            ("recording-mib = 7", 7),
            ("recordings-mib = 7", 32),
            ("recording-mib = \"x\"", 32),
            ("]", 32),
            ("a = 1", 32),
        ] {
            std::fs::write(dir.path().join("daemon.toml"), text).unwrap();
            assert_eq!(
                Settings::load(dir.path()).recording_bytes,
                mib << 20,
                "{text}"
            );
        }
        assert_eq!(
            Settings::load(Path::new("/nowhere")).recording_bytes,
            32 << 20
        );
    }
}
