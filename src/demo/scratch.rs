//! A scratch repository and a pult home of its own, both gone when the demo is over.

use super::script::{CART, KEPT};
use crate::dial::Connection;
use crate::platform::paths::Paths;
use crate::wire::hello::ClientKind;
use crate::wire::request::Request;
use crate::wire::view::{ErrorKind, ErrorView};
use std::collections::BTreeMap;
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What every directory of a demo is called; the rest is the process that made it.
const PREFIX: &str = "pult-demo-";

/// The program of the `demo` runtime.
pub const PROGRAM: &str = "pult-demo-agent";

/// One demo's place; [`Scratch::close`] ends its processes and removes it.
pub struct Scratch {
    root: PathBuf,
    paths: Paths,
}

impl Scratch {
    /// Makes the directory, the repository and the program, and removes what demos that were
    /// killed have left behind.
    ///
    /// # Errors
    /// What cannot be written, and where.
    pub fn make() -> Result<Self, ErrorView> {
        let failed = |what: &str, e: io::Error| {
            let what = format!("no scratch repository: {what}: {e}");
            ErrorView::new(ErrorKind::Failed, what).hint("set TMPDIR to a directory with room")
        };
        let root = fresh(&std::env::temp_dir()).map_err(|e| failed("a directory", e))?;
        let paths = Paths::under(&root.join("pult")).map_err(|e| failed("its home", e))?;
        let scratch = Self { root, paths };
        let made = scratch.fill();
        if let Err(e) = made {
            let _ = fs::remove_dir_all(&scratch.root);
            return Err(failed("its files", e));
        }
        sweep(&scratch.root);
        Ok(scratch)
    }

    /// Where pult lives in this demo.
    pub fn paths(&self) -> &Paths {
        &self.paths
    }

    /// The directory of everything.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The scratch repository.
    pub fn repository(&self) -> PathBuf {
        self.root.join("shop")
    }

    /// The environment of the agents: nothing of the operator's but the PATH and the locale.
    pub fn env(&self, beat_ms: u64) -> BTreeMap<String, String> {
        let path = std::env::var("PATH").unwrap_or_else(|_| "/usr/bin:/bin".into());
        let bin = self.root.join("bin");
        let lang = std::env::var("LANG").unwrap_or_else(|_| "C.UTF-8".into());
        [
            ("PATH", format!("{}:{path}", bin.display())),
            ("HOME", self.root.join("home").display().to_string()),
            ("LANG", lang),
            ("DEMO_BEAT_MS", beat_ms.to_string()),
        ]
        .into_iter()
        .map(|(k, v)| (k.to_owned(), v))
        .collect()
    }

    /// Ends the daemon and the agents and removes everything.
    ///
    /// # Errors
    /// What stayed, and where.
    pub fn close(self) -> Result<(), ErrorView> {
        end(&self.paths);
        fs::remove_dir_all(&self.root).map_err(|e| {
            let what = format!("{} stays: {e}", self.root.display());
            ErrorView::new(ErrorKind::Failed, what).hint("remove it by hand")
        })
    }

    fn fill(&self) -> io::Result<()> {
        for dir in ["pult", "home", "bin", "shop/build"] {
            fs::create_dir_all(self.root.join(dir))?;
        }
        symlink(
            std::env::current_exe()?,
            self.root.join("bin").join(PROGRAM),
        )?;
        let shop = self.repository();
        fs::write(shop.join("cart.sh"), CART)?;
        fs::write(shop.join(KEPT).join("cart.tar"), "a build of the cart\n")?;
        let readme = "# shop\n\nA scratch repository of `pult demo`: it adds up a shopping cart.\n";
        fs::write(shop.join("README.md"), readme)?;
        // Without git the directory is a plain one, and the loop is the same.
        let _ = git(&shop, &["init", "-q"])
            && git(&shop, &["add", "-A"])
            && git(&shop, &["commit", "-q", "-m", "the cart as it was"]);
        Ok(())
    }
}

/// A new directory of our own, 0700.
fn fresh(below: &Path) -> io::Result<PathBuf> {
    let pid = std::process::id();
    let mut last = io::ErrorKind::AlreadyExists.into();
    for n in 0..100 {
        let path = below.join(format!("{PREFIX}{pid}-{n}"));
        match DirBuilder::new().mode(0o700).create(&path) {
            Ok(()) => return path.canonicalize(),
            Err(e) => last = e,
        }
    }
    Err(last)
}

/// Whether git did it; away from the operator's own configuration.
fn git(dir: &Path, args: &[&str]) -> bool {
    let mut git = Command::new("git");
    git.args(args).current_dir(dir);
    for (key, _) in std::env::vars_os() {
        if key.to_string_lossy().starts_with("GIT_") {
            git.env_remove(key);
        }
    }
    for role in ["AUTHOR", "COMMITTER"] {
        git.env(format!("GIT_{role}_NAME"), "pult demo");
        git.env(format!("GIT_{role}_EMAIL"), "demo@localhost");
    }
    git.env("GIT_CONFIG_GLOBAL", "/dev/null");
    git.env("GIT_CONFIG_NOSYSTEM", "1");
    git.stdin(Stdio::null());
    git.stdout(Stdio::null()).stderr(Stdio::null());
    git.status().is_ok_and(|status| status.success())
}

/// Ends what runs in a demo's home; nothing when nothing runs.
fn end(paths: &Paths) {
    if let Ok(mut door) = Connection::operator(paths, ClientKind::Verb, "demo shutdown")
        && door.request(Request::Shutdown).is_ok()
    {
        // The daemon closes the connection when all is down.
        while let Ok(Some(_)) = door.next() {}
    }
}

/// Removes the directories of our own demos whose process is gone.
fn sweep(ours: &Path) {
    let (Some(below), Ok(own)) = (ours.parent(), fs::metadata(ours)) else {
        return;
    };
    // Without /proc nobody can be told to be gone.
    if !Path::new("/proc/self").exists() {
        return;
    }
    for entry in fs::read_dir(below).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(rest) = name.strip_prefix(PREFIX) else {
            continue;
        };
        let pid = rest
            .split('-')
            .next()
            .and_then(|pid| pid.parse::<u32>().ok());
        let gone = pid.is_some_and(|pid| !Path::new(&format!("/proc/{pid}")).exists());
        let mine = fs::symlink_metadata(entry.path())
            .is_ok_and(|meta| meta.is_dir() && meta.uid() == own.uid());
        if gone && mine {
            if let Ok(paths) = Paths::under(&entry.path().join("pult"))
                && paths.daemon_lock().exists()
            {
                end(&paths);
            }
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scratch_repository_has_the_cart_and_a_program_for_its_agents() {
        let scratch = Scratch::make().unwrap();
        let cart = fs::read_to_string(scratch.repository().join("cart.sh")).unwrap();
        assert_eq!(cart, CART);
        let env = scratch.env(1);
        let bin = env["PATH"].split(':').next().unwrap();
        assert!(Path::new(bin).join(PROGRAM).is_symlink());
        assert!(!env.contains_key("PULT_HOME"));
        let mode = fs::metadata(scratch.root()).unwrap().mode();
        assert_eq!(mode & 0o077, 0);
        fs::remove_dir_all(scratch.root()).unwrap();
    }
}
