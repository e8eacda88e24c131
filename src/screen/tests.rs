use super::*;

fn after(rows: u16, cols: u16, bytes: &[u8]) -> Screen {
    let mut screen = Screen::new(rows, cols);
    screen.feed(bytes);
    screen
}

#[test]
fn bytes_become_rows_however_they_are_cut() {
    let bytes = "\x1b[1;31mred\x1b[0m grün \x1b]0;a title\x07\r\n世界\x1b[?25l".as_bytes();
    let whole = after(4, 20, bytes);
    assert_eq!(whole.text_rows(), ["red grün", "世界", "", ""]);
    assert_eq!(whole.title().as_deref(), Some("a title"));
    assert_eq!(whole.cursor(), (1, 4));
    assert!(!whole.cursor_visible());
    for cut in 0..bytes.len() {
        let mut cut_up = after(4, 20, &bytes[..cut]);
        cut_up.feed(&bytes[cut..]);
        assert_eq!(cut_up.text_rows(), whole.text_rows(), "cut at {cut}");
        assert_eq!(cut_up.take_events(), [ScreenEvent::Title("a title".into())]);
    }
    let red = &whole.cells(0)[0];
    assert_eq!((red.style.fg, red.style.bold), (Color::Indexed(1), true));
    assert_eq!(whole.cells(1)[0].width, 2);
}

#[test]
fn every_row_that_leaves_is_drained_once_and_in_order() {
    let mut screen = Screen::new(5, 20);
    let mut drained = Vec::new();
    for n in 0..500 {
        screen.feed(format!("\x1b[32mline {n}\x1b[m\r\n").as_bytes());
        drained.extend(screen.drain_scrolled());
        if n % 50 == 0 {
            screen.resize(5 + n % 7, 20);
        }
    }
    screen.resize(400, 20);
    screen.resize(5, 20);
    drained.extend(screen.drain_scrolled());
    assert_eq!(screen.scrolled_total(), drained.len() as u64);
    let mut all = drained;
    all.extend(screen.kept_rows());
    all.extend((0..5).map(|row| screen.row_sgr(row)));
    let numbers: Vec<usize> = all
        .iter()
        .filter_map(|row| {
            row.split("line ")
                .nth(1)?
                .split('\x1b')
                .next()?
                .parse()
                .ok()
        })
        .collect();
    assert_eq!(numbers, (0..500).collect::<Vec<_>>());
}

#[test]
fn what_a_program_asks_is_answered_unless_it_is_replayed() {
    let asked = b"ab\x1b[c\x1b[>c\x1b[5n\x1b[6n\x1b[>q\x1b[?u\x1b]11;?\x1b\\\x1b[?2026$p\x1b[?9999$p\x1b[18t";
    let mut screen = after(24, 80, asked);
    let replies = String::from_utf8(screen.take_replies()).expect("replies are text");
    for reply in [
        "\x1b[?62;22c",
        "\x1b[>1;",
        "\x1b[0n",
        "\x1b[1;3R",
        "\x1bP>|pult(",
        "\x1b[?0u",
        "\x1b]11;rgb:",
        "\x1b[?2026;2$y",
        "\x1b[?9999;0$y",
        "\x1b[8;24;80t",
    ] {
        assert!(replies.contains(reply), "{reply:?} in {replies:?}");
    }
    assert!(screen.take_replies().is_empty());
    screen.set_replay(true);
    screen.feed(asked);
    assert!(screen.take_replies().is_empty());
}

#[test]
fn what_the_emulator_misreads_is_translated() {
    let style = |bytes: &[u8]| after(4, 40, bytes).cells(0)[0].style;
    assert_eq!(style(b"\x1b[4:3mx").underline, Underline::Curly);
    assert_eq!(style(b"\x1b[4m\x1b[4:0mx").underline, Underline::None);
    assert_eq!(style(b"\x1b[38:2::1:2:3mx").fg, Color::Rgb(1, 2, 3));
    assert_eq!(style(b"\x1b[38;2;1;2;3;48;5;9mx").bg, Color::Indexed(9));
    assert_eq!(
        style(b"\x1b[31;58;2;0;1;2mx"),
        Style {
            fg: Color::Indexed(1),
            ..Style::default()
        }
    );
    let text = |bytes: &[u8]| after(3, 10, bytes).text_rows().join("|");
    assert_eq!(text(b"ab\x1b[s\x1b[3;5Hz\x1b[uc"), "abc||    z");
    assert_eq!(text(b"a\x1bDb\x1bEc"), "a| b|c");
    assert_eq!(text(b"ab\x1b[3b"), "abbbb||");
    assert_eq!(text(b"\x1b(0lqk\x1b(Bq"), "┌─┐q||");
    assert_eq!(text(b"\x1b[2Ia\x1b[Zb"), "        ba||");
    assert_eq!(text(b"one\x1b[?1047htwo\x1b[?1047l"), "one||");
    assert_eq!(text(b"\x1b#8"), "EEEEEEEEEE|EEEEEEEEEE|EEEEEEEEEE");
    assert_eq!(text(b"\x1b[2;3r\x1b[?6h\x1b[!pab\x1b[Hc"), "c|ab|");
}

#[test]
fn a_struck_row_is_struck_in_the_history_too_and_no_mark_is_text() {
    let mut screen = after(2, 20, "\x1b[9mgone\u{e0201}\x1b[m there\r\n".as_bytes());
    assert_eq!(screen.row_text(0), "gone there");
    for _ in 0..=SCROLLBACK {
        screen.feed(b"\r\n");
    }
    assert_eq!(screen.drain_scrolled(), ["\x1b[0;9mgone\x1b[m there"]);
}

#[test]
fn strings_have_a_limit_and_their_end_is_found() {
    let mut screen = Screen::new(2, 20);
    screen.feed(b"\x1b]777;");
    for _ in 0..1000 {
        screen.feed(&[b'x'; 1024]);
    }
    screen.feed(b"\x1b\\after\x1b]9;done\x07\x07\x1b]52;c;aGk=\x07");
    assert_eq!(screen.row_text(0), "after");
    assert_eq!(
        screen.take_events(),
        [
            ScreenEvent::Osc {
                number: 9,
                rest: "done".into()
            },
            ScreenEvent::Bell,
            ScreenEvent::Clipboard("aGk=".into())
        ]
    );
}

#[test]
fn damage_names_the_rows_that_changed() {
    let mut screen = after(4, 20, b"hello");
    assert_eq!(screen.take_damage(), Damage::All);
    assert_eq!(screen.take_damage(), Damage::None);
    screen.feed(b"\x1b[3;1Hx\x1b[2;1H\x1b[41m\x1b[K");
    assert_eq!(screen.take_damage(), Damage::Rows(vec![1, 2]));
    screen.feed(b"\x1b[?1049h");
    assert_eq!(screen.take_damage(), Damage::All);
}

#[test]
fn a_failure_of_the_emulator_clears_the_screen_and_it_goes_on() {
    let mut screen = after(4, 20, b"\x1b[?1049h\x1b[?2004htext");
    screen
        .fold
        .get_mut()
        .guarded(|_| panic!("as the emulator would"));
    assert_eq!(screen.text_rows(), ["", "", "", ""]);
    assert!(screen.modes().bracketed_paste && !screen.modes().alternate_screen);
    screen.feed(b"more");
    assert_eq!(screen.row_text(0), "more");
}

#[test]
fn sizes_are_clamped_and_a_storm_of_them_does_no_harm() {
    let mut screen = Screen::new(0, 1);
    assert_eq!(screen.size(), (2, 2));
    screen.resize(u16::MAX, u16::MAX);
    assert_eq!(screen.size(), (LARGEST, LARGEST));
    let mut seed = 1u32;
    for n in 0..2000 {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        screen.resize((seed >> 16) as u16 % 60, (seed >> 8) as u16 % 90);
        let switch = [
            "\x1b[?1049h",
            "\x1b[?1049l",
            "\x1b[2;5r",
            "\x1b7",
            "\x1b8",
            "\x1b[?6h",
        ][n % 6];
        screen.feed(format!("{switch}line {n} 世界\r\n").as_bytes());
        let (rows, cols) = screen.size();
        let (row, col) = screen.cursor();
        assert!(row < rows && col < cols);
        assert_eq!(screen.text_rows().len(), usize::from(rows));
    }
}

#[test]
fn a_megabyte_of_one_sequence_is_swallowed() {
    for (open, close) in [
        ("\x1b[", "m"),
        ("\x1b]0;", "\x07"),
        ("\x1bP", "\x1b\\"),
        ("\x1b_", "\x1b\\"),
        ("\x1b(", "0"),
    ] {
        let mut screen = after(3, 20, open.as_bytes());
        for _ in 0..1024 {
            screen.feed(&[if open == "\x1b(" { b' ' } else { b'1' }; 1024]);
        }
        assert!(
            screen
                .checkpoint()
                .is_some_and(|bytes| bytes.len() < 200_000),
            "{open:?}"
        );
        screen.feed(close.as_bytes());
        screen.feed(b"after");
        assert_eq!(screen.row_text(0), "after", "{open:?}");
        assert_eq!(screen.title(), None);
    }
}
