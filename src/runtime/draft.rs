//! What stands in a CLI's prompt and was not given to it yet.

use super::rows::fits;

/// Keys that take a row out of a prompt which knows those of a shell's line, whatever is before and
/// behind the cursor.
pub const CLEARS: &str = "ctrl-k delete ctrl-u backspace";

/// A prompt on the screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// What is written in it, its rows joined by line breaks, as far as it is shown; empty where
    /// nothing is.
    pub text: String,
    /// The rows below it that offer something to make of that: an Enter may take one of them.
    pub offers: Vec<String>,
}

/// How a prompt between two edges is drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drawn {
    /// A pattern of the row above it.
    pub top: String,
    /// A pattern of the row below it.
    pub bottom: String,
    /// A pattern of what its first row begins with, before a blank: it may tell a mode.
    pub mark: String,
    /// Patterns of what it shows in place of a text.
    pub empty: Vec<String>,
    /// Key names that take a row of the text out of it.
    pub clear: String,
}

impl Drawn {
    /// What stands in it; `None` where the rows show no prompt. The last two edges are its own.
    pub fn read(&self, rows: &[String]) -> Option<Draft> {
        let bottom = |row: &String| fits(&self.bottom, row.trim());
        let top = |row: &String| fits(&self.top, row.trim());
        let bottom = rows.iter().rposition(bottom)?;
        let top = rows[..bottom].iter().rposition(top)?;
        let mut inside = rows[top + 1..bottom].iter().map(|row| within(row));
        let first = inside.next()?;
        let (mark, first) = first.split_once(char::is_whitespace).unwrap_or((first, ""));
        if mark.is_empty() || !fits(&self.mark, mark) {
            return None;
        }
        let shown = first.trim();
        if self.empty.iter().any(|pattern| fits(pattern, shown)) {
            return Some(Draft::default());
        }
        let more = inside.map(|row| row.trim());
        let text: Vec<&str> = std::iter::once(shown).chain(more).collect();
        // Some draw their cursor as a character of no width.
        let text = text.join("\n").replace('\u{200b}', "");
        Some(Draft {
            text: text.trim().to_owned(),
            offers: Vec::new(),
        })
    }
}

/// A row without the lines at its sides, where the prompt is a box.
fn within(row: &str) -> &str {
    let inside = row.trim().strip_prefix('│');
    inside.map_or(row, |inside| {
        let inside = inside.strip_suffix('│').unwrap_or(inside);
        inside.strip_prefix(' ').unwrap_or(inside)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(rows: &[&str]) -> Option<String> {
        let prompt = Drawn {
            top: "?──*".to_owned(),
            bottom: "?──*".to_owned(),
            mark: "?".to_owned(),
            empty: vec!["Type your message*".to_owned()],
            clear: String::new(),
        };
        let rows: Vec<String> = rows.iter().map(|row| (*row).to_owned()).collect();
        prompt.read(&rows).map(|draft| draft.text)
    }

    #[test]
    fn what_is_written_is_told_from_what_is_shown_in_its_place() {
        let some = |text: &str| Some(text.to_owned());
        let edge = "──────────";
        assert_eq!(read(&[edge, ">   Type your message or @", edge]), some(""));
        assert_eq!(read(&[edge, ">", edge]), some(""));
        assert_eq!(read(&[edge, "> go \u{200b}", edge, "foot"]), some("go"));
        let rows = [edge, "said", edge, "> one", "  two", "", edge];
        assert_eq!(read(&rows), some("one\ntwo"));
        assert_eq!(read(&[edge, "!\u{a0}ls", edge]), some("ls"));
        let boxed = [
            "  ╭─────╮",
            "  │ ❯ one   │",
            "  │   two   │",
            "  ╰──── m ─╯",
        ];
        assert_eq!(read(&boxed), some("one\ntwo"));
        assert_eq!(read(&["╭─────╮", "│ ❯       │", "╰──── m ─╯"]), some(""));
        // A dialog in its place.
        assert_eq!(read(&[edge, "Allow this?", edge]), None);
        assert_eq!(read(&[edge, " > 1. Yes", edge]), None);
        assert_eq!(read(&["> go", edge]), None);
        assert_eq!(read(&[]), None);
    }
}
