//! Sessions that were started by hand in other terminals: listed, read, imported, never changed.

use super::harness::{Cockpit, NOON, SIZES, named, peer, shop_asks, shop_peers, time};
use pult::cockpit::conversation::Want;
use pult::cockpit::elsewhere;
use pult::cockpit::layout;
use pult::cockpit::model::Page;
use pult::cockpit::update::{Effect, Msg, Tag, next_tick};
use pult::core::conversation::{Step, StepState, Who};
use pult::core::state::{Process, Shown, Source};
use pult::wire::request::Request;
use pult::wire::transcript::{EntryView, TranscriptView};
use pult::wire::view::{EvidenceView, PeerRow};

/// One that `runtime` wrote down, `minutes` ago; a program runs of it unless it has exited.
fn found(runtime: &str, n: usize, shown: Shown, minutes: i64) -> PeerRow {
    let id = format!("{n:04x}{runtime}-5d7d-4b1c-9f63-0a6f3b7c1e2d");
    let runs = shown != Shown::Exited;
    PeerRow {
        name: None,
        circle: String::new(),
        incarnation: 0,
        runtime: runtime.into(),
        model: Some("gpt-5.2-codex".into()),
        origin: "discovered".into(),
        profile: String::new(),
        process: if runs {
            Process::Alive
        } else {
            Process::Exited
        },
        evidence: Some(EvidenceView {
            source: Source::File,
            text: match runs {
                true => "process 4711 has its transcript open".into(),
                false => "no running program is known to be this one".into(),
            },
            at: time(NOON),
        }),
        session: id.clone(),
        native_id: Some(id),
        cwd: ["/home/o/api", "/home/o/src/some/where/deep/shop-backend"][n % 2].into(),
        title: Some(format!("look into issue {n}")),
        ..peer("x", shown, minutes * 60)
    }
}

fn few() -> Vec<PeerRow> {
    vec![
        found("codex", 2, Shown::Working, 5),
        found("gemini", 1, Shown::Exited, 90),
    ]
}

/// The shop, with `rows` found elsewhere.
fn with(cols: u16, rows: u16, found: &[PeerRow]) -> Cockpit {
    let mut cockpit = Cockpit::shop(cols, rows);
    told(&mut cockpit, found);
    cockpit
}

fn told(cockpit: &mut Cockpit, found: &[PeerRow]) {
    let body = serde_json::to_value(found).unwrap();
    cockpit.send(Msg::Answer(Tag::Elsewhere, Ok(body)));
}

/// Goes to the first of those below the peers.
fn to_the_first(cockpit: &mut Cockpit) {
    cockpit.press("1 G");
    while cockpit.model.peer().is_none() {
        cockpit.press("k");
    }
    cockpit.press("j");
}

fn entry(line: u64, who: Who, text: &str) -> EntryView {
    EntryView {
        line,
        who,
        tool: (who == Who::Tool).then(|| "Bash".into()),
        text: text.into(),
        at: Some(time(NOON - 600_000)),
    }
}

fn said(entries: Vec<EntryView>, lines: u64) -> TranscriptView {
    TranscriptView {
        runtime: "codex".into(),
        native_id: "x".into(),
        name: None,
        path: "/x".into(),
        entries,
        lines,
        next: None,
        plan: Vec::new(),
    }
}

/// What the daemon was asked of a conversation, and its answer.
fn answer(cockpit: &mut Cockpit, effects: &[Effect], view: &TranscriptView) -> Vec<Effect> {
    let tag = effects.iter().find_map(|effect| match effect {
        Effect::Ask(tag @ Tag::Conversation(..), _) => Some(tag.clone()),
        _ => None,
    });
    let body = serde_json::to_value(view).unwrap();
    cockpit.send(Msg::Answer(tag.expect("it is asked for"), Ok(body)))
}

fn wants(effects: &[Effect]) -> Vec<Want> {
    let want = |effect: &Effect| match effect {
        Effect::Ask(Tag::Conversation(_, want), _) => Some(*want),
        _ => None,
    };
    effects.iter().filter_map(want).collect()
}

#[test]
fn they_are_asked_for_behind_the_first_frame_and_again_while_somebody_looks() {
    let mut cockpit = Cockpit::new(100, 30);
    let asked = |effects: &[Effect]| named(effects).contains(&"Elsewhere".to_owned());
    let first = cockpit.world(shop_peers(), shop_asks());
    assert!(!asked(&first), "{first:?}");
    let soon = next_tick(&cockpit.model).expect("it wants to be told");
    assert!(soon <= 250, "{soon}");
    assert!(asked(&cockpit.later(soon)));
    // Not a second time while it waits for the answer.
    assert!(!asked(&cockpit.later(60_000)));
    told(&mut cockpit, &few());
    assert!(!asked(&cockpit.later(5_000)));
    assert!(!asked(&cockpit.later(60_000)), "nobody presses keys");
    assert!(asked(&cockpit.later(300_000)));
    told(&mut cockpit, &few());
    // Somebody is back: it is asked at once, and then again as often as before.
    assert!(asked(&cockpit.press("j")));
    told(&mut cockpit, &few());
    assert!(!asked(&cockpit.press("k")));
    assert!(asked(&cockpit.later(11_000)));
    told(&mut cockpit, &few());
    // Nobody looks: nobody asks.
    cockpit.send(Msg::Input(pult::cockpit::terminal::input::Input::Focus(
        false,
    )));
    assert!(!asked(&cockpit.later(600_000)));
}

#[test]
fn they_stand_below_the_peers_and_have_a_card() {
    for (cols, rows) in SIZES {
        let mut cockpit = with(cols, rows, &few());
        to_the_first(&mut cockpit);
        let under = elsewhere::under(&cockpit.model).map(elsewhere::called);
        assert_eq!(under.as_deref(), Some("codex 0002code"));
        cockpit.looks_like("elsewhere_card");
        cockpit.press("k");
        assert!(cockpit.model.peer().is_some());
    }
}

#[test]
fn three_hundred_of_them_are_one_line_more() {
    for (cols, rows) in SIZES {
        let many: Vec<PeerRow> = (0..300)
            .map(|n| found("codex", n, Shown::Exited, 3 + n as i64))
            .collect();
        let mut cockpit = with(cols, rows, &many);
        assert_eq!(elsewhere::listed(&cockpit.model).len(), elsewhere::SOME);
        cockpit.press("1");
        cockpit.looks_like("elsewhere_many");
        cockpit.press("E");
        cockpit.looks_like("elsewhere_list");
        cockpit.press("G");
        cockpit.press("/ 2 9 9 enter");
        cockpit.looks_like("elsewhere_filtered");
        let session = cockpit.model.peer_at.clone().unwrap();
        assert!(session.starts_with("012bcodex"), "{session}");
        // The one under the cursor stands there when the list is closed.
        cockpit.press("esc esc");
        let listed = elsewhere::listed(&cockpit.model);
        assert!(listed.iter().any(|p| p.row.session == session));
    }
}

#[test]
fn where_there_is_no_peer_yet_they_stand_below_that() {
    for (cols, rows) in SIZES {
        let mut cockpit = Cockpit::new(cols, rows);
        cockpit.world(vec![], vec![]);
        told(&mut cockpit, &few());
        cockpit.press("j");
        cockpit.looks_like("elsewhere_only");
        assert!(elsewhere::under(&cockpit.model).is_some());
    }
}

#[test]
fn an_empty_list_and_what_could_not_be_looked_through_are_said() {
    let mut cockpit = with(100, 30, &[]);
    cockpit.press("E");
    cockpit.looks_like("elsewhere_none");
    let mut gap = found("opencode", 1, Shown::Unknown, 0);
    (gap.native_id, gap.session) = (None, String::new());
    gap.title = Some("what it keeps could not be looked through: it is locked".into());
    let mut rows = few();
    rows.push(gap);
    told(&mut cockpit, &rows);
    assert!(elsewhere::under(&cockpit.model).is_some());
    cockpit.looks_like("elsewhere_gap");
}

#[test]
fn what_would_change_them_is_refused_with_the_reason() {
    let mut cockpit = with(100, 30, &few());
    to_the_first(&mut cockpit);
    for keys in ["x", "R", "X", "m", "C", "s", "T", "S", "F", "w"] {
        assert_eq!(cockpit.asks(keys), [""; 0], "{keys}");
        let notice = cockpit.model.notice.take().expect(keys);
        assert!(
            notice.text.contains("read and never changed"),
            "{keys}: {notice:?}"
        );
        assert!(
            notice.text.contains("f makes a peer of yours"),
            "{notice:?}"
        );
        assert_eq!(cockpit.model.page, None, "{keys}");
    }
    // No pane is opened of it, zoomed or looked back in.
    for keys in ["z", "Z", "["] {
        assert_eq!(cockpit.asks(keys), [""; 0], "{keys}");
        let notice = cockpit.model.notice.take().expect(keys);
        assert!(notice.text.contains("no pane here"), "{keys}: {notice:?}");
    }
}

#[test]
fn one_key_makes_a_peer_of_yours_from_one() {
    for (cols, rows) in SIZES {
        let mut row = found("alpha", 2, Shown::Exited, 5);
        row.title = None;
        let mut cockpit = with(cols, rows, &[row]);
        to_the_first(&mut cockpit);
        cockpit.press("f m i n e");
        cockpit.looks_like("elsewhere_import");
        // A program has no conversation to go on from.
        cockpit.press("tab s");
        assert_eq!(cockpit.asks("ctrl-s"), [""; 0]);
        cockpit.press("a");
        let effects = cockpit.press("ctrl-s");
        let request = effects.iter().find_map(|effect| match effect {
            Effect::Ask(Tag::New, Request::Fork { of, new, at }) => Some((of, new, at)),
            _ => None,
        });
        let (of, new, at) = request.expect("it is asked for");
        assert_eq!(
            (of.as_str(), *at),
            ("0002alpha-5d7d-4b1c-9f63-0a6f3b7c1e2d", None)
        );
        let words = (new.name.as_str(), new.runtime.as_deref(), new.cwd.as_str());
        assert_eq!(words, ("mine", Some("alpha"), "/home/o/api"));
    }
}

#[test]
fn esc_goes_back_to_the_list_that_the_form_was_opened_from() {
    let mut cockpit = with(100, 30, &few());
    cockpit.press("E f");
    assert!(matches!(cockpit.model.page, Some(Page::Form(_))));
    cockpit.press("esc");
    assert_eq!(cockpit.model.page, Some(Page::Elsewhere));
    cockpit.press("esc");
    to_the_first(&mut cockpit);
    cockpit.press("f esc");
    assert_eq!(cockpit.model.page, None);
    // What is closed is not what the next one goes back to.
    cockpit.press("E : esc");
    assert_eq!(cockpit.model.page, Some(Page::Elsewhere));
    cockpit.press("esc n esc");
    assert_eq!(cockpit.model.page, None);
}

#[test]
fn nothing_moves_under_the_cursor_when_others_are_written_to() {
    let mut rows: Vec<PeerRow> = (0..9)
        .map(|n| found("codex", n, Shown::Exited, 10 + n as i64))
        .collect();
    let mut cockpit = with(100, 30, &rows);
    cockpit.press("E j j");
    let before: Vec<String> = ids(&cockpit);
    rows.reverse();
    for (n, row) in rows.iter_mut().enumerate() {
        row.since = time(NOON - n as i64);
    }
    told(&mut cockpit, &rows);
    assert_eq!(ids(&cockpit), before);
    // Closed, and the cursor elsewhere: the newest first again.
    cockpit.press("esc 1 g");
    cockpit.later(3_000);
    told(&mut cockpit, &rows);
    assert_ne!(ids(&cockpit), before);
    // One that is gone takes the cursor to something that is there.
    cockpit.press("E");
    told(&mut cockpit, &few());
    assert!(elsewhere::under(&cockpit.model).is_some());
}

fn ids(cockpit: &Cockpit) -> Vec<String> {
    let rows = cockpit.model.elsewhere.rows.iter();
    rows.map(|p| p.row.session.clone()).collect()
}

#[test]
fn that_of_a_peer_stands_beside_its_pane_where_there_is_room_for_both() {
    for (keys, cols, beside) in [
        ("c", 160, true),
        ("z c", 160, true),
        ("z c", 120, true),
        ("c", 120, false),
        // Of several panes each keeps its place.
        ("v c", 160, false),
    ] {
        let mut cockpit = Cockpit::shop(cols, 48);
        let before = layout::areas(&cockpit.model).inbox;
        let effects = cockpit.press(keys);
        let entries = vec![
            entry(1, Who::Operator, "find out why the cart test is flaky"),
            entry(2, Who::Agent, "It reads the clock twice."),
        ];
        answer(&mut cockpit, &effects, &said(entries, 2));
        let areas = layout::areas(&cockpit.model);
        let page = areas.page.expect("the conversation");
        let mut frames = areas.panes.iter().filter_map(|slot| slot.frame);
        let free = frames.all(|frame| !frame.intersects(page));
        assert_eq!(free, beside, "{keys} at {cols}");
        if keys == "c" && beside {
            assert_eq!(areas.inbox, before);
            cockpit.looks_like("conversation_beside");
        }
    }
}

#[test]
fn a_conversation_is_read_as_it_grows() {
    for (cols, rows) in SIZES {
        let mut cockpit = with(cols, rows, &few());
        to_the_first(&mut cockpit);
        let effects = cockpit.press("enter");
        assert_eq!(wants(&effects), [Want::End]);
        cockpit.looks_like("conversation_asked");
        let long: Vec<String> = (1..60).map(|n| format!("row {n} of the result")).collect();
        let entries = vec![
            entry(40, Who::Operator, "find out why the cart test is flaky"),
            entry(41, Who::Agent, &"I run it once more.\n".repeat(40)),
            entry(42, Who::Tool, "cargo test -p cart"),
            entry(43, Who::Result, &long.join("\n")),
        ];
        answer(&mut cockpit, &effects, &said(entries, 43));
        cockpit.looks_like("conversation_end");
        // It is asked what came since, from where it ended.
        let effects = cockpit.later(1_000);
        assert_eq!(wants(&effects), [Want::More(44)]);
        // What was not ended is told again, and stands there once.
        let begun = vec![entry(45, Who::Agent, "The clock is")];
        answer(&mut cockpit, &effects, &said(begun, 44));
        let effects = cockpit.later(1_000);
        assert_eq!(wants(&effects), [Want::More(45)]);
        let more = vec![entry(45, Who::Agent, "The clock is read twice.")];
        answer(&mut cockpit, &effects, &said(more, 45));
        assert_eq!(shown(&cockpit).last(), Some(&45));
        assert_eq!(shown(&cockpit).len(), 5);
        assert!(last_row(&mut cockpit).contains("The clock is read twice."));
        // What it plans stands below.
        let effects = cockpit.later(1_000);
        let step = |text: &str, state| Step {
            text: text.into(),
            state,
        };
        let mut planned = said(vec![], 45);
        planned.plan = vec![
            step("find out why", StepState::Done),
            step("mend it", StepState::Doing),
            step("run the tests", StepState::Open),
            step("bisect", StepState::Dropped),
        ];
        answer(&mut cockpit, &effects, &planned);
        cockpit.looks_like("conversation_plan");
        let effects = cockpit.later(1_000);
        answer(&mut cockpit, &effects, &said(vec![], 45));
        // At the top it stands still, and what is older is asked for.
        let effects = cockpit.press("g");
        assert_eq!(wants(&effects), [Want::Older]);
        let before = cockpit.terminal().row_text(3);
        let older = vec![entry(7, Who::Operator, "good morning")];
        answer(&mut cockpit, &effects, &said(older, 39));
        assert_eq!(cockpit.terminal().row_text(3), before);
        let effects = cockpit.later(1_000);
        assert_eq!(wants(&effects), [Want::More(46)]);
        let more = vec![entry(46, Who::Agent, "Mended.")];
        answer(&mut cockpit, &effects, &said(more, 46));
        assert_eq!(cockpit.terminal().row_text(3), before);
        cockpit.press("G");
        assert!(last_row(&mut cockpit).contains("Mended."));
        // Written anew: what was there is gone.
        let effects = cockpit.later(1_000);
        let anew = vec![entry(1, Who::Operator, "from the beginning")];
        answer(&mut cockpit, &effects, &said(anew, 1));
        assert_eq!(shown(&cockpit), [1]);
        cockpit.press("esc");
        assert_eq!(cockpit.model.page, None);
        // From the list it goes back to the list.
        cockpit.press("E enter esc");
        assert_eq!(cockpit.model.page, Some(Page::Elsewhere));
    }
}

/// The lines of the entries of the conversation that is open.
fn shown(cockpit: &Cockpit) -> Vec<u64> {
    let Some(Page::Conversation(one)) = &cockpit.model.page else {
        panic!("it is open");
    };
    one.entries.iter().map(|entry| entry.line).collect()
}

/// The last row inside the page.
fn last_row(cockpit: &mut Cockpit) -> String {
    let screen = cockpit.terminal();
    let rows = screen.text_rows();
    let last = rows
        .iter()
        .rposition(|row| row.contains("esc back"))
        .unwrap();
    rows[last - 1].clone()
}

#[test]
fn a_peer_without_a_transcript_says_so() {
    let mut cockpit = Cockpit::shop(100, 30);
    cockpit.press("1 g");
    let name = cockpit.model.peer().unwrap().address();
    let effects = cockpit.press("c");
    assert_eq!(wants(&effects), [Want::End]);
    let error = pult::wire::view::ErrorView::new(
        pult::wire::view::ErrorKind::Refused,
        "alpha keeps no transcript",
    )
    .hint("pult read scout --history");
    cockpit.send(Msg::Answer(Tag::Conversation(name, Want::End), Err(error)));
    cockpit.looks_like("conversation_refused");
    // An answer to something else changes nothing.
    let other = Tag::Conversation("other".into(), Want::End);
    let body = serde_json::to_value(said(vec![], 0)).unwrap();
    cockpit.send(Msg::Answer(other, Ok(body)));
    let Some(Page::Conversation(one)) = &cockpit.model.page else {
        panic!("it is open");
    };
    assert!(one.refused.is_some());
}

#[test]
fn a_decision_is_not_made_behind_a_page() {
    let mut cockpit = with(160, 48, &few());
    cockpit.press("i");
    for page in ["E", "?", "c"] {
        cockpit.press(page);
        assert_eq!(cockpit.asks("a"), [""; 0], "{page}");
        assert!(cockpit.model.page.is_some(), "{page}");
        cockpit.press("esc");
    }
}
