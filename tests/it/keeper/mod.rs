//! The keeper as a process: a real child in a real terminal, and a daemon that comes and goes.

mod ends;
mod hostile;
mod stream;

use crate::support::{PATIENCE, wait_for};
use pult::daemon::link::{self, KeeperLink, KeeperReader, KeeperWriter};
use pult::platform::process;
use pult::store::recording::Recorder;
use pult::wire::keeper::{KeeperSays, LaunchSpec};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};

/// An attempt's directory with a keeper in it; what lives there is ended with it.
pub struct Attempt {
    dir: tempfile::TempDir,
    /// While this is held, the test goes on.
    going: Option<Sender<()>>,
}

impl Attempt {
    /// Starts `script` in a shell under a keeper.
    pub fn start(script: &str) -> Self {
        Self::with(script, |_| {})
    }

    /// The same with a launch of one's own.
    pub fn with(script: &str, change: impl FnOnce(&mut LaunchSpec)) -> Self {
        let mut attempt = Self::prepare(script, change);
        link::spawn_keeper(program(), attempt.path()).expect("the keeper starts");
        attempt.watch();
        attempt
    }

    /// Ends a keeper that a test waits for in vain: its reader then says what it waited for.
    pub fn watch(&mut self) {
        let registry = link::registry(self.path()).expect("a started keeper registers");
        let (going, over) = channel();
        self.going = Some(going);
        std::thread::spawn(move || {
            if over.recv_timeout(4 * PATIENCE) == Err(RecvTimeoutError::Timeout) {
                process::send(process::KILL, registry.keeper.0, false);
            }
        });
    }

    /// Only the directory and its launch file.
    pub fn prepare(script: &str, change: impl FnOnce(&mut LaunchSpec)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let argv = ["sh", "-c", script].map(Into::into).to_vec();
        let mut spec = LaunchSpec::new(*b"0123456789abcdef", argv, dir.path().into());
        let kept = ["PATH", "HOME"];
        spec.env = kept
            .iter()
            .filter_map(|name| Some(((*name).into(), std::env::var_os(name)?)))
            .collect();
        spec.env.push(("SHELL".into(), "/bin/sh".into()));
        spec.env.push(("TERM".into(), "xterm-256color".into()));
        change(&mut spec);
        fs::write(dir.path().join("launch"), spec.encode()).unwrap();
        Self { dir, going: None }
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn attach(&self, generation: u64, from: u64) -> (KeeperReader, KeeperWriter) {
        KeeperLink::connect(self.path(), generation, from).expect("the keeper listens")
    }

    pub fn wait_gone(&self) {
        wait_for("the keeper to go", PATIENCE, || {
            match link::alive(self.path()) {
                false => Ok(()),
                true => Err("it holds its lock".into()),
            }
        });
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        // The keeper takes its tree with it.
        if let Some(found) = link::registry(self.path()).filter(|_| link::alive(self.path())) {
            process::send(process::KILL, found.child.0, true);
            process::send(process::KILL, found.keeper.0, false);
        }
    }
}

/// The real binary.
pub fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_pult"))
}

/// What a daemon does with what a keeper says: record, then tell that it is durable.
pub fn record(recorder: &mut Recorder, writer: &KeeperWriter, says: &KeeperSays) -> io::Result<()> {
    match says {
        KeeperSays::Out { offset, ms, bytes } => recorder.out(*offset, *ms, bytes)?,
        KeeperSays::Resized {
            offset,
            ms,
            rows,
            cols,
        } => recorder.resize(*offset, *ms, *rows, *cols)?,
        KeeperSays::Gap { from, to, ms } => recorder.gap(*from, *to, *ms)?,
        _ => return Ok(()),
    }
    // A keeper that is gone is found by the reader.
    let _ = writer.durable(recorder.end());
    let _ = writer.credit(recorder.end() + 256 * 1024);
    Ok(())
}

/// Reads until `found` is so; everything said until then.
pub fn until(
    reader: &mut KeeperReader,
    what: &str,
    mut found: impl FnMut(&KeeperSays) -> bool,
) -> Vec<KeeperSays> {
    let mut said = Vec::new();
    loop {
        match reader.next().expect("the keeper's frames read") {
            Some(says) => {
                let last = found(&says);
                said.push(says);
                if last {
                    return said;
                }
            }
            None => panic!("the keeper ended before {what}; it said {said:?}"),
        }
    }
}

/// The output in it, as text.
pub fn text(said: &[KeeperSays]) -> String {
    let bytes = said.iter().flat_map(|says| match says {
        KeeperSays::Out { bytes, .. } => bytes.as_slice(),
        _ => &[],
    });
    String::from_utf8_lossy(&bytes.copied().collect::<Vec<u8>>()).into_owned()
}

/// Reads until the output so far contains `needle`, giving credit all the while.
pub fn until_text(reader: &mut KeeperReader, writer: &KeeperWriter, needle: &str) -> String {
    let mut seen = String::new();
    let mut from = 0;
    until(reader, needle, |says| {
        if let KeeperSays::Out { offset, bytes, .. } = says {
            // It may begin in what came before.
            from = seen.len().saturating_sub(needle.len());
            while !seen.is_char_boundary(from) {
                from -= 1;
            }
            seen.push_str(&String::from_utf8_lossy(bytes));
            let _ = writer.credit(offset + bytes.len() as u64 + 256 * 1024);
        }
        seen[from..].contains(needle)
    });
    seen
}
