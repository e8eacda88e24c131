//! A program that is talked to over its standard streams for as long as this one lives, leniently:
//! what is no line of a sensible length is passed over and told of, and nothing that it does or does
//! not read holds up whoever talks to it.

use crate::platform::child;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

/// Longest line that is taken, bytes: a change of a file is one.
const LONGEST: usize = 16 * 1024 * 1024;
/// Of what it complains about.
const COMPLAINT: usize = 4 * 1024;
/// How long it may take to end when it is told to.
const ENDS: Duration = Duration::from_secs(3);
/// How long its last complaints may take once it says no more.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// Between two looks at something that is waited for.
const LOOK: Duration = Duration::from_millis(10);
/// How long it is looked whether it has read a line.
const READS: Duration = Duration::from_secs(600);

/// What comes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// A line, without its end.
    Line(String),
    /// A line that was too long; so many bytes were passed over.
    Long(u64),
    /// A line of its standard error.
    Complaint(String),
    /// It has read the line that was marked so.
    Read(String),
    /// It says no more.
    End,
}

/// The running program; it ends with its owner.
pub struct Agent {
    child: Child,
    lines: Option<Sender<(String, Option<String>)>>,
}

/// Starts `command`; `tell` gets what comes of it and returns whether to go on. To be called by a
/// thread that lives as long as the program is to.
///
/// # Errors
/// It cannot be started.
pub fn start<T>(mut command: Command, tell: T) -> io::Result<Agent>
where
    T: Fn(Said) -> bool + Clone + Send + 'static,
{
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = child::spawn(command)?;
    let streams = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (Some(input), Some(output), Some(errors)) = streams else {
        return Err(io::Error::other("no standard streams"));
    };
    let (lines, waiting) = channel();
    let thread = |name: &str| std::thread::Builder::new().name(name.to_owned());
    let heard = tell.clone();
    thread("agent in").spawn(move || write(input, &waiting, &heard))?;
    let heard = tell.clone();
    let (complaining, complained) = channel::<()>();
    thread("agent err").spawn(move || {
        let complaint = |line: &mut Vec<u8>, _| {
            let line = String::from_utf8_lossy(line).into_owned();
            heard(Said::Complaint(line))
        };
        read(BufReader::new(errors), COMPLAINT, complaint);
        drop(complaining);
    })?;
    thread("agent out").spawn(move || {
        let take = |line: &mut Vec<u8>, over: u64| {
            tell(match over {
                0 => Said::Line(String::from_utf8_lossy(line).into_owned()),
                over => Said::Long(over + line.len() as u64),
            })
        };
        read(BufReader::new(output), LONGEST, take);
        // Its last words say why, unless somebody else holds them open.
        let _ = complained.recv_timeout(LAST_WORDS);
        tell(Said::End);
    })?;
    let lines = Some(lines);
    Ok(Agent { child, lines })
}

impl Agent {
    /// Writes a line, when the program takes it. With a `mark` it is told that it was read.
    pub fn say(&self, line: String, mark: Option<String>) {
        if let Some(lines) = &self.lines {
            // After its end nobody is there.
            let _ = lines.send((line, mark));
        }
    }

    /// Ends it, with what it started; its status where it ended by itself or as it was told.
    pub fn end(&mut self) -> Option<ExitStatus> {
        self.lines = None;
        child::end(&self.child, false);
        let late = Instant::now() + ENDS;
        loop {
            let status = self.child.try_wait().ok().flatten();
            if status.is_some() || Instant::now() >= late {
                child::end(&self.child, true);
                let _ = self.child.wait();
                return status;
            }
            std::thread::sleep(LOOK);
        }
    }

    /// How it ended by itself, where it does so now.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        let late = Instant::now() + ENDS;
        while Instant::now() < late {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Some(status);
            }
            std::thread::sleep(LOOK);
        }
        None
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.end();
    }
}

fn write(
    mut input: ChildStdin,
    lines: &Receiver<(String, Option<String>)>,
    tell: &impl Fn(Said) -> bool,
) {
    for (line, mark) in lines {
        let written = input.write_all(format!("{line}\n").as_bytes());
        if written.and_then(|()| input.flush()).is_err() {
            return;
        }
        let Some(mark) = mark else { continue };
        let late = Instant::now() + READS;
        while !child::is_drained(&input) && Instant::now() < late {
            std::thread::sleep(LOOK);
        }
        if !tell(Said::Read(mark)) {
            return;
        }
    }
}

/// Takes line after line, none longer than `longest`, with the number of bytes that were passed over.
fn read(mut from: impl BufRead, longest: usize, mut take: impl FnMut(&mut Vec<u8>, u64) -> bool) {
    let mut line = Vec::new();
    loop {
        line.clear();
        let most = longest as u64 + 1;
        match from.by_ref().take(most).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        let mut over = 0;
        if line.last() == Some(&b'\n') {
            line.pop();
        } else if line.len() > longest {
            over = pass_over(&mut from);
        }
        if !take(&mut line, over) {
            return;
        }
    }
}

/// Reads to the end of the line and says how much that was, at least 1.
fn pass_over(from: &mut impl BufRead) -> u64 {
    let mut over = 0;
    while let Ok(bytes) = from.fill_buf() {
        if bytes.is_empty() {
            break;
        }
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let used = end.map_or(bytes.len(), |end| end + 1);
        over += used as u64;
        from.consume(used);
        if end.is_some() {
            break;
        }
    }
    over.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{RecvTimeoutError, sync_channel};

    const LONG: Duration = Duration::from_secs(60);

    fn start_sh(script: &str) -> (Agent, Receiver<Said>) {
        let (send, said) = sync_channel(64);
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        let agent = start(command, move |one| send.send(one).is_ok()).unwrap();
        (agent, said)
    }

    #[test]
    fn lines_go_both_ways_and_complaints_are_told_apart() {
        let (mut agent, said) = start_sh("read a; echo got $a; echo no >&2; read b; exit 3");
        agent.say("one".to_owned(), Some("m".to_owned()));
        let mut heard: Vec<Said> = (0..3).map(|_| said.recv_timeout(LONG).unwrap()).collect();
        heard.sort_by_key(|one| format!("{one:?}"));
        let words = |text: &str| text.to_owned();
        assert_eq!(
            heard,
            [
                Said::Complaint(words("no")),
                Said::Line(words("got one")),
                Said::Read(words("m"))
            ]
        );
        agent.say("two".to_owned(), None);
        assert_eq!(said.recv_timeout(LONG), Ok(Said::End));
        assert_eq!(agent.ended().and_then(|status| status.code()), Some(3));
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over_and_the_next_is_taken() {
        let mut taken = Vec::new();
        let text = b"short\nmuch too long for this\n\nend".as_slice();
        read(text, 5, |line, over| {
            taken.push((String::from_utf8_lossy(line).into_owned(), over));
            true
        });
        let told: Vec<_> = taken
            .iter()
            .map(|(line, over)| (line.as_str(), *over))
            .collect();
        assert_eq!(told, [("short", 0), ("much t", 17), ("", 0), ("end", 0)]);
    }

    #[test]
    fn it_ends_with_all_that_it_started() {
        let (mut agent, said) = start_sh("trap '' TERM; sleep 1000 & echo up; wait");
        assert_eq!(said.recv_timeout(LONG), Ok(Said::Line("up".to_owned())));
        // It does not read, and nobody waits for it.
        agent.say("x".repeat(1 << 20), None);
        agent.end();
        assert_eq!(said.recv_timeout(LONG), Ok(Said::End));
        assert_eq!(said.recv_timeout(LONG), Err(RecvTimeoutError::Disconnected));
    }
}
