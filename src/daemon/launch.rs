//! From a wish for a peer to a keeper that runs its program.

use super::declared;
use super::house::{House, hash};
use super::link;
use super::pane::{self, Adopted};
use super::side;
use crate::config::{Mistake, policy};
use crate::core::command::{Command, Facts, NewPeer, Origin};
use crate::core::id::{PeerId, SessionId};
use crate::core::mcp::McpServer;
use crate::core::session::{Launch, Session};
use crate::core::state::Millis;
use crate::core::text;
use crate::platform::{entropy, environment, files, sockets};
use crate::runtime::{self, LaunchInput, Plan, Runtime, ready};
use crate::wire::keeper::{self, LaunchSpec};
use crate::wire::request;
use crate::wire::view::{ErrorKind, ErrorView};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Profiles that work.
const PROFILES: [&str; 2] = ["full", "none"];

/// What was said, below the session's directory, where a program of ours keeps it.
const SAID: &str = "said.jsonl";
/// Largest of the CLI's own files on which a plan depends, bytes.
const LARGEST: u64 = 4 * 1024 * 1024;

/// What a session keeps beside the store, 0600: secrets may be in it.
#[derive(Serialize, Deserialize)]
struct Secrets {
    token: String,
    env: BTreeMap<String, String>,
    /// The conversation that the first attempt goes on from, by the runtime's own fork.
    #[serde(default)]
    fork: Option<String>,
    /// The MCP servers that its agent gets.
    #[serde(default)]
    mcp: Vec<McpServer>,
}

impl House {
    /// Makes a peer with its first session; its program is started after this is durable. `then`: a
    /// new branch begins where the directory was at that time.
    ///
    /// # Errors
    /// Whatever would keep it from starting that can be known before.
    pub(crate) fn create(
        &self,
        wish: request::NewPeer,
        origin: Option<Origin>,
        then: Option<Millis>,
    ) -> Result<SessionId, ErrorView> {
        let refused = |what: String| ErrorView::new(ErrorKind::Refused, what);
        let failed = |what: io::Error| ErrorView::new(ErrorKind::Failed, what.to_string());
        let env = environment::worker_env(&wish.env);
        let mistakes = self.refresh_runtimes();
        let (policy, _) = policy::load(&self.paths.config);
        let refuses = |name: &str| policy.get(name)?.refuses(name, wish.role);
        let runtime = choose(&wish, &env, &mistakes, &refuses)?;
        let runtime = if wish.acp {
            over_acp(runtime)?
        } else {
            runtime
        };
        if let Some(what) = refuses(runtime.of()) {
            let hint =
                "choose another --runtime; policy.toml in the configuration directory says so";
            return Err(refused(what).hint(hint));
        }
        if !wish.mcp.is_empty() && !runtime.takes_mcp() {
            let what = format!("{} takes no MCP server for one launch", runtime.name());
            let takes = runtime::all().into_iter().filter(|r| r.takes_mcp());
            let takes: Vec<_> = takes.map(|r| r.name()).collect();
            let mut hint = format!("{} do", takes.join(", "));
            if runtime::over_acp(runtime).is_some_and(Runtime::takes_mcp) {
                hint.push_str(&format!(", and {} with --acp", runtime.name()));
            }
            return Err(refused(what).hint(hint));
        }
        let profile = wish.profile.clone().unwrap_or_else(|| "full".to_owned());
        if !PROFILES.contains(&profile.as_str()) {
            let what = format!(
                "the profile {} cannot be enforced yet",
                text::line(&profile)
            );
            return Err(refused(what).hint("use --profile full or --profile none"));
        }
        if !Path::new(&wish.cwd).is_dir() {
            let what = format!("{} is not a directory", text::line(&wish.cwd));
            return Err(refused(what).hint("name one with --in DIR"));
        }
        if let Err(why) = program(runtime, &wish.command, &env) {
            let (what, hint) = ready::explain(runtime, &why);
            return Err(refused(what).hint(hint));
        }
        let planting = wish.worktree.as_deref();
        let planting = planting.map(|branch| self.plant(&wish.cwd, branch, then, &env));
        let planting = planting.transpose()?;
        let session = SessionId::from_entropy(entropy::bytes().map_err(failed)?);
        let token = entropy::hex::<16>().map_err(failed)?;
        let token_hash = hash(&token);
        let dir = self.paths.session(session.as_str());
        let native = origin.as_ref().filter(|origin| origin.native);
        let fork = native.map(|origin| origin.native_id.clone());
        let mcp = wish.mcp.clone();
        let secrets = Secrets {
            token,
            env,
            fork,
            mcp,
        };
        let mut new = NewPeer {
            peer: PeerId::from_entropy(entropy::bytes().map_err(failed)?),
            session: session.clone(),
            name: wish.name,
            circle: wish
                .circle
                .unwrap_or_else(|| crate::core::peer::DEFAULT_CIRCLE.to_owned()),
            runtime: runtime.name().to_owned(),
            model: wish.model,
            limits: self.enforcement.limits(&profile),
            profile,
            cwd: wish.cwd,
            worktree: None,
            launch: Launch {
                command: wish.command,
                prompt: wish.prompt,
                size: wish.size,
            },
            native_id: None,
            no_record: wish.no_record,
            token_hash,
            origin,
            template: wish.template,
            tag: wish.tag,
        };
        let mut made = None;
        if let Some(planting) = &planting {
            // What the core would refuse needs no worktree.
            new.worktree = Some(planting.path());
            self.would(Command::Create(new.clone()))?;
            let tree = planting.make()?;
            new.cwd = tree.cwd.to_string_lossy().into_owned();
            made = Some(tree);
        } else {
            new.worktree = self.tree_of(&new.cwd);
        }
        let written = make_dir(&dir).and_then(|()| write_secrets(&dir, &secrets));
        let written = written.map_err(|error| {
            let what = format!("{} cannot be written: {error}", self.paths.state.display());
            ErrorView::new(ErrorKind::Failed, what).hint("make room there, or mend its permissions")
        });
        let created = written.and_then(|()| self.operate(Command::Create(new)));
        if created.is_err() {
            // Nothing refers to it; where there was no room, there may be nothing to remove.
            let _ = fs::remove_dir_all(&dir);
            if let (Some(planting), Some(made)) = (&planting, &made) {
                planting.undo(made);
            }
        }
        created.map(|_| session)
    }

    /// Starts the program of a session's present attempt, once: a keeper that is there already
    /// is taken over.
    pub(crate) fn start(self: &Arc<Self>, session: &SessionId, attempt: u32) {
        let row = self.engine.read(|world| world.session(session).cloned());
        let Some(row) = row.filter(|row| row.attempt == attempt && row.is_live()) else {
            return;
        };
        if let Err(why) = self.start_row(&row) {
            tracing::error!(%session, attempt, why, "a program was not started");
            let (session, why) = (session.clone(), text::line(&why));
            self.observe(Command::AttemptFailed {
                session: session.clone(),
                attempt,
                why,
            });
            if let Some(pane) = self.pane(&session) {
                pane.tell_end();
            }
        }
    }

    fn start_row(self: &Arc<Self>, row: &Session) -> Result<(), String> {
        let dir = self.paths.attempt(row.id.as_str(), row.attempt);
        let words = |error: io::Error| error.to_string();
        if !dir.join(keeper::LOCK).exists() {
            let spec = self.spec(row, &dir)?;
            make_dir(&dir).map_err(words)?;
            write(&dir.join(keeper::LAUNCH), &spec.encode()).map_err(words)?;
            crate::platform::probes::pause("launch.before-keeper");
            link::spawn_keeper(Path::new("/proc/self/exe"), &dir).map_err(words)?;
        }
        match pane::adopt(self, row).map_err(words)? {
            Adopted::Running => Ok(()),
            Adopted::Ended(record) => match record.ended {
                keeper::Ended::NeverStarted(why) => Err(why),
                _ => {
                    super::recover::ended(self, row, &record);
                    Ok(())
                }
            },
            Adopted::Lost => Err("its keeper ended at once".to_owned()),
        }
    }

    fn spec(&self, row: &Session, dir: &Path) -> Result<LaunchSpec, String> {
        let mistakes = self.refresh_runtimes();
        let runtime = runtime::by_name(&row.runtime)
            .ok_or_else(|| declared::gone(&row.runtime, &self.paths.config, &mistakes))?;
        let secrets = read_secrets(&self.paths.session(row.id.as_str()))
            .map_err(|error| format!("its environment cannot be read: {error}"))?;
        let program = program(runtime, &row.launch.command, &secrets.env).map_err(|why| {
            let (what, hint) = ready::explain(runtime, &why);
            format!("{what}; {hint}")
        })?;
        // Files of the plan and the question before it need their place first.
        make_dir(dir).map_err(|error| error.to_string())?;
        let input = LaunchInput {
            program,
            args: row.launch.command.iter().skip(1).cloned().collect(),
            cwd: row.cwd.clone(),
            model: row.model.clone(),
            prompt: row.launch.prompt.clone(),
            resume: row.native_id.clone().filter(|_| row.attempt > 1),
            fork: secrets
                .fork
                .clone()
                .filter(|_| row.attempt == 1 || row.native_id.is_none()),
            fresh_id: uuid()?,
            hook_command: format!("{} hook {}", quoted(&self.exe), runtime.name()),
            dir: dir.to_string_lossy().into_owned(),
            before: (row.attempt > 1).then(|| {
                let before = self.paths.attempt(row.id.as_str(), row.attempt - 1);
                before.to_string_lossy().into_owned()
            }),
            mcp: secrets.mcp.clone(),
            env: secrets.env.clone(),
            own: self.exe.to_string_lossy().into_owned(),
            kept: (!row.no_record).then(|| {
                let kept = self.paths.session(row.id.as_str()).join(SAID);
                kept.to_string_lossy().into_owned()
            }),
            port: sockets::free_port().map_err(|error| error.to_string())?,
            secret: entropy::hex::<16>().map_err(|error| error.to_string())?,
            read: runtime
                .reads(&secrets.env)
                .into_iter()
                .filter_map(|path| {
                    let text = files::text(Path::new(&path), LARGEST).ok()?;
                    Some((path, text))
                })
                .collect(),
            probe: None,
        };
        let plan = self.answers.plan(runtime, input);
        if let Some(fetch) = &plan.fetch {
            crate::probe::fetch::copy(fetch, dir)
                .map_err(|error| format!("it cannot be gone on with: {error}"))?;
        }
        for (path, contents) in &plan.files {
            write(&dir.join(path), contents.as_bytes()).map_err(|error| error.to_string())?;
        }
        if let Some(way) = &plan.way {
            side::keep(dir, way).map_err(|error| error.to_string())?;
        }
        self.learn_from(row, &plan);
        self.launch_spec(row, plan, secrets)
    }

    fn learn_from(&self, row: &Session, plan: &Plan) {
        let mut limits = self.enforcement.limits(&row.profile);
        limits.extend(plan.limits.iter().map(|limit| text::line(limit)));
        self.observe(Command::Learn {
            session: row.id.clone(),
            facts: Facts {
                native_id: plan.native_id.clone(),
                limits: Some(limits),
                ..Facts::default()
            },
        });
    }

    fn launch_spec(
        &self,
        row: &Session,
        plan: Plan,
        secrets: Secrets,
    ) -> Result<LaunchSpec, String> {
        let mut argv: Vec<OsString> = ["/proc/self/exe", "sandbox", &row.profile, &row.cwd, "--"]
            .map(OsString::from)
            .to_vec();
        argv.extend(plan.argv.into_iter().map(OsString::from));
        let mut env = secrets.env;
        env.insert("TERM".into(), "xterm-256color".into());
        env.insert("COLORTERM".into(), "truecolor".into());
        env.insert("PULT_SESSION".into(), row.id.to_string());
        env.insert("PULT_TOKEN".into(), secrets.token);
        env.insert(
            "PULT_DOOR".into(),
            self.paths.worker_socket().to_string_lossy().into_owned(),
        );
        env.extend(plan.env);
        let key = entropy::bytes::<16>().map_err(|error| error.to_string())?;
        let mut spec = LaunchSpec::new(key, argv, PathBuf::from(&row.cwd));
        (spec.rows, spec.cols) = row.launch.size.unwrap_or(pane::UNSEEN_SIZE);
        spec.env = env.into_iter().map(|(k, v)| (k.into(), v.into())).collect();
        Ok(spec)
    }

    /// The environment of a session's program, for what its runtime looks up there.
    pub(crate) fn session_env(&self, session: &SessionId) -> BTreeMap<String, String> {
        let secrets = read_secrets(&self.paths.session(session.as_str()));
        secrets.map(|secrets| secrets.env).unwrap_or_default()
    }
}

/// The runtime that was named, or `shell` for a command, or the only one that is there.
fn choose(
    wish: &request::NewPeer,
    env: &BTreeMap<String, String>,
    mistakes: &[Mistake],
    refuses: &dyn Fn(&str) -> Option<String>,
) -> Result<&'static dyn Runtime, ErrorView> {
    let usage = |what: String| ErrorView::new(ErrorKind::Usage, what);
    if let Some(name) = &wish.runtime {
        return runtime::by_name(name).ok_or_else(|| declared::unknown(name, mistakes));
    }
    if !wish.command.is_empty() {
        return Ok(runtime::shell());
    }
    let agents: Vec<_> = runtime::all()
        .into_iter()
        .filter(|r| r.capabilities().agent && !r.programs().is_empty())
        .filter(|r| refuses(r.name()).is_none())
        .filter(|r| crate::probe::find(*r, env).is_ok())
        .collect();
    match agents.as_slice() {
        [one] => Ok(*one),
        [] => Err(usage("no agent's CLI is on the PATH".to_owned())
            .hint("install one, or run a program: pult new NAME -- COMMAND")),
        several => {
            let names: Vec<_> = several.iter().map(|r| r.name()).collect();
            Err(
                usage("more than one runtime is ready".to_owned()).hint(format!(
                    "say which: --runtime {}",
                    names.join(" or --runtime ")
                )),
            )
        }
    }
}

/// The runtime that drives the same CLI without its screen.
fn over_acp(of: &dyn Runtime) -> Result<&'static dyn Runtime, ErrorView> {
    runtime::over_acp(of).ok_or_else(|| {
        let what = format!("{} is not driven over ACP", of.name());
        let all = runtime::all().into_iter();
        let driven = all.filter(|r| runtime::over_acp(*r).is_some());
        let driven: Vec<_> = driven.map(|r| r.name()).collect();
        ErrorView::new(ErrorKind::Refused, what).hint(format!("{} can be", driven.join(", ")))
    })
}

/// The absolute path of the program, or the first word of the operator's command.
fn program(
    runtime: &dyn Runtime,
    command: &[String],
    env: &BTreeMap<String, String>,
) -> Result<String, ready::NotReady> {
    if let Some(first) = command.first() {
        return Ok(first.clone());
    }
    if !runtime.capabilities().agent
        && let Some(shell) = env.get("SHELL").filter(|shell| Path::new(shell).is_file())
    {
        return Ok(shell.clone());
    }
    let program = crate::probe::find(runtime, env)?;
    crate::probe::version(runtime, &program, env)?;
    Ok(program)
}

fn make_dir(dir: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

/// Writes a file that nobody else may read.
pub(super) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(bytes)
}

fn write_secrets(dir: &Path, secrets: &Secrets) -> io::Result<()> {
    write(&dir.join("env"), &serde_json::to_vec(secrets)?)
}

fn read_secrets(dir: &Path) -> io::Result<Secrets> {
    Ok(serde_json::from_slice(&fs::read(dir.join("env"))?)?)
}

/// A random UUID, version 4.
fn uuid() -> Result<String, String> {
    let mut b = entropy::bytes::<16>().map_err(|error| error.to_string())?;
    b[6] = (b[6] & 0x0f) | 0x40;
    b[8] = (b[8] & 0x3f) | 0x80;
    let hex: String = b.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!(
        "{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    ))
}

/// A path as a word for `sh`.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.to_string_lossy().replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_one_word() {
        assert_eq!(quoted(Path::new("/a b/it's")), r"'/a b/it'\''s'");
    }

    #[test]
    fn a_uuid_is_one_of_version_4() {
        let uuid = uuid().unwrap();
        assert_eq!(uuid.len(), 36);
        assert_eq!(&uuid[14..15], "4");
        assert!("89ab".contains(&uuid[19..20]));
    }
}
