//! What the turns of a conversation have used. A runtime's transcript may go; this stays.

use super::conversation::Tokens;
use super::event::Event;
use super::id::SessionId;
use super::refusal::Refusal;
use super::session;
use super::state::Millis;
use super::world::World;
use serde::{Deserialize, Serialize};

/// What one turn has used so far. One that is counted again under the same conversation and
/// number replaces what was counted before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Used {
    /// The runtime's own id of the conversation.
    pub native_id: String,
    /// The number of the turn in it, from 1; 0 = before the first prompt.
    pub turn: u32,
    /// When it began.
    pub at: Millis,
    /// The model that it ended with.
    pub model: Option<String>,
    /// The tokens, each counted once.
    pub tokens: Tokens,
    /// What it cost by the runtime's own count, in millionths of a US dollar.
    pub cost: Option<u64>,
}

pub(super) fn count(world: &World, id: &SessionId, used: Vec<Used>) -> Result<Vec<Event>, Refusal> {
    session::find(world, id)?;
    let counted = used.into_iter().map(|used| Event::UsageCounted {
        session: id.clone(),
        used,
    });
    Ok(counted.collect())
}

#[cfg(test)]
mod tests {
    use super::super::command::Command;
    use super::super::fixture::{Play, ss};
    use super::*;

    #[test]
    fn what_a_turn_used_is_an_event_of_its_session() {
        let mut play = Play::alive();
        let used = |turn| Used {
            native_id: "8f".to_owned(),
            turn,
            at: 5,
            model: Some("m".to_owned()),
            tokens: Tokens::default(),
            cost: None,
        };
        let count = |session| Command::CountUsage {
            session,
            used: vec![used(1), used(2)],
        };
        let before = play.session(1).clone();
        assert_eq!(play.did(count(ss(1))), ["usage.counted", "usage.counted"]);
        assert_eq!(*play.session(1), before, "nothing of it is in the row");
        assert!(play.no(count(ss(9))).contains("there is no session"));
    }
}
