//! Whether somebody has logged in to a CLI, as far as that is to be seen without starting it.

use super::Runtime;
use super::transcript::own_directory;
use std::collections::BTreeMap;

/// One thing that shows an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// A variable of the environment that is not empty.
    Env(&'static str),
    /// A file: in the directory that a variable names, else in one below the home directory.
    File {
        /// The variable; empty when there is none.
        env: &'static str,
        /// Below the home directory.
        dir: &'static str,
        /// Its name.
        name: &'static str,
    },
}

/// Whether any sign is there; a runtime without signs needs no account, or shows none.
pub fn seen(
    runtime: &dyn Runtime,
    env: &BTreeMap<String, String>,
    exists: &dyn Fn(&str) -> bool,
) -> bool {
    let signs = runtime.login();
    let shows = |sign: &Sign| match sign {
        Sign::Env(name) => env.get(*name).is_some_and(|value| !value.is_empty()),
        Sign::File {
            env: variable,
            dir,
            name,
        } => {
            let dir = own_directory(env, variable, dir);
            dir.is_some_and(|dir| exists(&format!("{dir}/{name}")))
        }
    };
    signs.is_empty() || signs.iter().any(shows)
}

#[cfg(test)]
mod tests {
    use super::super::{claude::Claude, shell::Shell};
    use super::*;

    #[test]
    fn an_account_is_a_key_in_the_environment_or_a_file_where_the_cli_keeps_it() {
        let env = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            let owned = pairs
                .iter()
                .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
            owned.collect()
        };
        let file = |path: &str| {
            path == "/home/o/.claude/.credentials.json" || path == "/c/.credentials.json"
        };
        let seen = |pairs| seen(&Claude, &env(pairs), &file);
        assert!(seen(&[("HOME", "/home/o")]));
        assert!(!seen(&[("HOME", "/home/p")]));
        assert!(seen(&[("HOME", "/home/p"), ("CLAUDE_CONFIG_DIR", "/c")]));
        assert!(!seen(&[("HOME", "/home/o"), ("CLAUDE_CONFIG_DIR", "/d")]));
        assert!(seen(&[("ANTHROPIC_API_KEY", "x")]));
        assert!(!seen(&[("ANTHROPIC_API_KEY", "")]));
        assert!(super::seen(&Shell, &env(&[]), &|_| false));
    }
}
