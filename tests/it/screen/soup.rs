//! Hostile bytes: pieces of sequences in any order.

use proptest::prelude::*;
use pult::screen::Screen;

use super::twin::{look, same_from_here};

fn piece() -> impl Strategy<Value = Vec<u8>> {
    let number =
        prop_oneof![3 => 0u32..12, 1 => Just(999), 1 => Just(65_535), 1 => Just(4_000_000_000)];
    let last = proptest::sample::select(b"@ABCDEFGHIJKLMPSTXZ`abcdefhlmnpqrstux".to_vec());
    let mode = proptest::sample::select(vec![
        1u32, 6, 7, 9, 25, 47, 1000, 1006, 1047, 1048, 1049, 2004, 2026,
    ]);
    prop_oneof![
        6 => "[a-z é世☀\u{301}\u{fe0f}\u{200d}👩]{1,14}".prop_map(String::into_bytes),
        5 => (prop::collection::vec(number, 0..4), last).prop_map(|(numbers, last)| {
            let numbers: Vec<String> = numbers.iter().map(u32::to_string).collect();
            format!("\x1b[{}{}", numbers.join(";"), char::from(last)).into_bytes()
        }),
        3 => (mode, any::<bool>()).prop_map(|(n, on)| format!("\x1b[?{n}{}", if on { 'h' } else { 'l' }).into_bytes()),
        3 => proptest::sample::select(vec![
            "\r\n", "\n", "\r", "\t", "\x08", "\x1b7", "\x1b8", "\x1bM", "\x1bD", "\x1bE", "\x1bc", "\x1b#8", "\x1b(0",
            "\x1b(B", "\x0e", "\x0f", "\x1b[!p", "\x1b[2J", "\x1b[3J", "\x1b[2;3r", "\x1b[41m", "\x1b[38:2::9:8:7m",
            "\x1b]0;t\x07", "\x1bPq", "\x1b\\\\", "\x18", "\x1b", "\x1b[", "\x1b]52;c;", "\x1b[?", "\x7f",
        ]).prop_map(|s| s.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..12),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_soup_does_harm_and_a_checkpoint_of_it_is_exact(
        size in (2u16..8, 2u16..14),
        pieces in prop::collection::vec(piece(), 1..60),
        resize in proptest::option::of((1u16..12, 1u16..18)),
        at in any::<prop::sample::Index>(),
    ) {
        let soup = pieces.concat();
        let cut = at.index(soup.len() + 1);
        let mut twin = Screen::new(size.0, size.1);
        twin.feed(&soup[..cut / 2]);
        if let Some((rows, cols)) = resize {
            twin.resize(rows, cols);
        }
        twin.feed(&soup[cut / 2..cut]);
        twin.drain_scrolled();
        twin.take_replies();
        if let Some(checkpoint) = twin.checkpoint() {
            let mut restored = Screen::restore(&checkpoint).expect("a checkpoint just made");
            prop_assert_eq!(look(&mut twin), look(&mut restored));
            same_from_here(&mut twin, &mut restored, &soup[cut..], "soup");
        } else {
            // None is allowed here; nothing seen so far leads to it.
            twin.feed(&soup[cut..]);
        }
    }
}
