//! Where the agent CLIs come from: a cache directory, filled from npm only when asked to.

use crate::cli::Cli;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

/// One installation at a time.
static LOCK: Mutex<()> = Mutex::new(());

/// The CLI's program, installed first when `PULT_AGENTS=install`; else the reason why not.
pub fn program(cli: &Cli) -> Result<PathBuf, String> {
    let arch = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => return Err(format!("{} is not packaged for {other}", cli.name)),
    };
    let packages = (cli.package)(arch);
    if packages.is_empty() {
        return Ok(PathBuf::from(env!("CARGO_BIN_EXE_pult")));
    }
    if let Some(by) = cli.runs_by
        && Command::new(by).arg("--version").output().is_err()
    {
        return Err(format!("{} runs by {by}, which is not here", cli.name));
    }
    let dir = cache().join(format!("{}-{}", cli.program_name(), cli.version));
    let program = dir.join("node_modules").join((cli.program)(arch));
    let _one = LOCK
        .lock()
        .map_err(|_| "an installation failed".to_owned())?;
    if program.is_file() {
        return Ok(program);
    }
    if std::env::var("PULT_AGENTS").as_deref() != Ok("install") {
        let at = dir.display();
        let name = cli.name;
        return Err(format!(
            "{name} is not in {at}; PULT_AGENTS=install fetches it from npm"
        ));
    }
    fetch(&packages, &dir)?;
    if !program.is_file() {
        unpack(&program)?;
    }
    if program.is_file() {
        Ok(program)
    } else {
        Err(format!("npm installed no {}", program.display()))
    }
}

/// Unpacks a program that is shipped as `NAME.br`: its own install script would do that, and none is
/// run here.
fn unpack(program: &Path) -> Result<(), String> {
    const SCRIPT: &str = r#"
        const fs = require("fs"), [packed, program] = process.argv.slice(1);
        const bytes = require("zlib").brotliDecompressSync(fs.readFileSync(packed));
        fs.writeFileSync(program + ".part", bytes, { mode: 0o755 });
        fs.renameSync(program + ".part", program);
    "#;
    let packed = PathBuf::from(format!("{}.br", program.display()));
    if !packed.is_file() {
        return Ok(());
    }
    let mut node = Command::new("node");
    node.args(["-e", SCRIPT]).arg(&packed).arg(program);
    let output = node.output();
    let output = output.map_err(|e| format!("node does not start: {e}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let why = || format!("{} cannot be unpacked: {}", packed.display(), said.trim());
    output.status.success().then_some(()).ok_or_else(why)
}

fn cache() -> PathBuf {
    let set = std::env::var_os("PULT_AGENTS_DIR").map(PathBuf::from);
    set.unwrap_or_else(|| Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("agents"))
}

fn fetch(package: &str, dir: &Path) -> Result<(), String> {
    std::fs::create_dir_all(dir).map_err(|e| format!("{}: {e}", dir.display()))?;
    let mut npm = Command::new("npm");
    npm.args([
        "install",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--no-save",
    ]);
    npm.arg("--prefix").arg(dir).args(package.split(' '));
    let output = npm
        .output()
        .map_err(|e| format!("npm does not start: {e}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said.lines().rev().find(|line| !line.trim().is_empty());
    Err(format!(
        "npm could not install {package}: {}",
        last.unwrap_or("")
    ))
}
