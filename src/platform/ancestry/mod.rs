//! Who stands above a process: the evidence for what it may do.

mod peer;
mod process;
mod self_check;

pub use peer::{Peer, has_peer_pidfd, of_peer, of_self};
pub use process::{Process, walk};
pub use self_check::{SelfCheck, no_place, self_check};

/// A process chain in words: `812 pult < 640 bash < 1 systemd`. Of a long one, the nearest.
pub fn in_words(chain: &[Process]) -> String {
    const MOST: usize = 32;
    let each = chain.iter().map(|p| format!("{} {}", p.pid, p.name));
    let mut words: Vec<String> = each.take(MOST).collect();
    if chain.len() > MOST {
        words.push("…".to_owned());
    }
    words.join(" < ")
}

/// The nearest process above the first that is `pult keep` of user `uid`, of whatever home.
///
/// # Errors
/// When a process went away meanwhile.
pub fn keeper_above(chain: &[Process], uid: u32) -> std::io::Result<Option<&Process>> {
    for process in chain.iter().skip(1) {
        if is_keep(&process.argv()?) && process.uid_and_no_new_privs()?.0 == uid {
            return Ok(Some(process));
        }
    }
    Ok(None)
}

/// `PROGRAM keep DIRECTORY`, whatever the program file is called after an upgrade or a rename.
fn is_keep(argv: &[String]) -> bool {
    matches!(argv, [_, role, dir, ..] if role == "keep" && dir.starts_with('/'))
}

/// The first process of the chain whose program has a name for which `is_agent` says yes: its
/// short name, the file it was started as, or the script of a JavaScript runtime.
pub fn agent_above(chain: &[Process], is_agent: impl Fn(&str) -> bool) -> Option<&Process> {
    chain.iter().skip(1).find(|process| {
        is_agent(&process.name)
            || process
                .argv()
                .is_ok_and(|argv| runs_agent(&argv, &is_agent))
    })
}

fn runs_agent(argv: &[String], is_agent: &impl Fn(&str) -> bool) -> bool {
    let file = |arg: &str| arg.rsplit('/').next().unwrap_or_default().to_owned();
    let Some(program) = argv.first().map(|a| file(a)) else {
        return false;
    };
    let script = argv[1..].iter().find(|a| !a.starts_with('-'));
    is_agent(&program)
        || matches!(program.as_str(), "node" | "bun" | "deno")
            && script.is_some_and(|s| is_agent(&file(s)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn argv(words: &[&str]) -> Vec<String> {
        words.iter().map(|w| (*w).to_owned()).collect()
    }

    #[test]
    fn a_keeper_is_known_by_its_role_and_not_by_its_file() {
        assert!(is_keep(&argv(&["/usr/bin/pult", "keep", "/home/a/x"])));
        assert!(is_keep(&argv(&["exe", "keep", "/x"])));
        assert!(!is_keep(&argv(&["pult", "ls"])));
        assert!(!is_keep(&argv(&["pult", "send", "keep", "/x"])));
        assert!(!is_keep(&argv(&["pult", "keep", "x"])));
        assert!(!is_keep(&[]));
    }

    #[test]
    fn an_agent_is_known_as_a_program_and_as_a_script() {
        let agent = |name: &str| name == "coder";
        assert!(runs_agent(&argv(&["/opt/coder", "-p"]), &agent));
        assert!(runs_agent(
            &argv(&["node", "--no-warnings", "/usr/lib/coder"]),
            &agent
        ));
        assert!(!runs_agent(&argv(&["vim", "coder"]), &agent));
        assert!(!runs_agent(&argv(&["node"]), &agent));
        assert!(!runs_agent(&[], &agent));
    }
}
