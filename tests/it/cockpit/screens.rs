//! What the screens look like, at the sizes that people have.

use super::harness::{CARGO, Cockpit, SIZES, ask, peer, shop_peers};
use pult::cockpit::model::Page;
use pult::cockpit::update::{Msg, Tag};
use pult::core::ask::{Answer, AskState, Risk, Surface};
use pult::core::state::Shown;
use pult::wire::view::{AskDetail, DecidedView};

#[test]
fn the_shop() {
    for (cols, rows) in SIZES {
        Cockpit::shop(cols, rows).looks_like("peers_and_two_requests");
    }
}

#[test]
fn nothing_yet() {
    for (cols, rows) in SIZES {
        let mut cockpit = Cockpit::new(cols, rows);
        cockpit.world(vec![], vec![]);
        cockpit.looks_like("no_peers_yet");
    }
}

#[test]
fn pane_mode_says_how_to_leave() {
    for (cols, rows) in SIZES {
        let mut cockpit = Cockpit::shop(cols, rows);
        cockpit.press("1 enter");
        cockpit.live(CARGO);
        cockpit.looks_like("pane_mode");
    }
}

#[test]
fn the_phone_s_other_panels() {
    let mut cockpit = Cockpit::shop(60, 20);
    cockpit.press("1");
    cockpit.looks_like("phone_peers");
}

#[test]
fn zoom() {
    for (cols, rows) in SIZES {
        let mut cockpit = Cockpit::shop(cols, rows);
        cockpit.press("z");
        cockpit.looks_like("zoomed_pane");
    }
}

/// The shop with something in every pane.
fn printing(cols: u16, rows: u16, keys: &str) -> Cockpit {
    let mut cockpit = Cockpit::shop(cols, rows);
    cockpit.press(keys);
    for pane in cockpit.model.panes.open.clone() {
        cockpit.prints(
            pane.number,
            &format!("\x1b[1m{}\x1b[m\r\n{CARGO}$ ", pane.address),
        );
    }
    cockpit
}

#[test]
fn two_panes() {
    for (cols, rows) in SIZES {
        printing(cols, rows, "v").looks_like("two_panes");
        printing(cols, rows, "v J enter").looks_like("two_panes_typing");
    }
}

#[test]
fn a_grid() {
    for (cols, rows) in SIZES {
        printing(cols, rows, "v v J").looks_like("grid");
    }
}

#[test]
fn wide_glyphs_in_panes_side_by_side() {
    let mut cockpit = Cockpit::new(160, 30);
    let mut peers = vec![
        peer("fixer", Shown::Working, 5),
        peer("scout", Shown::Idle, 5),
    ];
    peers[0].title = Some("修理 🛒 der Kaſſe".into());
    peers[0].cwd = "/home/o/店/レジ".into();
    cockpit.world(peers, vec![]);
    cockpit.press("v");
    for pane in cockpit.model.panes.open.clone() {
        // One column too many: the character at the edge has lost its right half.
        let line = "漢".repeat(usize::from(pane.size.cols / 2 + 1));
        cockpit.prints(pane.number, &format!("x{line}\r\n🙂 ñ e\u{301}"));
    }
    cockpit.looks_like("wide_glyphs_in_two_panes");
}

#[test]
fn help_is_made_from_the_keymap() {
    for (cols, rows) in SIZES {
        let mut cockpit = Cockpit::shop(cols, rows);
        cockpit.press("?");
        cockpit.looks_like("help");
    }
}

#[test]
fn the_palette() {
    for (cols, rows) in SIZES {
        let mut cockpit = Cockpit::shop(cols, rows);
        cockpit.press(": s t");
        cockpit.looks_like("palette");
    }
}

#[test]
fn what_is_called_by_its_name_is_not_taken_for_something_that_can_be_done() {
    let mut cockpit = Cockpit::shop(100, 30);
    // It runs; that stopping says "resumed" is no reason to stop it.
    cockpit.press("1 : r e s u m e enter");
    let notice = cockpit.model.notice.clone().expect("the reason").text;
    assert_eq!(notice, "scout is running");
    assert!(matches!(cockpit.model.page, Some(Page::Palette { .. })));
}

fn looked(cols: u16, rows: u16) -> Cockpit {
    let mut cockpit = Cockpit::shop(cols, rows);
    cockpit.press("i g space");
    let id = cockpit.model.ask().unwrap().row.id.clone();
    let mut row = cockpit.model.ask().unwrap().row.clone();
    row.object = "for crate in cart till shelf; do\n  cargo test -p \"$crate\" -- --ignored --test-threads=1 --nocapture 2>&1 | tee \"/tmp/$crate.log\"\ndone".into();
    let detail = AskDetail {
        row,
        tool: "Bash".into(),
        cwd: Some("/home/o/shop".into()),
        reason: Some("The flaky test only shows up when the ignored ones run together.".into()),
        input: serde_json::json!({ "command": "…", "description": "Run the ignored tests", "timeout": 120_000 }),
        note: None,
        closed_why: None,
        files: vec![],
        risk_why: None,
        covers: vec![],
    };
    let answer = Ok(serde_json::to_value(detail).unwrap());
    cockpit.send(Msg::Answer(Tag::Show(id), answer));
    cockpit
}

#[test]
fn a_request_whole() {
    for (cols, rows) in SIZES {
        looked(cols, rows).looks_like("look");
    }
}

#[test]
fn a_second_key_for_high_risk() {
    for (cols, rows) in SIZES {
        let mut cockpit = Cockpit::shop(cols, rows);
        let mut asks = cockpit.model.asks.iter();
        let high = asks.find(|a| a.row.risk == Risk::High).unwrap();
        cockpit.model.ask_at = Some(high.row.id.clone());
        cockpit.press("a");
        cockpit.looks_like("second_key");
    }
}

#[test]
fn a_note_for_a_rejection() {
    for (cols, rows) in SIZES {
        let mut cockpit = Cockpit::shop(cols, rows);
        cockpit.press("r u s e space t h e space s t a g i n g space b r a n c h");
        cockpit.looks_like("reject_with_note");
    }
}

#[test]
fn the_form() {
    for (cols, rows) in SIZES {
        let mut cockpit = Cockpit::shop(cols, rows);
        cockpit.press("n F i x e r ctrl-s");
        cockpit.looks_like("new_peer_with_a_wrong_name");
    }
}

#[test]
fn what_becomes_of_answers() {
    let decided = |answer| {
        Some(DecidedView {
            by: "uid 1000 on pts/3".into(),
            surface: Surface::Cli,
            at: super::harness::time(super::harness::NOON),
            answer,
            rule: None,
        })
    };
    let mut way = ask("way22222", "scout", "cargo build", 20);
    (way.state, way.decided) = (AskState::Decided, decided(Answer::Allow));
    let mut there = ask("there222", "fixer", "cargo doc", 30);
    (there.state, there.decided) = (AskState::Delivered, decided(Answer::Deny));
    let gone = ask("gone2222", "docs", "cargo fmt", 40);
    let mut over = ask("over2222", "linter", "cargo clippy", 50);
    (over.state, over.decided) = (AskState::Delivered, decided(Answer::Allow));
    for (cols, rows) in SIZES {
        let mut cockpit = Cockpit::new(cols, rows);
        let open = vec![way.clone(), there.clone()];
        let all = [open.clone(), vec![gone.clone(), over.clone()]].concat();
        cockpit.world(shop_peers(), all);
        cockpit.world(shop_peers(), open);
        cockpit.later(1000);
        cockpit.looks_like("answers_on_their_way");
    }
}

#[test]
fn the_daemon_is_gone() {
    for (cols, rows) in SIZES {
        let mut cockpit = Cockpit::shop(cols, rows);
        cockpit.send(Msg::Down);
        cockpit.later(3000);
        cockpit.looks_like("no_daemon");
    }
}

#[test]
fn wide_glyphs_stay_in_their_cells() {
    for (cols, rows) in SIZES {
        wide_glyphs(cols, rows);
    }
}

fn wide_glyphs(cols: u16, rows: u16) {
    let mut cockpit = Cockpit::new(cols, rows);
    let mut fixer = peer("fixer", Shown::Working, 5);
    fixer.title = Some("修理 🛒 der Kaſſe".into());
    fixer.cwd = "/home/o/店/レジ".into();
    cockpit.world(vec![fixer], vec![ask("wide2222", "fixer", "echo 漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字 > 店.txt", 5)]);
    cockpit.later(1000);
    if cockpit.model.pane().is_some() {
        cockpit.live("\x1b[7m漢字\x1b[m ok 🙂 ñ e\u{301}\r\n漢\x1b[1;2Hx");
    }
    cockpit.looks_like("wide_glyphs");
}

#[test]
fn attach_is_the_pane_and_one_line() {
    for (cols, rows) in SIZES {
        let mut cockpit = Cockpit::new(cols, rows);
        cockpit.model.attach = Some("scout".into());
        cockpit.model.focus = pult::cockpit::model::Focus::Pane;
        cockpit.world(
            shop_peers(),
            vec![ask("scout222", "scout", "cargo test -p cart", 14)],
        );
        cockpit.live("$ ");
        cockpit.looks_like("attach");
    }
}

#[test]
fn too_little_room_says_so() {
    Cockpit::shop(39, 9).looks_like("too_small");
}

#[test]
fn no_size_panics() {
    for cols in [
        1, 2, 3, 5, 10, 39, 40, 41, 69, 70, 71, 99, 100, 119, 120, 300,
    ] {
        for rows in [1, 2, 3, 5, 9, 10, 11, 20, 60] {
            for keys in [
                "1", "1 enter", "2", "?", ":", "n", "r", "a", "z", "space", "w", "x", "m",
            ] {
                let mut cockpit = Cockpit::new(cols, rows);
                cockpit.world(shop_peers(), super::harness::shop_asks());
                cockpit.later(1000);
                cockpit.press(keys);
                cockpit.terminal();
                cockpit.press("G pagedown pageup g");
                cockpit.send(Msg::Resized(pult::cockpit::model::Size {
                    cols: rows,
                    rows: cols,
                }));
                cockpit.terminal();
            }
        }
    }
}

#[test]
fn requests_first() {
    for (cols, rows) in SIZES {
        let mut cockpit = Cockpit::shop(cols, rows);
        if cols >= 70 {
            let effects = cockpit.press("V g");
            super::inbox::answer(&mut cockpit, &effects);
        }
        let pane = cockpit.model.panes.open.first().map(|p| p.number);
        if let Some(number) = pane {
            cockpit.prints(number, CARGO);
        }
        cockpit.looks_like("agentic");
    }
    for (cols, rows) in SIZES {
        let mut quiet = Cockpit::new(cols, rows);
        quiet.world(shop_peers(), vec![]);
        quiet.press("V");
        if quiet.model.pane().is_some() {
            quiet.live(CARGO);
        }
        quiet.looks_like("agentic_nothing_waits");
    }
}
