//! The daemon's own log file: a line each, with a level, 0600; the one before is kept as `.1`.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Mutex;
use tracing_subscriber::fmt::time::FormatTime;

/// Bytes above which the file is set aside at the next start.
const KEEP: u64 = 4 * 1024 * 1024;

struct Utc;

impl FormatTime for Utc {
    fn format_time(&self, w: &mut tracing_subscriber::fmt::format::Writer<'_>) -> std::fmt::Result {
        write!(w, "{}", crate::wire::view::time(super::now()))
    }
}

/// Sends every `tracing` event of this process to `path`. `PULT_LOG` names the level
/// (error, warn, info, debug, trace); info when it is absent.
///
/// # Errors
/// When the file cannot be opened.
pub(crate) fn install(path: &Path) -> io::Result<()> {
    let file = open(path)?;
    let level = std::env::var("PULT_LOG").ok().and_then(|l| l.parse().ok());
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(level.unwrap_or(tracing::Level::INFO))
        .with_ansi(false)
        .with_target(false)
        .with_timer(Utc)
        .with_writer(Mutex::new(file))
        .finish();
    // A second install happens only where tests share a process; the first one stays.
    let _ = tracing::subscriber::set_global_default(subscriber);
    Ok(())
}

fn open(path: &Path) -> io::Result<File> {
    if std::fs::metadata(path).is_ok_and(|m| m.len() > KEEP) {
        std::fs::rename(path, path.with_extension("log.1"))?;
    }
    OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path)
}
