//! The worker's mark: a hard RLIMIT_LOCKS of a magic value. It is inherited through setsid, double
//! forks, a cleared environment and the keeper's death, and only CAP_SYS_RESOURCE could raise it.
//! The limit itself has had no effect since Linux 2.4.25.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::io;

/// The magic limit. A worker may lower a limit but never raise it, so anything finite up to this
/// counts as the mark.
const MARK: u64 = 0x7075_6c74_7075_6c74;

/// Puts the mark on this process and all that come from it.
///
/// # Errors
/// What the system said.
pub fn set() -> io::Result<()> {
    if marks(getrlimit(Resource::Locks).maximum) {
        return Ok(());
    }
    let limit = Rlimit {
        current: Some(MARK),
        maximum: Some(MARK),
    };
    Ok(setrlimit(Resource::Locks, limit)?)
}

/// Whether this process has the mark.
pub fn is_on_self() -> bool {
    marks(getrlimit(Resource::Locks).maximum)
}

/// Whether process `pid` has the mark.
///
/// # Errors
/// When the process is gone or its limits do not read.
pub fn is_on(pid: u32) -> io::Result<bool> {
    let limits = std::fs::read_to_string(format!("/proc/{pid}/limits"))?;
    parse(&limits).map(marks).ok_or_else(|| {
        let what = format!("/proc/{pid}/limits has no line for file locks");
        io::Error::new(io::ErrorKind::InvalidData, what)
    })
}

fn marks(hard: Option<u64>) -> bool {
    hard.is_some_and(|limit| limit <= MARK)
}

/// The hard limit of the line `Max file locks  SOFT  HARD  locks`; the inner `None` is unlimited.
fn parse(limits: &str) -> Option<Option<u64>> {
    let line = limits
        .lines()
        .find_map(|l| l.strip_prefix("Max file locks"))?;
    match line.split_whitespace().nth(1)? {
        "unlimited" => Some(None),
        number => number.parse().ok().map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_is_read_and_cannot_be_lowered_away() {
        let line = |hard: &str| {
            format!("Max processes 1 2 processes\nMax file locks   unlimited   {hard}   locks\n")
        };
        let marked = |hard: &str| parse(&line(hard)).map(marks);
        assert_eq!(marked("unlimited"), Some(false));
        assert_eq!(marked(&MARK.to_string()), Some(true));
        assert_eq!(marked("0"), Some(true), "a lowered limit is still the mark");
        assert_eq!(marked(&(MARK + 1).to_string()), Some(false));
        assert_eq!(marked("garbage"), None);
        assert_eq!(parse("Max processes 1 2 processes"), None);
    }

    #[test]
    fn an_ordinary_process_is_not_marked() {
        assert_eq!(is_on(std::process::id()).unwrap(), is_on_self());
    }
}
