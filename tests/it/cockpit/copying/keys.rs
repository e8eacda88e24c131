//! What the keys of copy mode do, and what it looks like.

use super::super::harness::SIZES;
use super::*;

#[test]
fn it_begins_where_the_cursor_is_and_ends_as_it_was() {
    let mut desk = Desk::new(100, 30, &lines(5000));
    let before = desk.screen();
    desk.keys("[");
    assert!(desk.screen().contains("COPY"), "{}", desk.screen());
    assert_eq!(desk.place(), (5000, 0));
    for row in before.lines().filter(|l| l.contains("line 49")) {
        assert!(desk.screen().contains(row.trim_end_matches('│').trim_end()));
    }
    desk.keys("q");
    assert_eq!(desk.screen(), before);
}

#[test]
fn motions_go_where_they_say() {
    let mut desk = Desk::new(100, 30, &lines(5000));
    desk.keys("[ k k k");
    for (keys, place) in [
        ("k", (4996, 0)),
        ("j", (4997, 0)),
        ("w", (4997, 5)),
        ("w", (4997, 10)),
        ("e", (4997, 12)),
        ("l", (4997, 14)),
        ("h", (4997, 12)),
        ("$", (4997, 18)),
        ("k", (4996, 14)),
        ("j", (4997, 18)),
        ("b", (4997, 15)),
        ("0", (4997, 0)),
        ("b", (4996, 13)),
        ("w", (4997, 0)),
        ("g", (0, 0)),
        ("b", (0, 0)),
        ("G", (4999, 0)),
        ("w", (4999, 5)),
        ("g pagedown", (26, 0)),
        ("ctrl-u", (13, 0)),
        ("pageup", (0, 0)),
    ] {
        desk.keys(keys);
        // The pane has 26 rows.
        assert_eq!(desk.place(), place, "after {keys}");
    }
}

#[test]
fn rows_are_fetched_in_pages_as_they_are_needed() {
    let mut desk = Desk::new(100, 30, &lines(5000));
    desk.keys("[");
    let near = desk.asked.len();
    assert!(near <= 2, "{:?}", desk.asked);
    desk.keys("g");
    assert!(desk.screen().contains("line 0 of it"));
    assert_eq!(desk.asked.len(), near + 1, "{:?}", desk.asked);
    desk.keys("j j j");
    assert_eq!(desk.asked.len(), near + 1, "{:?}", desk.asked);
}

#[test]
fn what_is_selected_is_copied() {
    for (keys, text) in [
        ("g v j y", "line 0 of it\nl"),
        ("g w space $ y", "0 of it"),
        ("g V j j enter", "line 0 of it\nline 1 of it\nline 2 of it"),
        ("g w ctrl-v j l l y", "0 o\n1 o"),
        ("g j j v k o y", "line 1 of it\nl"),
        ("/ l i n e space 7 7 7 enter w w v e y", "漢字"),
    ] {
        let mut desk = Desk::new(100, 30, &lines(5000));
        desk.keys("[");
        desk.keys(keys);
        assert_eq!(desk.copied, [text], "{keys}");
        assert!(desk.screen().contains("copied"), "{}", desk.screen());
        assert!(!desk.screen().contains("COPY"));
    }
}

#[test]
fn all_of_a_long_selection_is_fetched_before_it_is_copied() {
    let mut desk = Desk::new(100, 30, &lines(5000));
    desk.keys("[ G V g y");
    let text = desk.copied.pop().expect("copied");
    assert_eq!(text.lines().count(), 5000);
    assert!(text.starts_with("line 0 of it\n") && text.ends_with("line 4999 of it"));
}

#[test]
fn what_is_too_long_for_a_terminal_is_refused_in_one_line() {
    let long = format!("{}\r\n", "x".repeat(66)).repeat(9_000);
    let mut desk = Desk::new(100, 30, &long);
    desk.keys("[ G V g y");
    assert!(desk.copied.is_empty());
    assert!(desk.screen().contains("not copied"), "{}", desk.screen());
}

#[test]
fn a_search_goes_from_hit_to_hit_and_round() {
    let mut desk = Desk::new(100, 30, &lines(5000));
    desk.keys("[ ? l i n e space 4 2");
    // What is typed is looked for at once.
    assert_eq!(desk.place(), (4299, 0));
    assert!(desk.screen().contains("111 of 111"), "{}", desk.screen());
    desk.keys("backspace 9");
    assert_eq!(desk.place(), (4999, 0));
    desk.keys("backspace 2 enter");
    assert_eq!(desk.place(), (4299, 0));
    desk.keys("n");
    assert_eq!(desk.place(), (4298, 0));
    desk.keys("N N");
    assert_eq!(desk.place(), (42, 0), "round to the top");
    assert!(desk.screen().contains("went round"));
    assert!(desk.screen().contains("1 of 111"));
    desk.keys("n");
    assert_eq!(desk.place(), (4299, 0));
    // Another one that is given up leaves everything as it was.
    desk.keys("/ x y z z y esc");
    assert_eq!(desk.place(), (4299, 0));
    desk.keys("n");
    assert_eq!(desk.place(), (4298, 0));
    desk.keys("/ x y z z y enter");
    assert!(
        desk.screen().contains("“xyzzy” is nowhere"),
        "{}",
        desk.screen()
    );
}

#[test]
fn more_hits_than_one_answer_holds_are_all_reached() {
    let mut desk = Desk::new(100, 30, &lines(5000));
    desk.keys("[ g / o f space i t enter");
    let mut seen = vec![desk.place()];
    for _ in 0..4_600 {
        desk.keys("n");
        if desk.place() == seen[0] {
            break;
        }
        seen.push(desk.place());
    }
    assert_eq!(seen.len(), 4_500);
    assert!(seen.windows(2).all(|pair| pair[0] < pair[1]));
    desk.keys("N");
    assert_eq!(desk.place(), *seen.last().unwrap());
}

#[test]
fn output_goes_on_underneath_and_is_counted() {
    let mut desk = Desk::new(100, 30, &lines(5000));
    desk.keys("[ k k k k");
    let before = desk.place();
    let pane = desk.cockpit.model.pane().unwrap().number;
    desk.cockpit.screens.feed(pane, b"one\r\ntwo\r\nthree\r\n");
    let top = desk.cockpit.screens.top(pane);
    assert!(pult::cockpit::copying::came(
        &mut desk.cockpit.model,
        pane,
        top
    ));
    assert!(
        desk.screen().contains("3 new rows below"),
        "{}",
        desk.screen()
    );
    assert!(!desk.screen().contains("three"));
    assert_eq!(desk.place(), before);
    desk.keys("q");
    assert!(desk.screen().contains("three"));
}

#[test]
fn on_a_phone_the_pane_is_shown_first() {
    let mut cockpit = Cockpit::new(60, 20);
    cockpit.world(shop_peers(), vec![]);
    assert!(cockpit.model.pane().is_none());
    cockpit.press("[");
    let number = cockpit.model.pane().expect("a pane").number;
    cockpit.screens.show(number, Some(Screen::new(17, 60)));
    let effects = cockpit.send(Msg::PaneState(number));
    let freeze = |e: &Effect| matches!(e, Effect::Freeze(n) if *n == number);
    assert!(effects.iter().any(freeze), "{effects:?}");
}

#[test]
fn from_prompt_to_prompt() {
    let mut desk = Desk::new(100, 30, &lines(5000));
    desk.prompts = vec![17, 3000, 4990];
    for (keys, place) in [
        ("[ (", (4990, 0)),
        ("(", (3000, 0)),
        ("( (", (17, 0)),
        (")", (3000, 0)),
        (") )", (4990, 0)),
    ] {
        desk.keys(keys);
        assert_eq!(desk.place(), place, "{keys}");
    }
    assert!(desk.screen().contains("there is no prompt below"));
    let mut desk = Desk::new(100, 30, &lines(50));
    desk.keys("[ (");
    assert!(
        desk.screen().contains("nothing was sent"),
        "{}",
        desk.screen()
    );
}

#[test]
fn earlier_screens_of_a_full_screen_program_stand_below_what_was_before_it() {
    let program = "$ make\r\nbuilt\r\n$ program\r\n\x1b[?1049h\x1b[Hthe last page";
    for (cols, rows) in SIZES {
        let mut desk = Desk::new(cols, rows, program);
        desk.frames = vec![(100, "one error".into()), (200, "two".into())];
        desk.keys("[ {");
        desk.cockpit.looks_like("copy_earlier_screen");
    }
    let mut desk = Desk::new(100, 30, program);
    desk.frames = vec![(100, "one error".into()), (200, "two".into())];
    desk.keys("[");
    assert!(desk.screen().contains("the last page"));
    desk.keys("{");
    let screen = desk.screen();
    assert!(
        screen.contains("two") && screen.contains("its screen 2m ago"),
        "{screen}"
    );
    assert!(!screen.contains("the last page"));
    desk.keys("{ {");
    assert!(desk.screen().contains("one error"));
    assert!(desk.screen().contains("no earlier screen"));
    desk.keys("} }");
    assert!(desk.screen().contains("the last page"), "{}", desk.screen());
    // What was there before it is above.
    desk.keys("g");
    assert!(desk.screen().contains("$ make") && desk.screen().contains("built"));
    desk.cockpit.looks_like("copy_full_screen");
    let mut desk = Desk::new(100, 30, "plain\r\n");
    desk.keys("[ {");
    assert!(
        desk.screen().contains("only a full-screen program"),
        "{}",
        desk.screen()
    );
}

#[test]
fn a_search_up_goes_on_through_earlier_screens_and_then_above_them() {
    let program = "an error\r\n\x1b[?1049h\x1b[Hnow\r\nan error too";
    let mut desk = Desk::new(100, 30, program);
    desk.frames = vec![(100, "one error".into()), (200, "two".into())];
    desk.keys("[ ? e r r o r enter");
    assert!(desk.screen().contains("an error too"));
    desk.keys("n");
    assert!(desk.screen().contains("one error"), "{}", desk.screen());
    assert_eq!(desk.place().1, 4);
    desk.keys("n");
    assert_eq!(desk.place(), (0, 3));
    // Also when it is on none of the rows that are here.
    let mut desk = Desk::new(100, 30, program);
    desk.frames = vec![(100, "page one".into()), (200, "two".into())];
    desk.keys("[ ? p a g e enter");
    assert!(desk.screen().contains("page one"), "{}", desk.screen());
    desk.keys("? x y z z y enter");
    assert!(
        desk.screen().contains("“xyzzy” is nowhere"),
        "{}",
        desk.screen()
    );
}

#[test]
fn what_it_looks_like() {
    for (cols, rows) in SIZES {
        let mut desk = Desk::new(cols, rows, &lines(5000));
        desk.keys("[ k k k k k v k k k w");
        desk.cockpit.looks_like("copy_selecting");
        desk.keys("esc ? l i n e space 4 9");
        desk.cockpit.looks_like("copy_searching");
        desk.keys("enter n n");
        desk.cockpit.looks_like("copy_found");
    }
    for (cols, rows) in SIZES {
        let text = "漢字漢字 🙂 ñ e\u{301}\r\n\x1b[7minverse 漢\x1b[m 漢字\r\n";
        let mut desk = Desk::new(cols, rows, text);
        desk.keys("[ k v k $");
        desk.cockpit.looks_like("copy_wide_glyphs");
    }
}

#[test]
fn no_size_and_no_key_panics() {
    for (cols, rows) in [(40, 10), (41, 11), (69, 10), (100, 12), (300, 60)] {
        for output in ["", "\x1b[?1049h", "漢", &lines(300)] {
            let mut desk = Desk::new(cols, rows, output);
            desk.keys("[");
            if desk.cockpit.model.copying.open.is_none() {
                continue;
            }
            desk.keys("j k g G w b e 0 $ h l pageup pagedown ctrl-u ctrl-d v V ctrl-v o n N");
            desk.keys("/ x backspace backspace ? l enter n N");
            desk.cockpit.terminal();
            let size = pult::cockpit::model::Size {
                cols: rows,
                rows: cols,
            };
            let effects = desk.cockpit.send(Msg::Resized(size));
            desk.serve(effects);
            desk.cockpit.terminal();
            desk.keys("g G v g y q q");
        }
    }
}
