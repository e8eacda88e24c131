use super::super::Screen;

/// What programs write: mostly what is put off, some of what is not.
const PIECES: [&str; 70] = [
    "word ",
    "a line of text\r\n",
    "\r\n",
    "\r\n\r\n\r\n",
    "\n",
    "\r",
    "世界",
    "naïve → 🙂\r\n",
    "e\u{301}",
    "long text that is wider than all of it\r\n",
    "世界世界世界世界世界世界世界\r\n",
    "x世界世界世界世界世界世界世界\r\n",
    "exactly so many!",
    "\t",
    "a\tb\tc\r\n",
    "\x08",
    "\x07",
    "\x1b[K",
    "\x1b[1K",
    "\x1b[2K",
    "\x1b[2K\x1b[G",
    "\x1b[J",
    "\x1b[2J",
    "\x1b[H\x1b[2J",
    "\x1b[31m",
    "\x1b[1;38;5;200m",
    "\x1b[48;2;1;2;3m",
    "\x1b[7;44m",
    "\x1b[22;27;49m",
    "\x1b[4:3m",
    "\x1b[m",
    "\x1b[A",
    "\x1b[1A\x1b[2K",
    "\x1b[2A",
    "\x1b[9B",
    "\x1b[3C",
    "\x1b[3;5H",
    "\x1b[H",
    "\x1b[2;1H",
    "\x1b[3;1H\x1b[41mrow\x1b[K\x1b[m",
    "\x1b[4;1Hrow of text\x1b[K",
    "\x1b[1;1H\x1b[2Kone",
    "\x1b[6;1H",
    "\x1b[5d",
    "\x1b[3G",
    "\x1b[2P",
    "\x1b[3X",
    "\x1b[L",
    "\x1b[S",
    "\x1b[2;4r",
    "\x1b[r",
    "\x1bM",
    "\x1b7",
    "\x1b8",
    "\x1b[?25l",
    "\x1b[?2026h",
    "\x1b[?7l",
    "\x1b[?7h",
    "\x1b[?1049h",
    "\x1b[?1049l",
    "\x1b]0;title\x07",
    "\x1b[3b",
    "\x1b[9mstruck\x1b[29m",
    "\x1b[4:3mcurly\x1b[m",
    "\x1b[1mbold\x1b[2mboth\x1b[22m",
    "\x1b[2m",
    "\x1b[3;4m",
    "\x1b[44m\r\n\x1b[m",
    "\x1b[42mlong text that is wider than it all\x1b[m\r\n",
    "\x1b[41m\x1b[J\x1b[m",
];

fn numbers(mut seed: u32) -> impl FnMut(usize) -> usize {
    move |below| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as usize % below
    }
}

/// A screen that puts nothing off.
fn plain(rows: u16, cols: u16) -> Screen {
    let mut screen = Screen::new(rows, cols);
    screen.fold.get_mut().pending.pause = usize::MAX;
    screen
}

#[track_caller]
fn compare(quick: &mut Screen, plain: &mut Screen, history: &mut [Vec<String>; 2], told: &str) {
    quick.settle();
    history[0].extend(quick.drain_scrolled());
    history[1].extend(plain.drain_scrolled());
    let size = plain.size();
    assert_eq!(quick.cursor(), plain.cursor(), "{told}");
    for row in 0..size.0 {
        assert_eq!(quick.cells(row), plain.cells(row), "row {row}: {told}");
        assert_eq!(
            quick.row_wrapped(row),
            plain.row_wrapped(row),
            "row {row}: {told}"
        );
    }
    assert_eq!(quick.kept_rows(), plain.kept_rows(), "{told}");
    assert_eq!(history[0], history[1], "{told}");
    assert_eq!(quick.scrolled_total(), plain.scrolled_total(), "{told}");
    assert_eq!(quick.checkpoint(), plain.checkpoint(), "{told}");
}

#[test]
fn what_is_put_off_makes_no_difference() {
    for round in 0..150 {
        let mut next = numbers(round);
        let (mut quick, mut plain) = (Screen::new(6, 16), plain(6, 16));
        let mut history = [Vec::new(), Vec::new()];
        // Some rounds are mostly of what is put off, so that much of it comes together.
        let (from, kinds) = [(0, PIECES.len()), (0, 15), (0, 13), (16, 30)][next(4)];
        let mut told = String::new();
        for _ in 0..6 {
            let mut piece = String::new();
            for _ in 0..=next(120) {
                piece.push_str(PIECES[from + next(kinds)]);
            }
            let cut = next(piece.len() + 1);
            for part in [&piece.as_bytes()[..cut], &piece.as_bytes()[cut..]] {
                quick.feed(part);
                plain.feed(part);
            }
            told.push_str(&piece);
            // What went wrong with one piece is to be seen without the others.
            let told = format!("round {round}: {told:?}");
            compare(&mut quick, &mut plain, &mut history, &told);
            quick.fold.get_mut().pending.pause = 0;
        }
    }
}

#[test]
fn a_flood_that_nobody_looks_at_is_the_same_in_the_end() {
    for stream in 0..3_usize {
        let (mut quick, mut plain) = (Screen::new(6, 30), plain(6, 30));
        let mut history = [Vec::new(), Vec::new()];
        let mut next = numbers(7);
        let mut flood = String::new();
        for n in 0..3000 {
            match stream {
                0 => flood.push_str(&format!("line {n}{}\r\n", "x".repeat(next(70)))),
                1 => flood.push_str(&format!(
                    "\x1b[3{}m{n} 漢字\x1b[m über 日本語日本語日本語 🙂\r\n",
                    next(8)
                )),
                _ => flood.push_str(&format!(
                    "\x1b[{};1H\x1b[4{}m{n}\x1b[K\x1b[m{}",
                    1 + next(6),
                    next(8),
                    if next(9) == 0 {
                        "\x1b[6;1H\r\n\r\n"
                    } else {
                        ""
                    }
                )),
            }
        }
        for part in flood.as_bytes().chunks(3000) {
            quick.feed(part);
            plain.feed(part);
            assert!(quick.fold.get_mut().pending.any(), "stream {stream}");
        }
        let told = format!("stream {stream}");
        compare(&mut quick, &mut plain, &mut history, &told);
        assert!(stream == 2 || history[0].len() > 2000);
    }
}

#[test]
fn who_looks_in_between_sees_what_was_written() {
    let mut screen = Screen::new(4, 20);
    let text = "one\r\ntwo\r\n\x1b[31mthree\x1b[m and so on for quite a while";
    screen.feed(text.as_bytes());
    assert!(screen.fold.get_mut().pending.any());
    let looked = &screen;
    assert_eq!(
        looked.text_rows(),
        ["one", "two", "three and so on for", "quite a while"]
    );
    assert_eq!(looked.cursor(), (3, 13));
    assert!(!screen.fold.get_mut().pending.any());
}
