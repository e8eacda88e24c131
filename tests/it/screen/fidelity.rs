//! What a pane shows for each sequence that programs send, cell by cell beside an emulator by
//! another hand. One table: a name, the bytes, and the reason where the two may differ.

use pult::screen::{Cell, Screen};

use super::cases::{CASES, Case, Differs};
use super::oracle::{Glyph, Oracle};

/// The cells of a row by their columns, blanks as one blank.
pub fn glyphs(cells: Vec<Cell>) -> Vec<Glyph> {
    let mut col = 0;
    let mut row = Vec::new();
    for cell in cells {
        let blank = cell.text.is_empty();
        row.push(Glyph {
            col,
            text: if blank { " ".into() } else { cell.text },
            style: cell.style,
        });
        col += usize::from(cell.width);
    }
    row
}

/// What is different, if anything.
fn compare(case: &Case) -> Option<String> {
    let Case { bytes, but, .. } = *case;
    let (rows, cols) = (6, 12);
    let mut ours = Screen::new(rows, cols);
    let mut theirs = Oracle::new(rows, cols);
    ours.feed(bytes.as_bytes());
    theirs.feed(bytes.as_bytes());
    theirs.settle();
    if let Differs::Shows(text, _) = but {
        let shown = ours.text_rows().join("\n");
        let shown = shown.trim_end();
        return (shown != text).then(|| format!("shows {shown:?} and not {text:?}"));
    }
    if let Differs::Draws(first, _) = but {
        let drawn = ours.row_sgr(0);
        return (drawn != first).then(|| format!("draws {drawn:?} and not {first:?}"));
    }
    for row in 0..rows {
        let a = glyphs(ours.cells(row));
        let b = theirs.glyphs(row);
        if a != b {
            let differs = a.iter().zip(&b).filter(|(a, b)| a != b);
            let differs: Vec<_> = differs.collect();
            return Some(format!("row {row}: {differs:?}"));
        }
    }
    let (a, b) = (
        (ours.cursor(), ours.cursor_visible()),
        (theirs.cursor(), theirs.cursor_visible()),
    );
    (a != b).then(|| format!("cursor {a:?} and not {b:?}"))
}

#[test]
fn every_sequence_shows_what_another_emulator_shows() {
    let wrong: Vec<String> = CASES
        .iter()
        .filter_map(|case| Some(format!("{}: {}", case.name, compare(case)?)))
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        CASES.len(),
        wrong.join("\n")
    );
}

#[test]
fn each_known_difference_is_one_and_has_its_reason() {
    for case in CASES {
        let reason = match case.but {
            Differs::No => continue,
            Differs::Shows(_, reason) | Differs::Draws(_, reason) => reason,
        };
        assert!(!reason.is_empty(), "{}", case.name);
        let same = Case {
            but: Differs::No,
            ..*case
        };
        assert!(compare(&same).is_some(), "{} is no difference", case.name);
    }
}

#[test]
fn a_link_of_any_length_leaves_its_text_alone() {
    for length in [0, 100, 4_000, 70_000, 3_000_000] {
        let mut screen = Screen::new(6, 12);
        let link = format!(
            "a\x1b]8;;http://{}\x1b\\bc\x1b]8;;\x1b\\d",
            "x".repeat(length)
        );
        screen.feed(link.as_bytes());
        assert_eq!(screen.row_sgr(0), "abcd", "{length}");
    }
}

#[test]
fn a_sequence_cut_anywhere_shows_the_same() {
    for case in CASES {
        let bytes = case.bytes.as_bytes();
        let mut whole = Screen::new(6, 12);
        whole.feed(bytes);
        for cut in 1..bytes.len() {
            let mut cut_up = Screen::new(6, 12);
            cut_up.feed(&bytes[..cut]);
            cut_up.feed(&bytes[cut..]);
            for row in 0..6 {
                assert_eq!(
                    cut_up.cells(row),
                    whole.cells(row),
                    "{} cut at {cut}",
                    case.name
                );
            }
        }
    }
}
