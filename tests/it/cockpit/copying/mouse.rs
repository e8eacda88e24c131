//! The mouse where the worker does not take it.

use super::*;

#[test]
fn the_wheel_looks_back_and_comes_back() {
    let mut desk = Desk::new(100, 30, &lines(5000));
    desk.keys("enter");
    desk.mouse(MouseKind::WheelUp, 5, 5);
    assert!(desk.screen().contains("COPY"));
    desk.mouse(MouseKind::WheelDown, 5, 5);
    assert!(desk.screen().contains("COPY"));
    desk.mouse(MouseKind::WheelDown, 5, 5);
    assert!(desk.screen().contains("^Q leaves"), "{}", desk.screen());
    // A program that takes the mouse gets it.
    desk.output("\x1b[?1000h\x1b[?1006h");
    desk.mouse(MouseKind::WheelUp, 5, 5);
    assert_eq!(desk.typed.len(), 1);
    assert!(!desk.screen().contains("COPY"));
}

#[test]
fn a_drag_copies_and_a_click_only_focuses() {
    use MouseKind::{Move, Press, Release};
    for typing in [false, true] {
        let mut desk = Desk::new(100, 30, "first line\r\nsecond 漢字 line\r\nthird\r\n");
        if typing {
            desk.keys("enter");
        }
        desk.mouse(Press, 6, 0);
        desk.mouse(Move, 9, 1);
        desk.mouse(Move, 8, 1);
        assert!(desk.screen().contains("COPY"));
        desk.mouse(Release, 8, 1);
        assert_eq!(desk.copied, ["line\nsecond 漢"]);
        assert_eq!(
            desk.screen().contains("^Q leaves"),
            typing,
            "{}",
            desk.screen()
        );
    }
    let mut desk = Desk::new(100, 30, "first line\r\n");
    desk.mouse(Press, 6, 0);
    desk.mouse(Release, 6, 0);
    assert!(desk.screen().contains("^Q leaves"));
    assert_eq!(desk.copied, Vec::<String>::new());
}

#[test]
fn two_clicks_take_a_word_and_three_a_line() {
    use MouseKind::{Press, Release};
    let mut desk = Desk::new(100, 30, "first line_two, three\r\nx\r\n");
    for clicks in 1..=3 {
        desk.mouse(Press, 8, 0);
        desk.mouse(Release, 8, 0);
        assert_eq!(desk.copied.len(), clicks - 1);
    }
    assert_eq!(desk.copied, ["line_two", "first line_two, three"]);
    // Command mode, as before the first click.
    assert!(!desk.screen().contains("^Q leaves"), "{}", desk.screen());
}

#[test]
fn a_drag_over_the_edge_scrolls_for_as_long_as_it_is_held() {
    use MouseKind::{Move, Press, Release};
    let mut desk = Desk::new(100, 30, &lines(500));
    desk.mouse(Press, 3, 2);
    let inner = desk.inner();
    desk.mouse(Move, 0, 1);
    let over = Mouse {
        kind: Move,
        button: 0,
        col: inner.x,
        row: inner.y - 1,
        modifiers: 0,
    };
    let effects = desk.cockpit.send(Msg::Input(Input::Mouse(over)));
    desk.serve(effects);
    let top = desk.place().0;
    for _ in 0..10 {
        let effects = desk.cockpit.later(40);
        desk.serve(effects);
    }
    assert_eq!(desk.place().0, top - 10);
    desk.mouse(Release, 0, 0);
    assert_eq!(desk.copied[0].lines().count(), 14);
}

#[test]
fn under_attach_the_wheel_and_the_keys_work_too() {
    let mut desk = Desk::new(80, 24, "");
    desk.cockpit.model.attach = Some("fixer".into());
    desk.cockpit.model.focus = pult::cockpit::model::Focus::Pane;
    desk.cockpit.later(0);
    desk.output(&lines(500));
    desk.mouse(MouseKind::WheelUp, 5, 5);
    desk.keys("/ l i n e space 3 1 enter V y");
    assert_eq!(desk.copied.len(), 1, "{}", desk.screen());
    assert!(desk.screen().contains("^Q leaves"), "{}", desk.screen());
}
