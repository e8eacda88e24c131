//! `pult sandbox PROFILE CWD -- ARGV…`: restricts itself and becomes the session's program.
//!
//! The keeper runs it as the child of the terminal, so what it prints is seen in the pane. It
//! returns only when the program could not be started.

mod filter;
mod restrict;

use crate::core::text::line;
use std::ffi::{OsStr, OsString};
use std::fmt::Display;
use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// It could not be set up, or the program may not be executed.
const CANNOT: i32 = 126;
/// There is no such program.
const NOT_FOUND: i32 = 127;
/// The command line does not parse.
const USAGE: i32 = 2;

/// Runs the role with the arguments after `sandbox`; comes back with an exit code only when the
/// program was not started. The reason is then on standard error, one line.
pub fn main(args: impl IntoIterator<Item = OsString>) -> i32 {
    let args: Vec<OsString> = args.into_iter().collect();
    let [profile, cwd, dashes, argv @ ..] = args.as_slice() else {
        return fail(USAGE, "usage: pult sandbox PROFILE CWD -- ARGV…");
    };
    let (true, [program, rest @ ..]) = (dashes == "--", argv) else {
        return fail(USAGE, "usage: pult sandbox PROFILE CWD -- ARGV…");
    };
    if let Err(code) = prepare(profile, Path::new(cwd)) {
        return code;
    }
    let mut error = Command::new(program).args(rest).exec();
    if error.kind() == io::ErrorKind::PermissionDenied && !is_somewhere(program) {
        // The search also says so for a directory of the PATH that this user may not read.
        error = io::Error::from_raw_os_error(libc::ENOENT);
    }
    let (code, advice) = explain(program, &error);
    let program = clean(program);
    fail(
        code,
        format_args!("cannot start {program}: {error}; {advice}"),
    )
}

/// Everything before the exec; an error is the exit code, already explained.
fn prepare(profile: &OsStr, cwd: &Path) -> Result<(), i32> {
    let full = match profile.to_str() {
        Some("full") => true,
        Some("none") => false,
        Some(known @ ("inert" | "read" | "write")) => {
            let what = format!("the profile {known} is not enforced yet; use --profile full");
            return Err(fail(CANNOT, what));
        }
        _ => {
            let what = format!("no profile {}; use --profile full or none", clean(profile));
            return Err(fail(USAGE, what));
        }
    };
    restrict::enter(cwd).map_err(|error| {
        let cwd = clean(cwd.as_os_str());
        let what = format!(
            "cannot start in {cwd}: {error}; make the directory again, or start in another one with --in"
        );
        fail(CANNOT, what)
    })?;
    restrict::reset_signals();
    if full {
        restrict::confine().map_err(|(what, error)| {
            let what = format!(
                "cannot confine the session: {what}: {error}; pult doctor says what this kernel enforces"
            );
            fail(CANNOT, what)
        })?;
    }
    Ok(())
}

fn explain(program: &OsStr, error: &io::Error) -> (i32, &'static str) {
    let has_path = program.as_encoded_bytes().contains(&b'/');
    match error.kind() {
        io::ErrorKind::NotFound if has_path && Path::new(program).exists() => (
            NOT_FOUND,
            "the file is there, but the interpreter or loader that it names is not",
        ),
        io::ErrorKind::NotFound if has_path => {
            (NOT_FOUND, "no such file: check the path, or install it")
        }
        io::ErrorKind::NotFound => (
            NOT_FOUND,
            "not on the PATH that pult new was run with: install it, or name it by its full path",
        ),
        io::ErrorKind::PermissionDenied => (CANNOT, "make it executable, or name another program"),
        _ => (CANNOT, "check that it is a program for this machine"),
    }
}

/// Whether there is a file that `program` names, by itself or on the PATH.
fn is_somewhere(program: &OsStr) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let has_path = program.as_encoded_bytes().contains(&b'/');
    has_path || std::env::split_paths(&path).any(|dir| dir.join(program).is_file())
}

fn clean(text: &OsStr) -> String {
    line(&text.to_string_lossy())
}

fn fail(code: i32, what: impl Display) -> i32 {
    let _ = writeln!(io::stderr(), "pult: {what}");
    code
}
