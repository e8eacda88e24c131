//! The seccomp filter: no TIOCSTI, no TIOCLINUX. With them a worker could type the answer into its
//! own dialog.

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch, apply_filter,
};
use std::collections::BTreeMap;
use std::io;

/// Puts the filter on this process and all that come from it.
pub(super) fn apply() -> io::Result<()> {
    apply_filter(&program().map_err(io::Error::other)?).map_err(io::Error::other)
}

/// Refused calls get EPERM; a call of a foreign architecture ends the process.
fn program() -> Result<BpfProgram, seccompiler::BackendError> {
    let arch = TargetArch::try_from(std::env::consts::ARCH)?;
    let mut calls: BTreeMap<i64, Vec<SeccompRule>> = BTreeMap::new();
    calls.insert(
        libc::SYS_ioctl,
        vec![request(libc::TIOCSTI)?, request(libc::TIOCLINUX)?],
    );
    if arch == TargetArch::x86_64 {
        // The x32 calls share the architecture: ioctl is number 514 there, 16 on old kernels.
        const X32: i64 = 0x4000_0000;
        calls.insert(X32 | 514, Vec::new());
        calls.insert(X32 | 16, Vec::new());
    }
    SeccompFilter::new(
        calls,
        SeccompAction::Allow,
        SeccompAction::Errno(libc::EPERM as u32),
        arch,
    )?
    .try_into()
}

/// An ioctl request compared as the kernel reads it: 32 bits, whatever is above them.
fn request(request: libc::Ioctl) -> Result<SeccompRule, seccompiler::BackendError> {
    let value = request as u32;
    SeccompRule::new(vec![SeccompCondition::new(
        1,
        SeccompCmpArgLen::Dword,
        SeccompCmpOp::Eq,
        u64::from(value),
    )?])
}
