//! Does the I/O that a runtime's plan asks for: finds the program, asks its version, runs its
//! probe and remembers the answer while the program file stays the same.

pub mod agent;
pub mod client;
pub mod events;
pub mod fetch;
pub mod http;
pub mod sqlite;
pub mod transcripts;

use crate::runtime::ready::{self, NotReady, Version};
use crate::runtime::{LaunchInput, Plan, Probe, Runtime};
use std::collections::{BTreeMap, HashMap};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};

/// How long a CLI may take to say its version. Large binaries start slowly from a cold disk.
const VERSION_TIMEOUT: Duration = Duration::from_secs(60);

/// Most bytes that are taken from one question.
const MAX_ANSWER: u64 = 8 * 1024 * 1024;

/// Where the runtime's program is: by `PATH` of `env`, or this very program.
///
/// # Errors
/// [`NotReady::Missing`].
pub fn find(runtime: &dyn Runtime, env: &BTreeMap<String, String>) -> Result<String, NotReady> {
    let executable = |path: &String| {
        let file = std::fs::metadata(path);
        file.is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
    };
    if runtime.programs().is_empty() {
        let own = crate::platform::detach::own_program();
        return Ok(own.to_string_lossy().into_owned());
    }
    let mut candidates = ready::candidates(runtime, env).into_iter();
    candidates.find(executable).ok_or(NotReady::Missing)
}

/// The version of `program`, when it is one that is driven; 0.0.0 for a runtime without versions.
///
/// # Errors
/// It is too old, or printed no version.
pub fn version(
    runtime: &dyn Runtime,
    program: &str,
    env: &BTreeMap<String, String>,
) -> Result<Version, NotReady> {
    if runtime.version_args().is_empty() {
        return Ok(Version::default());
    }
    let mut command = Command::new(program);
    command.args(runtime.version_args());
    command.current_dir("/");
    let printed = talk(command, env, &[], None, VERSION_TIMEOUT);
    let printed = printed.unwrap_or_else(|error| error.to_string());
    ready::version(runtime, &printed)
}

/// What a file must keep for an answer to be used again.
type Stamp = (u64, u64, i64, i64);

/// Answers of probes, kept for as long as the asked program file does not change.
#[derive(Default)]
pub struct Answers {
    known: Mutex<HashMap<String, (Stamp, String)>>,
}

impl Answers {
    /// The plan for a launch, with its probe run where it has one. A probe that fails leaves a
    /// line in the plan's limits.
    pub fn plan(&self, runtime: &dyn Runtime, mut input: LaunchInput) -> Plan {
        let plan = runtime.launch(&input);
        let Some(probe) = &plan.probe else {
            return plan;
        };
        let answer = self.ask(probe, &input);
        let failed = answer.as_ref().err().map(io::Error::to_string);
        input.probe = Some(answer.unwrap_or_default());
        let mut plan = runtime.launch(&input);
        plan.limits.extend(failed);
        plan
    }

    fn ask(&self, probe: &Probe, input: &LaunchInput) -> io::Result<String> {
        let Some((program, args)) = probe.argv.split_first() else {
            return Err(io::Error::other("a probe without a program"));
        };
        let file = std::fs::metadata(program)?;
        let stamp = (file.ino(), file.len(), file.mtime(), file.mtime_nsec());
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, answer)) = probe.cache_key.as_ref().and_then(|key| known.get(key))
            && *of == stamp
        {
            return Ok(answer.clone());
        }
        drop(known);
        let mut command = Command::new(program);
        command.args(args).current_dir(&input.cwd);
        let timeout = Duration::from_millis(probe.timeout_ms);
        let answer = talk(
            command,
            &input.env,
            &probe.stdin,
            Some(&probe.until),
            timeout,
        )?;
        if let Some(key) = probe.cache_key.clone() {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            known.insert(key, (stamp, answer.clone()));
        }
        Ok(answer)
    }
}

/// Runs `command` in exactly `env`, writes the lines to it and returns what it printed up to and
/// including the first line with `until` in it, or to its end.
///
/// # Errors
/// It cannot be started, or took longer than `timeout`, or ended without that line.
fn talk(
    mut command: Command,
    env: &BTreeMap<String, String>,
    lines: &[String],
    until: Option<&str>,
    timeout: Duration,
) -> io::Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    command.env_clear().envs(env);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let started = Instant::now();
    let mut child = Running(command.spawn()?);
    let Some(output) = child.0.stdout.take() else {
        return Err(io::Error::other("no standard output"));
    };
    // It ends at the child's end, or when the last holder of the pipe goes.
    let (send, printed) = mpsc::channel();
    std::thread::spawn(move || {
        let mut output = BufReader::new(output.take(MAX_ANSWER));
        let mut line = Vec::new();
        while output.read_until(b'\n', &mut line).is_ok_and(|n| n > 0) {
            if send
                .send(String::from_utf8_lossy(&line).into_owned())
                .is_err()
            {
                break;
            }
            line.clear();
        }
    });
    let mut input = child.0.stdin.take();
    if let Some(input) = &mut input {
        for line in lines {
            // A child that does not want to hear all of it may still answer.
            if writeln!(input, "{line}")
                .and_then(|()| input.flush())
                .is_err()
            {
                break;
            }
        }
    }
    if until.is_none() {
        input = None;
    }
    let mut answer = String::new();
    loop {
        let left = timeout.saturating_sub(started.elapsed());
        match printed.recv_timeout(left) {
            Ok(line) => {
                answer.push_str(&line);
                if until.is_some_and(|until| line.contains(until)) {
                    break;
                }
            }
            Err(mpsc::RecvTimeoutError::Disconnected) if until.is_none() => break,
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                return Err(io::Error::other(format!("{name} ended without an answer")));
            }
            Err(mpsc::RecvTimeoutError::Timeout) => {
                let what = format!("{name} did not answer within {} s", timeout.as_secs());
                return Err(io::Error::new(io::ErrorKind::TimedOut, what));
            }
        }
    }
    drop(input);
    Ok(answer)
}

/// A child that does not outlive its question.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        command
    }

    fn env() -> BTreeMap<String, String> {
        BTreeMap::from([("PATH".to_owned(), "/usr/bin:/bin".to_owned())])
    }

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn the_answer_is_what_was_printed_up_to_the_line_that_was_waited_for() {
        let lines = ["one".to_owned(), "two".to_owned()];
        let command = sh("read a; read b; echo got $a; echo end $b; echo more; cat");
        let answer = talk(command, &env(), &lines, Some("end"), LONG).unwrap();
        assert_eq!(answer, "got one\nend two\n");
    }

    #[test]
    fn a_child_that_ends_or_hangs_is_an_error() {
        let ended = talk(sh("echo no"), &env(), &[], Some("end"), LONG);
        assert!(ended.unwrap_err().to_string().contains("without an answer"));
        let hangs = talk(
            sh("exec sleep 1000"),
            &env(),
            &[],
            Some("end"),
            Duration::ZERO,
        );
        assert_eq!(hangs.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }

    #[test]
    fn an_answer_is_asked_for_again_only_when_the_program_changed() {
        let dir = tempfile::tempdir().unwrap();
        let program = dir.path().join("cli");
        let write = |answer: &str| {
            let script = format!("#!/bin/sh\necho {answer}\n");
            let fresh = dir.path().join("fresh");
            std::fs::write(&fresh, script).unwrap();
            std::fs::set_permissions(&fresh, std::fs::Permissions::from_mode(0o755)).unwrap();
            std::fs::rename(&fresh, &program).unwrap();
        };
        let answers = Answers::default();
        let program = program.to_string_lossy().into_owned();
        let probe = Probe {
            // Through the shell: a file that was just written may be busy while another test forks.
            argv: vec!["/bin/sh".to_owned(), program.clone()],
            stdin: Vec::new(),
            until: "answer".to_owned(),
            timeout_ms: 60_000,
            cache_key: Some("k".to_owned()),
        };
        let input = LaunchInput {
            cwd: "/".to_owned(),
            env: env(),
            ..LaunchInput::default()
        };
        write("answer 1");
        assert_eq!(answers.ask(&probe, &input).unwrap(), "answer 1\n");
        write("answer 2");
        // The asked program, the shell, is the same.
        assert_eq!(answers.ask(&probe, &input).unwrap(), "answer 1\n");
        let other = Probe {
            cache_key: Some("another question".to_owned()),
            ..probe
        };
        assert_eq!(answers.ask(&other, &input).unwrap(), "answer 2\n");
        let does = Probe {
            cache_key: None,
            ..other
        };
        for answer in ["answer 3", "answer 4"] {
            write(answer);
            assert_eq!(answers.ask(&does, &input).unwrap(), format!("{answer}\n"));
        }
    }
}
