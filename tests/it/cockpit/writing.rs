//! What is typed: messages, notes and the form of a new peer. Nothing that was typed is lost.

use super::harness::{Cockpit, SIZES, named};
use pult::cockpit::form::Field;
use pult::cockpit::model::{Page, RuntimeChoice};
use pult::cockpit::update::{Effect, Msg, Tag};
use pult::wire::branches::{BranchView, BranchesView};
use pult::wire::request::Request;
use pult::wire::view::{ErrorKind, ErrorView};

/// Types a text, blanks and all.
fn write(cockpit: &mut Cockpit, text: &str) {
    for c in text.chars() {
        cockpit.press(&if c == ' ' {
            "space".into()
        } else {
            c.to_string()
        });
    }
}

/// Presses keys; what is asked of the daemon is answered by `answer`.
fn answered(cockpit: &mut Cockpit, keys: &str, answer: Result<serde_json::Value, ErrorView>) {
    for effect in cockpit.press(keys) {
        if let Effect::Ask(tag @ (Tag::Sent(_) | Tag::Decide(_)), _) = effect {
            cockpit.send(Msg::Answer(tag, answer.clone()));
        }
    }
}

fn typed(cockpit: &Cockpit) -> String {
    match &cockpit.model.page {
        Some(Page::Prompt { line, .. }) => line.text().to_owned(),
        other => panic!("no prompt but {other:?}"),
    }
}

fn refusal() -> ErrorView {
    ErrorView::new(ErrorKind::Refused, "an approval of scout is open")
}

#[test]
fn a_message_that_was_refused_is_there_again() {
    let mut cockpit = Cockpit::shop(100, 30);
    cockpit.press("1 m");
    write(&mut cockpit, "try the till");
    answered(&mut cockpit, "enter", Err(refusal()));
    let notice = cockpit.model.notice.clone().unwrap().text;
    assert!(notice.contains("m has what you typed"), "{notice}");
    cockpit.press("m");
    assert_eq!(typed(&cockpit), "try the till");
    answered(&mut cockpit, "enter", Ok(serde_json::Value::Null));
    cockpit.press("m");
    assert_eq!(typed(&cockpit), "");
    cockpit.press("up");
    assert_eq!(typed(&cockpit), "try the till");
    cockpit.press("esc m");
    assert_eq!(typed(&cockpit), "try the till", "esc keeps it too");
}

#[test]
fn a_note_that_was_refused_is_there_again() {
    let mut cockpit = Cockpit::shop(100, 30);
    cockpit.press("i g r");
    write(&mut cockpit, "not on main");
    answered(&mut cockpit, "enter", Err(refusal()));
    cockpit.press("g");
    cockpit.later(1000);
    cockpit.press("r");
    assert_eq!(typed(&cockpit), "not on main");
}

#[test]
fn a_message_may_have_several_lines() {
    for (cols, rows) in SIZES {
        let mut cockpit = Cockpit::shop(cols, rows);
        cockpit.press("1 m");
        write(&mut cockpit, "first");
        cockpit.press("alt-enter");
        write(&mut cockpit, "second");
        cockpit.looks_like("message");
        let said = named(&cockpit.press("enter"));
        assert!(said[0].contains("first\\nsecond"), "{said:?}");
    }
}

#[test]
fn the_form_completes_directories_and_shows_the_ways_on() {
    for (cols, rows) in SIZES {
        let mut cockpit = Cockpit::shop(cols, rows);
        cockpit.press("n down down down ctrl-u");
        write(&mut cockpit, "~/sh");
        let effects = cockpit.press("tab");
        assert!(
            matches!(&effects[..], [Effect::Complete(typed)] if typed == "/home/o/sh"),
            "{effects:?}"
        );
        let names = ["shop-api", "shop-web"].map(str::to_owned).to_vec();
        cockpit.send(Msg::Completed(names.clone()));
        cockpit.press("tab");
        cockpit.send(Msg::Completed(names));
        cockpit.looks_like("new_peer_completing");
        write(&mut cockpit, "w");
        cockpit.send(Msg::Completed(vec!["shop-web".into()]));
        cockpit.press("down down down right");
        cockpit.looks_like("new_peer_profile");
        let Some(Page::Form(form)) = &cockpit.model.page else {
            panic!("the form is open");
        };
        assert_eq!(
            (form.place.text(), form.at),
            ("~/shop-web/", Field::Profile)
        );
        let effects = cockpit.press("enter");
        let Some(Effect::Ask(Tag::New, Request::New(new))) = effects.first() else {
            panic!("{effects:?}");
        };
        assert_eq!(new.cwd, "/home/o/shop-web");
        assert_eq!(new.profile.as_deref(), Some("none"));
    }
}

/// The form with a runtime that drives the CLI of the first over its protocol.
fn form_with_driven(cols: u16, rows: u16, change: impl FnOnce(&mut RuntimeChoice)) -> Cockpit {
    let mut cockpit = Cockpit::shop(cols, rows);
    let of = cockpit.model.runtimes[0].clone();
    let mut driven = RuntimeChoice {
        name: format!("{}-acp", of.name),
        drives: Some(of.name.clone()),
        ..of
    };
    change(&mut driven);
    cockpit.model.runtimes.insert(1, driven);
    cockpit.press("n down right");
    cockpit
}

#[test]
fn a_peer_can_be_one_that_is_driven_over_a_protocol() {
    for (cols, rows) in SIZES {
        let mut cockpit = form_with_driven(cols, rows, |_| {});
        cockpit.looks_like("new_peer_driven");
        let effects = cockpit.press("ctrl-s");
        let Some(Effect::Ask(Tag::New, Request::New(new))) = effects.first() else {
            panic!("{effects:?}");
        };
        assert_eq!(new.runtime.as_deref(), Some("alpha-acp"));
    }
    let says = |change: fn(&mut RuntimeChoice)| {
        let mut cockpit = form_with_driven(100, 30, change);
        cockpit.terminal().text_rows().join("\n")
    };
    let missing = says(|driven| driven.found = false);
    assert!(missing.contains("alpha is not on the PATH"), "{missing}");
    let unknown = says(|driven| driven.login = false);
    let what = "alpha needs a login first: choose alpha, whose screen asks";
    assert!(unknown.contains(what), "{unknown}");
}

/// Branches of the repository that the form stands in.
fn branches(cockpit: &mut Cockpit, effects: &[Effect]) {
    let asked = effects.iter().find_map(|effect| match effect {
        Effect::Ask(tag @ Tag::Branches(_), Request::Branches { cwd, .. }) => Some((tag, cwd)),
        _ => None,
    });
    let (tag, cwd) = asked.unwrap_or_else(|| panic!("{effects:?}"));
    assert_eq!(cwd, "/home/o/shop");
    let branch = |name: &str, at: Option<&str>, peer: Option<&str>| BranchView {
        name: name.into(),
        at: at.map(str::to_owned),
        ours: peer.is_some(),
        peer: peer.map(str::to_owned),
        upstream: None,
    };
    let view = BranchesView {
        tree: cwd.clone(),
        head: Some("main".into()),
        commit: Some("0123".into()),
        branches: vec![
            branch("fix/till", None, None),
            branch("fix/totals", None, None),
            branch("fix/flaky-cart", Some("/s/flaky-cart"), Some("fixer")),
            branch("main", Some("/home/o/shop"), None),
        ],
    };
    let view = serde_json::to_value(view).expect("JSON");
    cockpit.send(Msg::Answer(tag.clone(), Ok(view)));
}

#[test]
fn the_form_says_what_becomes_of_a_branch_and_completes_it() {
    for (cols, rows) in SIZES {
        let mut cockpit = Cockpit::shop(cols, rows);
        let effects = cockpit.press("n down down down down");
        branches(&mut cockpit, &effects);
        cockpit.press("f tab tab");
        cockpit.looks_like("new_peer_branches");
        write(&mut cockpit, "x");
        cockpit.looks_like("new_peer_new_branch");
        let effects = cockpit.press("enter");
        let Some(Effect::Ask(Tag::New, Request::New(new))) = effects.first() else {
            panic!("{effects:?}");
        };
        assert_eq!(new.worktree.as_deref(), Some("fix/tx"));
        let mut cockpit = Cockpit::shop(cols, rows);
        let effects = cockpit.press("n down down down down");
        branches(&mut cockpit, &effects);
        write(&mut cockpit, "fix/flaky-cart");
        assert!(cockpit.asks("enter").is_empty(), "fixer works on it");
        cockpit.looks_like("new_peer_taken_branch");
    }
}

#[test]
fn a_form_that_was_refused_keeps_everything() {
    let mut cockpit = Cockpit::shop(100, 30);
    cockpit.press("n");
    write(&mut cockpit, "helper");
    cockpit.press("ctrl-s");
    cockpit.send(Msg::Answer(Tag::New, Err(refusal())));
    let Some(Page::Form(form)) = &cockpit.model.page else {
        panic!("the form is open");
    };
    assert_eq!(form.name.text(), "helper");
    assert!(form.refused.is_some() && !form.sent);
}

#[test]
fn a_key_that_is_none_says_where_they_are() {
    let mut cockpit = Cockpit::shop(100, 30);
    assert_eq!(cockpit.asks("1 Q"), [""; 0]);
    let said = cockpit.model.notice.take().map(|notice| notice.text);
    assert_eq!(said.as_deref(), Some("Q is no key here; ? shows all"));
    // What a terminal sends of itself is no mistake of the operator.
    cockpit.press("f9");
    assert_eq!(cockpit.model.notice, None);
}
