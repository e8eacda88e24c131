//! A decision delivered once more: the word that was stored, to the process that asked for it.

use super::asking::open_one;
use super::event::Event;
use super::id::AskId;
use super::refusal::Refusal;
use super::stamp::Stamp;
use super::text;
use super::world::World;

pub(super) fn retry(
    world: &World,
    stamp: &Stamp,
    id: &AskId,
    reachable: bool,
) -> Result<Vec<Event>, Refusal> {
    let ask = open_one(world, id, stamp.at)?;
    if ask.waits() {
        return Err(Refusal::refused(format!(
            "{id} is not decided yet: there is nothing to deliver again"
        ))
        .hint(format!("decide it: pult approve {id}, or pult reject {id}")));
    }
    if reachable {
        return Ok(vec![Event::AskRetried { ask: id.clone() }]);
    }
    let what = match ask.delivered_at {
        Some(at) => format!(
            "the answer to {id} was given to the agent {} and nobody is left who could take it twice",
            text::clock(at, stamp.at)
        ),
        None => format!("the process that asked {id} is gone: nobody is left to take the answer"),
    };
    let name = world
        .session(&ask.session)
        .map(|row| world.address_of(row))
        .unwrap_or_default();
    Err(Refusal::refused(what).hint(format!(
        "if the agent still waits, answer it in its pane: pult attach {name}"
    )))
}

#[cfg(test)]
mod tests {
    use super::super::ask::{Answer, AskState};
    use super::super::command::Command;
    use super::super::fixture::{Play, ak, new_ask};

    #[test]
    fn a_retry_delivers_the_stored_word_again_and_changes_no_word() {
        let mut play = Play::alive();
        play.did(Command::OpenAsk(new_ask(1, 1)));
        play.did(play.answer(1, Answer::Allow));
        play.did(Command::Delivered { ask: ak(1) });
        let decision = play.world.ask(&ak(1)).and_then(|ask| ask.decision.clone());
        let retry = |reachable| Command::Retry {
            ask: ak(1),
            reachable,
        };
        assert!(play.no(retry(false)).contains("was given to the agent"));
        assert_eq!(play.did(retry(true)), ["ask.retried"]);
        let ask = play.world.ask(&ak(1)).expect("it is open");
        assert_eq!((ask.state, ask.delivered_at), (AskState::Decided, None));
        assert_eq!(ask.decision, decision);
        assert!(play.no(retry(false)).contains("is gone"));
        let other = play.answer(1, Answer::Deny);
        assert!(play.no(other).contains("was approved"));
        assert_eq!(
            play.did(Command::Delivered { ask: ak(1) }),
            ["ask.delivered"]
        );
        assert_eq!(
            play.did(Command::EffectSeen {
                ask: ak(1),
                why: "the tool started".to_owned()
            }),
            ["ask.closed"]
        );
    }
}
