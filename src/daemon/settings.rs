//! What of `daemon.toml` in the configuration directory concerns the daemon.

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
        let mut settings = Self {
            recording_bytes: recording::CAP,
            recordings_bytes: recording::CAP_OF_ALL,
        };
        let path = config.join("daemon.toml");
        let Ok(text) = std::fs::read_to_string(&path) else {
            return settings;
        };
        match text.parse::<toml::Table>() {
            Ok(table) => settings.take(&table, &path),
            Err(error) => {
                let line = error.message();
                tracing::warn!(file = %path.display(), line, "the settings do not read; the defaults stay");
            }
        }
        settings
    }

    fn take(&mut self, table: &toml::Table, path: &Path) {
        for (key, value) in table {
            match (key.as_str(), value.as_integer()) {
                ("recording-mib", Some(mib @ 1..=1_048_576)) => {
                    self.recording_bytes = mib.unsigned_abs() * 1024 * 1024;
                }
                ("recordings-mib", Some(mib @ 1..=1_048_576)) => {
                    self.recordings_bytes = mib.unsigned_abs() * 1024 * 1024;
                }
                ("recording-mib" | "recordings-mib", _) => {
                    tracing::warn!(file = %path.display(), "{key} is a whole number from 1 on; the default stays");
                }
                _ => tracing::warn!(file = %path.display(), key, "there is no such setting"),
            }
        }
    }
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
