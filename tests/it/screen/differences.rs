//! The screen beside an emulator by another hand: what is read on both must be the same.

use pult::screen::{Screen, plain};

use super::checkpoint::captures;
use super::oracle::Oracle;

/// Feeds both and compares.
#[track_caller]
fn same(name: &str, rows: u16, cols: u16, bytes: &[u8]) {
    let mut ours = Screen::new(rows, cols);
    let mut theirs = Oracle::new(rows, cols);
    ours.feed(bytes);
    theirs.feed(bytes);
    theirs.settle();
    assert_eq!(ours.text_rows(), theirs.text_rows(), "{name}: text");
    assert_eq!(ours.cursor(), theirs.cursor(), "{name}: cursor");
}

#[test]
fn rows_leave_the_screen_in_the_same_order() {
    for (name, bytes) in captures() {
        let (rows, cols) = (40, 120);
        let mut ours = Screen::new(rows, cols);
        let mut theirs = Oracle::new(rows, cols);
        ours.feed(&bytes);
        theirs.feed(&bytes);
        theirs.settle();
        if bytes.windows(4).any(|w| w == b"\x1b[3J") {
            // The other one forgets what the program asked it to forget.
            continue;
        }
        let mut above: Vec<String> = ours.drain_scrolled();
        above.extend(ours.kept_rows());
        let above: Vec<String> = above.iter().map(|row| plain(row)).collect();
        if !ours.modes().alternate_screen {
            assert_eq!(above, theirs.history(), "{name}");
        }
    }
}

/// What programs send and vt100 alone would not read, or not so. Size 6 x 12 unless said.
const CASES: &[(&str, &[u8])] = &[
    ("index", b"ab\x1bDcd"),
    ("next line", b"ab\x1bEcd"),
    ("reverse index at the top", b"one\r\ntwo\x1b[H\x1bMnew"),
    ("repeat", b"ab\x1b[4bc"),
    ("repeat across the edge", b"abcdefghij\x1b[5bc"),
    ("save and restore by CSI", b"ab\x1b[scd\x1b[uX"),
    ("save and restore by ESC", b"\x1b[3;4H\x1b7\x1b[Hx\x1b8Y"),
    ("margins put the cursor home", b"\x1b[4;4Hx\x1b[2;5rY"),
    ("margins out of order are ignored", b"ab\x1b[5;2rcd"),
    (
        "margins scroll",
        b"1\r\n2\r\n3\r\n4\r\n5\x1b[2;4r\x1b[4;1H\n\n\x1b[6;1Hz",
    ),
    ("index at the bottom margin", b"\x1b[2;4r\x1b[4;1Hx\x1bDy"),
    (
        "origin",
        b"\x1b[2;5r\x1b[?6h\x1b[1;1Ha\x1b[9;9Hb\x1b[2dc\x1b[?6l\x1b[Hd",
    ),
    ("line drawing", b"\x1b(0lqqk\r\nx  x\r\nmqqj\x1b(Babc"),
    ("line drawing shifted in and out", b"\x1b)0a\x0eq\x0fb"),
    ("screen of E", b"x\x1b#8\x1b[3;3Hy"),
    ("tabs", b"a\tb\x1b[2I\x1b[Zd\x1b[3Ze\x1b[Zf"),
    ("a tab stop of one's own", b"\x1b[1;4H\x1bH\x1b[H\tx"),
    ("tab stops cleared", b"\x1b[3g\ta"),
    ("one tab stop cleared", b"\x1b[1;9H\x1b[g\x1b[H\tb"),
    ("no wrap", b"\x1b[?7labcdefghijklmnopq\x1b[?7h"),
    ("no wrap, wide", "\x1b[?7labcdefghijk\u{4e2d}".as_bytes()),
    ("insert mode", b"abcdef\x1b[1;3H\x1b[4hXY\x1b[4lZ"),
    (
        "insert mode, wide",
        "abcdef\x1b[1;3H\x1b[4h\u{4e2d}\x1b[4lZ".as_bytes(),
    ),
    ("wide at the edge", "abcdefghijk\u{4e2d}x".as_bytes()),
    (
        "wide pairs broken",
        "\u{4e2d}\u{4e2d}\x1b[1;2Hx\x1b[1;3Hy".as_bytes(),
    ),
    ("combining", "e\u{301}x".as_bytes()),
    ("pending wrap", b"abcdefghijkl\rX"),
    ("pending wrap, backspace", b"abcdefghijkl\x08X"),
    ("pending wrap, up", b"\r\nabcdefghijkl\x1b[AX"),
    ("pending wrap, left", b"abcdefghijkl\x1b[2DX"),
    ("pending wrap, line feed", b"abcdefghijkl\nX"),
    ("no wrap and back", b"\x1b[?7labcdefghijklmno\x1b[?7hpq"),
    ("pending wrap, erase", b"abcdefghijkl\x1b[KX"),
    ("alternate screen keeps the cursor", b"ab\r\ncd\x1b[?1049hx"),
    (
        "alternate screen and back",
        b"ab\x1b[?1049h\x1b[4;4Hxx\x1b[?1049lcd",
    ),
    (
        "insert and delete lines",
        b"1\r\n2\r\n3\r\n4\x1b[2;1H\x1b[2L\x1b[3;1H\x1b[M",
    ),
    (
        "insert, delete and erase characters",
        b"abcdef\x1b[1;2H\x1b[2@\x1b[1;6H\x1b[P\x1b[1;1H\x1b[X",
    ),
    ("scroll by hand", b"1\r\n2\r\n3\x1b[2S\x1b[T"),
    (
        "the last line feeds",
        b"1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n7\r\n8",
    ),
    ("controls inside a sequence", b"abc\x1b[2\r;3Hx\x1b[\n3Cy"),
    ("a sequence given up", b"ab\x1b[3\x18cd\x1b[4\x1b[Cef"),
    ("a title and what follows", b"a\x1b]2;t\x07b\x1b]2;u\x1b\\c"),
    (
        "a string nobody wants",
        b"a\x1bPq#0;2;0\x1b\\b\x1b_Gi=1\x1b\\c\x1b^pm\x1b\\d",
    ),
    (
        "colon colours",
        b"\x1b[38:2::1:2:3ma\x1b[58:2::1:2:3;4:3mb\x1b[58;5;4mc",
    ),
    ("relative moves", b"\x1b[3ax\x1b[2ey\x1b[2Bz\x1b[Aw"),
    ("full reset", b"abc\x1b[2;3r\x1b[?6h\x1bcx"),
];

#[test]
fn what_vt100_misreads_is_read_right() {
    let mut wrong = Vec::new();
    for (name, bytes) in CASES {
        let held = std::panic::catch_unwind(|| same(name, 6, 12, bytes));
        if held.is_err() {
            wrong.push(*name);
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}: {wrong:#?}",
        wrong.len(),
        CASES.len()
    );
}
