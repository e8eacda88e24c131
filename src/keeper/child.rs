//! The terminal and the child in it: opened and started by portable-pty, and nothing else by it.

use crate::platform::pty::Terminal;
use crate::wire::keeper::LaunchSpec;
use portable_pty::{CommandBuilder, PtySize, SlavePty, native_pty_system};

/// The kernel's limit for one argument or variable, in bytes.
const LONGEST_WORD: usize = 128 * 1024 - 64;
/// What fits into every usual limit for all of them, in bytes.
const LONGEST_ALL: usize = 1536 * 1024;

/// A running child.
pub(super) struct Child {
    pub pid: u32,
    pub terminal: Terminal,
    /// Held open, so that the terminal does not end while the child has closed it for a moment:
    /// the end is told by the child's end alone.
    pub slave: Box<dyn SlavePty + Send>,
}

impl Child {
    /// Opens a terminal and starts the child in it; an error is one line for the operator.
    pub fn start(spec: &LaunchSpec) -> Result<Self, String> {
        check(spec)?;
        let size = PtySize {
            rows: spec.rows.max(2),
            cols: spec.cols.max(2),
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system()
            .openpty(size)
            .map_err(|e| format!("no terminal: {e}"))?;
        let raw = pair
            .master
            .as_raw_fd()
            .ok_or("the terminal has no master")?;
        let terminal = Terminal::of(raw).map_err(|e| format!("no terminal: {e}"))?;
        let mut command = CommandBuilder::from_argv(spec.argv.clone());
        command.cwd(&spec.cwd);
        command.env_clear();
        for (name, value) in &spec.env {
            command.env(name, value);
        }
        // Its handle is dropped without waiting: the keeper reaps everything by itself.
        let child = pair.slave.spawn_command(command).map_err(|e| {
            let text = e.to_string();
            let first = text.lines().next().unwrap_or_default();
            format!("cannot start {}: {first}", spec.argv[0].display())
        })?;
        Ok(Self {
            pid: child.process_id().ok_or("the child has no process id")?,
            terminal,
            slave: pair.slave,
        })
    }
}

/// What portable-pty would get wrong without a word.
fn check(spec: &LaunchSpec) -> Result<(), String> {
    if spec.argv.first().is_none_or(|program| program.is_empty()) {
        return Err("there is no program to start".into());
    }
    if !spec.cwd.is_absolute() || !spec.cwd.is_dir() {
        let cwd = spec.cwd.display();
        return Err(format!("the directory {cwd} is not there"));
    }
    let env = spec
        .env
        .iter()
        .map(|(name, value)| name.len() + value.len() + 2);
    let words: Vec<usize> = spec.argv.iter().map(|w| w.len() + 1).chain(env).collect();
    let all: usize = words.iter().map(|len| len + 8).sum();
    if all > LONGEST_ALL || words.iter().any(|len| *len > LONGEST_WORD) {
        return Err(format!(
            "the command line and environment are too long ({all} bytes): pass long text in a file"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_start_is_refused_in_words() {
        let spec =
            |program: &str, cwd: &str| LaunchSpec::new([0; 16], vec![program.into()], cwd.into());
        let why = |spec: &LaunchSpec| Child::start(spec).err().unwrap();
        assert!(why(&spec("sh", "/no/such/dir")).contains("/no/such/dir is not there"));
        assert!(why(&spec("sh", ".")).contains("not there"));
        assert!(why(&spec("", "/")).contains("no program"));
        assert!(why(&spec("/no/such/program", "/")).contains("cannot start /no/such/program"));
        let mut long = spec("sh", "/");
        long.argv.push("x".repeat(200 * 1024).into());
        assert!(why(&long).contains("too long"));
        let mut many = spec("sh", "/");
        many.argv
            .extend((0..100).map(|_| "x".repeat(20 * 1024).into()));
        assert!(why(&many).contains("too long"));
    }
}
