//! Whose width is beyond doubt.

/// Whether all terminals give a cell's text the same `width`: one letter of a script that has no
/// joining, or a sign of Chinese, Japanese or Korean.
pub(super) fn agreed(text: &str, width: u8) -> bool {
    let mut chars = text.chars();
    let (Some(c), None) = (chars.next(), chars.next()) else {
        return false;
    };
    match width {
        1 => {
            matches!(c, ' '..='~' | '\u{a0}'..='\u{2ff}' | '\u{370}'..='\u{58f}' | '\u{1e00}'..='\u{2bff}')
        }
        2 => matches!(
            c,
            '\u{2e80}'..='\u{303e}'
                | '\u{3041}'..='\u{a4c6}'
                | '\u{ac00}'..='\u{d7a3}'
                | '\u{f900}'..='\u{fad9}'
                | '\u{ff01}'..='\u{ff60}'
        ),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_signs_are_agreed_on_and_emoji_are_not() {
        for (text, width) in [("a", 1), ("é", 1), ("я", 1), ("─", 1), ("漢", 2), ("한", 2)] {
            assert!(agreed(text, width), "{text}");
        }
        for (text, width) in [
            ("e\u{301}", 1),
            ("🙂", 2),
            ("☺\u{fe0f}", 2),
            ("漢", 1),
            ("", 1),
        ] {
            assert!(!agreed(text, width), "{text}");
        }
    }
}
