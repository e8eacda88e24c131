//! One process as `/proc` shows it, and the walk from it to the root of the tree.

use crate::core::text::line;
use std::fs::File;
use std::io::{self, Read};

/// A process at one moment; id and start time together name it for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// The process id.
    pub pid: u32,
    /// Start time in clock ticks since boot.
    pub start: u64,
    /// The parent's id; 0 at the root.
    pub parent: u32,
    /// The program's short name, control characters taken out.
    pub name: String,
    /// The device number of the controlling terminal; 0 = none.
    pub tty: u32,
}

/// More generations than this are not a process tree.
const DEEPEST: usize = 1024;

impl Process {
    /// Reads process `pid`.
    ///
    /// # Errors
    /// When it is gone or its line does not parse.
    pub fn read(pid: u32) -> io::Result<Self> {
        let stat = read(pid, "stat")?;
        let stat = String::from_utf8_lossy(&stat);
        parse(pid, &stat).ok_or_else(|| garbled(pid, "stat"))
    }

    /// The path of its controlling terminal.
    pub fn tty_path(&self) -> Option<String> {
        let (major, minor) = (
            (self.tty >> 8) & 0xfff,
            (self.tty & 0xff) | ((self.tty >> 12) & 0xf_ff00),
        );
        match major {
            0 => None,
            4 if minor < 64 => Some(format!("/dev/tty{minor}")),
            4 => Some(format!("/dev/ttyS{}", minor - 64)),
            136..=143 => Some(format!("/dev/pts/{}", (major - 136) * 256 + minor)),
            _ => Some(format!("{major}:{minor}")),
        }
    }

    /// Its command line.
    ///
    /// # Errors
    /// When it is gone.
    pub fn argv(&self) -> io::Result<Vec<String>> {
        let bytes = read(self.pid, "cmdline")?;
        let text = bytes.strip_suffix(b"\0").unwrap_or(&bytes);
        Ok(text
            .split(|b| *b == 0)
            .map(|arg| String::from_utf8_lossy(arg).into_owned())
            .collect())
    }

    /// Its real user id and whether NoNewPrivs is set.
    ///
    /// # Errors
    /// When it is gone or the lines are not there.
    pub fn uid_and_no_new_privs(&self) -> io::Result<(u32, bool)> {
        let status = read(self.pid, "status")?;
        let status = String::from_utf8_lossy(&status);
        let field = |name: &str| {
            let line = status.lines().find_map(|l| l.strip_prefix(name))?;
            line.split_whitespace().next()?.parse::<u32>().ok()
        };
        match (field("Uid:"), field("NoNewPrivs:")) {
            (Some(uid), Some(bit)) => Ok((uid, bit != 0)),
            _ => Err(garbled(self.pid, "status")),
        }
    }
}

/// From `pid` up to the root.
///
/// # Errors
/// When one of them is gone or does not parse.
pub fn walk(pid: u32) -> io::Result<Vec<Process>> {
    let mut chain = Vec::new();
    let mut next = pid;
    while next != 0 {
        if chain.len() == DEEPEST {
            return Err(garbled(next, "stat"));
        }
        let process = Process::read(next)?;
        next = process.parent;
        chain.push(process);
    }
    Ok(chain)
}

/// A file of a process. Such a file has no length to be asked for, and a whole chain of them is
/// read while a client waits: one read and one that says that there is no more.
fn read(pid: u32, file: &str) -> io::Result<Vec<u8>> {
    let mut input = File::open(format!("/proc/{pid}/{file}"))?;
    let mut bytes = vec![0; 4096];
    let mut len = 0;
    loop {
        match input.read(&mut bytes[len..]) {
            Ok(0) => break,
            Ok(n) => len += n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
        if len == bytes.len() {
            bytes.resize(len * 2, 0);
        }
    }
    bytes.truncate(len);
    Ok(bytes)
}

fn garbled(pid: u32, file: &str) -> io::Error {
    let what = format!("/proc/{pid}/{file} does not read as expected");
    io::Error::new(io::ErrorKind::InvalidData, what)
}

/// `pid (name) state ppid pgrp session tty …`, the start time in field 22. A name may hold
/// anything, a closing parenthesis too.
fn parse(pid: u32, stat: &str) -> Option<Process> {
    let open = stat.find('(')?;
    let close = stat.rfind(')')?;
    let name = stat.get(open + 1..close)?;
    let mut fields = stat.get(close + 1..)?.split_whitespace();
    let parent = fields.nth(1)?.parse().ok()?;
    let tty: i32 = fields.nth(2)?.parse().ok()?;
    let start = fields.nth(14)?.parse().ok()?;
    Some(Process {
        pid,
        start,
        parent,
        name: line(name),
        tty: tty as u32,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_name_does_not_shift_the_fields() {
        let rest = "S 41 42 42 34817 0 0 0 0 0 0 0 0 0 0 20 0 1 0 987 0 0";
        let process = parse(43, &format!("43 (a) S 1 1 (x\n) {rest}")).unwrap();
        assert_eq!((process.parent, process.start), (41, 987));
        assert_eq!(process.name, "a) S 1 1 (x ");
        assert_eq!(process.tty_path().as_deref(), Some("/dev/pts/1"));
        for garbage in ["", "43", "43 (", "43 )(", "43 (x) S", "43 (x) S a b c d"] {
            assert_eq!(parse(43, garbage), None, "{garbage}");
        }
    }

    #[test]
    fn a_long_command_line_is_read_whole() {
        let long = "x".repeat(30_000);
        let mut child = std::process::Command::new("sh")
            .args(["-c", "echo; read line", "sh", &long])
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        // Once it prints, it has its own words and not ours.
        let said = child.stdout.as_mut().unwrap().read(&mut [0]).unwrap();
        let argv = Process::read(child.id()).unwrap().argv().unwrap();
        drop(child.stdin.take());
        child.wait().unwrap();
        assert_eq!((said, argv.last()), (1, Some(&long)));
    }

    #[test]
    fn the_walk_from_here_ends_at_the_root() {
        let chain = walk(std::process::id()).unwrap();
        assert_eq!(chain[0].pid, std::process::id());
        assert_eq!(chain.last().unwrap().parent, 0);
        assert!(chain.windows(2).all(|w| w[0].parent == w[1].pid));
    }
}
