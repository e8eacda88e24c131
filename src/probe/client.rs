//! A program that is talked to over its standard streams, a line each, for as long as it runs.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Longest line that is taken, bytes; with a longer one the talk is over.
const LONGEST: u64 = 32 * 1024 * 1024;
/// Lines that wait to be taken.
const WAITING: usize = 256;

/// The running program; it ends with its owner.
pub struct Client {
    child: Mutex<Child>,
    input: Mutex<ChildStdin>,
}

/// What it prints.
pub struct Lines(mpsc::Receiver<String>);

/// What came in a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// A line, without its end.
    Line(String),
    /// Nothing.
    Nothing,
    /// Its end.
    End,
}

/// Starts `command` in a process group of its own; what it complains about is not kept.
///
/// # Errors
/// It cannot be started.
pub fn start(mut command: Command) -> io::Result<(Client, Lines)> {
    command.process_group(0);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut child = command.spawn()?;
    let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(io::Error::other("no standard streams"));
    };
    let (send, lines) = mpsc::sync_channel(WAITING);
    let reader = std::thread::Builder::new().name("client".into());
    reader.spawn(move || {
        let mut output = BufReader::new(output);
        let mut line = Vec::new();
        loop {
            line.clear();
            let read = (&mut output).take(LONGEST).read_until(b'\n', &mut line);
            if !read.is_ok_and(|n| n > 0) || line.pop() != Some(b'\n') {
                return;
            }
            let text = String::from_utf8_lossy(&line).into_owned();
            if send.send(text).is_err() {
                return;
            }
        }
    })?;
    let client = Client {
        child: Mutex::new(child),
        input: Mutex::new(input),
    };
    Ok((client, Lines(lines)))
}

impl Client {
    /// Writes a line.
    ///
    /// # Errors
    /// It has ended.
    pub fn say(&self, line: &str) -> io::Result<()> {
        let mut input = self.input.lock().unwrap_or_else(PoisonError::into_inner);
        input.write_all(format!("{line}\n").as_bytes())?;
        input.flush()
    }

    /// Ends it.
    pub fn end(&self) {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = child.kill();
        let _ = child.wait();
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.end();
    }
}

impl Lines {
    /// Waits for the next line, at most so long.
    pub fn next(&self, wait: Duration) -> Next {
        match self.0.recv_timeout(wait) {
            Ok(line) => Next::Line(line),
            Err(RecvTimeoutError::Timeout) => Next::Nothing,
            Err(RecvTimeoutError::Disconnected) => Next::End,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn lines_go_both_ways_until_it_ends() {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "read a; echo got $a; read b; printf half"]);
        let (client, lines) = start(command).unwrap();
        assert_eq!(lines.next(Duration::ZERO), Next::Nothing);
        client.say("one").unwrap();
        assert_eq!(lines.next(LONG), Next::Line("got one".to_owned()));
        client.say("two").unwrap();
        assert_eq!(lines.next(LONG), Next::End);
    }

    #[test]
    fn it_ends_with_its_owner() {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "echo up; exec sleep 1000"]);
        let (client, lines) = start(command).unwrap();
        assert_eq!(lines.next(LONG), Next::Line("up".to_owned()));
        client.end();
        assert_eq!(lines.next(LONG), Next::End);
    }
}
