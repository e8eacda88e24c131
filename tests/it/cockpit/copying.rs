//! Copy mode: from keys and the mouse to what is copied, and what it looks like.

use super::harness::{Cockpit, shop_peers};
use pult::cockpit::layout;
use pult::cockpit::terminal::input::{Input, Mouse, MouseKind};
use pult::cockpit::update::{Effect, Msg, Tag};
use pult::core::find::Needle;
use pult::screen::Screen;
use pult::store::recording::Recorder;
use pult::wire::request::Request;
use pult::wire::view::{FrameView, HistoryView, PromptsView, SearchView};
use ratatui::layout::Rect;

/// A cockpit whose pane shows the end of a long output, with a daemon that has the rest.
struct Desk {
    cockpit: Cockpit,
    history: Recorder,
    copied: Vec<String>,
    typed: Vec<Input>,
    /// What the daemon was asked, by name.
    asked: Vec<String>,
    /// Earlier screens: their offsets and first rows.
    frames: Vec<(u64, String)>,
    prompts: Vec<u64>,
}

impl Desk {
    fn new(cols: u16, rows: u16, output: &str) -> Self {
        let mut cockpit = Cockpit::new(cols, rows);
        cockpit.world(shop_peers(), vec![]);
        cockpit.later(1000);
        let mut desk = Self {
            cockpit,
            history: Recorder::none(),
            copied: Vec::new(),
            typed: Vec::new(),
            asked: Vec::new(),
            frames: Vec::new(),
            prompts: Vec::new(),
        };
        if desk.cockpit.model.pane().is_none() {
            desk.keys("1 enter ctrl-q z");
        }
        desk.output(output);
        desk
    }

    fn output(&mut self, output: &str) {
        let pane = self.cockpit.model.pane().cloned().expect("a pane");
        let mut screen = Screen::new(pane.size.rows, pane.size.cols);
        screen.feed(output.as_bytes());
        screen.settle();
        self.history
            .history_append(&screen.drain_scrolled())
            .unwrap();
        self.cockpit.screens.show(pane.number, Some(screen));
        self.cockpit.send(Msg::PaneState(pane.number));
    }

    fn keys(&mut self, keys: &str) {
        for key in keys.split(' ') {
            let effects = self.cockpit.press(key);
            self.serve(effects);
        }
    }

    /// The cells of the pane.
    fn inner(&self) -> Rect {
        let session = self.cockpit.model.peer_at.as_deref().expect("a peer");
        let areas = layout::areas(&self.cockpit.model);
        areas.pane_of(session).expect("a place").inner
    }

    fn mouse(&mut self, kind: MouseKind, col: u16, row: u16) {
        let inner = self.inner();
        let mouse = Mouse {
            kind,
            button: 0,
            col: inner.x + col,
            row: inner.y + row,
            modifiers: 0,
        };
        let effects = self.cockpit.send(Msg::Input(Input::Mouse(mouse)));
        self.serve(effects);
    }

    /// Does what the loop and the daemon do.
    fn serve(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            let more = match effect {
                Effect::Freeze(pane) => {
                    let frozen = self.cockpit.screens.frozen(pane).expect("a screen");
                    self.cockpit.send(Msg::Frozen(Box::new(frozen)))
                }
                Effect::Copy(text) => {
                    self.copied.push(text);
                    vec![]
                }
                Effect::Type(Input::Mouse(mouse)) => {
                    let taken = {
                        let pane = self.cockpit.model.pane().unwrap().number;
                        self.cockpit.screens.encode(pane, &Input::Mouse(mouse))
                    };
                    if taken.is_empty() {
                        self.cockpit.send(Msg::Unwanted(mouse))
                    } else {
                        self.typed.push(Input::Mouse(mouse));
                        vec![]
                    }
                }
                Effect::Ask(tag @ Tag::Copying(_), request) => self.answer(tag, request),
                _ => vec![],
            };
            self.serve(more);
        }
    }

    fn answer(&mut self, tag: Tag, request: Request) -> Vec<Effect> {
        let body = match request {
            Request::History { from, count, .. } => {
                self.asked.push(format!("rows from {from}"));
                let rows = self.history.history_read(from, count as usize).unwrap();
                let rows = rows.into_iter().map(|r| String::from_utf8(r).unwrap());
                serde_json::to_value(HistoryView {
                    from: from.max(self.history.history_first()),
                    rows: rows.collect(),
                    total: self.history.history_len(),
                })
            }
            Request::Search {
                text,
                until,
                near,
                most,
                ..
            } => {
                self.asked.push(format!("{text} around {near}"));
                let needle = Needle::new(&text).unwrap();
                let past = self.history.past();
                let hits = past.search(&needle, until, near, most as usize).unwrap();
                serde_json::to_value(SearchView {
                    count: hits.count,
                    before: hits.before,
                    near: hits.near.iter().map(|hit| (hit.row, hit.col)).collect(),
                })
            }
            Request::Frame {
                from, back, text, ..
            } => {
                let text = text.map(|text| Needle::new(&text).unwrap());
                let shows = |(_, row): &&(u64, String)| {
                    let found = text.as_ref().map(|needle| !needle.within(row).is_empty());
                    found.unwrap_or(true)
                };
                let mut frames = self.frames.iter();
                let frame = match back {
                    true => frames.rfind(|f| f.0 < from && shows(f)),
                    false => frames.find(|f| f.0 > from && shows(f)),
                };
                serde_json::to_value(frame.map(|(offset, row)| FrameView {
                    offset: *offset,
                    at: super::harness::time(super::harness::NOON - 120_000),
                    rows: vec![row.clone(), "at the end".into()],
                }))
            }
            Request::Prompts { .. } => serde_json::to_value(PromptsView {
                rows: self.prompts.clone(),
                marked: false,
            }),
            other => panic!("{other:?} is nothing that copy mode asks"),
        };
        self.cockpit.send(Msg::Answer(tag, Ok(body.unwrap())))
    }

    fn screen(&mut self) -> String {
        self.cockpit.terminal().text_rows().join("\n")
    }

    fn place(&self) -> (u64, u16) {
        let at = self
            .cockpit
            .model
            .copying
            .open
            .as_ref()
            .expect("copy mode")
            .at;
        (at.row, at.col)
    }
}

/// Lines `line 0 of it` and so on, some coloured.
fn lines(count: u32) -> String {
    let line = |n| match n % 10 {
        3 => format!("\x1b[31mline {n} of it\x1b[m\r\n"),
        7 => format!("line {n} 漢字 wide\r\n"),
        _ => format!("line {n} of it\r\n"),
    };
    (0..count).map(line).collect()
}

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
    for (cols, rows) in [(160, 48), (100, 30), (60, 20)] {
        let mut desk = Desk::new(cols, rows, &lines(5000));
        desk.keys("[ k k k k k v k k k w");
        desk.cockpit.looks_like("copy_selecting");
        desk.keys("esc ? l i n e space 4 9");
        desk.cockpit.looks_like("copy_searching");
        desk.keys("enter n n");
        desk.cockpit.looks_like("copy_found");
    }
    let mut desk = Desk::new(
        100,
        30,
        "漢字漢字 🙂 ñ e\u{301}\r\n\x1b[7minverse 漢\x1b[m 漢字\r\n",
    );
    desk.keys("[ k v k $");
    desk.cockpit.looks_like("copy_wide_glyphs");
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
