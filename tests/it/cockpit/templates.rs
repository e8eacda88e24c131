//! A peer made from a template, by palette and form.

use super::harness::Cockpit;
use pult::cockpit::model::{Page, RuntimeChoice};
use pult::cockpit::update::{Effect, Msg, Tag};
use pult::config::templates::{Loaded, load};
use pult::core::role::Role;
use pult::wire::request::{NewPeer, Request};
use serde_json::json;
use std::path::Path;

const SHOP: &str = "/home/o/shop";

/// What ships, and one of the repository's own.
fn loaded() -> Loaded {
    let dir = tempfile::tempdir().expect("a directory");
    let place = dir.path().join(".pult/templates");
    std::fs::create_dir_all(&place).expect("a directory");
    let text = "description = \"ships what was reviewed\"\nruntime = \"alpha\"\nmodel = \"large\"\n\
                prompt = \"Ship it.\"\ncircle = \"docs\"\ntag = \"blue\"\nas = \"orchestrator\"\n\
                mcp = [\"deploy=/opt/deploy --to production --without-asking\"]\n";
    std::fs::write(place.join("shipper.toml"), text).expect("a file");
    let loaded = load(Path::new("/nowhere"), Some(dir.path()));
    assert_eq!(loaded.mistakes, []);
    loaded
}

fn shop(cols: u16, rows: u16) -> Cockpit {
    let mut cockpit = Cockpit::shop(cols, rows);
    cockpit.send(Msg::Templates(Some(SHOP.to_owned()), loaded()));
    let row =
        json!({"directory": SHOP, "trusted": true, "at": "2026-03-01T12:00:00.000Z", "by": ""});
    cockpit.send(Msg::Answer(Tag::Trusted, Ok(json!([row]))));
    cockpit
}

fn started(effects: Vec<Effect>) -> Option<NewPeer> {
    effects.into_iter().find_map(|effect| match effect {
        Effect::Ask(Tag::New, Request::New(new)) => Some(new),
        _ => None,
    })
}

/// All that is on the screen, without blanks and frames.
fn bare(cockpit: &mut Cockpit) -> String {
    let seen: String = text(cockpit).split_whitespace().collect();
    seen.replace(['│', '╭', '╮', '─'], "")
}

fn text(cockpit: &mut Cockpit) -> String {
    cockpit.terminal().text_rows().join("\n")
}

#[test]
fn the_palette_opens_the_form_filled_in() {
    for (cols, rows) in [(120, 36), (60, 20)] {
        let mut cockpit = shop(cols, rows);
        cockpit.press(": f r o m space s c o");
        assert!(text(&mut cockpit).contains("New peer from scout: looks around"));
        cockpit.press("enter");
        cockpit.looks_like("template_scout");
    }
    let mut cockpit = shop(100, 30);
    cockpit.press(": f r o m space s c o enter");
    assert!(started(cockpit.press("ctrl-s")).is_none());
    assert!(text(&mut cockpit).contains("the template scout needs words of your own"));
    let new = started(cockpit.press("t i l l ctrl-s")).expect("it is started");
    let prompt = new.prompt.expect("a prompt");
    assert!(
        prompt.starts_with("Look into") && prompt.contains("\n\ntill\n\n"),
        "{prompt}"
    );
    assert_eq!(new.template.expect("it is named").name, "scout");
}

#[test]
fn what_a_repository_has_started_is_on_the_form_at_every_size() {
    for (cols, rows) in [(120, 36), (80, 24), (60, 20), (40, 10)] {
        let mut cockpit = shop(cols, rows);
        cockpit.press(": f r o m space s h i p enter");
        let words = bare(&mut cockpit);
        let whole = "startsdeploy:/opt/deploy--toproduction--without-asking";
        assert!(words.contains(whole), "{cols}x{rows}: {words}");
        if rows != 10 {
            cockpit.looks_like("template_theirs");
        }
        let new = started(cockpit.press("ctrl-s")).expect("it is started");
        let words = (
            new.runtime.as_deref(),
            new.model.as_deref(),
            new.circle.as_deref(),
        );
        assert_eq!(words, (Some("alpha"), Some("large"), Some("docs")));
        assert_eq!((new.role, new.mcp.len()), (Role::Orchestrator, 1));
    }
    // Without bounds it is not started at all.
    let mut cockpit = shop(100, 30);
    cockpit.press(": f r o m space s h i p enter up up right");
    assert!(started(cockpit.press("ctrl-s")).is_none());
    assert!(bare(&mut cockpit).contains("wouldgiveshippernobounds"));
}

#[test]
fn another_template_takes_back_what_the_one_before_filled_in() {
    let mut cockpit = shop(100, 30);
    cockpit.model.runtimes.insert(
        0,
        RuntimeChoice {
            drives: None,
            name: "first".into(),
            ..cockpit.model.runtimes[0].clone()
        },
    );
    cockpit.press("n");
    cockpit.send(Msg::Templates(Some(SHOP.to_owned()), loaded()));
    // The last field is one key up from the first.
    cockpit.press("up s h");
    let form = |cockpit: &Cockpit| match &cockpit.model.page {
        Some(Page::Form(form)) => (form.runtime, form.model.text().to_owned()),
        other => panic!("{other:?}"),
    };
    assert_eq!(cockpit.model.runtimes[form(&cockpit).0].name, "first");
    cockpit.press("s");
    assert_eq!(form(&cockpit), (1, "large".to_owned()));
    cockpit.press("left");
    assert_eq!(form(&cockpit), (0, String::new()));
    // What somebody typed stays.
    cockpit.press("right up up m i n e up down down down left");
    assert_eq!(form(&cockpit).1, "largemine");
}
