//! A session's recording: every byte its terminal printed, by offset, with the times, sizes and
//! losses; the exact screens to start from; and the history rows. Input is never recorded.
//!
//! | file | what |
//! |---|---|
//! | `<first>.data` | bytes of the stream from offset `first` (16 hex digits) |
//! | `<first>.idx` | entries of 24 bytes: `u64 offset · u64 kind << 56 \| ms · u64 value`, kind 1 out, 2 resize (value `rows << 16 \| cols`), 3 gap (value: where the stream goes on) |
//! | `<first>.lz4` | a closed pair: `u32 entries' bytes · u32 data bytes · u32 compressed entries' bytes`, then both, compressed |
//! | `<offset>.ckpt`, `<offset>.past` | a checkpoint: `PLTK · u64 offset · u64 ms of the last resize in it · u32 sum · bytes` |
//! | `prompts` | u64 each: the row at which the pane was asked something, its highest bit when the program marked it |
//! | `<first>.rows`, `<first>.ends` | history rows from number `first`, and the u32 end of each |
//!
//! What follows an entry in the data, up to the next entry, belongs to its time. Data is written
//! before its entry, a resize or gap before the data that follows it, and what was torn by a crash
//! is cut at the next open: so every prefix of the writes is a valid recording, and the point to
//! resume from is the end of what lies here. Nothing is synced: what a dead process has written
//! stays, and a machine that dies takes the terminal with it.

mod append;
mod checkpoint;
mod export;
mod history;
mod prompts;
mod read;
mod search;
mod segment;
mod thin;

pub use append::Recorder;
pub use checkpoint::Checkpoint;
pub use read::{Record, Recording, Records};
pub use search::{Hit, Hits, Past};
pub use thin::{thin, weigh};

/// What a recording may take on disk unless said otherwise, in bytes.
pub const CAP: u64 = 32 * 1024 * 1024;

/// What all recordings may take on disk unless said otherwise, in bytes.
pub const CAP_OF_ALL: u64 = 2 * 1024 * 1024 * 1024;

/// Data and entries of one segment before it is closed, in bytes.
const SEGMENT: u64 = 1024 * 1024;

/// `<16 hex digits><suffix>`.
fn name(at: u64, suffix: &str) -> String {
    format!("{at:016x}{suffix}")
}

/// The number in a name made by [`name`].
fn number(name: &str, suffix: &str) -> Option<u64> {
    let digits = name.strip_suffix(suffix).filter(|d| d.len() == 16)?;
    u64::from_str_radix(digits, 16).ok()
}

/// The numbers of all files with this suffix, in order.
fn numbers(dir: &std::path::Path, suffix: &str) -> std::io::Result<Vec<u64>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir)? {
        let name = entry?.file_name();
        found.extend(name.to_str().and_then(|n| number(n, suffix)));
    }
    found.sort_unstable();
    Ok(found)
}

/// Writes all of `bytes` at `at`; how much was written before an error is in the first place.
fn write_at(file: &std::fs::File, mut bytes: &[u8], at: u64) -> (u64, std::io::Result<()>) {
    use std::os::unix::fs::FileExt;
    let mut written = 0;
    while !bytes.is_empty() {
        match file.write_at(bytes, at + written) {
            Ok(0) => return (written, Err(std::io::ErrorKind::WriteZero.into())),
            Ok(n) => {
                written += n as u64;
                bytes = &bytes[n..];
            }
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
            Err(e) => return (written, Err(e)),
        }
    }
    (written, Ok(()))
}

/// A file of ours, made with mode 0600 where it is missing.
fn private(path: &std::path::Path) -> std::io::Result<std::fs::File> {
    use std::os::unix::fs::OpenOptionsExt;
    std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
}
