//! Doors with a registry of the test's own, and processes below what looks like a keeper.

use crate::support::{PATIENCE, wait_until};
use pult::core::id::SessionId;
use pult::daemon::doors::{Client, Doors, ProcessKey, Registry, Tamper};
use pult::platform::ancestry::Process;
use pult::platform::lock::{Lock, Taken};
use pult::platform::paths::Paths;
use pult::wire::frame;
use pult::wire::request::{FromDaemon, ToDaemon};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

/// The built binary.
pub const PULT: &str = env!("CARGO_BIN_EXE_pult");
/// The token of the one session, `fixer`.
pub const TOKEN: &str = "token-of-fixer";

/// A home whose doors are open.
pub struct House {
    dir: TempDir,
    pub paths: Paths,
    pub seen: Arc<Seen>,
    doors: Option<(Doors, Lock)>,
}

/// What the doors told the daemon.
#[derive(Default)]
pub struct Seen {
    keepers: Mutex<HashMap<ProcessKey, SessionId>>,
    pub unconfined: bool,
    pub tampers: Mutex<Vec<Tamper>>,
    /// `about` and `may_not_decide` of each client that was let in.
    pub served: Mutex<Vec<(String, Option<String>)>>,
}

/// The one session.
pub fn fixer() -> SessionId {
    SessionId::from_entropy([7; 8])
}

impl Registry for Seen {
    fn session_of_token(&self, token: &str) -> Option<SessionId> {
        (token == TOKEN).then(fixer)
    }
    fn keeper_sessions(&self) -> HashMap<ProcessKey, SessionId> {
        self.keepers.lock().unwrap().clone()
    }
    fn name_of(&self, _: &SessionId) -> Option<String> {
        Some("fixer".to_owned())
    }
    fn is_unconfined(&self, _: &SessionId) -> bool {
        self.unconfined
    }
    fn any_unconfined(&self) -> bool {
        self.unconfined
    }
    fn is_agent_name(&self, name: &str) -> bool {
        name == "made-up-agent"
    }
    fn on_tamper(&self, tamper: Tamper) {
        self.tampers.lock().unwrap().push(tamper);
    }
    /// Answers everything with an empty list.
    fn serve(&self, mut client: Client) {
        let entry = (client.about, client.may_not_decide);
        self.served.lock().unwrap().push(entry);
        while let Ok(Some(asked)) = frame::read(&mut client.stream) {
            let Ok(asked) = serde_json::from_slice::<ToDaemon>(&asked.payload) else {
                return;
            };
            let body = serde_json::json!([]);
            let reply = FromDaemon::Reply { n: asked.n, body };
            let reply = serde_json::to_vec(&reply).unwrap();
            if frame::write(&mut client.stream, frame::JSON, &reply).is_err() {
                return;
            }
        }
    }
}

impl House {
    /// With its doors open; `unconfined`: the session has the profile `none`.
    pub fn open(unconfined: bool) -> Self {
        let mut house = Self::closed();
        house.seen = Arc::new(Seen {
            unconfined,
            ..Seen::default()
        });
        house.doors = Some(Self::doors(&house.paths, &house.seen));
        house
    }

    /// Without a daemon.
    pub fn closed() -> Self {
        let dir = tempfile::Builder::new()
            .prefix("pult-doors-")
            .tempdir()
            .unwrap();
        let paths = Paths::under(dir.path()).unwrap();
        std::fs::write(
            dir.path().join("keep"),
            "while [ ! -e go ]; do sleep 0.01; done\n\
             \"$PULT\" sandbox \"$PROFILE\" \"$1\" -- sh -c \"$SCRIPT\"\nexit $?\n",
        )
        .unwrap();
        Self {
            dir,
            paths,
            seen: Arc::default(),
            doors: None,
        }
    }

    /// As after a `kill -9` of the daemon: nothing was cleaned up, and another one opens.
    pub fn reopen(mut self) -> Self {
        if let Some((doors, lock)) = self.doors.take() {
            std::mem::forget(doors);
            drop(lock);
        }
        self.doors = Some(Self::doors(&self.paths, &self.seen));
        self
    }

    /// Ends the daemon.
    pub fn close(mut self) -> Self {
        self.doors = None;
        self
    }

    fn doors(paths: &Paths, seen: &Arc<Seen>) -> (Doors, Lock) {
        std::fs::create_dir_all(&paths.state).unwrap();
        let lock = match Lock::try_take(&paths.daemon_lock()).unwrap() {
            Taken::Ours(lock) => lock,
            Taken::Held(pid) => panic!("the home is locked by {pid:?}"),
        };
        let doors = Doors::open(paths, &lock, seen.clone()).unwrap();
        (doors, lock)
    }

    /// The home directory, which processes below the keeper run in.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// A file of the home.
    pub fn file(&self, name: &str) -> PathBuf {
        self.dir().join(name)
    }

    /// A command of this home, in a cleared environment.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let path = std::env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into());
        command
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.dir())
            .env("PULT_HOME", self.dir())
            .env("PULT", PULT)
            .current_dir(self.dir())
            .stdin(Stdio::null());
        command
    }

    /// Runs `pult ARGS…` outside of any pane.
    pub fn pult(&self, args: &[&str]) -> Output {
        self.command(PULT).args(args).output().unwrap()
    }

    /// Starts `script` in the sandbox of `profile` below a process that looks like this user's
    /// keeper of `fixer`, and is registered as such with the doors.
    pub fn keep(&self, profile: &str, script: &str) -> Child {
        let mut command = self.command("sh");
        command.arg("keep").arg(self.dir());
        command.env("PROFILE", profile).env("SCRIPT", script);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let keeper = command.spawn().unwrap();
        let process = Process::read(keeper.id()).unwrap();
        let key = (process.pid, process.start);
        self.seen.keepers.lock().unwrap().insert(key, fixer());
        std::fs::write(self.file("go"), "").unwrap();
        keeper
    }

    /// As [`House::keep`], to its end; its exit code and what it wrote.
    pub fn in_pane(&self, profile: &str, script: &str) -> (i32, String) {
        let output = self.keep(profile, script).wait_with_output().unwrap();
        (output.status.code().unwrap_or(-1), text(&output))
    }

    /// Waits for a file that a process of this home writes, and takes it.
    pub fn take(&self, name: &str) -> String {
        let path = self.file(name);
        wait_until(name, PATIENCE, || path.exists());
        let text = std::fs::read(&path).unwrap();
        let text = String::from_utf8_lossy(&text).into_owned();
        std::fs::remove_file(path).unwrap();
        text
    }

    /// The refused attempts since the last look.
    pub fn tampers(&self) -> Vec<Tamper> {
        std::mem::take(&mut *self.seen.tampers.lock().unwrap())
    }

    /// Who was let in since the last look.
    pub fn served(&self) -> Vec<(String, Option<String>)> {
        std::mem::take(&mut *self.seen.served.lock().unwrap())
    }
}

/// Everything that a process wrote.
pub fn text(output: &Output) -> String {
    let all = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8_lossy(&all).into_owned()
}
