//! When an operator who does not look is told, and of what.

use super::harness::{Cockpit, NOON, ask, peer};
use pult::cockpit::alerts::When;
use pult::cockpit::terminal::input::Input;
use pult::cockpit::update::{Effect, Msg};
use pult::core::ask::AskKind;
use pult::core::state::{Attention, Shown, Source};
use pult::wire::view::{AskRow, EvidenceView, PeerRow, time};

fn told(effects: &[Effect]) -> Vec<String> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Alert(alert) => Some(alert.line()),
            Effect::Withdraw(id) => Some(format!("over: {id}")),
            _ => None,
        })
        .collect()
}

fn scout() -> Vec<PeerRow> {
    vec![peer("scout", Shown::Asks, 14)]
}

fn asked(id: &str, object: &str) -> AskRow {
    ask(id, "scout", object, 0)
}

/// A cockpit with one peer, and whether its terminal has the focus.
fn cockpit(looked_at: Option<bool>) -> Cockpit {
    let mut cockpit = Cockpit::new(120, 30);
    cockpit.world(scout(), vec![]);
    if let Some(on) = looked_at {
        cockpit.send(Msg::Input(Input::Focus(on)));
    }
    cockpit
}

#[test]
fn a_request_is_told_once_while_nobody_looks_and_taken_back_when_it_is_over() {
    let mut cockpit = cockpit(Some(false));
    let rows = vec![asked("one22222", "cargo test\nrm -rf /")];
    let line = "scout asks to run: cargo test…";
    assert_eq!(told(&cockpit.world(scout(), rows.clone())), [line]);
    assert_eq!(told(&cockpit.world(scout(), rows)), [""; 0]);
    assert_eq!(told(&cockpit.later(120_000)), [""; 0]);
    let gone = cockpit.world(scout(), vec![]);
    assert_eq!(told(&gone), ["over: ak-one22222"]);
    assert_eq!(told(&cockpit.world(scout(), vec![])), [""; 0]);
}

#[test]
fn what_was_seen_is_not_told_when_the_operator_goes() {
    let mut cockpit = cockpit(Some(true));
    let rows = vec![asked("one22222", "ls")];
    assert_eq!(told(&cockpit.world(scout(), rows)), [""; 0]);
    assert_eq!(
        told(&cockpit.send(Msg::Input(Input::Focus(false)))),
        [""; 0]
    );
    assert_eq!(told(&cockpit.world(scout(), vec![])), [""; 0]);
}

#[test]
fn what_was_there_at_the_start_is_no_news() {
    let mut cockpit = Cockpit::new(120, 30);
    cockpit.send(Msg::Input(Input::Focus(false)));
    let rows = vec![asked("one22222", "ls")];
    assert_eq!(told(&cockpit.world(scout(), rows)), [""; 0]);
}

#[test]
fn a_terminal_that_never_says_is_looked_at_while_it_is_touched() {
    let mut cockpit = cockpit(None);
    cockpit.press("j");
    let rows = vec![asked("one22222", "ls"), asked("two22222", "pwd")];
    assert_eq!(told(&cockpit.world(scout(), rows)), [""; 0]);
    assert_eq!(told(&cockpit.later(30_000)), [""; 0]);
    cockpit.press("j");
    assert_eq!(told(&cockpit.later(59_999)), [""; 0]);
    // The one that is answered meanwhile is not told.
    cockpit.world(scout(), vec![asked("two22222", "pwd")]);
    let next = pult::cockpit::update::next_tick(&cockpit.model).expect("something waits");
    assert!(next <= 1, "{next}");
    assert_eq!(told(&cockpit.later(1)), ["scout asks to run: pwd"]);
}

#[test]
fn a_models_own_sentence_is_never_told() {
    let mut cockpit = cockpit(Some(false));
    let kinds = [
        (AskKind::Question, "scout has a question"),
        (AskKind::Plan, "scout has a plan to approve"),
        (AskKind::Start, "scout waits at its start screen"),
    ];
    for (n, (kind, line)) in kinds.into_iter().enumerate() {
        let row = AskRow {
            kind,
            ..asked(&format!("one2222{n}"), "you have won")
        };
        let said = told(&cockpit.world(scout(), vec![row]));
        assert!(said.contains(&line.to_owned()), "{said:?}");
        assert!(said.iter().all(|said| !said.contains("won")), "{said:?}");
    }
}

#[test]
fn the_settings_say_when_and_of_what() {
    let asks = vec![asked("one22222", "ls")];
    let failed = || vec![peer("scout", Shown::Failed, 0)];
    let done = || vec![peer("scout", Shown::Done, 0)];
    let mut away = cockpit(Some(false));
    assert_eq!(told(&away.world(failed(), vec![])), ["scout has failed"]);
    assert_eq!(told(&away.world(failed(), vec![])), [""; 0]);
    assert_eq!(told(&away.world(done(), vec![])), [""; 0]);
    away.model.look.settings.alerts.done = true;
    assert_eq!(told(&away.world(scout(), vec![])), [""; 0]);
    assert_eq!(told(&away.world(done(), vec![])), ["scout is done"]);
    let mut always = cockpit(Some(true));
    always.model.look.settings.alerts.when = When::Always;
    let said = told(&always.world(scout(), asks.clone()));
    assert_eq!(said, ["scout asks to run: ls"]);
    let mut never = cockpit(Some(false));
    never.model.look.settings.alerts.when = When::Never;
    assert_eq!(told(&never.world(failed(), asks.clone())), [""; 0]);
    let mut snoozed = cockpit(Some(false));
    let mut row = peer("scout", Shown::Asks, 0);
    row.attention = Attention::Snoozed;
    assert_eq!(told(&snoozed.world(vec![row], asks)), [""; 0]);
}

#[test]
fn a_workers_notification_is_a_notice_with_its_name() {
    let noted = |text: &str, at: i64| {
        let mut row = peer("scout", Shown::Working, 0);
        row.note = Some(EvidenceView {
            source: Source::Osc,
            text: text.into(),
            at: time(NOON + at),
        });
        vec![row]
    };
    let notice = |cockpit: &Cockpit| cockpit.model.notice.as_ref().map(|n| n.text.clone());
    let mut shown = cockpit(Some(true));
    let effects = shown.world(noted("turn over", 1), vec![]);
    assert_eq!(told(&effects), [""; 0]);
    assert_eq!(notice(&shown).as_deref(), Some("scout says “turn over”"));
    shown.model.notice = None;
    shown.world(noted("turn over", 1), vec![]);
    assert_eq!(notice(&shown), None);
    let mut dropped = cockpit(Some(true));
    dropped.model.look.settings.workers.notes = false;
    dropped.world(noted("turn over", 2), vec![]);
    assert_eq!(notice(&dropped), None);
}

#[test]
fn progress_and_title_stand_in_the_frame_where_they_may() {
    let mut cockpit = Cockpit::new(120, 30);
    let mut row = peer("scout", Shown::Working, 0);
    row.progress = Some(42);
    row.title = Some("the title".into());
    cockpit.world(vec![row.clone()], vec![]);
    cockpit.live("x");
    let text = |cockpit: &mut Cockpit| cockpit.terminal().text_rows().join("\n");
    let shown = text(&mut cockpit);
    assert!(
        shown.contains(" 42% ") && shown.contains("“the title”"),
        "{shown}"
    );
    cockpit.model.look.settings.workers.progress = false;
    cockpit.model.look.settings.workers.titles = false;
    let hidden = text(&mut cockpit);
    assert!(
        !hidden.contains("42%") && !hidden.contains("the title"),
        "{hidden}"
    );
}
