//! The prompt at the end of what was printed: drawn there, and taken away before more is printed.

use super::composer::Composer;
use crate::platform::terminal;

/// Where the prompt is on the screen.
#[derive(Debug, Default)]
pub struct Foot {
    /// The row of the prompt in which the cursor is, while it is on the screen.
    drawn: Option<usize>,
}

/// Columns of the terminal.
pub fn width() -> usize {
    terminal::size().map_or(80, |(_, cols)| usize::from(cols).max(4))
}

impl Foot {
    /// What puts the prompt on the screen, over where it was; with a hint where nothing is written.
    pub fn show(&mut self, composer: &Composer, hint: &str) -> String {
        let columns = width();
        let mut drawn = composer.draw(columns);
        // Of one that is taller than the screen the rows around the cursor.
        let most = terminal::size().map_or(24, |(rows, _)| usize::from(rows).max(2)) - 1;
        let first = (drawn.cursor.0 + 1).saturating_sub(most);
        drawn.rows = drawn.rows.into_iter().skip(first).take(most).collect();
        drawn.cursor.0 -= first;
        let room = columns.saturating_sub(4);
        let hint: String = hint.chars().take(room).collect();
        let mut text = self.take_away();
        text.push_str(&drawn.rows.join("\r\n"));
        if composer.is_empty() && !hint.is_empty() {
            text.push_str(&format!("\x1b[2m{hint}\x1b[0m"));
        }
        let below = drawn.rows.len() - 1 - drawn.cursor.0;
        if below > 0 {
            text.push_str(&format!("\x1b[{below}A"));
        }
        text.push_str(&format!("\r\x1b[{}C", drawn.cursor.1));
        self.drawn = Some(drawn.cursor.0);
        text
    }

    /// What takes it away.
    pub fn take_away(&mut self) -> String {
        match self.drawn.take() {
            Some(0) => "\r\x1b[J".to_owned(),
            Some(up) => format!("\x1b[{up}A\r\x1b[J"),
            None => String::new(),
        }
    }

    /// The screen was cleared.
    pub fn forget(&mut self) {
        self.drawn = None;
    }
}
