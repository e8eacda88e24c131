//! `policy.toml` in the configuration directory: which runtimes may be started as what.
//!
//! ```toml
//! [claude]
//! dispatch = "orchestrator"   # worker, orchestrator, none; absent = anything
//! reason = "it drives the others"
//! ```

use super::{Entry, Mistake, Value, entries, optional};
use crate::core::role::{Dispatch, Role};
use crate::core::text;
use std::collections::BTreeMap;
use std::path::Path;

/// By runtime; one that is not there may be started as anything.
pub type Policy = BTreeMap<String, Dispatch>;

/// Reads the file. A runtime whose entry does not read is not dispatched until it does: whoever
/// wrote it meant to keep it from something.
pub fn load(config: &Path) -> (Policy, Vec<Mistake>) {
    let path = config.join("policy.toml");
    let file = path.display().to_string();
    match optional(&path) {
        Ok(Some(text)) => read(&file, &text),
        Ok(None) => (Policy::new(), Vec::new()),
        Err(mistake) => (Policy::new(), vec![mistake]),
    }
}

fn read(file: &str, text: &str) -> (Policy, Vec<Mistake>) {
    let (entries, mut mistakes) = entries(file, text);
    let mut policy = Policy::new();
    for entry in &entries {
        let Err(why) = take(&mut policy, entry) else {
            continue;
        };
        let mistake = Mistake::of(
            file,
            entry,
            format!("[{}] {} {why}", entry.section, entry.key),
        );
        if !entry.section.is_empty() {
            let row = policy.entry(entry.section.clone()).or_default();
            row.never = true;
            row.reason = Some(text::line(&mistake.to_string()));
        }
        mistakes.push(mistake);
    }
    (policy, mistakes)
}

/// Takes one entry; the error goes on after the key's name.
fn take(policy: &mut Policy, entry: &Entry) -> Result<(), String> {
    if entry.section.is_empty() {
        return Err("stands below no [RUNTIME]".to_owned());
    }
    let Value::Text(given) = &entry.value else {
        return Err("is no string".to_owned());
    };
    let row = policy.entry(entry.section.clone()).or_default();
    match entry.key.as_str() {
        "dispatch" => match given.as_str() {
            "worker" => row.only = Some(Role::Worker),
            "orchestrator" => row.only = Some(Role::Orchestrator),
            "none" => row.never = true,
            _ => return Err("is none of worker, orchestrator, none".to_owned()),
        },
        // One that names a mistake stays.
        "reason" if !row.never || row.reason.is_none() => row.reason = Some(text::line(given)),
        "reason" => {}
        _ => return Err("is neither dispatch nor reason".to_owned()),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_runtime_has_its_line_and_a_mistake_keeps_it_from_being_started() {
        let text = "top = 1\n[a]\ndispatch = \"orchestrator\"\nreason = \"so\"\n[b]\ndispatch = \"none\"\n\
                    [c]\ndispatch = \"sometimes\"\nreason = \"x\"\n[d]\nreason = \"only said\"\n";
        let (policy, mistakes) = read("policy.toml", text);
        let said = |name: &str| policy[name].refuses(name, Role::Worker);
        assert_eq!(
            said("a").as_deref(),
            Some("a is dispatched as orchestrator only: so")
        );
        assert_eq!(policy["a"].refuses("a", Role::Orchestrator), None);
        assert_eq!(said("b").as_deref(), Some("b is not dispatched"));
        assert_eq!(
            said("c").as_deref(),
            Some(
                "c is not dispatched: policy.toml line 8: [c] dispatch is none of worker, \
                 orchestrator, none"
            )
        );
        assert_eq!(said("d"), None);
        assert_eq!(mistakes.len(), 2, "{mistakes:?}");
        assert_eq!(load(Path::new("/nowhere")), (Policy::new(), Vec::new()));
    }
}
