//! The operator's word on a repository: may its own files be read?

use super::ask::Who;
use super::event::Event;
use super::refusal::Refusal;
use super::state::Millis;
use super::world::World;
use serde::{Deserialize, Serialize};

/// The word on one repository, as its table holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trust {
    /// Its root, absolute.
    pub directory: String,
    /// Yes or no.
    pub trusted: bool,
    /// When that was said.
    pub at: Millis,
    /// By whom.
    pub who: Who,
}

pub(super) fn give(
    world: &World,
    directory: String,
    trusted: bool,
    who: Who,
) -> Result<Vec<Event>, Refusal> {
    if !directory.starts_with('/') {
        let what = format!("{directory} is no absolute path");
        return Err(Refusal::usage(what).hint("name a directory"));
    }
    let said = world.trust(&directory).map(|row| row.trusted);
    if said == Some(trusted) {
        return Ok(Vec::new());
    }
    Ok(vec![Event::TrustGiven {
        directory,
        trusted,
        who,
    }])
}

#[cfg(test)]
mod tests {
    use super::super::command::Command;
    use super::super::fixture::{Play, who};

    #[test]
    fn the_last_word_on_a_repository_stands() {
        let mut play = Play::default();
        let word = |trusted| Command::Trust {
            directory: "/src/shop".to_owned(),
            trusted,
            who: who(),
        };
        let stands = |play: &Play| play.world.trust("/src/shop").map(|row| row.trusted);
        assert_eq!(stands(&play), None);
        assert_eq!(play.did(word(true)), ["trust.given"]);
        assert_eq!(play.did(word(true)), Vec::<&str>::new());
        assert_eq!(stands(&play), Some(true));
        assert_eq!(play.did(word(false)), ["trust.withheld"]);
        assert_eq!(stands(&play), Some(false));
        assert_eq!(play.world.trust("/src"), None);
        let relative = Command::Trust {
            directory: "shop".to_owned(),
            trusted: true,
            who: who(),
        };
        assert!(play.no(relative).contains("is no absolute path"));
    }
}
