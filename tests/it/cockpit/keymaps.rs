//! Other keymaps: the same cockpit under other hands.

use super::harness::{Cockpit, SIZES};
use pult::cockpit::key::Key;
use pult::cockpit::keymap::Keymap;
use pult::cockpit::model::Page;
use pult::cockpit::outer::Outer;
use pult::cockpit::update::Msg;

fn with(keymap: &str, cols: u16, rows: u16) -> Cockpit {
    let mut cockpit = Cockpit::shop(cols, rows);
    let (keymap, mistakes) = Keymap::load(None, keymap).expect(keymap);
    assert_eq!(mistakes, []);
    cockpit.model.keymap = keymap;
    cockpit
}

#[test]
fn a_run_that_has_begun_shows_how_it_goes_on() {
    for (cols, rows) in SIZES {
        let mut cockpit = with("vim", cols, rows);
        assert_eq!(cockpit.asks("g"), Vec::<String>::new());
        cockpit.looks_like("a_run_of_keys");
    }
}

#[test]
fn escape_takes_the_beginning_back_and_a_wrong_key_says_so() {
    let mut cockpit = with("vim", 100, 30);
    cockpit.press("g esc");
    assert!(cockpit.model.begun.is_empty());
    cockpit.press("d z");
    assert!(cockpit.model.begun.is_empty());
    let said = cockpit.model.notice.as_ref().map(|n| n.text.clone());
    assert_eq!(said.as_deref(), Some("d z is no key here; ? shows all"));
    cockpit.press("G g g");
    let first = cockpit.model.peers[0].row.session.clone();
    assert_eq!(cockpit.model.peer_at, Some(first));
    cockpit.press("d d");
    assert!(matches!(cockpit.model.page, Some(Page::Confirm(_))));
}

#[test]
fn emacs_begins_with_control_x_and_shows_its_own_keys() {
    for (cols, rows) in SIZES {
        let mut cockpit = with("emacs", cols, rows);
        cockpit.press("ctrl-n ctrl-x");
        cockpit.looks_like("a_run_of_emacs");
    }
    let mut cockpit = with("emacs", 100, 30);
    cockpit.press("ctrl-n ctrl-x");
    assert_eq!(cockpit.asks("ctrl-c"), ["Quit(0)"]);
    cockpit.press("alt-x");
    assert!(matches!(cockpit.model.page, Some(Page::Palette { .. })));
}

#[test]
fn a_leave_key_that_a_multiplexer_takes_is_offered_another_once() {
    let tmux = |c| {
        let prefix = Key::ctrl(c);
        Msg::Outer(Outer {
            name: "tmux",
            prefix,
        })
    };
    for (cols, rows) in SIZES {
        let mut cockpit = Cockpit::shop(cols, rows);
        cockpit.send(tmux('q'));
        cockpit.looks_like("leave_key_taken");
    }
    let mut cockpit = Cockpit::shop(100, 30);
    cockpit.send(tmux('b'));
    assert!(cockpit.model.page.is_none(), "it takes another key");
    cockpit.send(tmux('q'));
    assert_eq!(cockpit.asks("a y"), [r#"Remember("leave", "\"ctrl-]\"")"#]);
    cockpit.send(tmux('q'));
    assert_eq!(cockpit.asks("esc"), [r#"Remember("leave", "\"ctrl-q\"")"#]);
    cockpit.model.look.settings.leave = Some(Key::ctrl('q'));
    cockpit.send(tmux('q'));
    assert!(cockpit.model.page.is_none(), "it was answered");
}
