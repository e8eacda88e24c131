//! Two screens compared in all that anybody can see of them.

use pult::screen::{Cell, Modes, Screen};

/// What is compared.
#[derive(Debug, PartialEq)]
pub struct Look {
    cells: Vec<Vec<Cell>>,
    wrapped: Vec<bool>,
    cursor: (u16, u16),
    modes: Modes,
    title: Option<String>,
    kept: Vec<String>,
    drained: Vec<String>,
    total: u64,
    replies: Vec<u8>,
    history: u64,
}

/// All there is to see; takes what can be taken.
pub fn look(screen: &mut Screen) -> Look {
    let rows = screen.size().0;
    Look {
        cells: (0..rows).map(|row| screen.cells(row)).collect(),
        wrapped: (0..rows).map(|row| screen.row_wrapped(row)).collect(),
        cursor: screen.cursor(),
        modes: screen.modes(),
        title: screen.title(),
        kept: screen.kept_rows(),
        drained: screen.drain_scrolled(),
        total: screen.scrolled_total(),
        replies: screen.take_replies(),
        history: screen.scrolled_total(),
    }
}

/// Feeds both and brings out what is hidden: the other grid, the saved cursor, margins, origin, the
/// character to repeat, and the rows that come back when the screen grows.
pub fn same_from_here(a: &mut Screen, b: &mut Screen, rest: &[u8], what: &str) {
    let (rows, cols) = a.size();
    type Step<'a> = (&'a str, &'a dyn Fn(&mut Screen));
    let steps: [Step<'_>; 6] = [
        ("the rest", &|s| s.feed(rest)),
        ("text at the cursor", &|s| {
            s.feed("\x18é\x1b[3bq\x1b[6n".as_bytes())
        }),
        ("the saved cursor", &|s| {
            s.feed(b"\x1b8S\x1b[6n\x1b[2HT\x1b[999HU\x1b[2;3r\x1b8\x1b[1HV")
        }),
        ("more rows", &|s| s.resize(rows + 8, cols + 5)),
        ("the other grid", &|s| {
            s.feed(b"\x1b[?47h\x1b[999HX\n\n\x1b[HY\x1b8W\x1b[?6n\x1b[2;3r\x1b8\x1b[1HZ")
        }),
        ("few rows", &|s| {
            s.feed(b"\x1b[?47l");
            s.resize(2, 2);
            s.feed(b"\x1b[?1049l\x1b[4;1HZZZ");
        }),
    ];
    for (name, step) in steps {
        step(a);
        step(b);
        let (a, b) = (look(a), look(b));
        assert!(a == b, "{what}: {name} looks different\n{a:#?}\n{b:#?}");
    }
}
