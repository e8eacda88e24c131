//! The single steps by which the sandbox role gives things up.

use super::filter;
use crate::platform::{enforcement, mark};
use landlock::{CompatLevel, Compatible, Ruleset, RulesetAttr, Scope};
use rustix::fs::{Mode, OFlags, open};
use rustix::process::fchdir;
use rustix::thread::{
    CapabilitySet, CapabilitySets, clear_ambient_capability_set,
    remove_capability_from_bounding_set, set_capabilities, set_no_new_privs,
};
use std::io;
use std::path::Path;

/// A step that failed: its name in words, and why.
type Failed = (&'static str, io::Error);

/// Makes `cwd` the working directory; opened first, so that it is the very directory checked.
pub(super) fn enter(cwd: &Path) -> io::Result<()> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let dir = open(cwd, flags, Mode::empty())?;
    Ok(fchdir(dir)?)
}

/// Every signal back to its default, none blocked: an inherited "ignore" survives an exec. The
/// kernel is asked directly, since the C library keeps signals 32 and 33 for itself.
pub(super) fn reset_signals() {
    /// The kernel's `sigaction` of 64-bit systems, with or without a restorer.
    #[repr(C)]
    struct Action([u64; 4]);
    const SET_BYTES: usize = 8;
    let default = Action([0; 4]);
    for signal in 1..=64 {
        // SAFETY: `default` is a whole kernel sigaction that says SIG_DFL, and nothing is written
        // back; no handler of ours exists in this role. What cannot be set returns an error.
        unsafe {
            libc::syscall(
                libc::SYS_rt_sigaction,
                signal,
                &raw const default,
                std::ptr::null_mut::<Action>(),
                SET_BYTES,
            )
        };
    }
    let mut none = std::mem::MaybeUninit::<libc::sigset_t>::uninit();
    // SAFETY: sigemptyset initialises the set before sigprocmask reads it.
    unsafe {
        libc::sigemptyset(none.as_mut_ptr());
        libc::sigprocmask(libc::SIG_SETMASK, none.as_ptr(), std::ptr::null_mut());
    }
}

/// Everything that a `full` session gives up: inherited files, mark, privileges, capabilities, signals and abstract
/// sockets outside, and the terminal ioctls that type.
pub(super) fn confine() -> Result<(), Failed> {
    close_inherited().map_err(|e| ("inherited files", e))?;
    mark::set().map_err(|e| ("the worker's mark", e))?;
    set_no_new_privs(true).map_err(|e| ("no_new_privs", e.into()))?;
    scope().map_err(|e| ("Landlock", e))?;
    drop_capabilities().map_err(|e| ("capabilities", e))?;
    filter::apply().map_err(|e| ("seccomp", e))
}

/// Whatever is open besides the terminal closes with the exec.
fn close_inherited() -> io::Result<()> {
    const FIRST: libc::c_uint = 3;
    // SAFETY: only sets a flag on descriptors; none of them is used after it but by the exec.
    let result = unsafe {
        libc::syscall(
            libc::SYS_close_range,
            FIRST,
            libc::c_uint::MAX,
            libc::CLOSE_RANGE_CLOEXEC,
        )
    };
    match result {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Signals and abstract sockets end at the session, where the kernel can (ABI 6).
fn scope() -> io::Result<()> {
    if enforcement::landlock_abi() < 6 {
        return Ok(());
    }
    Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .scope(Scope::Signal | Scope::AbstractUnixSocket)
        .and_then(|rules| rules.create())
        .and_then(|rules| rules.restrict_self())
        .map(drop)
        .map_err(io::Error::other)
}

/// All capabilities in every set; root keeps CAP_SETFCAP, without which an agent's own bubblewrap
/// cannot map a user namespace.
fn drop_capabilities() -> io::Result<()> {
    let keep = match rustix::process::geteuid().is_root() {
        true => CapabilitySet::SETFCAP,
        false => CapabilitySet::empty(),
    };
    for number in 0..64 {
        let one = CapabilitySet::from_bits_retain(1 << number);
        if keep.contains(one) {
            continue;
        }
        match remove_capability_from_bounding_set(one) {
            Ok(()) => {}
            // An ordinary user may not, and with no_new_privs need not; a number beyond the
            // kernel's last is none.
            Err(rustix::io::Errno::PERM | rustix::io::Errno::INVAL) => {}
            Err(e) => return Err(e.into()),
        }
    }
    match clear_ambient_capability_set() {
        Ok(()) | Err(rustix::io::Errno::INVAL) => {}
        Err(e) => return Err(e.into()),
    }
    let now = rustix::thread::capabilities(None)?.permitted & keep;
    let sets = CapabilitySets {
        effective: now,
        permitted: now,
        inheritable: CapabilitySet::empty(),
    };
    Ok(set_capabilities(None, sets)?)
}
