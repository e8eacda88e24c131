//! At which rows a program says that its prompts begin.

use super::fold::Fold;

impl Fold {
    /// The number of the row that the cursor is in, counted from the first that ever was; `None`
    /// on the alternate screen.
    pub fn row(&mut self) -> Option<u64> {
        self.settle();
        let screen = self.parser.screen();
        let above = self.parser.callbacks().total + screen.scrollback_len() as u64;
        let row = u64::from(screen.cursor_position().0);
        (!screen.alternate_screen()).then_some(above + row)
    }

    /// The program says that a prompt begins here.
    pub fn prompt(&mut self) {
        if !self.parser.callbacks().unwanted {
            let row = self.row();
            self.prompts.extend(row);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Screen;

    #[test]
    fn a_prompt_keeps_its_row_when_it_has_scrolled_off() {
        let mut screen = Screen::new(4, 20);
        screen.feed(b"one\r\n\x1b]133;A\x07$ ls\r\n\x1b]133;C\x07a\r\nb\r\n");
        assert_eq!(screen.take_prompts(), [1]);
        screen.feed("\r\n".repeat(300).as_bytes());
        screen.feed(b"\x1b]133;A;k=i\x1b\\$ \x1b[?1049h\x1b]133;A\x07");
        assert_eq!(screen.take_prompts(), [304]);
        assert_eq!(screen.cursor_row(), None);
        let rows = screen.main_rows();
        let at = 304 - screen.scrolled_total() as usize;
        assert_eq!(rows[at], "$");
    }
}
