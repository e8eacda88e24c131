//! A screen restored from a checkpoint goes on like one that was never interrupted.

use pult::screen::{RestoreError, Screen};

use super::twin::{look, same_from_here};

/// Feeds `bytes[..cut]`, checkpoints, restores, and compares with a twin from there on. Whether there
/// was a checkpoint.
fn cut(rows: u16, cols: u16, bytes: &[u8], cut: usize, what: &str) -> bool {
    let mut twin = Screen::new(rows, cols);
    twin.feed(&bytes[..cut]);
    compare(twin, &bytes[cut..], &format!("{what}, cut at {cut}"))
}

fn compare(mut twin: Screen, rest: &[u8], what: &str) -> bool {
    let Some(checkpoint) = twin.checkpoint() else {
        return false;
    };
    let mut restored = match Screen::restore(&checkpoint) {
        Ok(screen) => screen,
        Err(e) => panic!("{what}: {e}"),
    };
    twin.drain_scrolled();
    twin.take_replies();
    assert_eq!(look(&mut twin), look(&mut restored), "{what}: at the cut");
    same_from_here(&mut twin, &mut restored, rest, what);
    true
}

const HANDMADE: &[(&str, &str)] = &[
    (
        "alternate screen",
        "main\x1b[31m\x1b[?1049halt\x1b[5;5Hx\x1b[?1049lback",
    ),
    (
        "alternate with 47",
        "one\x1b[?47htwo\x1b[3;3r\x1b[2;4r\x1b[?47lthree\r\n\x1b[?47hfour",
    ),
    (
        "saved cursor",
        "\x1b[3;4H\x1b[1;32m\x1b7\x1b[m\x1b[Hhome\x1b8there",
    ),
    (
        "saved in origin mode",
        "\x1b[2;4r\x1b[?6h\x1b[2;2H\x1b7\x1b[?6l\x1b[r\x1b[HA\x1b8B\x1b[HC",
    ),
    (
        "scroll region",
        "a\r\nb\r\nc\r\nd\r\ne\x1b[2;4r\x1b[4;1H\n\nf\x1bM\x1bMg\x1b[Lh\x1b[3Mi",
    ),
    (
        "origin mode",
        "\x1b[2;4r\x1b[?6hA\x1b[9;9HB\x1b[?6lC\x1b[1dD",
    ),
    (
        "outside of the margins",
        "\x1b[2;4r\x1b[?6h\x1b[1d\x1b[3GX\x1b[6dY",
    ),
    (
        "colours",
        "\x1b[38:2::1:2:3;48;5;7;1;3;4:3;7mstyled\x1b[K\r\n\x1b[2J\x1b[0;44m\x1b[3X\x1b[58;5;1mz",
    ),
    (
        "strings",
        "\x1b]0;title\x1b\\\x1b]7;file:///tmp\x07\x1bP+q544e\x1b\\\x1b_Gi=1;AAAA\x1b\\\x1b]11;?\x07ok",
    ),
    (
        "wide",
        "世界世界世界世界世界世界\x1b[1;2Hx\x1b[2;12H界界\x1b[12G界",
    ),
    (
        "combining",
        "e\u{301}a\u{308}\u{20d0}\r\n\u{301}x ☀\u{fe0f}y\x1b[1;11H☀\u{fe0f}\x1b[3;12H☀\u{fe0f}",
    ),
    ("pending wrap", "123456789abc\x1b[31m\x1b7\x1b[H\x1b8d"),
    (
        "pending over nothing",
        "123456789abc\n\n\x1b7\x1b[6nX\r123456789abc\x1b[2K\x1b[6nY",
    ),
    (
        "pending over a styled row",
        "\x1b[42m123456789abc\x1b[2J\x1b7\x1b[0mq",
    ),
    (
        "wrapped rows",
        "a long line that wraps around more than once, in a narrow pane\r\nshort",
    ),
    (
        "line drawing",
        "\x1b(0lqqk\x1b7\x1b(Bq\x1b8q\x0eq\x1b)0q\x0fq\x1b[5b",
    ),
    (
        "history",
        "1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n7\r\n8\r\n9\r\n\x1b[41mten\r\n\x1b[3J11\r\n12\r\n13\r\n14\r\n15\x1bc16",
    ),
    (
        "modes",
        "\x1b[?1;25;1000;1002;1006;1004;2004;2026;2031h\x1b=\x1b[>4;2m\x1b[4 q\x1b[?25l\x1b[?1002l\x1b[!p",
    ),
    (
        "marks",
        "\x1b[9;4:3ma\x1b7b\x1b[mc\x1b8\x1b[1;2md\x1b[8m漢e\u{301}\x1b[41m\n\n\n\n\n\n\n\n\n\nf\x1b[29;28me",
    ),
    ("alignment", "\x1b[31;2;4m\x1b[2;3r\x1b#8x"),
];

#[test]
fn handmade_streams_are_exact_at_every_byte() {
    for (rows, cols) in [(6, 12), (2, 2), (3, 40)] {
        for (name, text) in HANDMADE {
            for at in 0..=text.len() {
                let exact = cut(
                    rows,
                    cols,
                    text.as_bytes(),
                    at,
                    &format!("{name} in {rows}x{cols}"),
                );
                assert!(
                    exact || (rows, cols) == (2, 2),
                    "{name} in {rows}x{cols}: no checkpoint at {at}"
                );
            }
        }
    }
}

#[test]
fn resizes_between_cuts_are_exact() {
    for (name, text) in HANDMADE {
        let bytes = text.as_bytes();
        for at in 0..=bytes.len() {
            let mut twin = Screen::new(5, 30);
            let (a, b) = (at / 3, at * 2 / 3);
            twin.feed(&bytes[..a]);
            twin.resize(2, 12);
            twin.feed(&bytes[a..b]);
            twin.resize(7, 9);
            twin.feed(&bytes[b..at]);
            twin.resize(4, 14);
            assert!(
                compare(twin, &bytes[at..], &format!("{name}, resized, cut at {at}")),
                "{name} at {at}"
            );
        }
    }
}

#[test]
fn garbage_is_an_error() {
    let mut screen = Screen::new(5, 20);
    screen.feed("some text 世界 \x1b[31mred\x1b[?1049h\x1b]0;ti".as_bytes());
    let good = screen
        .checkpoint()
        .expect("a plain screen has a checkpoint");
    assert_eq!(Screen::restore(b"").err(), Some(RestoreError::Unreadable));
    assert_eq!(
        Screen::restore(b"pscreen\x63abc").err(),
        Some(RestoreError::Unreadable)
    );
    assert_eq!(
        Screen::restore(b"pscreen\x02\xff\xff\xff\x7fabc").err(),
        Some(RestoreError::Unreadable)
    );
    for at in 0..good.len() {
        assert!(
            Screen::restore(&good[..at]).is_err(),
            "the first {at} bytes"
        );
        for bit in 0..8 {
            let mut bad = good.clone();
            bad[at] ^= 1 << bit;
            // Some flips make another screen; none may do harm.
            let _ = Screen::restore(&bad);
            let _ = Screen::of_likeness(&bad);
        }
    }
}

#[test]
fn a_likeness_shows_what_the_screen_shows_and_goes_on_with_it() {
    let mut screen = Screen::new(5, 20);
    screen.feed("text 世界 \x1b[31mred\x1b[?1049hother\x1b]0;ti".as_bytes());
    let mut like = Screen::of_likeness(&screen.likeness()).expect("a likeness just made");
    assert_eq!(look(&mut like), look(&mut screen));
    same_from_here(&mut screen, &mut like, b"tle\x07 more", "likeness");
    assert_eq!(
        Screen::of_likeness(b"no screen").err(),
        Some(RestoreError::Unreadable)
    );
}

/// The recordings, by file name.
pub fn captures() -> Vec<(String, Vec<u8>)> {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/screen/captures");
    let mut all: Vec<_> = std::fs::read_dir(&dir)
        .expect("the recordings are there")
        .map(|entry| {
            let path = entry.expect("a readable folder").path();
            let name = path
                .file_name()
                .expect("a file")
                .to_string_lossy()
                .into_owned();
            (name, std::fs::read(&path).expect("a readable recording"))
        })
        .collect();
    all.sort();
    all
}

/// The cuts one recording gets: around each escape sequence's start, thinned out to about `most`.
fn cuts(bytes: &[u8], most: usize) -> Vec<usize> {
    let mut all: Vec<usize> = memchr::memchr_iter(0x1b, bytes)
        .flat_map(|at| (at..at + 7).filter(|c| *c <= bytes.len()))
        .collect();
    all.dedup();
    let stride = all.len().div_ceil(most).max(1);
    all.into_iter().step_by(stride).collect()
}

/// One screen is never interrupted; the other is written down and restored at every cut.
#[test]
fn recorded_agents_are_exact_wherever_they_are_cut() {
    for (name, bytes) in captures() {
        let mut twin = Screen::new(40, 120);
        let mut chain = Screen::new(40, 120);
        let mut fed = 0;
        for at in cuts(&bytes, 30).into_iter().chain([bytes.len()]) {
            twin.feed(&bytes[fed..at]);
            chain.feed(&bytes[fed..at]);
            fed = at;
            let what = format!("{name}, cut at {at}");
            assert!(
                look(&mut twin) == look(&mut chain),
                "{what}: looks different"
            );
            let checkpoint = chain
                .checkpoint()
                .unwrap_or_else(|| panic!("{what}: no checkpoint"));
            chain = Screen::restore(&checkpoint).expect("a checkpoint just made");
        }
        same_from_here(&mut twin, &mut chain, b"", &name);
    }
}

/// The same, with what is hidden brought out behind each of fewer cuts.
#[test]
fn recorded_agents_are_exact_in_what_is_hidden() {
    for (name, bytes) in captures() {
        for at in cuts(&bytes, 8) {
            let next = bytes.len().min(at + 2048);
            assert!(
                cut(40, 120, &bytes[..next], at, &name),
                "{name}: no checkpoint at {at}"
            );
        }
    }
}
