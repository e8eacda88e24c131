//! Processes that outlive their starter, and processes that nobody may look into.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::ffi::OsStr;
use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{ChildStdout, Command, Stdio};
use std::time::Duration;

/// Starts `command` as a process of its own: own session, no terminal, working directory `/`, not
/// a child of this one. Standard input is `/dev/null`; its standard output, which it keeps for life
/// and does not use, tells when it ends.
///
/// # Errors
/// When it could not be started.
pub fn spawn(mut command: Command) -> io::Result<Detached> {
    command
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    // SAFETY: between fork and exec only setsid, fork and _exit run, which are async-signal-safe.
    unsafe { command.pre_exec(leave) };
    let mut child = command.spawn()?;
    child.wait()?;
    match child.stdout.take() {
        Some(stdout) => Ok(Detached { stdout }),
        None => Err(io::ErrorKind::BrokenPipe.into()),
    }
}

/// A process started by [`spawn`]; dropping this leaves it alone.
#[derive(Debug)]
pub struct Detached {
    stdout: ChildStdout,
}

impl Detached {
    /// Waits so long for its end; whether it ended.
    pub fn ended_within(&mut self, time: Duration) -> bool {
        let mut fds = [PollFd::new(&self.stdout, PollFlags::IN)];
        let time = Timespec::try_from(time).ok();
        match poll(&mut fds, time.as_ref()) {
            Ok(0) | Err(_) => false,
            Ok(_) => matches!(self.stdout.read(&mut [0; 512]), Ok(0)),
        }
    }

    /// What it says on its standard output, to its end or to the 64th KiB: for a process that
    /// closes that once it is ready.
    ///
    /// # Errors
    /// What the system said.
    pub fn said(mut self) -> io::Result<String> {
        let mut text = Vec::new();
        (&mut self.stdout).take(64 * 1024).read_to_end(&mut text)?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }
}

/// A session of its own, then a fork: what goes on can never get a controlling terminal.
fn leave() -> io::Result<()> {
    // SAFETY: plain system calls without memory; the parent of the fork ends at once.
    unsafe {
        if libc::setsid() < 0 {
            return Err(io::Error::last_os_error());
        }
        match libc::fork() {
            -1 => Err(io::Error::last_os_error()),
            0 => Ok(()),
            _ => libc::_exit(0),
        }
    }
}

/// The file of this very program, also when it was replaced on disk meanwhile.
pub fn own_program() -> PathBuf {
    std::env::current_exe()
        .ok()
        .filter(|path| path.exists())
        .unwrap_or_else(|| "/proc/self/exe".into())
}

/// Whether a variable is kept in the cleared environment of a daemon.
pub fn daemon_keeps(name: &OsStr) -> bool {
    let Some(name) = name.to_str() else {
        return false;
    };
    let probe = cfg!(feature = "probes") && matches!(name, "PULT_PAUSE" | "PULT_CLOCK");
    let moves = |runtime: &dyn crate::runtime::Runtime| {
        let transcripts = runtime.transcripts();
        transcripts.is_some_and(|t| t.home_variables().contains(&name))
    };
    probe
        || crate::runtime::all().into_iter().any(moves)
        || name.starts_with("XDG_")
        || matches!(name, "HOME" | "PATH" | "LANG" | "PULT_HOME" | "TZ" | "USER")
}

/// Nobody of the same user may trace this process or read its memory, environment and files.
pub fn hide() {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detached_process_is_nobodys_child_and_its_end_is_seen() {
        let mut command = Command::new("sh");
        command.args(["-c", "cut -d' ' -f4,6 /proc/$$/stat; echo $$; pwd"]);
        let mut text = String::new();
        let mut process = spawn(command).unwrap();
        process.stdout.read_to_string(&mut text).unwrap();
        assert!(process.ended_within(Duration::ZERO));
        let words: Vec<&str> = text.split_whitespace().collect();
        let [parent, session, pid, cwd] = words[..] else {
            panic!("{text}")
        };
        assert_ne!(parent, std::process::id().to_string());
        assert_ne!(session, pid, "not a session leader");
        assert_eq!(cwd, "/");
    }

    #[test]
    fn the_daemon_keeps_little() {
        let kept = |name: &str| daemon_keeps(OsStr::new(name));
        assert!(kept("HOME") && kept("XDG_STATE_HOME") && kept("PULT_HOME"));
        assert!(!kept("PULT_TOKEN") && !kept("TMUX") && !kept("LD_PRELOAD"));
        assert_eq!(kept("PULT_PAUSE"), cfg!(feature = "probes"));
    }
}
