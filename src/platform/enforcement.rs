//! What this kernel enforces, in words, for `doctor` and the daemon's status.

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enforcement {
    /// Landlock's ABI; 0 = none.
    pub landlock: u32,
    /// Whether a socket says its peer as a pidfd (Linux 6.5).
    pub peer_pidfd: bool,
    /// Whether seccomp filters can be set.
    pub seccomp: bool,
    /// Whether pult runs as root.
    pub root: bool,
}

/// The Landlock ABI with signal and abstract-socket scopes.
const SCOPES: u32 = 6;

impl Enforcement {
    /// Asks the kernel.
    pub fn probe() -> Self {
        Self {
            landlock: landlock_abi(),
            peer_pidfd: super::ancestry::has_peer_pidfd(),
            seccomp: seccomp_available(),
            root: rustix::process::geteuid().is_root(),
        }
    }

    /// Whether a `full` worker is scoped: it can neither signal what is outside nor reach the
    /// operator's abstract socket.
    pub fn scopes(&self) -> bool {
        self.landlock >= SCOPES
    }

    /// A line for each thing, good and bad.
    pub fn words(&self) -> Vec<String> {
        let mut lines = Vec::new();
        lines.push(match self.landlock {
            0 => "no Landlock: workers can signal other processes and reach the operator door; \
                  decide in the cockpit"
                .to_owned(),
            abi if abi < SCOPES => format!(
                "Landlock ABI {abi}, below {SCOPES}: workers can signal other processes and reach \
                 the operator door; decide in the cockpit"
            ),
            abi => format!(
                "Landlock ABI {abi}: workers cannot signal what is outside or reach the operator door"
            ),
        });
        lines.push(
            match self.peer_pidfd {
                true => "callers are known by pidfd",
                false => "callers are known by process id and start time: Linux below 6.5",
            }
            .to_owned(),
        );
        lines.push(
            match self.seccomp {
                true => "seccomp: workers cannot type into their own terminal",
                false => "no seccomp: sessions start only with the profile none",
            }
            .to_owned(),
        );
        if self.root {
            lines.push(
                "running as root: workers keep uid 0 with all capabilities but one dropped"
                    .to_owned(),
            );
        }
        lines
    }

    /// What is not enforced for a session of this profile, for its row.
    pub fn limits(&self, profile: &str) -> Vec<String> {
        let mut limits: Vec<&str> = Vec::new();
        match profile {
            "none" => limits.push("nothing is enforced: it could impersonate the operator"),
            _ => {
                limits.push("files and network are open");
                if !self.scopes() {
                    limits.push("signals and abstract sockets are open (Landlock ABI below 6)");
                }
            }
        }
        if self.root {
            limits.push("runs as root");
        }
        limits.into_iter().map(str::to_owned).collect()
    }
}

/// The Landlock ABI of this kernel; 0 when there is none.
pub fn landlock_abi() -> u32 {
    const VERSION: libc::c_uint = 1;
    // SAFETY: with a null attribute and the version flag the call reads and writes no memory.
    let abi = unsafe {
        libc::syscall(
            libc::SYS_landlock_create_ruleset,
            std::ptr::null::<libc::c_void>(),
            0_usize,
            VERSION,
        )
    };
    u32::try_from(abi).unwrap_or(0)
}

fn seccomp_available() -> bool {
    // SAFETY: a null filter is never read as one; EFAULT says that filters are known.
    let result = unsafe {
        libc::prctl(
            libc::PR_SET_SECCOMP,
            libc::SECCOMP_MODE_FILTER,
            std::ptr::null::<libc::c_void>(),
        )
    };
    result == -1 && std::io::Error::last_os_error().raw_os_error() == Some(libc::EFAULT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(landlock: u32, root: bool) -> Enforcement {
        Enforcement {
            landlock,
            peer_pidfd: true,
            seccomp: true,
            root,
        }
    }

    #[test]
    fn what_is_missing_is_said() {
        assert!(found(7, false).scopes());
        assert!(!found(5, false).scopes());
        assert!(found(5, false).words()[0].contains("decide in the cockpit"));
        assert_eq!(
            found(7, false).limits("full"),
            ["files and network are open"]
        );
        assert!(
            found(7, true)
                .limits("none")
                .contains(&"runs as root".to_owned())
        );
    }
}
