//! What a program gets for each key, in each of the ways in which programs ask for keys.

use pult::screen::{
    Key, KeyCode, KeyEvent, Modes, Stroke, encode_key, encode_stroke, parse_key_names,
};

/// A key by its name, and its bytes: as terminals always had them, with modifyOtherKeys 1 and 2,
/// and with the kitty flags 1 and 8.
type Row<'a> = (&'a str, [&'a str; 5]);

const PRESSED: &[Row<'_>] = &[
    ("a", ["a", "a", "a", "a", "\x1b[97u"]),
    ("A", ["A", "A", "A", "A", "\x1b[97;2u"]),
    ("!", ["!", "!", "!", "!", "\x1b[33u"]),
    ("é", ["é", "é", "é", "é", "\x1b[233u"]),
    ("漢", ["漢", "漢", "漢", "漢", "\x1b[28450u"]),
    ("space", [" ", " ", " ", " ", "\x1b[32u"]),
    (
        "ctrl-a",
        ["\x01", "\x01", "\x1b[27;5;97~", "\x1b[97;5u", "\x1b[97;5u"],
    ),
    (
        "ctrl-i",
        ["\t", "\t", "\x1b[27;5;105~", "\x1b[105;5u", "\x1b[105;5u"],
    ),
    (
        "ctrl-m",
        ["\r", "\r", "\x1b[27;5;109~", "\x1b[109;5u", "\x1b[109;5u"],
    ),
    (
        "ctrl-[",
        ["\x1b", "\x1b", "\x1b[27;5;91~", "\x1b[91;5u", "\x1b[91;5u"],
    ),
    (
        "ctrl-space",
        ["\0", "\0", "\x1b[27;5;32~", "\x1b[32;5u", "\x1b[32;5u"],
    ),
    (
        "ctrl-1",
        [
            "1",
            "\x1b[27;5;49~",
            "\x1b[27;5;49~",
            "\x1b[49;5u",
            "\x1b[49;5u",
        ],
    ),
    (
        "ctrl-A",
        ["\x01", "\x01", "\x1b[27;6;65~", "\x1b[97;6u", "\x1b[97;6u"],
    ),
    (
        "alt-x",
        [
            "\x1bx",
            "\x1bx",
            "\x1b[27;3;120~",
            "\x1b[120;3u",
            "\x1b[120;3u",
        ],
    ),
    (
        "ctrl-alt-c",
        [
            "\x1b\x03",
            "\x1b\x03",
            "\x1b[27;7;99~",
            "\x1b[99;7u",
            "\x1b[99;7u",
        ],
    ),
    ("enter", ["\r", "\r", "\r", "\r", "\x1b[13u"]),
    (
        "shift-enter",
        [
            "\r",
            "\x1b[27;2;13~",
            "\x1b[27;2;13~",
            "\x1b[13;2u",
            "\x1b[13;2u",
        ],
    ),
    (
        "ctrl-enter",
        [
            "\r",
            "\x1b[27;5;13~",
            "\x1b[27;5;13~",
            "\x1b[13;5u",
            "\x1b[13;5u",
        ],
    ),
    (
        "alt-enter",
        [
            "\x1b\r",
            "\x1b[27;3;13~",
            "\x1b[27;3;13~",
            "\x1b[13;3u",
            "\x1b[13;3u",
        ],
    ),
    ("esc", ["\x1b", "\x1b", "\x1b", "\x1b[27u", "\x1b[27u"]),
    ("tab", ["\t", "\t", "\t", "\t", "\x1b[9u"]),
    (
        "shift-tab",
        ["\x1b[Z", "\x1b[Z", "\x1b[Z", "\x1b[9;2u", "\x1b[9;2u"],
    ),
    (
        "ctrl-tab",
        [
            "\t",
            "\x1b[27;5;9~",
            "\x1b[27;5;9~",
            "\x1b[9;5u",
            "\x1b[9;5u",
        ],
    ),
    ("backspace", ["\x7f", "\x7f", "\x7f", "\x7f", "\x1b[127u"]),
    (
        "ctrl-backspace",
        [
            "\x08",
            "\x08",
            "\x1b[27;5;127~",
            "\x1b[127;5u",
            "\x1b[127;5u",
        ],
    ),
    (
        "alt-backspace",
        [
            "\x1b\x7f",
            "\x1b\x7f",
            "\x1b[27;3;127~",
            "\x1b[127;3u",
            "\x1b[127;3u",
        ],
    ),
    ("up", ["\x1b[A"; 5]),
    ("left", ["\x1b[D"; 5]),
    ("home", ["\x1b[H"; 5]),
    ("end", ["\x1b[F"; 5]),
    ("ctrl-right", ["\x1b[1;5C"; 5]),
    ("alt-shift-down", ["\x1b[1;4B"; 5]),
    ("insert", ["\x1b[2~"; 5]),
    ("delete", ["\x1b[3~"; 5]),
    ("ctrl-delete", ["\x1b[3;5~"; 5]),
    ("pageup", ["\x1b[5~"; 5]),
    ("shift-pagedown", ["\x1b[6;2~"; 5]),
    ("f1", ["\x1bOP", "\x1bOP", "\x1bOP", "\x1b[P", "\x1b[P"]),
    ("f3", ["\x1bOR", "\x1bOR", "\x1bOR", "\x1b[13~", "\x1b[13~"]),
    ("ctrl-f4", ["\x1b[1;5S"; 5]),
    ("f5", ["\x1b[15~"; 5]),
    ("f10", ["\x1b[21~"; 5]),
    ("shift-f12", ["\x1b[24;2~"; 5]),
    (
        "f13",
        [
            "\x1b[25~",
            "\x1b[25~",
            "\x1b[25~",
            "\x1b[57376u",
            "\x1b[57376u",
        ],
    ),
];

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("keys are text")
}

fn kitty(flags: u8) -> Modes {
    Modes {
        kitty: flags,
        ..Modes::default()
    }
}

#[test]
fn every_key_is_what_the_program_asked_for() {
    let other = |level| Modes {
        modify_other_keys: level,
        ..Modes::default()
    };
    let all = [Modes::default(), other(1), other(2), kitty(1), kitty(8)];
    for (name, want) in PRESSED {
        let key = parse_key_names(name).expect("a key")[0];
        let got = all.map(|modes| text(encode_key(&key, &modes)));
        assert_eq!(got, *want, "{name}");
        let got = all.map(|modes| text(encode_stroke(&Stroke::of(&key), &modes)));
        assert_eq!(got, *want, "{name} as a stroke");
    }
}

#[test]
fn the_cursor_keys_follow_their_mode_unless_the_program_speaks_kitty() {
    let application = Modes {
        application_cursor: true,
        ..Modes::default()
    };
    let both = Modes {
        kitty: 1,
        ..application
    };
    for (name, want) in [
        ("up", ["\x1bOA", "\x1b[A"]),
        ("end", ["\x1bOF", "\x1b[F"]),
        ("shift-up", ["\x1b[1;2A", "\x1b[1;2A"]),
        ("pageup", ["\x1b[5~", "\x1b[5~"]),
    ] {
        let key = parse_key_names(name).expect("a key")[0];
        let got = [application, both].map(|modes| text(encode_key(&key, &modes)));
        assert_eq!(got, want, "{name}");
    }
}

/// A letter key of a layout where it types `c`.
fn letter(c: char, event: KeyEvent) -> Stroke {
    Stroke {
        key: Key::plain(KeyCode::Char(c)),
        event,
        ..Stroke::default()
    }
}

fn shifted(stroke: Stroke, to: char) -> Stroke {
    let key = Key {
        shift: true,
        ..stroke.key
    };
    Stroke {
        key,
        shifted: Some(to),
        ..stroke
    }
}

/// Strokes by the flags that the program has set.
#[test]
fn the_kitty_flags_tell_what_they_promise() {
    use KeyEvent::{Press, Release, Repeat};
    let press = letter('a', Press);
    let capital = shifted(press.clone(), 'A');
    let cyrillic = Stroke {
        base: Some('c'),
        ..letter('с', Press)
    };
    let ctrl = |stroke: Stroke| Stroke {
        key: Key {
            ctrl: true,
            ..stroke.key
        },
        ..stroke
    };
    let of = |code, event| Stroke {
        key: Key::plain(code),
        event,
        ..Stroke::default()
    };
    let typed = |stroke: Stroke, text: &str| Stroke {
        text: Some(text.into()),
        ..stroke
    };
    let held = |stroke: Stroke, held| Stroke { held, ..stroke };
    let shift_key = of(KeyCode::Other(57_441), Press);
    for (stroke, flags, want) in [
        (press.clone(), 1, "a"),
        (press.clone(), 3, "a"),
        (press.clone(), 9, "\x1b[97u"),
        (press.clone(), 31, "\x1b[97;;97u"),
        (typed(press.clone(), "a"), 24, "\x1b[97;;97u"),
        (letter('a', Repeat), 3, "a"),
        (letter('a', Repeat), 11, "\x1b[97;1:2u"),
        (letter('a', Repeat), 1, "a"),
        (letter('a', Release), 1, ""),
        (letter('a', Release), 3, "\x1b[97;1:3u"),
        (letter('a', Release), 31, "\x1b[97;1:3u"),
        (capital.clone(), 1, "A"),
        (capital.clone(), 8, "\x1b[97;2u"),
        (capital.clone(), 12, "\x1b[97:65;2u"),
        (capital.clone(), 28, "\x1b[97:65;2;65u"),
        (ctrl(capital.clone()), 1, "\x1b[97;6u"),
        (ctrl(capital.clone()), 5, "\x1b[97:65;6u"),
        (ctrl(cyrillic.clone()), 1, "\x1b[1089;5u"),
        (ctrl(cyrillic.clone()), 5, "\x1b[1089::99;5u"),
        (shifted(ctrl(cyrillic), 'С'), 5, "\x1b[1089:1057:99;6u"),
        (held(press.clone(), 8), 1, "\x1b[97;9u"),
        (held(press.clone(), 64), 1, "a"),
        (held(press.clone(), 64), 8, "\x1b[97;65u"),
        (held(ctrl(press.clone()), 128), 1, "\x1b[97;5u"),
        (held(of(KeyCode::Up, Press), 128), 1, "\x1b[1;129A"),
        (of(KeyCode::Up, Repeat), 3, "\x1b[1;1:2A"),
        (of(KeyCode::Up, Release), 3, "\x1b[1;1:3A"),
        (of(KeyCode::Up, Release), 1, ""),
        (of(KeyCode::Delete, Release), 2, "\x1b[3;1:3~"),
        (of(KeyCode::Enter, Release), 3, ""),
        (of(KeyCode::Enter, Release), 11, "\x1b[13;1:3u"),
        (of(KeyCode::Enter, Repeat), 3, "\r"),
        (ctrl(press.clone()), 2, "\x01"),
        (ctrl(letter('a', Release)), 2, "\x1b[97;5:3u"),
        (shift_key.clone(), 1, ""),
        (shift_key.clone(), 8, "\x1b[57441u"),
        (shift_key.clone(), 0, ""),
        (of(KeyCode::Other(57_399), Press), 0, "0"),
        (of(KeyCode::Other(57_417), Press), 0, "\x1b[D"),
        (of(KeyCode::Other(57_417), Press), 1, "\x1b[57417u"),
        (of(KeyCode::Other(57_430), Press), 0, ""),
        (held(press.clone(), 8), 0, ""),
        (capital, 0, "A"),
        (shifted(letter('1', Press), '!'), 0, "!"),
        (letter('a', Release), 0, ""),
    ] {
        let got = text(encode_stroke(&stroke, &kitty(flags)));
        assert_eq!(got, want, "{stroke:?} with {flags}");
    }
}
