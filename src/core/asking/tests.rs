use super::super::command::Command;
use super::super::fixture::{Play, ak, evidence, new_ask, who};
use super::super::state::{Asking, Attention, Shown, Source, Turn};
use super::*;

const NOTHING: [&str; 0] = [];

fn withdraw(n: u8) -> Command {
    Command::Withdraw {
        ask: ak(n),
        why: "the dialog is gone".to_owned(),
    }
}

fn effect(n: u8) -> Command {
    Command::EffectSeen {
        ask: ak(n),
        why: "the tool started".to_owned(),
    }
}

/// Ask 1 of session 1 in the given state; `Closed` by its effect.
fn in_state(state: AskState) -> Play {
    let mut play = Play::alive();
    play.did(Command::OpenAsk(new_ask(1, 1)));
    let steps = [
        play.answer(1, Answer::Allow),
        Command::Delivered { ask: ak(1) },
        effect(1),
    ];
    let count = match state {
        AskState::Asked => 0,
        AskState::Decided => 1,
        AskState::Delivered => 2,
        AskState::Closed => 3,
    };
    for step in steps.into_iter().take(count) {
        play.did(step);
    }
    assert_eq!(play.world.ask(&ak(1)).map(|ask| ask.state), Some(state));
    play
}

#[test]
fn every_word_in_every_state() {
    use AskState::{Asked, Closed, Decided, Delivered};
    let states = [Asked, Decided, Delivered, Closed];
    // What a command does in each of these states: an event, nothing, or a refusal.
    let play = Play::default();
    let retry = |reachable| Command::Retry {
        ask: ak(1),
        reachable,
    };
    let again = Some("ask.retried");
    let table: [(&str, Command, [Option<&str>; 4]); 7] = [
        ("retry", retry(true), [None, again, again, None]),
        ("retry, nobody there", retry(false), [None; 4]),
        (
            "allow",
            play.answer(1, Answer::Allow),
            [Some("ask.decided"), None, None, None],
        ),
        (
            "deny",
            play.answer(1, Answer::Deny),
            [Some("ask.decided"), None, None, None],
        ),
        (
            "delivered",
            Command::Delivered { ask: ak(1) },
            [None, Some("ask.delivered"), Some(""), Some("")],
        ),
        ("effect", effect(1), [None, None, Some("ask.closed"), None]),
        (
            "withdraw",
            withdraw(1),
            [
                Some("ask.closed"),
                Some("ask.closed"),
                Some("ask.closed"),
                None,
            ],
        ),
    ];
    for (name, command, expected) in table {
        for (state, expected) in states.iter().zip(expected) {
            let found = in_state(*state).try_it(command.clone());
            let kinds = found.map(|e| e.iter().map(Event::kind).collect::<String>());
            assert_eq!(kinds.ok().as_deref(), expected, "{name} when {state:?}");
        }
    }
}

#[test]
fn the_first_answer_wins_and_the_second_is_told_whose_it_was() {
    let mut play = Play::alive();
    play.now = 43_380_000 - 2_000;
    play.did(Command::OpenAsk(new_ask(1, 1)));
    play.did(play.answer(1, Answer::Allow));
    let said = format!("{} was approved by uid 0 on pts/3 at 12:03 UTC", ak(1));
    for command in [play.answer(1, Answer::Deny), play.answer(1, Answer::Allow)] {
        assert_eq!(play.no(command), said);
    }
    play.did(withdraw(1));
    assert_eq!(play.no(play.answer(1, Answer::Deny)), said);
    let decision = play.world.ask(&ak(1)).and_then(|ask| ask.decision.as_ref());
    assert_eq!(decision.map(|d| d.answer), Some(Answer::Allow));
    play.did(Command::OpenAsk(new_ask(2, 1)));
    play.did(withdraw(2));
    let said = play.no(play.answer(2, Answer::Allow));
    assert!(
        said.ends_with("was withdrawn at 12:03 UTC: the dialog is gone"),
        "{said}"
    );
}

#[test]
fn who_decided_is_said_by_its_surface() {
    let surface = |surface, tty| Who {
        surface,
        tty,
        ..who()
    };
    let tty = Some("pts/1".to_owned());
    assert_eq!(by(&surface(Surface::Cli, tty.clone())), "uid 0 on pts/1");
    assert_eq!(
        by(&surface(Surface::Cockpit, tty)),
        "uid 0 in the cockpit on pts/1"
    );
    assert_eq!(by(&surface(Surface::Pane, None)), "uid 0 in the pane");
}

/// Ask 1 of session 1, about call `toolu_1`, allowed with a note, delivered and taken.
fn with_a_note() -> Play {
    let mut play = Play::alive();
    play.did(Command::OpenAsk(NewAsk {
        call_key: Some("toolu_1".to_owned()),
        ..new_ask(1, 1)
    }));
    play.did(Command::Decide {
        ask: ak(1),
        digest: None,
        answer: Answer::Allow,
        note: Some("and mind the tests".to_owned()),
        who: who(),
    });
    play.did(Command::Delivered { ask: ak(1) });
    play.did(effect(1));
    play.world.forget_closed();
    play
}

#[test]
fn the_note_of_a_yes_is_owed_until_the_agent_was_told() {
    let mut play = with_a_note();
    let session = play.session(1).id.clone();
    let owed = |play: &Play| {
        let owed = play.world.owed_notes(&session);
        owed.map(|ask| ask.owed_note().map(str::to_owned))
            .collect::<Vec<_>>()
    };
    assert_eq!(owed(&play), [Some("and mind the tests".to_owned())]);
    assert_eq!(play.world.open_asks(&session).count(), 0);
    assert_eq!(play.did(Command::NoteGiven { ask: ak(1) }), ["note.given"]);
    assert_eq!(play.did(Command::NoteGiven { ask: ak(1) }), NOTHING);
    assert_eq!(owed(&play), []);
    play.world.forget_closed();
    assert_eq!(play.world.ask(&ak(1)), None);
}

#[test]
fn a_note_that_no_result_came_for_is_dropped_and_told_to_no_other_call() {
    let mut play = with_a_note();
    let again = NewAsk {
        call_key: Some("toolu_1".to_owned()),
        ..new_ask(2, 1)
    };
    assert_eq!(
        play.did(Command::OpenAsk(again)),
        ["note.dropped", "ask.opened"]
    );
    let mut play = with_a_note();
    let session = play.session(1).id.clone();
    let settled = Command::ObserveTurn {
        session,
        turn: Turn::Settled,
        evidence: evidence("the turn ended", play.now),
    };
    assert_eq!(play.did(settled), ["turn.changed", "note.dropped"]);
    let mut play = with_a_note();
    let kinds = play.did(play.exited(1, 0));
    assert_eq!(kinds, ["attempt.exited", "note.dropped"]);
}

#[test]
fn only_what_was_shown_is_decided() {
    let mut play = in_state(AskState::Asked);
    let decide = |digest: &str| Command::Decide {
        ask: ak(1),
        digest: Some(digest.to_owned()),
        answer: Answer::Allow,
        note: None,
        who: who(),
    };
    assert!(play.no(decide("another")).contains("its digest differs"));
    assert_eq!(play.did(decide("digest of make clean")), ["ask.decided"]);
}

#[test]
fn a_hook_that_redials_gets_the_ask_it_had() {
    let mut play = in_state(AskState::Asked);
    let again = NewAsk {
        hook_key: Some("hook 1".to_owned()),
        ..new_ask(2, 1)
    };
    assert_eq!(
        already(&play.world, &again).map(|ask| &ask.id),
        Some(&ak(1))
    );
    assert_eq!(play.did(Command::OpenAsk(again.clone())), NOTHING);
    play.did(withdraw(1));
    assert_eq!(play.did(Command::OpenAsk(again)), NOTHING);
    assert_eq!(play.world.ask(&ak(2)), None);
}

#[test]
fn the_same_call_from_another_hook_supersedes() {
    let mut play = Play::alive();
    let ask = |n, key: &str| {
        Command::OpenAsk(NewAsk {
            call_key: Some(key.to_owned()),
            ..new_ask(n, 1)
        })
    };
    play.did(ask(1, "toolu_1"));
    play.did(ask(2, "toolu_2"));
    assert_eq!(play.did(ask(3, "toolu_1")), ["ask.closed", "ask.opened"]);
    let closed = play.world.ask(&ak(1)).and_then(|ask| ask.closed);
    assert_eq!(closed.map(|c| c.0), Some(ClosedBy::Superseded));
    assert_eq!(play.world.open_asks(&play.session(1).id).count(), 2);
}

#[test]
fn only_a_live_process_asks() {
    let mut play = Play::alive();
    play.did(play.exited(1, 0));
    assert!(
        play.no(Command::OpenAsk(new_ask(1, 1)))
            .contains("no live process")
    );
    assert!(
        play.no(Command::OpenAsk(new_ask(1, 9)))
            .contains("there is no session")
    );
    let mut play = in_state(AskState::Asked);
    let taken = NewAsk {
        hook_key: None,
        ..new_ask(1, 1)
    };
    assert!(play.no(Command::OpenAsk(taken)).contains("is taken"));
    assert!(
        play.no(play.answer(9, Answer::Allow))
            .contains("there is no open ask")
    );
}

#[test]
fn a_start_screen_is_answered_in_the_pane_only() {
    let mut play = Play::alive();
    let start = |n| {
        Command::OpenAsk(NewAsk {
            kind: AskKind::Start,
            hook_key: None,
            ..new_ask(n, 1)
        })
    };
    assert_eq!(play.did(start(1)), ["ask.opened"]);
    assert_eq!(play.did(start(2)), NOTHING);
    let session = play.session(1).id.clone();
    assert_eq!(play.world.asking(&session), Asking::Question);
    assert!(
        play.no(play.answer(1, Answer::Allow))
            .contains("is a start screen")
    );
    assert_eq!(play.did(effect(1)), ["ask.closed"]);
    assert_eq!(play.did(start(2)), ["ask.opened"]);
}

#[test]
fn an_open_ask_is_shown_and_unseen() {
    let mut play = Play::alive();
    play.did(Command::Seen {
        peer: play.session(1).peer.clone(),
    });
    play.did(Command::OpenAsk(new_ask(1, 1)));
    assert_eq!(play.shown(1), Shown::Asks);
    assert_eq!(play.session(1).attention, Attention::Unseen);
    let evidence = play.world.evidence(play.session(1));
    assert_eq!(evidence.text, format!("{} waits: make clean", ak(1)));
    assert_eq!(evidence.source, Source::Protocol);
    play.did(play.answer(1, Answer::Deny));
    assert_eq!(play.shown(1), Shown::Unknown);
}

#[test]
fn what_only_the_screen_tells_is_said_to_be_from_there_and_so_is_the_key() {
    let mut play = Play::alive();
    play.did(Command::OpenAsk(NewAsk {
        hook_key: None,
        ..new_ask(1, 1)
    }));
    let evidence = play.world.evidence(play.session(1));
    assert_eq!(evidence.source, Source::Screen);
    assert!(evidence.text.contains("a key into its dialog"));
}
