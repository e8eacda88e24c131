//! Whether a CLI can be used: where it is looked for, whether it is new enough, and what to say
//! when it cannot.

use super::Runtime;
use std::collections::BTreeMap;
use std::fmt;

/// A version of three numbers; missing ones are 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u32, pub u32, pub u32);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

impl Version {
    /// The first `N.N[.N]` in what a CLI printed.
    pub fn find(text: &str) -> Option<Self> {
        text.split(|c: char| !c.is_ascii_digit() && c != '.')
            .find_map(|word| {
                let mut parts = word.trim_matches('.').split('.').map(str::parse::<u32>);
                let first = parts.next()?.ok()?;
                let second = parts.next()?.ok()?;
                let third = parts.next().and_then(Result::ok).unwrap_or(0);
                Some(Self(first, second, third))
            })
    }
}

/// Why a CLI cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotReady {
    /// None of its programs is on the PATH.
    Missing,
    /// It did not say its version; what it said instead, one line.
    NoVersion(String),
    /// It is older than what is driven.
    TooOld(Version),
}

/// Where to look for the program, best first: absolute paths from `PATH` of `env`.
///
/// The caller takes the first that is an executable file.
pub fn candidates(runtime: &dyn Runtime, env: &BTreeMap<String, String>) -> Vec<String> {
    let path = env.get("PATH").map_or("", String::as_str);
    let dirs: Vec<&str> = path.split(':').filter(|d| d.starts_with('/')).collect();
    let programs = runtime.programs().iter();
    programs
        .flat_map(|program| {
            dirs.iter()
                .map(move |dir| format!("{}/{program}", dir.trim_end_matches('/')))
        })
        .collect()
}

/// Judges what the CLI printed when asked for its version.
///
/// # Errors
/// When there is no version in it, or it is too old.
pub fn version(runtime: &dyn Runtime, printed: &str) -> Result<Version, NotReady> {
    let first = printed.lines().next().unwrap_or("").trim();
    let found = Version::find(printed).ok_or_else(|| NotReady::NoVersion(first.to_owned()))?;
    if found < runtime.min_version() {
        return Err(NotReady::TooOld(found));
    }
    Ok(found)
}

/// Says it in words: what is wrong, and what to do.
pub fn explain(runtime: &dyn Runtime, why: &NotReady) -> (String, String) {
    let name = runtime.name();
    let hint = runtime.install_hint().to_owned();
    match why {
        NotReady::Missing => {
            let programs = runtime.programs().join(" or ");
            (
                format!("{name} is not installed: no {programs} on the PATH"),
                hint,
            )
        }
        NotReady::NoVersion(said) => {
            let args = runtime.version_args().join(" ");
            let program = runtime.programs().first().unwrap_or(&name);
            (
                format!("`{program} {args}` did not print a version but {said:?}"),
                format!("run `{program} {args}` in a terminal and mend what it complains about"),
            )
        }
        NotReady::TooOld(found) => (
            format!(
                "{name} is {found}, and pult needs {} or newer",
                runtime.min_version()
            ),
            hint,
        ),
    }
}
