//! Before the first frame: is this a terminal, what is configured, is there a daemon.

use super::look::{self, Dress, Look};
use super::model::{Focus, Model, RuntimeChoice, Size};
use super::remember::Remembered;
use super::run_loop;
use super::terminal::facts::Facts;
use super::{follow, update};
use crate::config::Mistake;
use crate::config::policy;
use crate::config::runtimes::load;
use crate::core::role::Role;
use crate::dial::Connection;
use crate::platform::clock::{Clock, SystemClock};
use crate::platform::files;
use crate::platform::paths::Paths;
use crate::platform::terminal;
use crate::runtime;
use crate::wire::hello::ClientKind;
use crate::wire::view::{ErrorKind, ErrorView};
use std::collections::BTreeMap;
use std::env;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a file of a CLI is looked for.
const PATIENCE: Duration = Duration::from_millis(200);

/// What the cockpit may be told on its command line.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Where new peers are started unless the form says otherwise; absent = the working directory.
    pub cwd: Option<String>,
    /// The peer to begin with, by its session; absent = the first.
    pub session: Option<String>,
    /// A line for a newcomer, shown at the top instead of the directory.
    pub guide: Option<String>,
}

/// Opens the cockpit; starts the daemon when there is none. Gives back the exit code.
///
/// # Errors
/// Before the terminal is taken: no terminal, a dumb one, no daemon to be had.
pub fn cockpit(paths: &Paths, options: &Options) -> Result<i32, ErrorView> {
    let (mut model, dress) = prepare(paths, options.cwd.clone(), true)?;
    model.guide.clone_from(&options.guide);
    model.peer_at.clone_from(&options.session);
    Remembered::load(&paths.state).restore(&mut model);
    let connection = Connection::operator(paths, ClientKind::Cockpit, "cockpit")?;
    run_loop::run(paths, model, dress, connection, None)
}

/// Opens one peer's pane over the whole terminal; the leave key ends it.
///
/// # Errors
/// As [`cockpit`], and `NotFound` when there is no such peer.
pub fn attach(paths: &Paths, name: &str) -> Result<i32, ErrorView> {
    // Nothing new is made from here, so nobody asks what it could be made of.
    let (mut model, dress) = prepare(paths, None, false)?;
    model.attach = Some(name.to_owned());
    model.focus = Focus::Pane;
    let mut connection =
        Connection::operator(paths, ClientKind::Cockpit, &format!("attach {name}"))?;
    // All of it at once: the screen is on its way while it is found out whether there is one.
    let watching = connection.send(update::watch(&model))?;
    let mut ahead = None;
    if let Some(open) = follow::ahead(&model) {
        ahead = Some((connection.send(open.clone())?, open));
    }
    connection.answer(watching)?;
    run_loop::run(paths, model, dress, connection, ahead)
}

/// Whether the cockpit can be drawn here.
///
/// # Errors
/// One line that says why not.
pub fn for_terminal() -> Result<(), ErrorView> {
    let refuse = |what: &str| {
        Err(ErrorView::new(ErrorKind::Refused, what)
            .hint("use the verbs: `pult ls`, `pult inbox`, `pult approve ID`, `pult --help`"))
    };
    if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        return refuse("the cockpit needs a terminal on its input and output");
    }
    if env::var_os("TERM").is_some_and(|t| t == "dumb") {
        return refuse(
            "this terminal says it is dumb (TERM=dumb), and the cockpit cannot be drawn on it",
        );
    }
    Ok(())
}

fn prepare(
    paths: &Paths,
    cwd: Option<String>,
    runtimes: bool,
) -> Result<(Model, Dress), ErrorView> {
    for_terminal()?;
    let read = look::read(&paths.config, None, runtimes);
    let (rows, cols) = terminal::size()
        .filter(|(rows, cols)| *rows > 0 && *cols > 0)
        .unwrap_or((24, 80));
    let cwd = cwd
        .or_else(|| Some(env::current_dir().ok()?.display().to_string()))
        .unwrap_or_else(|| "/".to_owned());
    let (keymap, size) = (read.keymap.clone(), Size { cols, rows });
    let mut model = Model::new(size, SystemClock.wall_ms(), cwd, keymap);
    model.zone = crate::platform::zone::here();
    model.home = env::home_dir()
        .map(|h| h.display().to_string())
        .unwrap_or_default();
    model.look = Look {
        facts: Facts::here(),
        ..Look::default()
    };
    let mut mistakes = read.mistakes.clone();
    look::take(&mut model, read);
    let mut dress = Dress::default();
    mistakes.extend(dress.wear(&paths.config, &model.look).1);
    model.report(&mistakes);
    Ok((model, dress))
}

/// What new peers can be made of, and whether its program is there; and what is wrong with the files
/// that declare some.
pub fn runtimes(config: &Path) -> (Vec<RuntimeChoice>, Vec<Mistake>) {
    let (declared, mut mistakes) = load(config);
    let (policy, wrong) = policy::load(config);
    mistakes.extend(wrong);
    runtime::declared::declare(declared);
    let path = env::var_os("PATH").unwrap_or_default();
    let there = |program: &&str| {
        env::split_paths(&path).any(|dir: std::path::PathBuf| is_file(&dir.join(program)))
    };
    let env: BTreeMap<String, String> = env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    let choice = |r: &&dyn runtime::Runtime| {
        let programs = r.programs();
        RuntimeChoice {
            name: r.name().to_owned(),
            drives: (r.of() != r.name()).then(|| r.of().to_owned()),
            found: programs.is_empty() || programs.iter().any(&there),
            login: runtime::login::seen(*r, &env, &seems_there),
            command: !r.capabilities().agent,
            own: programs.is_empty() && r.capabilities().agent,
            refused: (policy.get(r.of())).and_then(|row| row.refuses(r.of(), Role::Worker)),
        }
    };
    let mut all: Vec<RuntimeChoice> = runtime::choices().iter().map(choice).collect();
    // CLIs that are there, then any program, then our own chat, of which it is not known before it
    // runs whether there is a model for it; what is missing comes last.
    all.sort_by_key(|r| (!r.found || r.refused.is_some(), r.own, r.command, !r.login));
    (all, mistakes)
}

/// Whether a file of a CLI is there, as far as it is known; a disk that hangs does not hold the
/// cockpit.
fn seems_there(path: &str) -> bool {
    let path = PathBuf::from(path);
    files::within(PATIENCE, move || path.is_file()).unwrap_or(true)
}

fn is_file(path: &Path) -> bool {
    path.is_file()
}
