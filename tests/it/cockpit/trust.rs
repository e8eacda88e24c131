//! The question whether a repository's own templates are read: once, and only where there are some.

use super::harness::Cockpit;
use pult::cockpit::model::{Confirm, Page};
use pult::cockpit::update::{Effect, Msg, Tag};
use pult::config::templates::Loaded;
use serde_json::{Value, json};

const SHOP: &str = "/home/o/shop";

/// A cockpit in a repository that has templates of its own, as far as `own` says.
fn started(own: Option<&str>) -> Cockpit {
    let mut cockpit = Cockpit::shop(100, 30);
    cockpit.send(Msg::Templates(own.map(str::to_owned), Loaded::default()));
    cockpit
}

fn heard(cockpit: &mut Cockpit, rows: Value) -> Vec<Effect> {
    cockpit.send(Msg::Answer(Tag::Trusted, Ok(rows)))
}

fn row(trusted: bool) -> Value {
    json!({"directory": SHOP, "trusted": trusted, "at": "2026-03-01T12:00:00.000Z", "by": "1"})
}

fn asked(cockpit: &Cockpit) -> bool {
    matches!(
        cockpit.model.page,
        Some(Page::Confirm(Confirm::Trust { .. }))
    )
}

#[test]
fn it_is_put_once_and_what_is_typed_at_that_moment_is_no_answer() {
    let mut cockpit = started(Some(SHOP));
    assert!(!asked(&cockpit), "the daemon has not said yet");
    heard(&mut cockpit, json!([]));
    assert!(asked(&cockpit));
    cockpit.looks_like("trust");
    assert_eq!(cockpit.asks("n y"), Vec::<String>::new());
    assert!(asked(&cockpit), "it came under the fingers");
    cockpit.later(500);
    let asks = cockpit.asks("y");
    assert_eq!(
        asks,
        [format!("Trust {{ directory: {SHOP:?}, trusted: true }}")]
    );
    let effects = cockpit.send(Msg::Answer(Tag::Trust, Ok(row(true))));
    let reads = |e: &Effect| matches!(e, Effect::Templates(Some(root)) if root == SHOP);
    assert!(effects.iter().any(reads), "{effects:?}");
    cockpit.later(500);
    assert!(!asked(&cockpit));
}

#[test]
fn no_is_remembered_and_esc_is_not() {
    let mut cockpit = started(Some(SHOP));
    heard(&mut cockpit, json!([]));
    cockpit.later(500);
    assert_eq!(cockpit.asks("esc"), Vec::<String>::new());
    cockpit.later(500);
    assert!(!asked(&cockpit), "not twice in one sitting");
    cockpit.press(": t r u s t enter");
    assert!(asked(&cockpit), "but whenever it is wanted");
    cockpit.later(500);
    let asks = cockpit.asks("n");
    assert_eq!(
        asks,
        [format!("Trust {{ directory: {SHOP:?}, trusted: false }}")]
    );
}

#[test]
fn nobody_is_asked_about_nothing_or_again() {
    let mut cockpit = started(None);
    heard(&mut cockpit, json!([]));
    assert!(!asked(&cockpit));
    cockpit.press(": t r u s t enter");
    assert!(!asked(&cockpit));
    let said = &cockpit.model.notice.as_ref().expect("it says why").text;
    assert!(said.contains("no templates of its own"), "{said}");
    for word in [true, false] {
        let mut cockpit = started(Some(SHOP));
        heard(&mut cockpit, json!([row(word)]));
        assert!(!asked(&cockpit), "{word}");
    }
    // Somebody types into a pane: it waits until they leave it.
    let mut cockpit = started(Some(SHOP));
    cockpit.press("l");
    heard(&mut cockpit, json!([]));
    assert!(!asked(&cockpit));
    cockpit.press("ctrl-q");
    cockpit.later(300);
    assert!(asked(&cockpit));
}
