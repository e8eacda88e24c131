//! A test in a network namespace of its own: this program starts itself again under `unshare`,
//! brings loopback up, gives up root where it is to be nobody, and plays the scenario there.

use crate::cli::CLIS;
use crate::imports;
use crate::scenario;
use crate::together;
use libtest_mimic::Failed;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

/// The first argument of the inner program.
pub const ROLE: &str = "--inside";

/// The user that has nothing.
const NOBODY: u32 = 65_534;

/// As whom a test runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum User {
    /// As uid 65534, from root.
    Nobody,
    /// As whoever runs the tests. Seen from inside this is root in any case: an ordinary user is
    /// mapped to it in a user namespace.
    Same,
}

impl User {
    /// Its name in a test's name.
    pub fn name(self) -> &'static str {
        match self {
            User::Nobody => "nobody",
            User::Same => "root",
        }
    }
}

/// Whether this process is root.
pub fn am_root() -> bool {
    rustix::process::geteuid().is_root()
}

fn unshare() -> Command {
    let mut command = Command::new("unshare");
    command.arg(if am_root() { "-n" } else { "-rn" }).arg("--");
    command
}

/// Whether tests can be isolated here; else the reason.
pub fn possible(user: User) -> Result<(), String> {
    let output = unshare().arg("true").output();
    let output = output.map_err(|e| format!("unshare does not start: {e}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("no network namespace here: {}", said.trim()));
    }
    readable(user, Path::new(env!("CARGO_BIN_EXE_pult")))
}

/// Whether `user` can start `program`; else the reason.
pub fn readable(user: User, program: &Path) -> Result<(), String> {
    let mut test = Command::new("test");
    test.arg("-x").arg(program);
    become_user(&mut test, user);
    let status = test
        .status()
        .map_err(|e| format!("test does not start: {e}"))?;
    let why = || format!("{} cannot start {}", user.name(), program.display());
    status.success().then_some(()).ok_or_else(why)
}

fn become_user(command: &mut Command, user: User) {
    if user == User::Nobody {
        command.uid(NOBODY).gid(NOBODY);
    }
}

/// Runs a scenario of a CLI in isolation; its output is the failure.
pub fn outside(cli: &str, scenario: &str, user: User, program: &str) -> Result<(), Failed> {
    let output = inner(cli, scenario, user, program)?.output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    Err(Failed::from(format!("{}\n{said}", output.status)))
}

/// The same, and what it prints is shown while it runs.
pub fn aloud(cli: &str, scenario: &str, user: User, program: &str) -> Result<(), Failed> {
    let status = inner(cli, scenario, user, program)?.status()?;
    let why = || Failed::from(format!("{status}; what it said is above"));
    status.success().then_some(()).ok_or_else(why)
}

fn inner(cli: &str, scenario: &str, user: User, program: &str) -> Result<Command, Failed> {
    let mut command = unshare();
    command.arg(std::env::current_exe()?).arg(ROLE);
    command.args([cli, scenario, user.name(), program]);
    command.stdin(Stdio::null());
    Ok(command)
}

/// The inner program: `CLI SCENARIO USER PROGRAM`.
pub fn inside(words: &[String]) {
    let [cli, scenario, user, program] = words else {
        panic!("not for people: {words:?}");
    };
    if let Err(error) = loopback_up() {
        // Already up: as nobody, in the second round.
        assert_eq!(error.raw_os_error(), Some(libc::EPERM), "loopback: {error}");
    }
    if user == User::Nobody.name() && am_root() {
        let me = std::env::current_exe().expect("the path of this program");
        let mut again = Command::new(me);
        again.arg(ROLE).args(words);
        become_user(&mut again, User::Nobody);
        panic!("{}", again.exec());
    }
    if cli == together::NAME {
        return together::play(program);
    }
    if cli == imports::NAME {
        return imports::play(scenario, program);
    }
    let cli = CLIS.iter().find(|known| known.name == *cli);
    let scenario = scenario::ALL.iter().find(|known| known.name == *scenario);
    let (Some(cli), Some(scenario)) = (cli, scenario) else {
        panic!("no such test: {words:?}");
    };
    scenario::play(cli, scenario, Path::new(program));
}

/// `ip link set lo up`, where there may be no `ip`.
fn loopback_up() -> std::io::Result<()> {
    let socket = std::net::UdpSocket::bind(("0.0.0.0", 0))?;
    let fd = std::os::fd::AsRawFd::as_raw_fd(&socket);
    // SAFETY: an all-zero ifreq is a valid one.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(b"lo") {
        *to = *from as libc::c_char;
    }
    request.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING) as i16;
    // SAFETY: SIOCSIFFLAGS reads an ifreq, which lives until the call returns.
    let done = unsafe { libc::ioctl(fd, libc::SIOCSIFFLAGS, &raw const request) };
    if done == 0 {
        Ok(())
    } else {
        Err(std::io::Error::last_os_error())
    }
}
