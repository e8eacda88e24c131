//! Which repository a directory belongs to, and peers kept together by it.

use super::model::{Model, Peer};
use super::update::Effect;
use crate::core::state::Millis;
use crate::core::text::line;
use std::collections::BTreeMap;
use std::path::Path;

/// The branch that is checked out in `directory`; the beginning of the commit's id where it is none.
/// `None` outside of repositories. Reads the file system, and runs nothing.
pub fn branch(directory: &str) -> Option<String> {
    /// So many letters tell one commit from another.
    const SHORT: usize = 8;
    let holds = |place: &&Path| place.join(".git").exists();
    let place = Path::new(directory).ancestors().find(holds)?;
    let git = place.join(".git");
    let dir = match std::fs::read_to_string(&git) {
        Ok(text) => place.join(text.trim().strip_prefix("gitdir:")?.trim()),
        Err(_) => git,
    };
    let head = std::fs::read_to_string(dir.join("HEAD")).ok()?;
    let head = line(head.trim());
    Some(match head.strip_prefix("ref: refs/heads/") {
        Some(branch) => branch.to_owned(),
        None => format!("at {}", head.chars().take(SHORT).collect::<String>()),
    })
}

/// Looks again which branches are checked out where a pane is shown, when something has happened
/// and it was not looked just now.
pub fn look_again(model: &mut Model, effects: &mut Vec<Effect>) {
    /// How long what was seen is believed, in ms.
    const BELIEVED: Millis = 2_000;
    if model.attach.is_some() || model.now - model.located < BELIEVED {
        return;
    }
    model.located = model.now;
    let shown = model.panes.open.iter();
    let peers = shown.filter_map(|pane| model.peers.iter().find(|p| p.row.session == pane.session));
    let mut places: Vec<&str> = peers.map(|p| p.row.cwd.as_str()).collect();
    places.push(&model.cwd);
    places.sort_unstable();
    places.dedup();
    effects.extend(
        places
            .into_iter()
            .map(|place| Effect::Locate(place.to_owned())),
    );
}

/// Asks for the repositories of directories that are new here.
pub fn ask(model: &mut Model, effects: &mut Vec<Effect>) {
    if !model.told && model.attach.is_none() {
        effects.push(Effect::Locate(model.cwd.clone()));
    }
    for peer in &model.peers {
        let place = &peer.row.cwd;
        if !model.projects.contains_key(place) {
            // Until it is known, it is its own.
            model.projects.insert(place.clone(), place.clone());
            effects.push(Effect::Locate(place.clone()));
        }
    }
}

/// The repository of a peer.
pub fn of<'m>(projects: &'m BTreeMap<String, String>, peer: &'m Peer) -> &'m str {
    projects.get(&peer.row.cwd).unwrap_or(&peer.row.cwd)
}

/// Puts peers of one repository together, the repository that needs the operator most first, and
/// within it what needs the operator first. Stable.
pub fn arrange(projects: &BTreeMap<String, String>, peers: &mut [Peer]) {
    peers.sort_by_key(Peer::rank);
    let mut order: Vec<String> = Vec::new();
    for peer in peers.iter() {
        let project = of(projects, peer);
        if !order.iter().any(|known| known == project) {
            order.push(project.to_owned());
        }
    }
    peers.sort_by_cached_key(|peer| order.iter().position(|known| known == of(projects, peer)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_branch_is_the_one_that_is_checked_out_there() {
        let home = tempfile::tempdir().expect("a directory");
        let at = |path: &str| home.path().join(path);
        let write = |path: &str, text: &str| std::fs::write(at(path), text).expect("a file");
        std::fs::create_dir_all(at("shop/.git/worktrees/fix")).expect("a directory");
        std::fs::create_dir_all(at("shop/src")).expect("a directory");
        std::fs::create_dir_all(at("fix")).expect("a directory");
        write("shop/.git/HEAD", "ref: refs/heads/main\n");
        write(
            "shop/.git/worktrees/fix/HEAD",
            "ref: refs/heads/fix/flaky-cart\n",
        );
        write(
            "fix/.git",
            &format!("gitdir: {}\n", at("shop/.git/worktrees/fix").display()),
        );
        let branch = |path: &str| branch(&at(path).display().to_string());
        assert_eq!(branch("shop/src").as_deref(), Some("main"));
        assert_eq!(branch("fix").as_deref(), Some("fix/flaky-cart"));
        assert_eq!(branch(""), None);
        write(
            "shop/.git/HEAD",
            "0123456789abcdef0123456789abcdef01234567\n",
        );
        assert_eq!(branch("shop").as_deref(), Some("at 01234567"));
    }
}
