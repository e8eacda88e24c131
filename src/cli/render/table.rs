//! Aligned columns that fit the width: the widest give way first, and every cut has an ellipsis.

use super::{Hue, Style, line};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Blank columns between two columns of a table.
const GAP: usize = 2;
/// No column is cut below this.
const LEAST: usize = 6;

/// One cell: text on one line and its hue.
#[derive(Clone, Debug)]
pub struct Cell {
    text: String,
    hue: Hue,
}

impl Cell {
    /// A cell with text from anywhere; it is put on one line.
    pub fn new(hue: Hue, text: impl AsRef<str>) -> Self {
        let text = line(text.as_ref());
        Self { text, hue }
    }

    /// A cell in the terminal's own colour.
    pub fn plain(text: impl AsRef<str>) -> Self {
        Self::new(Hue::Plain, text)
    }
}

/// Lines of a table under a head; empty rows give an empty text.
pub fn table(head: &[&str], rows: &[Vec<Cell>], style: &Style) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let head: Vec<Cell> = head.iter().map(|h| Cell::new(Hue::Dim, h)).collect();
    let all: Vec<&Vec<Cell>> = std::iter::once(&head).chain(rows).collect();
    let mut widths: Vec<usize> = (0..head.len())
        .map(|i| all.iter().map(|row| row[i].text.width()).max().unwrap_or(0))
        .collect();
    if let Some(room) = style.width {
        fit(&mut widths, room);
    }
    let mut text = String::new();
    for row in all {
        let mut shown = String::new();
        for (i, cell) in row.iter().enumerate() {
            let cut = cut(&cell.text, widths[i]);
            let pad = widths[i].saturating_sub(cut.width()) + GAP;
            shown.push_str(&style.paint(cell.hue, &cut));
            if i + 1 < row.len() {
                shown.push_str(&" ".repeat(pad));
            }
        }
        text.push_str(shown.trim_end());
        text.push('\n');
    }
    text
}

/// Narrows the widest columns until all of them fit into `room`.
fn fit(widths: &mut [usize], room: usize) {
    let gaps = GAP * widths.len().saturating_sub(1);
    while widths.iter().sum::<usize>() + gaps > room {
        let Some(widest) = widths.iter_mut().max_by_key(|w| **w) else {
            return;
        };
        if *widest <= LEAST {
            return;
        }
        *widest -= 1;
    }
}

/// The beginning of `text` in `room` columns, with an ellipsis when something is left out.
pub fn cut(text: &str, room: usize) -> String {
    if text.width() <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 0;
    for c in text.chars() {
        let wide = c.width().unwrap_or(0);
        if used + wide + 1 > room {
            break;
        }
        used += wide;
        kept.push(c);
    }
    kept.push('…');
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_fits_sixty_columns_and_says_where_it_cut() {
        let style = Style {
            colour: false,
            width: Some(60),
        };
        let row = |a: &str, b: &str| vec![Cell::plain(a), Cell::plain(b), Cell::plain("2m")];
        let rows = [
            row("● working", &"x".repeat(90)),
            row("◆ asks", "日本語の題名"),
        ];
        let text = table(&["STATE", "WHERE", "AGE"], &rows, &style);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3);
        assert!(lines.iter().all(|l| l.width() <= 60), "{text}");
        assert!(lines[1].contains('…') && lines[1].ends_with("2m"), "{text}");
        let column = |l: &str| l[..l.find("2m").unwrap()].width();
        assert_eq!(column(lines[1]), column(lines[2]), "{text}");
    }

    #[test]
    fn a_pipe_gets_everything() {
        let long = "y".repeat(300);
        let text = table(&["A"], &[vec![Cell::plain(&long)]], &Style::PLAIN);
        assert!(text.contains(&long));
    }

    #[test]
    fn a_cut_never_splits_a_wide_glyph() {
        assert_eq!(cut("日本語", 4), "日…");
        assert_eq!(cut("日本語", 6), "日本語");
    }
}
