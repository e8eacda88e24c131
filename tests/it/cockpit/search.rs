//! Text in all conversations: looked for, and opened where it stands.

use super::harness::{Cockpit, NOON, SIZES, time};
use pult::cockpit::conversation::Want;
use pult::cockpit::model::Page;
use pult::cockpit::update::{Effect, Msg, Tag};
use pult::core::conversation::Who;
use pult::wire::request::Request;
use pult::wire::transcript::{HitView, SearchView, TranscriptView};
use pult::wire::view::{ErrorKind, ErrorView};

fn hit(n: usize, name: Option<&str>) -> HitView {
    HitView {
        runtime: "codex".into(),
        native_id: format!("{n:08x}-5d7d"),
        name: name.map(str::to_owned),
        line: 40 + n as u64,
        who: Who::Result,
        at: Some(time(NOON - 3_600_000)),
        text: format!("…the flaky cart test failed {n} times of 20, and it is the clock"),
    }
}

fn asked(effects: &[Effect]) -> Vec<String> {
    let text = |effect: &Effect| match effect {
        Effect::Ask(Tag::Search(_), Request::FindTurns { text, .. }) => Some(text.clone()),
        _ => None,
    };
    effects.iter().filter_map(text).collect()
}

#[test]
fn what_was_said_is_found_and_read_where_it_stands() {
    for (cols, rows) in SIZES {
        let mut cockpit = Cockpit::shop(cols, rows);
        cockpit.press(": s a i d enter");
        cockpit.looks_like("search_empty");
        assert_eq!(asked(&cockpit.press("enter")), [""; 0]);
        let effects = cockpit.press("f l a k y enter");
        assert_eq!(asked(&effects), ["flaky"]);
        let mut hits = vec![hit(0, Some("fixer")), hit(1, None)];
        hits.extend((2..60).map(|n| hit(n, Some("gone@2"))));
        let view = SearchView {
            hits,
            more: true,
            gaps: vec!["opencode: it is locked".into()],
        };
        let body = serde_json::to_value(&view).unwrap();
        // What comes for another text is too late.
        let late = Tag::Search("fla".into());
        cockpit.send(Msg::Answer(late, Ok(body.clone())));
        assert!(matches!(&cockpit.model.page, Some(Page::Search(s)) if s.found.is_none()));
        cockpit.send(Msg::Answer(Tag::Search("flaky".into()), Ok(body)));
        cockpit.press("down");
        cockpit.looks_like("search_found");
        let effects = cockpit.press("enter");
        let request = effects.iter().find_map(|effect| match effect {
            Effect::Ask(Tag::Conversation(_, want), Request::Transcript { name, from, .. }) => {
                Some((*want, name.as_str(), *from))
            }
            _ => None,
        });
        assert_eq!(request, Some((Want::At(41), "00000001-5d7d", 41)));
        let entry = pult::wire::transcript::EntryView {
            line: 41,
            who: Who::Agent,
            tool: None,
            text: "It is the clock.".into(),
            at: None,
        };
        let part = TranscriptView {
            runtime: "codex".into(),
            native_id: "00000001-5d7d".into(),
            name: None,
            path: "/x".into(),
            entries: vec![entry],
            lines: 41,
            next: None,
            plan: Vec::new(),
        };
        let tag = Tag::Conversation("00000001-5d7d".into(), Want::At(41));
        let body = serde_json::to_value(part).unwrap();
        cockpit.send(Msg::Answer(tag, Ok(body)));
        cockpit.looks_like("search_read");
        // Back to what was found, at the same place.
        cockpit.press("esc");
        assert!(matches!(&cockpit.model.page, Some(Page::Search(s)) if s.at == 1));
        // Another text is looked for, not the old place opened.
        assert_eq!(asked(&cockpit.press("x enter")), ["flakyx"]);
        let error = ErrorView::new(ErrorKind::Failed, "the disk is gone");
        cockpit.send(Msg::Answer(Tag::Search("flakyx".into()), Err(error)));
        let text = cockpit.terminal().text_rows().join("\n");
        assert!(text.contains("the disk is gone"), "{text}");
        cockpit.press("esc");
        assert_eq!(cockpit.model.page, None);
    }
}
