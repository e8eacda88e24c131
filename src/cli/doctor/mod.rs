//! `pult doctor`: what works here, what does not, and what mends it. Needs no daemon and starts none.

mod home;
mod replies;

use super::render::{Hue, Style, age, line, peer};
use super::shell::Shell;
use crate::cockpit::look;
use crate::cockpit::terminal::facts::Facts;
use crate::cockpit::theme::Theme;
use crate::cockpit::theme::colour::Depth;
use crate::config::Mistake;
use crate::config::policy;
use crate::config::prices;
use crate::config::repository;
use crate::config::runtimes::load;
use crate::config::templates;
use crate::core::role::Role;
use crate::core::state::{Process, Shown};
use crate::core::text::counted;
use crate::platform::ancestry::self_check;
use crate::platform::enforcement::Enforcement;
use crate::platform::files;
use crate::platform::lock;
use crate::platform::probes::POINTS;
use crate::probe;
use crate::runtime::{self, Runtime, login, ready};
use crate::wire::request::Request;
use crate::wire::view::{DaemonView, ErrorKind, ErrorView, PeerRow};
use serde::Serialize;
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a file of a CLI is looked for.
const PATIENCE: Duration = Duration::from_millis(500);

/// Say what works here, what does not, and what mends it
#[derive(Debug, clap::Args)]
pub struct Doctor {
    /// List the points at which tests can pause a process
    #[arg(long)]
    points: bool,
}

/// How a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    /// It works.
    Ok,
    /// Worth knowing.
    Note,
    /// It does not work.
    Bad,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    state: State,
    what: String,
    /// What to do about it.
    mend: Option<String>,
    /// Of an agent's CLI: what it can do.
    can: Option<String>,
}

impl Doctor {
    pub fn run(self, shell: &Shell) -> Result<(), ErrorView> {
        if self.points {
            points(shell);
            return Ok(());
        }
        let mut found = runtimes(&shell.paths.config);
        found.extend(templates(shell));
        found.extend(home::hooks());
        found.extend(home::watches());
        found.push(place());
        found.extend(replies::ask());
        found.extend(cockpit(&shell.paths.config));
        found.extend(settings(&shell.paths.config));
        found.extend(home::directories(&shell.paths));
        found.extend(daemon(shell));
        found.extend(kernel());
        shell.show(&found, |found, style| text(found, style));
        Ok(())
    }
}

/// A pause point of the test suite.
#[derive(Debug, Serialize)]
struct Point {
    point: &'static str,
    means: &'static str,
}

fn points(shell: &Shell) {
    let points = POINTS.iter().map(|(point, means)| Point { point, means });
    let points: Vec<Point> = points.collect();
    shell.show(&points, |points, _| {
        let wide = points.iter().map(|p| p.point.len()).max().unwrap_or(0);
        let line = |p: &Point| format!("{:<wide$}  {}\n", p.point, p.means);
        points.iter().map(line).collect()
    });
}

fn finding(check: &'static str, state: State, what: impl Into<String>) -> Finding {
    Finding {
        check,
        state,
        what: what.into(),
        mend: None,
        can: None,
    }
}

impl Finding {
    fn mend(mut self, how: impl Into<String>) -> Self {
        self.mend = Some(how.into());
        self
    }
}

/// A line of a file that cannot be used.
fn wrong_line(check: &'static str, mistake: &Mistake) -> Finding {
    let mend = "mend that line; the file is read again when it has changed";
    finding(check, State::Bad, mistake.to_string()).mend(mend)
}

/// What is wrong with the daemon's settings and the prices.
fn settings(config: &Path) -> Vec<Finding> {
    let prices = prices::Prices::load(config).1;
    let prices = prices.iter().map(|mistake| wrong_line("prices", mistake));
    let mistakes = crate::daemon::settings::mistakes(config);
    let own = mistakes.iter().map(|mistake| {
        wrong_line("daemon", mistake).mend("mend that line, then `pult daemon restart`")
    });
    prices.chain(own).collect()
}

/// The agent CLIs on the PATH, and what is wrong with the files that declare some.
fn runtimes(config: &Path) -> Vec<Finding> {
    let env = super::new::env();
    let (declared, mistakes) = load(config);
    runtime::declared::declare(declared);
    let look = |runtime: &&dyn Runtime| {
        let name = runtime.name();
        let seen = probe::find(*runtime, &env).and_then(|program| {
            let version = probe::version(*runtime, &program, &env)?;
            Ok((program, version))
        });
        match seen {
            Ok((program, _)) if runtime.version_args().is_empty() => {
                finding("runtime", State::Ok, format!("{name}: {program}"))
            }
            Ok((program, version)) => {
                let what = format!("{name} {version}: {program}");
                let hangs = RefCell::new(None);
                let file = |path: &str| {
                    let own = PathBuf::from(path);
                    let there = files::within(PATIENCE, move || own.is_file());
                    hangs.replace(there.is_none().then(|| path.to_owned()));
                    there.unwrap_or(true)
                };
                let login = login::seen(*runtime, &env, &file);
                let found = match hangs.into_inner() {
                    Some(path) => finding(
                        "runtime",
                        State::Bad,
                        format!("{what}, but {path} cannot be looked at"),
                    )
                    .mend("the disk that it is on may hang: look at it with `mount` and `df`"),
                    None if login => finding("runtime", State::Ok, what),
                    None => finding("runtime", State::Note, what + ", no login to be seen")
                        .mend("start it once by itself and log in"),
                };
                let can = runtime::abilities(*runtime);
                let can = (!can.is_empty()).then(|| can.join("; "));
                Finding { can, ..found }
            }
            Err(why) => {
                let (what, mend) = ready::explain(*runtime, &why);
                finding("runtime", State::Note, what).mend(mend)
            }
        }
    };
    let mut found: Vec<Finding> = runtime::all().iter().map(look).collect();
    let (policy, wrong) = policy::load(config);
    let kept = policy.iter().filter_map(|(name, row)| {
        let refused = row.refuses(name, Role::Worker)?;
        Some(finding("runtime", State::Note, refused).mend("policy.toml says so"))
    });
    found.extend(kept);
    let bad = |mistake: &Mistake| wrong_line("runtime", mistake);
    found.extend(mistakes.iter().chain(&wrong).map(bad));
    found
}

/// What is wrong with the templates.
fn templates(shell: &Shell) -> Vec<Finding> {
    let own = super::new::directory(None).ok();
    let own = own.and_then(|cwd| repository::with_own_files(&cwd));
    let trusted = own.as_ref().is_some_and(|root| {
        let door = shell.running("doctor");
        door.and_then(|mut door| super::template::is_trusted(&mut door, root))
            .unwrap_or(false)
    });
    let read = own.as_ref().filter(|_| trusted);
    let loaded = templates::load(&shell.paths.config, read.map(Path::new));
    let bad = |mistake: &Mistake| wrong_line("template", mistake);
    let mut found: Vec<Finding> = loaded.mistakes.iter().map(bad).collect();
    if let Some(root) = own.filter(|_| !trusted) {
        let what = format!("the templates of {root} are not read");
        found.push(finding("template", State::Note, what).mend("`pult trust` lets them be"));
    }
    found
}

/// What the cockpit would look like here, and what is wrong with the files that say so.
fn cockpit(config: &Path) -> Vec<Finding> {
    let read = look::read(config, None, false);
    let colours = match Facts::here().depth {
        Depth::Mono => "no colours",
        Depth::Sixteen => "16 colours",
        Depth::Indexed => "256 colours",
        Depth::True => "any colour",
    };
    let (keymap, theme) = (&read.settings.keymap, &read.settings.theme);
    let what = format!("keymap {keymap}, theme {theme}, {colours}");
    let wrong = |mistake: &Mistake| wrong_line("cockpit", mistake);
    let first = finding("cockpit", State::Ok, what);
    let theme = Theme::load(Some(config), theme).unwrap_or_default();
    let mistakes = [read.mistakes, theme.1].concat();
    std::iter::once(first)
        .chain(mistakes.iter().map(wrong))
        .collect()
}

/// Whether this terminal is a place for an operator.
fn place() -> Finding {
    let check = self_check();
    match check.outside() {
        Err(refused) => {
            let found = finding("terminal", State::Bad, refused.what);
            found.mend(refused.hint.unwrap_or_default())
        }
        Ok(()) if !check.may_start_daemon() => {
            let why = match (check.no_new_privs, &check.unknown) {
                (_, Some(why)) => why.clone(),
                (true, None) => "NoNewPrivs is set on this process".to_owned(),
                (false, None) => "a keeper is above this process".to_owned(),
            };
            let what = format!("no daemon can be started from here: {why}");
            let mend = "start it once from a login terminal: `pult daemon start`";
            finding("terminal", State::Note, what).mend(mend)
        }
        Ok(()) => finding("terminal", State::Ok, "an operator may work here"),
    }
}

/// The daemon, its store and its sessions.
fn daemon(shell: &Shell) -> Vec<Finding> {
    let paths = &shell.paths;
    let mut door = match shell.running("doctor") {
        Ok(door) => door,
        Err(error) if error.kind == ErrorKind::Unreachable => return asleep(shell),
        Err(error) => {
            let found = finding("daemon", State::Bad, error.what);
            return vec![found.mend(error.hint.unwrap_or_default())];
        }
    };
    let mut found = Vec::new();
    let status: Result<DaemonView, ErrorView> = door.request_as(Request::DaemonStatus);
    found.push(match status {
        Ok(status) => {
            let what = format!(
                "{} runs, version {}, {}, {} door, home {}",
                status.pid,
                status.version,
                counted(status.sessions, "session", "sessions"),
                status.door,
                status.home
            );
            if status.version == env!("CARGO_PKG_VERSION") {
                finding("daemon", State::Ok, what)
            } else {
                let what = format!("{what}; this is version {}", env!("CARGO_PKG_VERSION"));
                finding("daemon", State::Note, what).mend("`pult daemon restart`; workers go on")
            }
        }
        Err(error) => {
            let log = paths.daemon_log();
            let mend = format!("{} may say why", log.display());
            finding("daemon", State::Bad, error.what).mend(mend)
        }
    });
    let rows: Result<Vec<PeerRow>, ErrorView> = door.request_as(Request::Ls { all: false });
    for row in rows.unwrap_or_default() {
        let name = peer::name(&row);
        if row.process == Process::Lost {
            let what = format!("{name} has lost its keeper");
            let mend = format!("`pult resume {name}` goes on, `pult retire {name}` gives it up");
            found.push(finding("session", State::Note, what).mend(mend));
        } else if row.shown == Shown::Limited {
            let what = format!("{name} has reached a limit of its account");
            let until = row.limit_until.as_deref().map(age::until);
            let mend = match until {
                Some(until) => format!("it ends by itself at {until}"),
                None => format!("`pult why {name}` has its words"),
            };
            found.push(finding("session", State::Note, what).mend(mend));
        } else if row.shown == Shown::Unknown && tells(&row) {
            let what = format!("nothing says what {name} does");
            let mend = format!("`pult why {name}` lists what was heard");
            found.push(finding("session", State::Note, what).mend(mend));
        }
    }
    found
}

/// Whether its runtime is one that says what it does.
fn tells(row: &PeerRow) -> bool {
    runtime::by_name(&row.runtime).is_some_and(|runtime| runtime.capabilities().agent)
}

/// What can be seen of a home whose daemon does not answer.
fn asleep(shell: &Shell) -> Vec<Finding> {
    let paths = &shell.paths;
    let mut found = Vec::new();
    let lock = paths.daemon_lock();
    found.push(match lock::is_held(&lock) {
        Ok(true) => {
            let what = format!("a daemon holds {} and does not answer", lock.display());
            let log = paths.daemon_log();
            let mend = format!("look into {}; `kill` it if it hangs", log.display());
            finding("daemon", State::Bad, what).mend(mend)
        }
        Ok(false) => {
            let what = format!("none runs for {}", paths.state.display());
            finding("daemon", State::Note, what).mend("any verb starts it")
        }
        Err(e) => finding("daemon", State::Bad, format!("{}: {e}", lock.display())),
    });
    if !lock::is_held(&lock).unwrap_or(true) {
        found.extend(home::left_behind(paths));
    }
    found
}

/// What this kernel enforces.
fn kernel() -> Vec<Finding> {
    let enforcement = Enforcement::probe();
    let state = match enforcement.scopes() && enforcement.seccomp && enforcement.peer_pidfd {
        true => State::Ok,
        false => State::Note,
    };
    let lines = enforcement.words().into_iter();
    lines.map(|what| finding("kernel", state, what)).collect()
}

fn text(found: &[Finding], style: &Style) -> String {
    let mut text = String::new();
    for one in found {
        let (glyph, hue) = match one.state {
            State::Ok => ("✓", Hue::Good),
            State::Note => ("·", Hue::Plain),
            State::Bad => ("×", Hue::Bad),
        };
        let head = format!("{glyph} {:<9}", one.check);
        text.push_str(&style.paint(hue, &head));
        text.push_str(&format!(" {}\n", line(&one.what)));
        for below in [&one.mend, &one.can].into_iter().flatten() {
            if !below.is_empty() {
                let below = format!("            {}", line(below));
                text.push_str(&style.paint(Hue::Dim, &below));
                text.push('\n');
            }
        }
    }
    text
}
